# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu-kdump-check --prove: it crashes the machine only when it may and is told to."""

import os
import pty
import re
import subprocess
import unittest

from staged import CHECK, SHELLS, TOOLS, Machine

TRIGGER = "proc/sysrq-trigger"
PROOF = "var/lib/vgpu-kdump-proof"


class Prove(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.close)
        self.machine.write(TRIGGER, "nothing")
        (self.machine.root / "var/lib").mkdir(exist_ok=True)
        self.machine.command("sleep", "exit 0")

    def prove(self, answer=None, shell="dash"):
        """(exit status, what it said); an answer is typed at a terminal."""
        ours, theirs = pty.openpty()
        if answer is not None:
            os.write(ours, f"{answer}\n".encode())
        done = subprocess.run(
            [*SHELLS[shell], CHECK, "--prove"], capture_output=True, text=True, timeout=300,
            stdin=subprocess.DEVNULL if answer is None else theirs,
            env={"PATH": f"{self.machine.bin}:{TOOLS[shell]}",
                 "VGPU_ROOT": str(self.machine.root)})
        os.close(ours)
        os.close(theirs)
        self.assertEqual(done.stderr, "")
        return done.returncode, re.sub(r"\s+", " ", done.stdout)

    def triggered(self):
        return (self.machine.root / TRIGGER).read_text() != "nothing\n"

    def refused(self, why, answer="crash"):
        status, said = self.prove(answer)
        self.assertEqual(status, 2, said)
        self.assertRegex(said, f"Not done: .*{why}")
        self.assertNotIn("Type crash", said)
        self.assertFalse(self.triggered())

    def test_told_by_the_typed_word(self):
        for shell in SHELLS:
            self.machine.write(TRIGGER, "nothing")
            status, said = self.prove("crash", shell)
            self.assertIn("THIS CRASHES THE MACHINE", said)
            self.assertEqual((self.machine.root / TRIGGER).read_text(), "c\n", shell)
            # A staged machine survives it, and that is said.
            self.assertEqual(status, 2)
            self.assertIn("did not take sysrq-c", said)
            self.assertFalse((self.machine.root / PROOF).exists())

    def test_any_other_word_does_nothing(self):
        for word in ("", "y", "yes", "CRASH", "crash now"):
            status, said = self.prove(word)
            self.assertEqual(status, 0)
            self.assertIn("Nothing was done.", said)
            self.assertFalse(self.triggered())
            self.assertFalse((self.machine.root / PROOF).exists())

    def test_not_by_a_script(self):
        self.refused("not a terminal", answer=None)

    def test_not_in_a_container(self):
        self.machine.write("/.dockerenv", "")
        status, said = self.prove("crash")
        self.assertEqual(status, 2)
        self.assertIn("RED place: this is a container", said)
        self.assertFalse(self.triggered())

    def test_not_even_in_what_is_said_to_be_none(self):
        self.machine.write("/.dockerenv", "")
        status, said = self.machine.check("dash", "--no-container", "--prove")
        self.assertEqual(status, 2)
        self.assertRegex(said, "Not done: .*container")

    def test_not_by_an_ordinary_user(self):
        self.machine.command("id", "echo 1000")
        self.refused("only root")

    def test_not_without_a_capture_kernel(self):
        self.machine.write("/sys/kernel/kexec_crash_loaded", 0)
        self.refused("no capture kernel")

    def test_not_where_something_is_red(self):
        self.machine.free_disk(1000)
        self.refused("something is red")

    def test_not_into_a_file_or_json(self):
        for option in ("-j", "--script"):
            done = subprocess.run([*SHELLS["dash"], CHECK, "--prove", option],
                                  capture_output=True, text=True,
                                  env={"PATH": TOOLS["dash"], "VGPU_ROOT": str(self.machine.root)})
            self.assertEqual(done.returncode, 3)

    def crashed(self):
        proof = self.machine.root / PROOF
        proof.write_text("")
        os.utime(proof, (1_700_000_000, 1_700_000_000))

    def core(self, name, size, when):
        file = self.machine.root / "var/crash" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * size)
        os.utime(file, (when, when))

    def test_afterwards_it_finds_the_core(self):
        self.crashed()
        self.core("202311142200/dump.202311142200", 2 << 20, 1_600_000_000)
        self.core("202311142215/dmesg.202311142215", 2000, 1_700_000_100)
        self.core("it's new/vmcore", 2 << 20, 1_700_000_100)
        status, said = self.prove()
        self.assertEqual(status, 0)
        self.assertIn("Proved: the crash left /var/crash/it's new/vmcore", said)
        self.assertIn(r"vgpu '/var/crash/it'\''s new/vmcore'", said)
        self.assertFalse((self.machine.root / PROOF).exists())

    def test_afterwards_there_is_none(self):
        for files in ((), (("old/vmcore", 2 << 20, 1_600_000_000),),
                      (("new/vmcore-incomplete", 2 << 20, 1_700_000_100),),
                      (("new/vmcore", 4096, 1_700_000_100),)):
            self.crashed()
            for file in files:
                self.core(*file)
            self.refused("has no core since")
            self.assertFalse((self.machine.root / PROOF).exists())

    def test_all_green_says_how_it_is_proved(self):
        status, said = self.machine.check("dash")
        self.assertEqual(status, 0)
        self.assertIn("vgpu-kdump-check --prove", re.sub(r"\s+", " ", said))


class Options(unittest.TestCase):
    def test_wrong_usage(self):
        machine = Machine()
        self.addCleanup(machine.close)
        for shell in SHELLS:
            for options in (["-x"], ["--nonsense"], ["word"], ["--prove", "-j"]):
                done = subprocess.run(
                    [*SHELLS[shell], CHECK, *options], capture_output=True, text=True,
                    env={"PATH": f"{machine.bin}:{TOOLS[shell]}", "VGPU_ROOT": str(machine.root)})
                self.assertEqual((done.returncode, done.stdout), (3, ""), (shell, options))

    def test_help_names_each_option(self):
        machine = Machine()
        self.addCleanup(machine.close)
        status, said = machine.check("dash", "--help")
        self.assertEqual(status, 0)
        for text in (said, (CHECK.parent / "vgpu-kdump-check.8").read_text().replace("\\", ""),
                     (CHECK.parent / "vgpu-kdump-check.bash").read_text()):
            for option in ("-j", "-q", "--script", "--prove", "--no-container"):
                self.assertIn(option, text)
        for line in said.splitlines():
            self.assertLessEqual(len(line), 80)
