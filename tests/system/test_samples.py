# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command of the program on each core of samples/cores, as `vgpu help` lists them."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import session

ARGUMENTS = {"sym": ["linux_banner"], "rd": ["linux_banner"], "struct": ["task_struct"]}
CUT = "this small core was cut to --level triage"
NO_MORE = "no more is known than the members that vgpu asks for"


def lines() -> list[list[str]]:
    """Each command alone, and with each of its options that takes no word."""
    said = subprocess.run([session.PROGRAM, "help"], check=True, capture_output=True, text=True)
    found = []
    for usage in re.findall(r"^  vgpu CORE ?(.*)$", said.stdout, re.M):
        name = re.match(r"\w*", usage)[0]
        words = ([name] if name else []) + ARGUMENTS.get(name, [])
        letters = re.findall(r"(?<=[\[ ])-[A-Za-z](?= \||\])", usage)
        found += [words] + [words[:1] + [letter] + words[1:] for letter in letters]
    return found


def answers(where, words: list[list[str]]) -> list[tuple[list[str], str]]:
    """What the program says to each, in one run: so each answers behind all others, too."""
    done = subprocess.run([session.PROGRAM, session.core_folder(*where) / "vmcore",
                           "--commands", "-"], input="".join(" ".join(w or ["triage"]) + "\n"
                                                            for w in words),
                          capture_output=True, text=True, check=False, env=session.PROGRAM_ENV,
                          timeout=session.TIMEOUT_S)
    said = re.split(r"^vgpu> .*\n", done.stdout, flags=re.M)[1:]
    assert len(said) == len(words), done.stderr
    return list(zip(words, said))


class Samples(unittest.TestCase):
    core_by_core = True

    def setUp(self):
        if not session.SAMPLES:
            self.skipTest("of samples alone")

    def test_every_command_answers_or_says_what_was_cut(self):
        words = lines()
        self.assertGreater(len(words), 40)
        for where in session.cores():
            for line, said in answers(where, words):
                with self.subTest(where=where, line=line):
                    if CUT in said:
                        self.assertIn(line[0], ("slab", "mod", "leak", "kmemleak", "fence"))
                        continue
                    # Their types were cut: of a structure the members that vgpu asks for are left.
                    if line[:1] == ["struct"] and NO_MORE in said:
                        continue
                    self.assertNotIn("left out of this small core", said)
                    self.assertNotRegex(said, r"^vgpu\b.*: ")
                    if "-j" in line:
                        self.assertEqual(session.document(said).get("incomplete"), [])

    def test_what_was_cut_is_told_as_a_document_too(self):
        for where in session.cores():
            (_, said), = answers(where, [["leak", "-j"]])
            doc = session.document(said)
            self.assertIn(CUT, doc["error"])
            self.assertEqual(doc["dump"]["small"]["level"], "triage")


LOG = """[   10.000000] INFO: task Xorg:723 blocked for more than 120 seconds.
[   10.000001] Call Trace:
[   10.000002]  drain_all_pages+0x14e/0x1a0
"""


class Text(unittest.TestCase):
    """A log in the place of a core: each command has an answer, or says that there is none."""

    def run_on_log(self, *words, **more):
        with tempfile.TemporaryDirectory(prefix="vgpu-text-") as folder:
            log = pathlib.Path(folder, "console.log")
            log.write_text(LOG, encoding="utf-8")
            return subprocess.run([session.PROGRAM, log, *words], capture_output=True, text=True,
                                  check=False, timeout=session.TIMEOUT_S, cwd=folder, **more)

    def test_every_command(self):
        words = lines()
        done = self.run_on_log("--commands", "-",
                               input="".join(" ".join(w or ["triage"]) + "\n" for w in words))
        said = re.split(r"^vgpu> .*\n", done.stdout, flags=re.M)[1:]
        self.assertEqual(len(said), len(words), done.stderr)
        for line, answer in zip(words, said):
            with self.subTest(line=line):
                name = line[0] if line and line[0][0] != "-" else "triage"
                if name in ("triage", "panic", "log"):
                    self.assertIn("Xorg", answer)
                elif name not in ("known", "compare", "help", "version", "layout"):
                    self.assertIn("this is a text, not a core", answer)

    def test_what_needs_a_core(self):
        for words in (("--extract", "small"), ("layout", "--export", "table"), ("wq",)):
            with self.subTest(words=words):
                done = self.run_on_log(*words)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn("this is a text, not a core", done.stderr)
