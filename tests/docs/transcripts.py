# SPDX-License-Identifier: GPL-2.0-or-later
"""What a page shows of a run on a core of samples/cores is what that run prints: a line `...`
stands for any others."""

import re
import subprocess

import links

COMMAND = re.compile(r"^\$ (extension/vgpu (?:--\S+ )*samples/cores/.*)$")
# Nothing that this machine keeps, or its width, is to be in a page.
ENVIRONMENT = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def runs(text: str):
    """(command, lines shown) of each in the page's blocks."""
    for block in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S):
        shown: tuple[str, list[str]] | None = None
        for line in block.splitlines():
            command = COMMAND.match(line)
            if command or line.startswith("$ "):
                if shown:
                    yield shown
                shown = (command[1], []) if command else None
            elif shown:
                shown[1].append(line)
        if shown:
            yield shown


def is_shown(said, shown):
    """Are they the lines said, where `...` stands for any?"""
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n"
                      for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in said)) is not None


def errors(root):
    for page in links.pages():
        for command, shown in runs(page.read_text()):
            said = subprocess.run(command, shell=True, check=False, cwd=root, env=ENVIRONMENT,
                                  capture_output=True, text=True).stdout.splitlines()
            if not is_shown([line.rstrip() for line in said], [s.rstrip() for s in shown]):
                yield f"{page.name}: `{command}` prints something else"
