# SPDX-License-Identifier: GPL-2.0-or-later
"""--on-new: each new signature once, as JSON, whatever the program makes of it."""
import json
import os
import subprocess
from unittest import mock

import made
from vgpu_score import announce

TICKET = """#!/bin/sh
cat >> "$(dirname "$0")/tickets"
exit ${1:-0}
"""


class OnNew(made.Case):
    def setUp(self):
        super().setUp()
        self.ticket = os.path.join(self.top, "ticket system/new.sh")
        self.put(self.ticket, TICKET.encode())
        os.chmod(self.ticket, 0o755)
        self.word = f"'{self.ticket}'"

    def tickets(self):
        try:
            with open(os.path.join(self.top, "ticket system/tickets"), encoding="utf-8") as f:
                return [json.loads(line) for line in f]
        except FileNotFoundError:
            return []

    def signatures(self):
        return sorted(t["signature"] for t in self.tickets())

    def add(self, name, host):
        self.core(name, host=host, pages=(name.encode() * 512,))

    def test_each_once(self):
        for name in ("drain", "abba"):
            self.add(name, "signed=" + name)
        self.add("another", "signed=drain")
        self.score("--on-new", self.word)
        self.assertEqual(self.signatures(), ["abba", "drain"])
        self.score("--on-new", self.word, "--again")
        self.add("later", "signed=later")
        self.score("--on-new", self.word)
        self.assertEqual(self.signatures(), ["abba", "drain", "later"])
        ticket = next(t for t in self.tickets() if t["signature"] == "drain")
        self.assertEqual((ticket["cores"], ticket["machines"]), (2, {"desk7": 2}))
        self.assertEqual(ticket["core"]["score"], 50)
        self.assertIn("verdicts", ticket["core"]["report"])
        self.assertTrue(os.path.exists(ticket["page"]))

    def test_what_was_there_before_is_not_new(self):
        self.add("drain", "signed=drain")
        self.score()
        self.add("abba", "signed=abba")
        self.score("--on-new", self.word)
        self.assertEqual(self.signatures(), ["abba"])
        # From then on, whichever run has scored it.
        self.add("later", "signed=later")
        self.score()
        self.score("--on-new", self.word)
        self.assertEqual(self.signatures(), ["abba", "later"])

    def test_forgotten_is_not_new_again(self):
        self.add("drain", "signed=drain")
        self.score("--on-new", self.word)
        self.score("--forget", self.cores, paths=[])
        self.score("--on-new", self.word)
        self.assertEqual(self.signatures(), ["drain"])

    def test_failure_is_told_and_kept(self):
        self.add("drain", "signed=drain")
        said = self.score("--on-new", self.word + " 3", expect=1)
        self.assertIn("--on-new for signature drain: status 3", said)
        self.assertTrue(said.endswith("1 signature not told by --on-new: the next run calls it again\n"))
        self.assertEqual(self.sql("SELECT signature, how FROM announced"), [("drain", "status 3")])
        self.score("--on-new", self.word)
        self.assertEqual(len(self.tickets()), 2)
        self.assertEqual(self.sql("SELECT signature, how FROM announced"), [("drain", "status 0")])
        self.score("--on-new", self.word)
        self.assertEqual(len(self.tickets()), 2)

    def test_two_runs_do_not_tell_at_once(self):
        from vgpu_score import store
        os.makedirs(self.out)
        s = store.Store(os.fsencode(self.out))
        self.addCleanup(s.close)
        self.assertTrue(s.announce("drain", 600))
        self.assertFalse(s.announce("drain", 600))
        self.assertTrue(s.announce("drain", -1))  # that run was killed
        s.announced("drain", store.TOLD)
        self.assertFalse(s.announce("drain", -1))

    def test_one_that_never_ends(self):
        self.add("drain", "signed=drain")
        self.score()
        from vgpu_score import reports, store
        s = store.Store(os.fsencode(self.out))
        self.addCleanup(s.close)
        whole = reports.write(s, os.fsencode(self.out))
        pid = os.path.join(self.top, "pid")
        with mock.patch.object(announce, "SECONDS", 5):
            wrong = announce.Announcer(f"sh -c 'echo $$ > {pid}; sleep 99'").tell(
                s, whole, os.fsencode(self.out))
        self.assertEqual(wrong, ["--on-new for signature drain: timed out after 5 s"])
        with open(pid) as f:
            self.assertFalse(made.alive(int(f.read())))

    def test_no_shell(self):
        self.add("drain", "signed=drain")
        self.score("--on-new", "echo x; touch pwned", cwd=self.top)
        self.assertNotIn("pwned", os.listdir(self.top) + os.listdir("/"))

    def test_no_such_program(self):
        self.core("vmcore")
        for word in ("/no/such/program", "", "'half"):
            self.assertIn("--on-new", self.score("--on-new", word, expect=2))
        self.assertFalse(os.path.exists(self.out))

    def test_killed_before_it_told(self):
        """It was scored by a run that did not come to it; the next one does."""
        self.score("--on-new", self.word)
        self.add("drain", "signed=drain")
        self.add("slow", "until=go")
        p = subprocess.Popen([*self.command("-j", "1", "--on-new", self.word, self.cores)],
                             stdout=subprocess.PIPE)
        self.assertTrue(any(b"drain" in line for line in p.stdout))
        p.kill()
        p.wait()
        p.stdout.close()
        self.assertEqual(self.tickets(), [])
        self.put(os.path.join(self.top, "bin/go"), b"")
        self.score("--on-new", self.word)
        self.assertIn("drain", self.signatures())
        self.assertEqual(len(self.signatures()), len(set(self.signatures())))
