# SPDX-License-Identifier: GPL-2.0-or-later
"""Cores of variations: SEED makes cores/SERIES/vary-SEED, and what was drawn for it."""

import cache
import core
import steps
from steps import Failed
from variations import Varied, varied


def _told(of: Varied, series: str) -> str:
    """What a seed makes, in a few lines."""
    name = f"{of.scenario.name} {series}"
    drawn = ", ".join(f"{question}: {answer}" for question, answer in of.drawn.items())
    return "\n".join([*(f"{name}: not this: {why}" for why in of.refused),
                      f"{name}: {of.scenario.about} ({drawn})"])


def make(first: int, count: int, kernels: list[str], dry: bool) -> None:
    """Each seed on the next of the kernels; what failed is named at the end."""
    failed = []
    for i in range(count):
        seed, series = first + i, kernels[i % len(kernels)]
        of = varied(seed, core.base_of(series))
        steps.say(_told(of, series))
        if dry:
            continue
        scenario = of.scenario
        try:
            print(core.make_in(cache.root() / "cores" / series / scenario.name,
                               scenario, series), flush=True)
        except Failed as failure:
            steps.say(f"{scenario.name} {series}: {failure}")
            failed.append(f"{series}/{scenario.name}")
    if failed:
        raise Failed(f"not made: {', '.join(failed)}")
