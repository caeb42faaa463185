# SPDX-License-Identifier: GPL-2.0-or-later
"""The program first, with nothing but the core; crash for what it cannot read."""
import os
import shutil
import sqlite3
import unittest

import made
import real
import test_limits
from vgpu_score import answer

NO_VMLINUX = f"debug/boot/vmlinux-{made.REL}"


class Doors(made.Case):
    doors: tuple = ("program", "crash")

    def without_vmlinux(self):
        os.unlink(os.path.join(self.top, NO_VMLINUX))

    def started(self):
        return [s["files"] for s in self.starts()]

    def test_the_program_needs_the_core_alone(self):
        self.without_vmlinux()
        self.core("vmcore")
        self.score()
        row = self.row()
        self.assertEqual((row["score"], row["door"], row["crash"], row["vmlinux"]),
                         (50, "program", "", ""))
        self.assertEqual(row["report"]["program"]["crash"], None)
        self.assertEqual(self.started(), [["commands", "vmcore"]])
        self.assertIn("program", self.text("scores.csv"))

    def test_the_page_is_vgpus(self):
        """By either door; and what it is made of stays out of the lines."""
        for host, door in (("score=60", "program"), ("crash-only=70", "crash")):
            core = self.core("vmcore", host=host)
            self.score()
            self.assertEqual(self.row()["door"], door)
            self.assertNotIn("page", self.row())
            [name] = os.listdir(os.path.join(self.out, "cores"))
            page = self.text("cores/" + name)
            self.assertIn("<p>Xorg waits for CPU 1.</p>", page)
            self.assertIn('<section id="folder"', page)
            self.assertIn("--html page", self.starts()[-1]["commands"])
            os.unlink(core)

    def test_crash_reads_what_the_program_cannot(self):
        self.core("vmcore", host="crash-only=70")
        self.score()
        row = self.row()
        self.assertEqual((row["score"], row["door"], row["crash"]), (70, "crash", "8.0.2"))
        self.assertEqual(row["vmlinux"], os.path.join(self.top, NO_VMLINUX))
        self.assertEqual(row["notes"], ["vgpu: vgpu cannot read this core: this kernel keeps "
                                        "no types"])

    def test_without_a_vmlinux_the_row_has_the_programs_sentence(self):
        self.without_vmlinux()
        self.core("vmcore", host="crash-only=70")
        self.score(expect=1)
        row = self.row()
        self.assertEqual(row["code"], "no-debuginfo")
        self.assertEqual(row["reason"], "vgpu cannot read this core: this kernel keeps no types; "
                         f"no debuginfo of kernel {made.REL} for crash: install {row['package']}")
        self.score(expect=1)
        self.assertEqual(len(self.starts()), 1)  # nothing has changed
        self.put(os.path.join(self.top, NO_VMLINUX), made.vmlinux())
        self.score()
        self.assertEqual(self.row()["door"], "crash")

    def test_neither_opens_it(self):
        self.core("vmcore", host="says")
        self.score(expect=1)
        row = self.row()
        self.assertEqual((row["code"], row["step"]), ("cannot-open", "open"))
        self.assertRegex(row["reason"], "^vgpu cannot read this core: vmlinux and vmcore do not "
                                        "match; crash 8.0.2 cannot open this kernel: ")

    def test_a_core_that_kills_the_program_costs_its_own_row(self):
        self.core("bad", host="die")
        self.core("good")
        self.score(expect=1)
        self.assertEqual(self.row("good")["score"], 50)
        self.assertEqual(self.row("bad")["code"], "no-answer")
        self.assertIn("vgpu gave no answer: it was ended by signal 11", self.row("bad")["reason"])

    def test_modules_are_given_to_the_program(self):
        """Where a kernel does not keep the types of its modules; no vmlinux is asked for."""
        self.without_vmlinux()
        self.put(os.path.join(self.top, f"debug/lib/modules/{made.REL}/kernel/drivers/virtio/"
                                        "virtio_ring.ko"), made.module())
        self.core("vmcore")
        self.core("virtio-gpu.ko", made.module())
        self.score(paths=[os.path.join(self.cores, "vmcore")])
        [start] = self.starts()
        self.assertEqual(start["files"], ["commands", "virtio-gpu.ko", "virtio_ring.ko", "vmcore"])
        self.assertEqual(start["argv"][:3], ["-j", "--debug-dir", "."])

    def test_a_kernel_that_the_header_does_not_name(self):
        """The program names it; with the name its modules are found."""
        self.without_vmlinux()
        self.put(os.path.join(self.top, f"debug/lib/modules/{made.REL}/kernel/drivers/virtio/"
                                        "virtio_ring.ko"), made.module())
        self.core("vmcore", release="", info=b"")
        for _ in range(2):
            self.score()
            self.assertEqual(self.started(), [["commands", "vmcore"],
                                              ["commands", "virtio_ring.ko", "vmcore"]])
        self.assertEqual(self.row()["release"], made.REL)

    def test_by_one_door_alone(self):
        self.core("vmcore", host="crash-only=70")
        self.doors = ("program",)
        self.score(expect=1)
        self.assertEqual((self.row()["code"], self.row()["reason"]),
                         ("cannot-open", "vgpu cannot read this core: this kernel keeps no types"))
        self.doors = ("crash",)
        self.score()
        self.assertEqual((self.row()["door"], self.row()["notes"]), ("crash", []))

    def test_another_program_does_it_again(self):
        self.core("vmcore")
        for starts in (1, 1):
            self.score()
            self.assertEqual(len(self.starts()), starts)
        with open(self.vgpu, "a", encoding="utf-8") as f:
            f.write("# another build\n")
        self.score()
        self.assertEqual(len(self.starts()), 2)


class Found(made.Case):
    """Where the doors are looked for."""

    doors = ()

    def look(self, *options, path="", expect=0):
        self.core("vmcore")
        launcher = os.path.join(self.top, "here")
        if not os.path.isdir(launcher):
            os.mkdir(launcher)
            shutil.copy(made.SCORE, launcher)
            os.symlink(made.PACKAGES, os.path.join(launcher, "score"))
        words = self.command(*options, self.cores)
        words[words.index(made.SCORE)] = os.path.join(launcher, "vgpu-score")
        return self.run_words(words, expect, env={"PATH": path})

    def test_in_path_but_first_beside_the_launcher(self):
        folder = os.path.dirname(self.vgpu)
        self.look(path=folder)
        self.assertEqual((len(self.starts("bin")), self.row()["door"]), (1, "program"))
        shutil.copy(self.vgpu, os.path.join(self.top, "here"))
        self.look("--again", path=folder)
        self.assertEqual((len(self.starts("bin")), len(self.starts("here"))), (1, 1))

    def test_nothing_to_open_cores_with(self):
        said = self.look(expect=2)
        self.assertIn("there is no program vgpu: run make, install the package vgpu", said)
        self.assertIn("there is no program crash", said)

    def test_what_is_named_must_be_there(self):
        self.assertIn("there is no program /no/vgpu", self.look("--vgpu", "/no/vgpu", expect=2))
        self.assertIn("/bin/true is not vgpu", self.look("--vgpu", "/bin/true", expect=2))
        self.assertIn("no program vgpu", self.look("--door", "program", expect=2))
        self.assertIn("no program /no/crash", self.look("--vgpu", self.vgpu, "--crash",
                                                        "/no/crash", expect=2))

    def test_crash_that_is_not_there(self):
        """Fine, until a core needs it: then its row says so."""
        self.assertIn("1 scored", self.look("--vgpu", self.vgpu))
        self.core("other", host="says")
        self.look("--vgpu", self.vgpu, expect=1)
        row = self.row("other")
        self.assertEqual(row["code"], "cannot-open")
        self.assertRegex(row["reason"], "^vgpu cannot read this core: vmlinux and vmcore do not "
                                        "match; there is no program crash: install the package")


class Limits(test_limits.Limits):
    """What is true of crash there is true of the program."""

    doors = ("program",)

    def test_ends_with_a_status(self):
        row = self.failed("exit=1")
        self.assertEqual((row["code"], row["step"]), ("cannot-open", "open"))
        self.assertEqual(row["reason"], "vgpu cannot read this core: it ended with status 1")

    def test_no_json(self):
        row = self.failed("silent")
        self.assertEqual(row["code"], "no-answer")
        self.assertIn("Xen", row["reason"])

    test_so_of_another_crash = None
    test_a_core_that_speaks_of_another_crash = None


class Store(made.Case):
    def test_results_from_before_there_was_a_program(self):
        self.core("vmcore")
        self.score()
        db = sqlite3.connect(os.path.join(self.out, "scores.sqlite"))
        db.executescript("ALTER TABLE cores DROP COLUMN door; ALTER TABLE cores DROP COLUMN node; "
                         "ALTER TABLE cores DROP COLUMN gone_at; ALTER TABLE cores DROP COLUMN page; "
                         "UPDATE meta SET value = '1' WHERE key = 'schema'")
        db.close()
        self.score()
        self.assertEqual(len(self.starts()), 1)
        self.assertEqual(self.sql("SELECT door, score FROM cores"), [("crash", 50)])
        self.assertEqual(self.sql("SELECT value FROM meta"), [("4",)])


def alike(report):
    """Without who read it, and what each door spells in its own way."""
    if isinstance(report, list):
        return [alike(part) for part in report]
    if not isinstance(report, dict):
        return report
    return {key: alike(value) for key, value in report.items()
            if key not in ("program", "dump", "check")}


@unittest.skipIf(real.missing_crash(), real.missing_crash())
class Agree(made.Case):
    """One core by default, all that are cached with VGPU_SCORE_ALL=1."""

    def by(self, door, sources):
        out = os.path.join(self.top, door)
        self.run_words([*real.words(out, sources), "--door", door, self.cores], 0, timeout=7200)
        self.out = out
        return self.rows()

    def test_both_doors_on_one_core(self):
        sources = real.folders()
        real.copy(sources, self.cores)
        program, crash = self.by("program", sources), self.by("crash", sources)
        self.assertEqual(program.keys(), crash.keys())
        for name, one in program.items():
            other = crash[name]
            self.assertEqual((one["door"], other["door"]), ("program", "crash"))
            for key in answer.columns({}):
                self.assertEqual(one[key], other[key], (name, key))
            self.assertEqual(alike(one["report"]), alike(other["report"]), name)
