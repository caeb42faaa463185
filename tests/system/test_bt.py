# SPDX-License-Identifier: GPL-2.0-or-later
"""Every stack of every core, frame by frame against a newer crash's."""

import pathlib
import subprocess
import sys
import unittest

import session

HERE = pathlib.Path(__file__).resolve().parent


class Stacks(unittest.TestCase):
    def test_against_a_newer_crash(self):
        for where in session.cores():
            done = subprocess.run(
                [sys.executable, HERE / "compare_bt.py", "--crash", session.CRASH,
                 "--extension", session.SO, session.core_folder(*where)],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                timeout=600)
            with self.subTest(core=where):
                self.assertEqual(done.returncode, 0, done.stdout[-3000:])
