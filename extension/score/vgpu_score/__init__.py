# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu-score: score every kernel core in a folder.

    text        words from outside made safe to print
    formats     what a core's own header says: kdump compressed, flattened, ELF
    packed      .xz, .gz and .zst around a core
    find        the files given, and which of them are cores
    debuginfo   the vmlinux and modules that belong to a core, or their package
    debuginfod  a vmlinux from a server
    door        what a core is opened through, and what became of it there
    program     the first of them: vgpu, which reads a core alone
    crash       the others: crash with the vgpu.so built for it
    child       one program under limits of time, memory and output
    launch      what it is started through, so that it ends with vgpu-score
    answer      vgpu's JSON among the other lines, and what the row takes from it
    score       one core from file to row
    batch       many cores, N at once
    schema      the tables of scores.sqlite, and a row
    locks       between runs
    store       scores.sqlite
    marks       what people say of a signature
    similar     how near two signatures are
    incidents   cores, however many copies there are of each, and their groups
    near        which other signatures a core's resembles, for the reports
    usual       how large each slab cache usually is, over the folder's cores
    types_missing  the packages to install, at the end of a run
    announce    --on-new: a program is told of new signatures
    serve       the report to a browser of this machine
    reports     scores.jsonl, scores.csv, and when the HTML is written
    html        what every page shares: its frame, and words made into text
    html_index  index.html: the list, its groups and filters
    index_data  what its scripts, index.js and trend.js, work on
    pages       the page that vgpu writes of a core, kept and shown
    html_core   the same with what only the folder knows
    svg         a drawing: the slab caches as bars
    progress    a bar on a terminal, plain lines elsewhere
    options     the command line
    session     the order of a run
    fleet       files in chunks, and the rows of all chunks put together
    engines     who runs them: Slurm, GNU parallel
    crew        a run by many machines
    cli         which of these was called, and what becomes of an error
"""
import os
import re


def _version() -> str:
    """make install writes it beside this file; in the source tree it is the changelog's."""
    here = os.path.dirname(os.path.abspath(__file__))
    for name in ("VERSION", "../../../debian/changelog"):
        try:
            with open(os.path.join(here, name), encoding="utf-8") as f:
                found = re.search(r"\d[^)\s]*", f.readline())
        except OSError:
            continue
        if found:
            return found.group()
    return "unknown"


VERSION = _version()
