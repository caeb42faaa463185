# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command of the program on each core of samples/cores, as `vgpu help` lists them."""

import re
import subprocess
import unittest

import session

ARGUMENTS = {"sym": ["linux_banner"], "rd": ["linux_banner"], "struct": ["task_struct"]}
CUT = "this small core was cut to --level triage"


def lines() -> list[list[str]]:
    """Each command alone, and with each of its options that takes no word."""
    said = subprocess.run([session.PROGRAM, "help"], check=True, capture_output=True, text=True)
    found = []
    for usage in re.findall(r"^  vgpu CORE ?(.*)$", said.stdout, re.M):
        name = re.match(r"\w*", usage)[0]
        words = ([name] if name else []) + ARGUMENTS.get(name, [])
        letters = re.findall(r"(?<=[[ ])-[A-Za-z](?= \||\])", usage)
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
                    if line[:1] == ["struct"] and "were left out of this small core" in said:
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
