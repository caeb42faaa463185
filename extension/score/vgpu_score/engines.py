# SPDX-License-Identifier: GPL-2.0-or-later
"""Who runs the chunks of a plan: Slurm, or GNU parallel over ssh.  Both are others' work,
and each is only told which commands to run where.
"""
from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from typing import List

from .fleet import Plan
from .options import Refused
from .text import visible

RETRIES = 3  # of a chunk whose machine was lost


def _found(name: str, what: str) -> str:
    found = shutil.which(name)
    if not found:
        raise Refused(f"there is no {name}: {what}")
    return found


def _command(launcher: str, what: str, plan: Plan) -> str:
    """For a shell on another machine."""
    return f"{shlex.quote(launcher)} {what} {shlex.quote(os.fsdecode(plan.folder))}"


# ---- Slurm -------------------------------------------------------------------


def slurm(plan: Plan, launcher: str) -> List[str]:
    """The jobs' numbers: an array of the chunks, and a job that comes after all of them."""
    sbatch = _found("sbatch", "--slurm needs Slurm's commands")
    log = os.path.join(os.fsdecode(plan.folder), "log-%a")
    jobs = ["--cpus-per-task", str(plan.options["jobs"])] if plan.options["jobs"] else []
    array = _sbatch(sbatch, plan, [f"--array=0-{plan.chunks - 1}", "--requeue", "--open-mode=append",
                                   f"--output={log}", *jobs],
                    _command(launcher, "chunk", plan) + ' "$SLURM_ARRAY_TASK_ID"')
    # Whatever became of them: what is missing then is looked for.
    merge = _sbatch(sbatch, plan, [f"--dependency=afterany:{array}", "--requeue", "--open-mode=append",
                                   f"--output={os.path.join(os.fsdecode(plan.results), 'fleet.log')}"],
                    _command(launcher, "merge", plan))
    return [array, merge]


def _sbatch(sbatch: str, plan: Plan, options: List[str], command: str) -> str:
    words = [sbatch, "--parsable", "--job-name=vgpu-score", *options,
             *shlex.split(plan.options["slurm"] or "")]
    p = subprocess.run(words, input=f"#!/bin/sh\nexec {command}\n".encode(), stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    number = re.match(rb"(\d+)", p.stdout)
    if p.returncode or not number:
        said = p.stderr.decode("utf-8", "replace").strip().splitlines() or ["nothing"]
        raise Refused(f"sbatch took no job: {visible(said[-1])}")
    return number.group(1).decode()


# ---- GNU parallel ------------------------------------------------------------


def ssh(plan: Plan, launcher: str) -> None:
    """Until all chunks were tried, a lost one also on another machine."""
    parallel = _found("parallel", "--sshlogin needs GNU parallel")
    words = [parallel, "--will-cite", "--jobs", "1", "--retries", str(RETRIES)]
    for host in plan.options["sshlogin"]:
        words += ["--sshlogin", host]
    words.append(_command(launcher, "chunk", plan) + " {}")
    numbers = "".join(f"{n}\n" for n in range(plan.chunks))
    # Its own status says how many chunks had a core without a score, which the rows say too.
    subprocess.run(words, input=numbers.encode(), stdout=subprocess.DEVNULL, check=False)
