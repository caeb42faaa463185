# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu-score: score every kernel core in a folder.

    text        words from outside made safe to print
    formats     what a core's own header says: kdump compressed, flattened, ELF
    packed      .xz, .gz and .zst around a core
    find        the files given, and which of them are cores
    debuginfo   the vmlinux and modules that belong to a core, or their package
    crash       the pairs of crash and vgpu.so that may open it
    run         one crash under limits of time, memory and output
    answer      vgpu's JSON among the other lines, and what the row takes from it
    score       one core from file to row
    batch       many cores, N at once
    store       scores.sqlite
    reports     scores.jsonl, scores.csv, and when the HTML is written
    html        index.html and a page for each core
    progress    a bar on a terminal, plain lines elsewhere
    cli         options and exit status
"""
VERSION = "0.1"
