# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# bash completion of vgpu-kdump-check
complete -W "-j -q --script --prove --no-container -h -V" vgpu-kdump-check
