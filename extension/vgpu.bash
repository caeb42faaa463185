# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# bash completion of vgpu: what there is the program says itself.

# What the option before takes: FILE, DIR, SIZE; nothing where it takes nothing.
_vgpu_value() {
	[[ $1 =~ ^--[a-z-]+$ ]] && vgpu --help 2>/dev/null | sed -n "s/^  $1 \([A-Z]\{1,\}\) .*/\1/p"
}

# The commands that stand behind a core, and those that need none.
_vgpu_commands() {
	vgpu help 2>/dev/null | sed -n 's/^  vgpu CORE \[.*/triage/p; s/^  vgpu \[\{0,1\}CORE]\{0,1\} \([a-z]\{1,\}\).*/\1/p'
}

_vgpu_others() {
	vgpu help 2>/dev/null | sed -n 's/^  vgpu \(\[CORE] \)\{0,1\}\([a-z]\{1,\}\).*/\2/p'
}

# The usage of a command: "vgpu CORE hung [-j | -f] [-p pid]"
_vgpu_usage() {
	[[ $1 =~ ^[a-z]+$ ]] && vgpu help "$1" 2>/dev/null | sed -n 1p
}

# Words that are neither options nor what an option takes: the core, then the command.
_vgpu_words() {
	local i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--*)
			if [[ ${COMP_WORDS[i + 1]} == "=" ]]; then
				((i += 2))
			elif [[ $(_vgpu_value "${COMP_WORDS[i]}") ]]; then
				((i++))
			fi
			;;
		-*) ;;
		*) printf '%s\n' "${COMP_WORDS[i]}" ;;
		esac
	done
}

_vgpu() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words usage
	# "--part=FILE" is three words.
	[[ $cur == "=" ]] && cur=
	[[ $prev == "=" ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}
	mapfile -t words < <(_vgpu_words)
	case $(_vgpu_value "$prev") in
	DIR) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
	FILE) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
	?*) return ;;
	esac
	usage=$(_vgpu_usage "${words[1]}")
	if [[ $cur == --* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(vgpu --help 2>/dev/null |
			sed -n 's/^  \(--[a-z-]*\) .*/\1/p')" -- "$cur")
	elif [[ ${#words[@]} == 0 ]]; then
		mapfile -t COMPREPLY < <(compgen -f -W "$(_vgpu_others)" -- "$cur")
	elif [[ ${#words[@]} == 1 && $cur != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_vgpu_commands) $(
			[[ ${words[0]} == help ]] && _vgpu_others)" -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(grep -o -- '-[a-zA-Z]' <<<"$usage") -h" -- "$cur")
	fi
}
complete -o filenames -F _vgpu vgpu
