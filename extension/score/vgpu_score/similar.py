# SPDX-License-Identifier: GPL-2.0-or-later
"""How near two signatures are: 1 for the same, 0 for nothing in common.

A signature's text is `CAUSE WORD... | FUNCTION<FUNCTION...` (extension/triage/signature.h).
Its two halves are compared as sequences: by how many words must be put in, left out,
replaced or swapped with their neighbour to make one of the other (Damerau and
Levenshtein's distance, as satyr compares stacks), as a share of the longer.  Functions
count three times as much as the chain, since they say more.

Signatures of different causes are never near: a host that has stopped and a thread that
spins may leave the same victims, and are two faults all the same.  A text log's begins with
TEXT_LOG: it is never the same as a core's, and may be near to one.

Whole numbers until the last division: the same two texts have the same value anywhere.
"""
from __future__ import annotations

from collections import Counter
from typing import Dict, Iterable, List, Sequence, Tuple

LEAST = 0.6  # below this nobody would call it a resemblance
MOST_WORDS = 128  # of a half: a stack that never ends must not cost its square
CHAIN, FUNCTIONS = 1, 3  # weights
TEXT_LOG = "text-log"  # before the cause, where there was a log and no core

Halves = Tuple[Tuple[str, ...], Tuple[str, ...]]


def halves(text: str) -> Halves:
    chain, _, functions = text.partition(" | ")
    words = chain.split()
    if words[:1] == [TEXT_LOG]:
        words = words[1:]
    return (tuple(words[:MOST_WORDS]),
            tuple(f for f in functions.strip().split("<")[:MOST_WORDS] if f))


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Steps from one to the other; a word is moved only once."""
    before: List[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(row[-1] + 1, last[j] + 1, last[j - 1] + (x != y)))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], before[j - 2] + 1)
        before, last = last, row
    return last[-1]


def _least_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """What the distance cannot be below, from how often each word is there."""
    left, right = Counter(a), Counter(b)
    return max(sum((left - right).values()), sum((right - left).values()))


def _share(a: Halves, b: Halves, steps) -> float:
    """The value if `steps` is the distance; chains count a quarter."""
    parts = [(weight, max(len(x), len(y)), steps(x, y))
             for weight, x, y in zip((CHAIN, FUNCTIONS), a, b) if x or y]
    whole = sum(weight for weight, _, _ in parts)
    return sum(weight * (most - far) / most for weight, most, far in parts) / whole if whole else 0


def similarity(a: str, b: str) -> float:
    """Of two signatures' texts, to two digits; 1.0 only for the same text."""
    if a == b:
        return 1.0
    return min(0.99, round(_share(halves(a), halves(b), distance), 2))


def near(text: str, others: Dict[str, str]) -> Iterable[Tuple[str, float]]:
    """Those of the others (hash: text) that resemble this one, with the value."""
    mine = halves(text)
    for key, other in others.items():
        its = halves(other)
        if its[0][:1] != mine[0][:1]:
            continue
        # Most have little in common, which is told without the table of steps.
        if _share(mine, its, _least_distance) < LEAST - 0.01:
            continue
        value = similarity(text, other)
        if value >= LEAST:
            yield key, value
