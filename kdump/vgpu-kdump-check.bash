# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# bash completion of vgpu-kdump-check
complete -W "-j -q -h -V" vgpu-kdump-check
