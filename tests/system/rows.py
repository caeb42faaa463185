# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of `make check-lab`: a core, looked at through one door.

    rows/COMMIT/SCENARIO-KERNEL[-DEVICE]-DOOR.json      in the lab's cache

A row that passed is kept, so that what takes hours may be done in pieces, and is
done again for another commit only.
"""

import hashlib
import json
import re
import subprocess
import sys
import time
import typing

import session

sys.path.insert(0, str(session.ROOT / "samples/lab"))

import cache  # noqa: E402

# What fills a ring or stops at one is tried on rings of both kinds.
ON_PACKED = ("host-stall", "lost-interrupt", "vq-full", "virgl", "modeset-chain",
             "device-broken", "not-kicked", "fence-wait")
# What each kernel has to show, where that is not everything that can happen on it.
THE_TEN = ("drain", "host-stall", "lost-interrupt", "vq-full", "fence-wait", "fence-leak",
           "abba", "oops", "softlockup", "healthy")
ONLY = {
    "5.10-arm64": THE_TEN,
    "6.1-arm64": THE_TEN,
    "6.1-rt": ("abba", "host-stall"),
    "6.12-arm64": ("healthy", "host-stall", "softlockup", "fence-leak", "abba"),
    "6.12-arm64-16k": ("host-stall",),
    "6.12-arm64-max": ("host-stall",),
    "7": ("healthy", "host-stall", "softlockup", "lost-interrupt", "fence-wait", "fence-leak",
          "msg-fill", "abba", "oops"),
    "7-arm64": ("healthy", "host-stall"),
}


class Row(typing.NamedTuple):
    core: tuple[str, ...]       # scenario, kernel, and the device if not the default
    door: str

    @property
    def path(self):
        return cache.root() / "rows" / commit() / f"{'-'.join(self.core)}-{self.door}.json"

    @property
    def there(self) -> bool:
        """The core has been made, for this commit or another one."""
        scenario, kernel, *device = self.core
        return (cache.root() / "cores" / kernel / "-".join([scenario, *device])
                / "vmcore").exists()

    def kept(self) -> dict | None:
        try:
            return json.loads(self.path.read_text())
        except OSError:
            return None

    def keep(self, told: dict) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        cache.write(self.path, json.dumps(told) + "\n")


_commit: list[str] = []


def commit() -> str:
    """The commit, and what has been changed since."""
    if not _commit:
        head = _git("rev-parse", "--short=12", "HEAD").strip()
        changed = _git("diff", "HEAD")
        _commit.append(head + ("+" + hashlib.sha256(changed.encode()).hexdigest()[:8]
                               if changed else ""))
    return _commit[0]


def _git(*words: str) -> str:
    return subprocess.run(["git", "-C", str(session.ROOT), *words], check=True,
                          capture_output=True, text=True).stdout


def every_core() -> list[tuple[str, ...]]:
    """Every scenario on every kernel that it is for; some on two GPUs."""
    out = subprocess.run([session.LAB, "list"], check=True, capture_output=True, text=True)
    lines = out.stdout.splitlines()
    kernels = {line.split()[1]: line.split()[2] for line in lines
               if line.startswith("kernel ")}
    pairs = []
    for line in lines:
        if not line.startswith("scenario "):
            continue
        scenario = line.split()[1]
        only = re.search(r"\(kernels ([^)]*)\)$", line)
        bases = only[1].split(", ") if only else list(kernels.values())
        pairs += [(scenario, kernel) for kernel, base in kernels.items()
                  if base in bases and scenario in ONLY.get(kernel, (scenario,))]
    return pairs + [(scenario, kernel, "packed") for scenario, kernel in pairs
                    if scenario in ON_PACKED and kernel not in ONLY]


def machine_of(kernel: str) -> str:
    return "arm64" if "-arm64" in kernel else "amd64"


def chosen(kernels, machines, scenarios) -> list[Row]:
    """Nothing chosen: all."""
    return [Row(core, door) for core in every_core()
            if (not kernels or core[1] in kernels)
            and (not machines or machine_of(core[1]) in machines)
            and (not scenarios or core[0] in scenarios)
            for door in ("program", "crash")
            if door == "program" or session.crash_opens(core[1])]


def look(row: Row) -> dict:
    """What the row's door says first of its core, and in how many seconds."""
    begin = time.monotonic()
    best = session.json_of(row.core, "vgpu -j")["verdicts"][0]
    return {"cause": best["cause"], "confidence": best["confidence"],
            "culprit": (best["culprit"] or {}).get("name"),
            "seconds": round(time.monotonic() - begin, 2)}


def table(told: list[tuple[Row, dict]]) -> str:
    """As docs/lab.md has it."""
    lines = ["| scenario | kernel | machine | door | verdict | culprit | s | tests |",
             "|---|---|---|---|---|---|---|---|"]
    for row, what in told:
        scenario, kernel, *device = row.core
        verdict = f"{what['cause']} {what['confidence']} %" if "cause" in what else ""
        lines.append("| " + " | ".join([
            " ".join([scenario, *(f"({name})" for name in device)]), kernel,
            machine_of(kernel), row.door, verdict, what.get("culprit") or "",
            str(what.get("seconds", "")), what["tests"]]) + " |")
    return "\n".join(lines)
