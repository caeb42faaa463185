# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's way with a guest's console, tried on a shell of this machine."""

import io
import os
import pty
import socket
import sys
import threading
import unittest

from staged import ROOT

sys.path.insert(0, str(ROOT / "samples" / "lab"))

import debian  # noqa: E402
from steps import Failed  # noqa: E402


class Local(debian.Guest):
    """A shell on a terminal, behind a socket as QEMU's console is."""

    def __init__(self):
        self._console, self._theirs = socket.socketpair()
        self._log = io.BytesIO()
        self._seen, self._marks = b"", 0
        pid, self._terminal = pty.fork()
        if not pid:
            os.execvp("bash", ["bash", "--norc", "-i"])
        for copy in (self._copy_in, self._copy_out):
            threading.Thread(target=copy, daemon=True).start()

    def _copy_in(self):
        while data := self._theirs.recv(4096):
            os.write(self._terminal, data)

    def _copy_out(self):
        try:
            while data := os.read(self._terminal, 4096):
                self._theirs.sendall(data)
        except OSError:
            pass


class Console(unittest.TestCase):
    def setUp(self):
        self.guest = Local()
        self.guest.expect(r"\$ $|# $", "prompt", 20)
        self.guest.type(debian.QUIET_SHELL)
        self.guest.run("true", 20)

    def test_status_and_output(self):
        self.assertEqual(self.guest.ask("echo one; echo two; false", 20),
                         (1, "one\ntwo\n"))
        self.assertEqual(self.guest.ask("printf x", 20), (0, "x"))
        with self.assertRaisesRegex(Failed, "status 3"):
            self.guest.run("(exit 3)", 20)

    def test_a_command_that_reads_does_not_eat_the_rest(self):
        """As apt-get's scripts do."""
        self.assertEqual(self.guest.ask("cat; echo done", 20), (0, "done\n"))
        self.assertEqual(self.guest.ask("echo 'a  \"b\"'", 20), (0, "a  \"b\"\n"))

    def test_lines_and_background(self):
        self.assertEqual(self.guest.ask("x=1\nsleep 30 >/dev/null 2>&1 &\necho $x", 20)[1]
                         .splitlines()[-1], "1")
        self.guest.run("kill $!", 20)
        self.guest.run("sleep 0 >/dev/null 2>&1 &", 20)
