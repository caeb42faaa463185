#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual page, `vgpu help` and the completion say the same.

The page's options and commands are what the program says of itself: run as a program this
writes them (make manual), and the tests hold the page to them.
"""
import re
import subprocess
import sys
from typing import NamedTuple

sys.dont_write_bytecode = True

import contract  # noqa: E402

PROGRAM = contract.ROOT / "extension/vgpu"
PAGE = contract.ROOT / "extension/vgpu.1"
COMPLETION = contract.ROOT / "extension/vgpu.bash"
RESULTS = contract.ROOT / "extension/commands/commands.h"
WIDTH = 80
# "  --part FILE         What it is", "  vgpu CORE hung [-j]", "    -p pid  what it is"
OPTION = re.compile(r"^  (--[\w-]+)(?: ([A-Z]+))? +(\S.*)$")
COMMAND = re.compile(r"^  vgpu (?P<core>\[?CORE\b\]? ?)?(?P<name>[a-z]\w*)? ?(?P<usage>.*)$")
LETTER = re.compile(r"^    (-\w)(?: (\w+))? +(\S.*)$")


def told(*words) -> str:
    return subprocess.run([PROGRAM, *words], check=True, capture_output=True, text=True).stdout


def roff(text) -> str:
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", "\\e").replace("-", "\\-"))


def is_wrapped(line, following) -> bool:
    """Does the text go on, and had only no room left?"""
    return len(line) + 1 + len(following.split()[0]) > WIDTH


def paragraphs(lines):
    """What was wrapped, in one piece each."""
    text = ""
    for line, following in zip(lines, [*lines[1:], ""]):
        text += (" " if text else "") + line.strip()
        if not following or not is_wrapped(line, following):
            yield text
            text = ""


def blocks(lines, begins):
    """(match of the line that begins it, its lines up to the next one)."""
    found: list = []
    for line in lines:
        match = begins.match(line)
        if match:
            found.append((match, [line]))
        elif found:
            found[-1][1].append(line)
    return found


def item(head, value, lines) -> list[str]:
    """A paragraph with a head, whose text begins on the first of these lines."""
    text = list(paragraphs(lines))
    head = f"\\fB{roff(head)}\\fR" + (f" \\fI{roff(value)}\\fR" if value else "")
    return [".TP", head, *map(roff, text)]


def options() -> list[tuple[str, list[str]]]:
    """Each option, and its part of the page."""
    lines = told("--help").split("\n\n")[1].splitlines()
    return [(match[1], item(match[1], match[2], [_blank(match), *rest[1:]]))
            for match, rest in blocks(lines, OPTION)]


def _blank(match) -> str:
    """The line that has a head, with blanks for the head: as wide as it is."""
    return match[0][match.start(3):].rjust(len(match[0]))


class Command(NamedTuple):
    name: str
    has_core: bool
    alone: bool  # it needs no core
    letters: list[str]
    page: list[str]  # its part of it


def commands() -> list[Command]:
    found = []
    for part in told("help").rstrip("\n").split("\n\n"):
        lines = part.splitlines()
        match = COMMAND.match(lines[0])
        if match:
            found.append(_command(match, lines))
    return found


def _command(match, lines) -> Command:
    name = match["name"] or "triage"
    usage = re.sub(r"-\w", lambda letter: f"\\fB{letter[0]}\\fR", match["usage"])
    letters = blocks(lines[1:], LETTER)
    own = lines[1:len(lines) - sum(len(rest) for _, rest in letters)]
    page = [".TP", f"\\fB{name}\\fR {usage}".replace("-", "\\-").rstrip()]
    for n, text in enumerate(paragraphs(own)):
        page += [".br", roff(text)] if n else [roff(text)]
    if letters:
        page.append(".RS")
        for letter, rest in letters:
            page += item(letter[1], letter[2], [_blank(letter), *rest[1:]])
        page.append(".RE")
    return Command(name, bool(match["core"]), not (match["core"] or "").startswith("CORE"),
                   re.findall(r"-\w", match["usage"]), page)


def written() -> str:
    """The page as it ought to be."""
    text = PAGE.read_text()
    for what, lines in (("options", [line for _, part in options() for line in part]),
                        ("commands", [line for c in commands() for line in c.page])):
        begin, end = f'.\\" The {what}, written by `make manual`.\n', f'.\\" End of the {what}.\n'
        head, rest = text.split(begin)
        text = head + begin + "\n".join(lines) + "\n" + end + rest.split(end)[1]
    return text


def completed(*words) -> set[str]:
    """What the completion offers for the last of these words."""
    script = ('. "$1"; vgpu() { "$PROGRAM" "$@"; }; shift; COMP_WORDS=("$@"); '
              "COMP_CWORD=$(($# - 1)); _vgpu vgpu; printf '%s\\n' \"${COMPREPLY[@]}\"")
    out = subprocess.run(["bash", "-c", script, "bash", COMPLETION, "vgpu", *words],
                         check=True, capture_output=True, text=True, cwd=contract.ROOT / "docs",
                         env={"PROGRAM": str(PROGRAM), "PATH": "/usr/bin:/bin"}).stdout
    return set(out.split())


def completion_errors():
    """Of each word of a command line: what is offered, and what ought to be."""
    names = {c.name for c in commands() if c.has_core}
    others = {c.name for c in commands() if c.alone}
    long = {name for name, _ in options()}
    files = {path.name for path in (contract.ROOT / "docs").iterdir()}
    wanted: list[tuple[tuple[str, ...], set[str]]]
    wanted = [(("",), files | others), (("--",), long), (("json.md", ""), names),
              (("--part", "json.md", "json.md", ""), names), (("help", ""), names | others),
              (("--debug-dir=.", "json.md", "--prompt", ""), names),
              (("--commands", ""), files), (("json.md", "hung", "-p", ""), set())]
    wanted += [(("json.md", c.name, "-"), {*c.letters, "-h"}) for c in commands() if c.has_core]
    for words, ought in wanted:
        offered = completed(*words)
        if offered != ought:
            yield (f"{COMPLETION.name}: of {words}: {sorted(offered - ought)} too many, "
                   f"{sorted(ought - offered)} missing")


def errors():
    """What the page, the program and the completion do not all say."""
    if written() != PAGE.read_text():
        yield f"{PAGE.name}: the program says something else: make manual"
    page = PAGE.read_text().split(".SH EXIT STATUS\n")[1].split(".SH")[0]
    results = re.findall(r"RESULT_\w+ = (\d+)", RESULTS.read_text())
    if re.findall(r"^\.B (\d+)$", page, re.M) != results:
        yield f"{PAGE.name}: exit statuses are {', '.join(results)}"
    yield from completion_errors()


if __name__ == "__main__":
    PAGE.write_text(written())
