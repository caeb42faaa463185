# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios that a seed makes: the kinds of fault, each with details that are drawn.

One seed and one kernel make one recipe.  What makes no sense together is said, and drawn
again.  Who changes the tables here changes what seeds make: cores that are there stay as
they are, with what was drawn for them in their truth.json.  So kinds that came later have
seeds of their own.
"""

import typing

from scenarios.base import Scenario
from variations import cpus, gpu, locks, memory, others
from variations.draw import Draw, Senseless

__all__ = ["varied", "FIRST_LATER"]

KINDS = (*locks.ALL, *cpus.ALL, *gpu.ALL, *others.ALL)
LATER = (*memory.LATER, *cpus.LATER, *gpu.LATER, *others.LATER)
FIRST_LATER = 1000              # the seed
ATTEMPTS = 100


class Varied(typing.NamedTuple):
    scenario: Scenario
    drawn: dict
    refused: list[str]          # why it is no earlier draw


def varied(seed: int, base: str) -> Varied:
    """What this seed makes on kernels of that base."""
    refused: list[str] = []
    kinds = KINDS if seed < FIRST_LATER else LATER
    kind = Draw(seed, base).pick("kind", [kind for kind, _ in kinds],
                                 [weight for _, weight in kinds])
    for attempt in range(ATTEMPTS):
        draw = Draw(seed, base, attempt)
        draw.drawn["kind"] = f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"
        try:
            play = kind(draw)
            about = (kind.__doc__ or "").strip().rstrip(".")
            return Varied(play.scenario(f"vary-{seed:04}", about), draw.drawn, refused)
        except Senseless as reason:
            refused.append(str(reason))
    raise ValueError(f"seed {seed}: nothing that makes sense in {ATTEMPTS} draws")
