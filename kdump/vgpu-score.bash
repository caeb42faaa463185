# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# bash completion of vgpu-score
_vgpu_score() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	case $prev in
	-o | --output | --debug-dir | --tmp)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--crash | --vgpu | --on-new)
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
		;;
	--door)
		mapfile -t COMPREPLY < <(compgen -W "program crash" -- "$cur")
		return
		;;
	-j | --jobs | --timeout | --memory | --max-unpacked | --fail-over | --mark | --note | --sshlogin | --port) return ;;
	esac
	if [[ ${COMP_WORDS[1]} == serve && $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "-h --help -o --output --port" -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "-h --help -j --jobs -o --output --vgpu --crash --door \
			--debug-dir --timeout --memory --tmp --max-unpacked --again --forget --mark --note --on-new --slurm --sshlogin --fail-over -q --quiet --version" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _vgpu_score vgpu-score
