# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs in a folder of cores: which of them have a row, and what it says."""
import gzip
import os
import time

import made
import real
from vgpu_score import find, formats, similar

OOPS = """[    0.000000] Linux version 5.10.0-9-amd64 (builder) #1 SMP
[   38.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000
[   38.000001] Oops: 0002 [#1] SMP NOPTI
[   38.000002] CPU: 1 PID: 9 Comm: sh Not tainted 5.10.0-9-amd64 #1
[   38.000003] RIP: 0010:bad_thing+0x7/0x20 [mod]
[   38.000004] Call Trace:
[   38.000005]  caller+0x1/0x20
"""
HANG = """Nov 29 17:18:01 desk7 kernel: INFO: task Xorg:723 blocked for more than 120 seconds.
Nov 29 17:18:01 desk7 kernel: Call Trace:
Nov 29 17:18:01 desk7 kernel:  flush_work+0x60/0x80
Nov 29 17:18:01 desk7 kernel:  drain_all_pages+0x14e/0x1a0
"""


PLAIN = [line[15:] for line in OOPS.splitlines()]
SLABTOP = """  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME
381050 375070  98%    0.62K  15242       25    243872K kmemleak_object
 50337  50337 100%    0.12K   1631       31      6524K kmalloc-128
"""
WRAPPED = {
    "utf16": OOPS.encode("utf-16"),
    "compose": "".join(f"vm_1  | {line}\n" for line in OOPS.splitlines()).encode(),
    "terminal": "".join(f"[17:18:01:123] {line}\n" for line in OOPS.splitlines()).encode(),
    "table.csv": "".join(f'"2026-11-29 17:18:01","{line}"\n' for line in OOPS.splitlines()).encode(),
    "no-times": "".join(f"{line}\n" for line in PLAIN).encode(),
    "localised": "".join(f"11月 29 17:18:01 desk kernel: {line}\n" for line in PLAIN).encode(),
    "slabtop": SLABTOP.encode(),
    "slabtop-o": (" Active / Total Objects (% used)    : 500000 / 600000 (83.3%)\n" + SLABTOP).encode(),
}


class Rows(made.Case):
    doors = ("program",)

    def setUp(self):
        super().setUp()
        self.vgpu = real.PROGRAM

    def test_a_log_has_a_row_that_says_so(self):
        self.core("console.log", OOPS.encode())
        self.core("kern.log.1.gz", gzip.compress(HANG.encode()))
        self.score()
        oops, hang = self.row("console.log"), self.row("kern.log.1.gz")
        self.assertEqual((oops["cause"], oops["confidence"]), ("kernel-bug", 70))
        self.assertTrue(oops["summary"].startswith("text log: "), oops["summary"])
        self.assertIn("bad_thing+0x7", oops["culprit"])
        self.assertEqual(oops["release"], "5.10.0-9-amd64")
        self.assertEqual((hang["cause"], hang["culprit"], hang["node"]),
                         ("unexplained", "", "desk7"))
        self.assertNotEqual(oops["signature"], hang["signature"])
        self.assertIn("text log", self.text(f"cores/{os.listdir(self.out + '/cores')[0]}"))

    def test_it_asks_for_no_debuginfo(self):
        self.core("console.log", OOPS.encode())
        self.score()
        self.assertEqual(self.row("console.log")["package"], "")

    def test_what_the_program_reads_has_a_row(self):
        for name, text in WRAPPED.items():
            self.core(name, text)
        self.score()
        states = {name: row["state"] for name, row in self.rows().items()}
        self.assertEqual(states, dict.fromkeys(WRAPPED, "scored"))

    def test_the_program_judges(self):
        """It may begin as one, and be none."""
        self.core("quotes", b"MemTotal: that is what /proc/meminfo calls it\n")
        self.assertIn("1 file not a core", self.score())
        self.assertEqual(self.row("quotes")["reason"], "not a core: text")
        self.assertIn("1 file not a core", self.score())

    def test_it_is_not_scored_again(self):
        self.core("console.log", OOPS.encode())
        self.score()
        self.assertIn("unchanged", self.score())

    def test_text_that_is_no_log_is_left_out(self):
        self.core("README", b"to whom it may concern\n")
        self.core("notes.txt", b"it said [ 12.5] and stopped\n")
        self.score()
        self.assertEqual({r["state"] for r in self.rows().values()}, {"skipped"})


class Found(made.Case):
    def state(self, name, **more):
        given = find.Given(os.path.join(os.fsencode(self.cores), name), **more)
        find.look(given)
        return given.state

    def test_beside_one_core_it_is_that_ones(self):
        self.core("vmcore")
        self.core("vmcore-dmesg.txt", OOPS.encode())
        self.assertEqual(self.state(b"vmcore-dmesg.txt"), "skipped")
        self.assertEqual(self.state(b"vmcore-dmesg.txt", named=True), "core")

    def test_beside_many_it_has_a_row(self):
        self.core("a.core")
        self.core("b.core")
        self.core("c.log", OOPS.encode())
        self.assertEqual(self.state(b"c.log"), "core")


class Signature(made.Case):
    def test_it_is_near_to_a_cores_and_never_the_same(self):
        core = "kernel-bug oops | bad_thing<caller"
        log = f"{similar.TEXT_LOG} {core}"
        self.assertEqual(similar.similarity(core, log), 0.99)
        self.assertEqual(list(similar.near(log, {"core": core})), [("core", 0.99)])
        self.assertEqual(list(similar.near(log, {"other": core.replace("kernel-bug", "io-wait")})),
                         [])


class Head(made.Case):
    def test_hostile_ones_take_no_time(self):
        began = time.monotonic()
        for head in (b"\x1b" * 65000, b"\x1b<1>" * 9000, b"a 11:11:11" * 6500, b"[ " * 32000,
                     b" OBJS" + b" " * 65000, b"INFO: task " * 6000):
            formats.is_log(head)
        self.assertLess(time.monotonic() - began, 20)

    def test_texts_about_logs_are_none(self):
        for name in ("README.md", "docs/text-logs.md", "docs/tutorial.md", "debian/changelog"):
            with open(os.path.join(made.TOP, name), "rb") as f:
                self.assertFalse(formats.is_log(f.read(formats.LOG_HEAD)), name)

    def test_what_begins_as_one(self):
        for head in (b"<6>[    1.000000] x", b"\x1bc\n[    1.000000] x", HANG.encode(),
                     b"2026-11-29T17:18:01+0000 desk kernel: x", b"unreferenced object 0xffff",
                     b"slabinfo - version: 2.1"):
            self.assertTrue(formats.is_log(head), head)
        for head in (b"", b"\0" * 64, b"[1] x", b"kernel: x", bytes(range(32)) + OOPS.encode()[:64]):
            self.assertFalse(formats.is_log(head), head)
