# SPDX-License-Identifier: GPL-2.0-or-later
"""Signatures of real cores: the same for the same fault, another for any other."""

import json
import pathlib
import re
import unittest

import session

KASLR = r"(?m)^([0-9a-f]+) \(.\) _text"


def words(signature):
    chain, _, functions = signature["text"].partition(" | ")
    return chain.split(), functions.split("<") if functions else []


def symbols_of(crash, functions):
    """Those of the functions that this kernel or its modules have, with any suffix."""
    return {f for f in functions
            if re.search(rf"(?m) {re.escape(f)}(\.|$|\s)", crash.command(f"sym -q {f}"))}


class Faults(unittest.TestCase):
    def documents(self):
        return {where: session.json_of(where, "vgpu -j") for where in session.cores()}

    def test_causes_share_none(self):
        causes: dict = {}
        for where, doc in self.documents().items():
            causes.setdefault(doc["signature"]["hash"], set()).add(session.truth(*where)["cause"])
        for signature, of in causes.items():
            self.assertEqual(len(of), 1, signature)

    def test_what_holds_the_memory(self):
        """A program that ate it, and one whose GPU objects fill it: two faults."""
        held = {where: doc["signature"]["text"] for where, doc in self.documents().items()
                if where[0] in ("oom", "oom-gem")}
        for where, text in held.items():
            self.assertTrue(text.endswith(" gpu-objects" if where[0] == "oom-gem"
                                          else " anonymous"), (where, text))

    def test_nothing_of_the_machine(self):
        """No address, offset or compiler suffix; and no name or pid of a task."""
        for where, doc in self.documents().items():
            text = doc["signature"]["text"]
            self.assertNotRegex(text, r"0x|\+|\.", where)
            for task in doc["hung"]:
                self.assertNotIn(task["comm"], re.split(r"[ <|]", text), where)
            self.assertNotRegex(text, r"(?<!\w)\d+(?!\w)", where)

    def test_two_releases(self):
        """Frames of one signature only are functions that the other kernel has not."""
        documents = self.documents()
        for where, doc in documents.items():
            scenario, kernel, *device = where
            other = (scenario, "6.1", *device)
            if kernel != "5.10" or other not in documents:
                continue
            chain, mine = words(doc["signature"])
            chain_of_other, others = words(documents[other]["signature"])
            with self.subTest(scenario=scenario):
                self.assertEqual(chain, chain_of_other)
                self.assertEqual(symbols_of(session.crash_on(*other), set(mine) - set(others)),
                                 set())
                self.assertEqual(
                    symbols_of(session.crash_on(*where), set(others) - set(mine)), set())


class TwoMakings(unittest.TestCase):
    core_by_core = True

    def test_one_signature(self):
        """The same scenario on another boot: other addresses and pids, one signature."""
        if not session.ALL:
            self.skipTest("as many cores again: make check-lab")
        for where in session.cores():
            folder = session.core_folder(*where, making=2)
            truth = json.loads((pathlib.Path(folder) / "truth.json").read_text())
            crash = session.start(folder)
            try:
                crash.command(f"extend {session.SO}")
                doc = session.document(crash.command("vgpu -j"))
                text = re.search(KASLR, crash.command("sym _text"))[1]
            finally:
                crash.close()
            first = session.json_of(where, "vgpu -j")
            with self.subTest(core=where):
                self.assertEqual(doc["signature"], first["signature"])
                self.assertNotEqual(text, re.search(KASLR, session.output(where, "sym _text"))[1])
                self.assertEqual(doc["verdicts"][0]["cause"], truth["cause"])
                self.assertEqual(doc["score"]["total"], first["score"]["total"])
                pids = (truth.get("culprit") or {}).get("pid")
                if pids:
                    self.assertNotEqual(pids, session.truth(*where)["culprit"]["pid"])


if __name__ == "__main__":
    unittest.main()
