# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder of everything: each file a row, exit status, resume, two runs, odd names."""
import contextlib
import csv
import functools
import gzip
import json
import lzma
import os
import pty
import resource
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest
from unittest import mock

import made

ODD = [b"new\nline", b"quote'\"", b"$(touch pwned)", b"`touch pwned`; touch pwned", b"-rf",
       b"not-utf8-\xff\xfe", b"<script>alert(1)", b" space ", b"@file", b"a|b>c",
       "dirección‮".encode(), b"\x1b[31mred"]


class Rows(made.Case):
    def test_everything_has_its_row(self):
        good = made.kdump(host="score=80")
        self.core("good", good)
        self.core("flat", made.flat(made.kdump(host="score=20")))
        self.core("good.gz", gzip.compress(made.kdump(host="score=30")))
        self.core("good.xz", lzma.compress(made.kdump(host="score=31")))
        self.core("flat.xz", lzma.compress(made.flat(made.kdump(host="score=32"))))
        self.core("cut", good[:-1])
        self.core("cut.gz", gzip.compress(made.kdump())[:-20])
        self.core("cut-inside.gz", gzip.compress(good[:-1]))
        self.core("bad.xz", lzma.compress(os.urandom(9000) * 9)[:200] + b"x" * 400)
        self.core("empty", b"")
        self.core("text", b"this is no core\n")
        self.core("noise", os.urandom(5000))
        self.core("other", made.kdump(release="6.99.0-1-arm64", info=b"OSRELEASE=6.99.0-1-arm64\n"))
        self.core("process", made.elf(made.note(b"CORE", 6, b"x")))
        self.core("sub/deep/elf", made.elf(made.note(b"VMCOREINFO", 0, made.vmcoreinfo())))
        said = self.score("-j", "2", expect=1)
        rows = self.rows()
        self.assertEqual(len(rows), 15)
        code = {name: r["code"] for name, r in rows.items()}
        self.assertEqual({n: code[n] for n in ("cut", "cut.gz", "cut-inside.gz", "empty", "text",
                                               "noise", "other", "process")},
                         {"cut": "truncated", "cut.gz": "truncated", "cut-inside.gz": "truncated",
                          "empty": "empty", "text": "not-a-core", "noise": "not-a-core",
                          "other": "no-debuginfo", "process": "not-a-core"})
        self.assertEqual({n: rows[n]["score"] for n in ("good", "flat", "good.gz", "good.xz",
                                                        "flat.xz")},
                         {"good": 80, "flat": 20, "good.gz": 30, "good.xz": 31, "flat.xz": 32})
        self.assertIn("linux-image-6.99.0-1-arm64-dbg", rows["other"]["reason"])
        self.assertEqual(rows["text"]["state"], "skipped")
        self.assertIn("rows/min", said)
        # A truncated core is told without crash.
        self.assertFalse([s for s in self.starts() if "cut" in s["argv"][-1]])
        self.assertEqual(self.sql("SELECT count(*) FROM cores"), [(15,)])
        with open(os.path.join(self.out, "scores.csv"), newline="", encoding="utf-8-sig") as f:
            self.assertEqual(len(list(csv.DictReader(f))), 15)

    @unittest.skipUnless(shutil.which("zstd"), "no zstd program here")
    def test_zst(self):
        plain = self.put(os.path.join(self.top, "plain"),
                         made.kdump(host="score=33", pages=(os.urandom(4096),) * 64))
        with open(plain, "rb") as f:
            data = subprocess.run(["zstd", "-c"], stdin=f, stdout=subprocess.PIPE, check=True).stdout
        self.core("vmcore.zst", data)
        self.core("cut.zst", data[: len(data) // 2])
        self.core("text.zst", subprocess.run(["zstd", "-c"], input=b"hello " * 99,
                                             stdout=subprocess.PIPE, check=True).stdout)
        self.score(expect=1)
        self.assertEqual(self.row("vmcore.zst")["score"], 33)
        self.assertEqual(self.row("cut.zst")["code"], "truncated")
        self.assertEqual(self.row("text.zst")["code"], "not-a-core")

    def test_behind_the_packed_data(self):
        """Zeros are padding, several members are one file, and the rest is left out."""
        core = made.kdump(host="score=33", pages=(os.urandom(4096),) * 9)
        half = len(core) // 2
        packings: dict = {"gz": gzip.compress, "xz": lzma.compress}
        if shutil.which("zstd"):
            packings["zst"] = lambda data: subprocess.run(
                ["zstd", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
        for name, pack in packings.items():
            self.core("two." + name, pack(core[:half]) + pack(core[half:]))
            self.core("zeros." + name, pack(core) + bytes(10000))
            self.core("rest." + name, pack(core) + b"garbage" * 99)
        self.core("between.gz", gzip.compress(core[:half]) + bytes(512) + gzip.compress(core[half:]))
        self.core("half.gz", gzip.compress(core[:half]) + b"garbage" * 99)
        self.score(expect=1)
        rows = self.rows()
        self.assertEqual(rows.pop("half.gz")["code"], "truncated")
        for name, row in rows.items():
            self.assertEqual(row["score"], 33, (name, row["reason"]))
            if name.startswith("rest"):
                self.assertIn("left out", row["notes"][0])

    def test_disk_that_is_full(self):
        """Of the folder for unpacking, and of the results."""
        def small(size):
            return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        self.core("vmcore.gz", gzip.compress(made.kdump(pages=(os.urandom(4096),) * 99)))
        self.score(expect=1, preexec_fn=small(200 << 10))
        self.assertEqual(self.row("vmcore.gz")["code"], "no-space")
        self.assertIn("--tmp", self.row("vmcore.gz")["reason"])
        self.score()  # there is room again
        self.assertEqual(self.row("vmcore.gz")["score"], 50)
        shutil.rmtree(self.out)
        self.core("vmcore")
        said = self.score(expect=2, preexec_fn=small(16 << 10))
        self.assertNotIn("Traceback", said)
        self.assertIn("scores.sqlite", said)

    def test_fault_of_its_own(self):
        """What nobody has thought of costs one core its score, not all; but what the
        database says is no core's fault."""
        from vgpu_score import child, find, score
        given = find.Given(self.core("vmcore"))
        find.look(given)
        settings = score.Settings([], [], child.Limits(), os.fsencode(self.top), 1, False)
        for fault, code in ((KeyError("x"), "internal"), (MemoryError(), "internal")):
            one = score.Scorer(given, settings, None, lambda: False, lambda step: None)
            with mock.patch.object(one, "_steps", side_effect=fault):
                row = one.score()
            self.assertEqual((row.state, row.code), ("failed", code))
            self.assertIn("Traceback", row.log)
        with mock.patch.object(one, "_steps", side_effect=sqlite3.OperationalError("full")):
            self.assertRaises(sqlite3.Error, one.score)

    def test_unpacking_is_bounded(self):
        self.core("vmcore.gz", gzip.compress(made.kdump(pages=(bytes(4096),)) + bytes(5 << 20)))
        self.score("--max-unpacked", "1M", expect=1)
        self.assertEqual(self.row("vmcore.gz")["code"], "too-big")

    def test_named_files(self):
        text = self.core("text", b"no core")
        self.score(paths=[os.fsdecode(text)], expect=1)
        self.assertEqual(self.row("text")["state"], "failed")

    def test_a_name_typed_wrong(self):
        """Nothing is done, and no row of it is left in the report."""
        self.core("vmcore")
        gone = os.path.join(self.cores, "gone")
        for paths in ([gone], [self.cores, gone], [gone + "/in/a/folder"],
                      [os.path.join(self.cores, "vmcore/vmcore")]):
            self.assertIn(f"there is no {paths[-1]}", self.score(paths=paths, expect=2))
        self.assertFalse(os.path.exists(self.out))

    def test_forget(self):
        """A row, or all of a folder, leaves the results with its page; no crash is needed."""
        for name in ("a/vmcore1", "a/vmcore2", "ab", "c"):
            self.core(name, pages=(name.encode() * 512,))
        self.score()
        self.score("--forget", os.path.join(self.cores, "a") + "/", paths=[self.cores + "/c"],
                   crash=[self.crash])
        self.assertEqual(sorted(self.rows()), ["ab", "c"])
        self.score("--forget", self.cores + "/ab", paths=[], crash=["/no/such/crash"])
        self.assertEqual(list(self.rows()), ["c"])
        self.assertEqual(len(os.listdir(os.path.join(self.out, "cores"))), 1)
        said = self.score("--forget", self.cores + "/typo", paths=[], expect=2)
        self.assertIn("there is no row of " + self.cores + "/typo", said)
        said = self.score("--forget", self.cores, "--forget", self.cores + "/typo", paths=[],
                          expect=2)
        self.assertIn("there is no row of " + self.cores + "/typo", said)
        self.assertEqual(list(self.rows()), ["c"], "all of them or none")
        said = self.score("--forget", "", paths=[], expect=2, cwd=self.cores)
        self.assertIn("there is no row of ''", said)
        self.assertEqual(list(self.rows()), ["c"])
        shutil.rmtree(self.out)
        self.score("--forget", self.cores, paths=[], expect=2)
        self.assertFalse(os.path.exists(self.out))

    def test_files_that_are_not_plain(self):
        os.mkfifo(os.path.join(self.cores, "pipe"))
        os.symlink("nowhere", os.path.join(self.cores, "dangling"))
        os.symlink(self.cores, os.path.join(self.cores, "loop"))
        self.score(expect=1)
        self.assertEqual(self.row("loop")["state"], "skipped")
        self.assertIn("link to a folder", self.row("loop")["reason"])
        self.assertEqual(self.row("pipe")["code"], "not-a-core")
        self.assertEqual(self.row("dangling")["code"], "unreadable")

    def test_what_may_not_be_read(self):
        if not os.geteuid():  # root may read everything, unless that is taken from it
            self.before = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
        self.core("closed/vmcore")
        self.core("secret")
        self.core("good")
        os.chmod(os.path.join(self.cores, "secret"), 0)
        os.chmod(os.path.join(self.cores, "closed"), 0)
        self.addCleanup(os.chmod, os.path.join(self.cores, "closed"), 0o700)
        self.score(expect=1)
        self.assertEqual({n: r["code"] for n, r in self.rows().items()},
                         {"closed": "unreadable", "secret": "unreadable", "good": ""})

    def test_results_inside_the_folder(self):
        self.core("vmcore")
        self.out = os.path.join(self.cores, "results")
        self.score()
        self.score()
        self.assertEqual(list(self.rows()), ["vmcore"])

    def test_results_beside_the_cores(self):
        """The folder given is that of the results too, and cores lie where pages do."""
        self.out = self.cores
        for name in ("vmcore", "cores/other", "cores/0123456789abcdef.dump",
                     "vgpu-score.abc_1234/core.x/unpacked"):  # as another run has it
            self.core(name)
        self.put(os.path.join(self.cores, "vgpu-score.abc_1234/.vgpu-score-work"), b"")
        self.score()
        self.score()
        self.assertEqual({n: r["state"] for n, r in self.rows().items()},
                         {"vmcore": "scored", "other": "scored", "0123456789abcdef.dump": "scored"})
        self.assertTrue(os.path.exists(os.path.join(self.cores, "cores/other")))

    def test_folders_called_as_ours(self):
        """A name alone makes no folder ours: it is neither left out nor removed."""
        self.core("vgpu-score.archived/vmcore")
        self.core("vgpu-score.2026/vmcore.old")
        self.out = os.path.join(self.cores, "vgpu-score.out")
        left = os.path.join(self.cores, "vgpu-score.killed_1")
        self.put(os.path.join(left, ".vgpu-score-work"), b"")  # of a run that was killed
        self.score("--tmp", self.cores)
        self.assertEqual({n: r["state"] for n, r in self.rows().items()},
                         {"vmcore": "scored", "vmcore.old": "scored"})
        self.score("--tmp", self.cores)
        self.assertEqual(set(os.listdir(self.cores)),
                         {"vgpu-score.archived", "vgpu-score.2026", "vgpu-score.out"})
        self.assertTrue(os.path.exists(os.path.join(self.out, "scores.sqlite")))

    def test_results_of_another_run(self):
        """Not cores, whichever name the folder is given by."""
        self.core("vmcore")
        os.symlink(self.cores, os.path.join(self.top, "link"))
        for out in ("cores/out", "cores/out2", "link/out3"):
            self.out = os.path.join(self.top, out)
            self.score()
            self.assertEqual(list(self.rows()), ["vmcore"])

    def test_row_that_somebody_wrote(self):
        """It is done again, and the others are not lost."""
        self.core("a")
        self.core("b", host="score=60")
        for change in ("notes = 'oops'", "notes = '[1]'", "report = '{bad'", "report = '[]'"):
            self.score()
            before = len(self.starts())
            with contextlib.closing(sqlite3.connect(os.path.join(self.out, "scores.sqlite"))) as d:
                d.execute(f"UPDATE cores SET {change} WHERE score = 50")
                d.commit()
            self.score()
            self.assertEqual(sorted(r["score"] for r in self.rows().values()), [50, 60])
            self.assertEqual(len(self.starts()) - before, "report" in change)

    def test_two_runs_in_one_tmp(self):
        """They know nothing of each other but what lies there."""
        tmp = os.path.join(self.top, "tmp")
        os.mkdir(tmp)
        self.put(os.path.join(tmp, "vgpu-score.killed_1/.vgpu-score-work"), b"")
        slow = os.path.join(self.top, "slow")
        os.mkdir(slow)
        os.rename(os.fsdecode(self.core("slow", host="until=go")), os.path.join(slow, "slow"))
        first = subprocess.Popen(self.command("--tmp", tmp, slow), stdout=subprocess.DEVNULL)
        while not self.starts():
            time.sleep(0.05)
        [at_work] = os.listdir(tmp)
        self.core("quick")
        out, self.out = self.out, os.path.join(self.top, "other")
        self.score("--tmp", tmp)
        self.assertEqual(os.listdir(tmp), [at_work])
        self.assertIsNone(first.poll())
        self.put(os.path.join(self.top, "bin/go"), b"")
        self.assertEqual(first.wait(60), 0)
        self.assertEqual(os.listdir(tmp), [])
        self.out = out
        self.assertEqual(self.row("slow")["score"], 50)

    def test_surrogate_in_a_name(self):
        self.core("vmcore", host="surrogate")
        self.score()
        self.assertEqual(self.row()["score"], 60)

    def test_kernel_nobody_names(self):
        page = b"Linux version 5.10.0-1-amd64 (x) ".ljust(4096, b"\0")
        self.core("vmcore", release="", info=b"", pages=(page,))
        self.score()
        self.assertEqual(self.row()["score"], 50)
        self.assertIn("in its pages", self.row()["notes"][0])


class Debuginfo(made.Case):
    def setUp(self):
        super().setUp()
        shutil.rmtree(os.path.join(self.top, "debug"))
        os.mkdir(os.path.join(self.top, "debug"))
        self.core("vmcore")

    def test_layouts(self):
        for place in (f"usr/lib/debug/boot/vmlinux-{made.REL}", f"boot/vmlinux-{made.REL}",
                      f"usr/lib/debug/lib/modules/{made.REL}/vmlinux",
                      f"lib/modules/{made.REL}/vmlinux", f"vmlinux-{made.REL}",
                      f".build-id/{made.BID[:2]}/{made.BID[2:]}.debug",
                      f"usr/lib/debug/.build-id/{made.BID[:2]}/{made.BID[2:]}.debug"):
            path = os.path.join(self.top, "debug", place)
            self.put(path, made.vmlinux())
            self.score("--again")
            self.assertEqual(self.row()["vmlinux"], path)
            os.unlink(path)

    def test_found_later(self):
        """A module's debuginfo may change the verdict; that it is gone again does not."""
        near = os.path.join(self.top, "debug/boot")
        self.put(os.path.join(near, "vmlinux-" + made.REL), made.vmlinux())
        ko = os.path.join(near, "virtio-gpu.ko")
        for change, starts in ((lambda: None, 1), (lambda: self.put(ko, made.module()), 2),
                               (lambda: None, 2), (lambda: os.unlink(ko), 2)):
            change()
            self.score()
            self.assertEqual(len(self.starts()), starts)

    def test_kernel_that_only_vgpu_names(self):
        """With its name more is found than before, so it is opened again with that, once."""
        self.core("vmcore", release="", info=b"")
        self.put(os.path.join(self.cores, "vmlinux"), made.vmlinux())
        self.put(os.path.join(self.top, f"debug/lib/modules/{made.REL}/kernel/drivers/gpu/drm/"
                                        "virtio/virtio-gpu.ko"), made.module())
        self.score()
        self.score()
        self.assertEqual([("virtio-gpu.ko" in s["files"]) for s in self.starts()], [False, True])

    def test_modules_of_another_kernel(self):
        near = os.path.join(self.top, "debug")
        self.put(os.path.join(near, "vmlinux-" + made.REL), made.vmlinux())
        self.put(os.path.join(near, "virtio-gpu.ko"), made.module("6.1.0-9-amd64"))
        self.put(os.path.join(near, "drm.ko"), made.module())
        self.put(os.path.join(near, "virtio.ko"), b"cannot be told")
        self.score()
        self.assertEqual([f for f in self.starts()[0]["files"] if f.endswith(".ko")],
                         ["drm.ko", "virtio.ko"])
        [note] = self.row()["notes"]
        self.assertIn("virtio-gpu.ko is another kernel's (6.1.0-9-amd64)", note)

    def test_modules(self):
        base = os.path.join(self.top, "debug")
        self.put(os.path.join(base, "boot/vmlinux-" + made.REL), made.vmlinux())
        self.put(os.path.join(base, f"lib/modules/{made.REL}/kernel/drivers/gpu/drm/virtio/"
                                    "virtio-gpu.ko.debug"), b"ko")
        self.score()
        self.assertIn("virtio-gpu.ko", self.starts()[0]["files"])

    def test_beside_the_core(self):
        self.core("vmlinux", made.vmlinux())
        self.score()
        self.assertEqual(self.row()["vmlinux"], os.path.join(self.cores, "vmlinux"))

    def test_of_another_kernel(self):
        self.core("vmlinux", made.vmlinux(build_id="ab" * 20))
        self.score(expect=1)
        self.assertEqual(self.row()["code"], "no-debuginfo")
        self.assertIn("another kernel", self.row()["reason"])

    def test_of_many_kernels_only_notes(self):
        """That a debug folder has other kernels too is no reason of its own."""
        self.put(os.path.join(self.top, "debug/vmlinux"), made.vmlinux(build_id="ab" * 20))
        self.score(expect=1)
        self.assertNotIn("another kernel", self.row()["reason"])
        self.assertIn("another kernel", self.row()["notes"][0])

    def test_without_build_ids_the_banner_decides(self):
        self.core("vmcore", info=b"OSRELEASE=5.10.0-1-amd64\n")
        self.core("vmlinux", made.vmlinux(release="5.10.0-2-amd64"))
        self.score(expect=1)
        self.assertIn("5.10.0-2-amd64", self.row()["reason"])
        self.core("vmlinux", made.vmlinux(build_id=""))
        self.score()

    def test_stripped(self):
        self.core("vmlinux", made.vmlinux(debug=False))
        self.score(expect=1)
        self.assertIn("no debugging information", self.row()["reason"])

    def test_damaged(self):
        for data in (b"", b"\x7fELF", made.vmlinux()[:80], b"\x7fELF\2\1\1".ljust(64, b"\xff")):
            self.core("vmlinux", data)
            self.score(expect=1)
            self.assertEqual(self.row("vmcore")["code"], "no-debuginfo")

    def test_installed_later(self):
        self.score(expect=1)
        self.assertIn(f"install linux-image-{made.REL}-dbg", self.row()["reason"])
        self.put(os.path.join(self.top, "debug/boot/vmlinux-" + made.REL), made.vmlinux())
        self.score()
        self.assertEqual(self.row()["state"], "scored")

    def test_a_layout_table_later(self):
        """It is of this kernel by its name; then the core is asked again."""
        from vgpu_score import debuginfo
        from vgpu_score.formats import Core
        with mock.patch.object(debuginfo, "TABLES", os.fsencode(self.top)):
            def seen():
                return debuginfo.find(Core(release=made.REL), os.fsencode(self.cores), []).seen()

            before = seen()
            for name in ("5.11.0.0123.layout", f"{made.REL}.0123.txt", f"{made.REL}2.0123.layout"):
                self.put(os.path.join(self.top, name), b"")
            self.assertEqual(seen(), before)
            table = self.put(os.path.join(self.top, f"{made.REL}.0123456789ab.layout"), b"a")
            first = seen()
            self.assertLess(before, first)
            self.put(table, b"another")
            self.assertNotEqual(seen(), first)

    def test_packages(self):
        from vgpu_score.debuginfo import package
        for rel, want in (("5.10.0-46-amd64", "linux-image-5.10.0-46-amd64-dbg"),
                          ("4.19.90-2106-arm64-desktop", "linux-image-4.19.90-2106-arm64-desktop-dbg"),
                          ("6.1.0-18-cloud-arm64", "linux-image-6.1.0-18-cloud-arm64-dbg"),
                          ("5.14.0-362.el9.x86_64", "kernel-debuginfo-5.14.0-362.el9.x86_64"),
                          ("4.19.90-89.ky10", "kernel-debuginfo-4.19.90-89.ky10.x86_64"),
                          ("4.18.0-553.rt7.342.el8_10.x86_64",
                           "kernel-rt-debuginfo-4.18.0-553.rt7.342.el8_10.x86_64"),
                          ("5.14.0-427.el9.x86_64+rt",
                           "kernel-rt-debuginfo-5.14.0-427.el9.x86_64"),
                          ("5.14.21-150500.13.5-rt",
                           "kernel-rt-debuginfo of 5.14.21-150500.13.5-rt"),
                          ("6.4.0-150600.8.5-azure",
                           "kernel-azure-debuginfo of 6.4.0-150600.8.5-azure"),
                          ("6.5.0-1017-azure", "linux-image-unsigned-6.5.0-1017-azure-dbgsym"),
                          ("6.8.1-1015-realtime",
                           "linux-image-unsigned-6.8.1-1015-realtime-dbgsym"),
                          ("6.9.3", "the debuginfo of 6.9.3"),
                          ("6.5.0-14-generic", "linux-image-unsigned-6.5.0-14-generic-dbgsym"),
                          ("", "")):
            self.assertEqual(package(rel, "x86_64"), want)


class Names(made.Case):
    def test_odd_names_reach_no_shell(self):
        for name in ODD:
            self.core(name)
        self.core(b"odd\nfolder;touch pwned/vmcore", host="score=40")
        said = self.score(cwd=self.top)
        self.assertNotIn("pwned", os.listdir(self.top) + os.listdir(self.out))
        self.assertNotIn("\x1b", said)
        self.assertEqual(len(said.splitlines()), len(ODD) + 3)
        for start in self.starts():
            self.assertEqual(start["argv"], ["-s", "--no_crashrc", "-i", "commands", "vmlinux",
                                             "vmcore"])
            self.assertEqual(start["commands"], "set > opened\nextend ./vgpu.so\n"
                                                "vgpu -j --html page\nvgpu slab -j\nvgpu dev -j\nquit\n")

    def test_odd_names_in_the_results(self):
        for name in ODD:
            self.core(name)
        self.score()
        with open(os.path.join(self.out, "scores.jsonl"), encoding="utf-8") as f:
            rows = [json.loads(line) for line in f]
        paths = [bytes.fromhex(r["path_hex"]) if "path_hex" in r else r["path"].encode()
                 for r in rows]
        self.assertEqual(sorted(os.path.basename(p) for p in paths), sorted(ODD))
        self.assertEqual(len(self.text("scores.csv").splitlines()), len(ODD) + 1)
        index = self.text("index.html")
        self.assertNotIn("<script>alert", index)
        self.assertNotIn("\x1b", index)
        self.assertNotIn("‮", index)

    def test_formulas_in_csv(self):
        from vgpu_score import near, reports, schema, store
        row = store.Row(path=b"/x", name="/x", summary="=cmd()", culprit="+1", cause="ok",
                        signature="s", crashed_at=1.7e9)
        marks = {"s": schema.Mark("fixed", "@b", "\u00e9\n")}
        text = reports.as_csv(reports.Folder([row], {}, {}, near.Near(), marks, {}))
        self.assertEqual(text[0], "\ufeff")  # else a spreadsheet takes the names for Latin-1
        line = next(csv.DictReader(text[1:].splitlines()))
        self.assertEqual((line["summary"], line["culprit"], line["cause"]), ("'=cmd()", "'+1", "ok"))
        self.assertEqual((line["fixed_by"], line["note"], line["crashed_at"]),
                         ("'@b", "\u00e9\\n", "2023-11-14 22:13:20"))


class Status(made.Case):
    def test_usage(self):
        for words in ((), ("-j", "0", "x"), ("--no-such", "x"), ("--fail-over", "101", "x"),
                      ("--memory", "lots", "x"), ("--timeout", "-1", "x")):
            p = subprocess.run(self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(p.returncode, 2, words)
        self.score(crash=["/no/such/crash"], expect=2)
        self.score(expect=2, crash=[self.crash.split(":")[0] + ":/no.so"])

    def test_results_that_cannot_be_written(self):
        self.core("vmcore")
        self.put(self.out, b"a file where the folder should be")
        self.score(expect=2)
        os.unlink(self.out)
        self.put(os.path.join(self.out, "scores.sqlite"), b"no database at all, but long enough" * 99)
        self.assertIn("cannot be used", self.score(expect=2))

    def test_fail_over(self):
        self.core("vmcore", host="score=70")
        self.score("--fail-over", "70")
        self.score("--fail-over", "69", expect=3)
        self.core("empty", b"")
        self.score("--fail-over", "69", expect=3)
        self.score("--fail-over", "70", expect=1)

    def test_what_kdump_tools_keeps_beside_its_cores(self):
        self.core("202611250414/dump.202611250414", made.kdump())
        self.core("202611250414/dmesg.202611250414", b"[    0.000000] Linux\n")
        self.core("kexec_cmd", b"/sbin/kexec -p\n")
        self.core("kdump_lock", b"")
        self.score(expect=0)
        self.assertEqual(sorted(r["state"] for r in self.rows().values()),
                         ["scored"] + ["skipped"] * 3)

    def test_empty_folder(self):
        self.assertIn("0 scored", self.score())
        self.assertEqual(self.text("scores.jsonl"), "")
        self.assertIn("Cores by urgency", self.text("index.html"))

    def test_reader_that_leaves(self):
        for n in range(3):
            self.core(f"c{n}", pages=(b"%d" % n * 4096,))
        p = subprocess.Popen(self.command(self.cores), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stdout.close()
        self.assertEqual((p.stderr.read(), p.wait(60)), (b"", 0))
        p.stderr.close()
        self.assertEqual(len(self.rows()), 3)

    def test_quiet(self):
        self.core("vmcore")
        self.assertEqual(len(self.score("-q").splitlines()), 1)

    def test_help_and_version(self):
        for word in ("--help", "--version"):
            p = subprocess.run(self.command(word), stdout=subprocess.PIPE)
            self.assertEqual(p.returncode, 0)
            self.assertIn(b"vgpu-score", p.stdout)


class Again(made.Case):
    def hosts(self):
        return sorted(s["host"] for s in self.starts())

    def test_unchanged_cores_are_left(self):
        self.core("a", host="score=10")
        self.core("b", host="exit=1")
        self.score(expect=1)
        first = self.sql("SELECT name, done_at FROM cores ORDER BY name")
        self.assertIn("unchanged", self.score(expect=1))
        self.assertEqual(self.hosts(), ["exit=1", "score=10"])
        self.assertEqual(first, self.sql("SELECT name, done_at FROM cores ORDER BY name"))
        self.score("--again", expect=1)
        self.assertEqual(len(self.starts()), 4)

    def test_again_in_vain(self):
        """A score is not lost to a shorter limit; that it is an old one is said."""
        self.core("vmcore", host="slow=1")
        self.score()
        for _ in range(2):
            self.score("--again", "--timeout", "0.3")
            row = self.row()
            self.assertEqual((row["state"], row["score"]), ("scored", 50))
            self.assertEqual(len(row["notes"]), 1)
            self.assertIn("this score is from before: timed out", row["notes"][0])
        [page] = os.listdir(os.path.join(self.out, "cores"))
        self.assertIn("this score is from before", self.text("cores/" + page))
        self.score("--again")
        self.assertEqual(self.row()["notes"], [])

    def test_what_makes_a_core_be_done_again(self):
        self.core("a", host="score=10")
        self.score()
        self.core("a", host="score=11")  # another core under the same name
        self.score()
        self.assertEqual(self.row("a")["score"], 11)
        self.put(os.path.join(self.top, "bin/vgpu.so"), b"a new vgpu")
        self.score()
        self.assertEqual(self.hosts(), ["score=10", "score=11", "score=11"])

    def test_written_to_between_the_samples(self):
        """Of a large core only samples are compared; that it was written to is seen."""
        pages = tuple(os.urandom(4096) for _ in range(999))
        path = os.fsdecode(self.core("a", made.kdump(pages=pages)))
        self.score()
        with open(path, "r+b") as f:
            f.seek(int(os.path.getsize(path) * 10.5 / 64))
            f.write(b"x" * 64)
        self.score()
        self.assertEqual(len(self.starts()), 2)

    def test_failures_are_tried_again_when_limits_change(self):
        self.core("a", host="eat")
        self.score("--memory", "300M", expect=1)
        self.score("--memory", "300M", expect=1)
        self.assertEqual(len(self.starts()), 1)
        self.score("--memory", "310M", expect=1)
        self.assertEqual(len(self.starts()), 2)

    def test_moved_and_doubled(self):
        a = os.fsdecode(self.core("a", host="score=10"))
        os.link(a, a + ".link")
        self.score("-j", "3")
        os.rename(a, os.path.join(self.cores, "moved"))
        self.score()
        self.assertEqual(len(self.starts()), 1)
        self.assertEqual(self.row("moved")["score"], 10)
        # Its row moved with it, and its page.
        self.assertEqual(sorted(self.rows()), ["a.link", "moved"])
        self.assertEqual(len(os.listdir(os.path.join(self.out, "cores"))), 2)

    def test_a_row_stays_where_its_core_cannot_be_seen(self):
        """Its disk is not mounted now, and another has a copy: nothing was moved."""
        disk = os.path.join(self.top, "disk")
        os.mkdir(disk)
        a = os.path.join(disk, "a")
        os.rename(os.fsdecode(self.core("a", host="score=10")), a)
        self.score(paths=[disk])
        shutil.copy2(a, os.path.join(self.cores, "copy"))
        os.rename(disk, disk + ".away")
        self.score()
        self.assertEqual(sorted(os.path.basename(p) for p, in
                                self.sql("SELECT CAST(path AS TEXT) FROM cores")), ["a", "copy"])
        self.assertEqual(len(self.starts()), 1)

    def test_killed_in_the_middle(self):
        for n in range(8):
            self.core(f"c{n}", host=f"slow=0.{4 if n > 2 else 1}", pages=(b"%d" % n * 4096,))
        p = subprocess.Popen(self.command("-j", "2", self.cores), stdout=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            time.sleep(0.02)
            if os.path.exists(os.path.join(self.out, "scores.sqlite")) and len(self.starts()) > 4:
                break
        p.send_signal(signal.SIGKILL)
        p.wait()
        done = self.sql("SELECT count(*) FROM cores")[0][0]
        self.assertTrue(0 < done < 8, done)
        time.sleep(0.3)
        for s in self.starts():
            self.assertFalse(made.alive(s["pid"]), "crash outlived vgpu-score")
        before = len(self.starts())
        said = self.score("-j", "2")
        self.assertEqual(said.count("unchanged"), done)
        self.assertEqual(len(self.starts()) - before, 8 - done)
        self.assertEqual({r["state"] for r in self.rows().values()}, {"scored"})
        self.assertEqual(len(self.rows()), 8)
        self.assertFalse([n for n in os.listdir(self.out) if n.startswith("vgpu-score.")])

    def test_half_a_report(self):
        """What a run left that was killed while it wrote its reports."""
        self.core("a")
        self.score()
        pages = os.path.join(self.out, "cores")
        page = os.listdir(pages)[0]
        for name in ("index.html.7.part", f"cores/{page}.7.part", "cores/0123456789abcdef.html",
                     "cores/others.part", "others.part"):
            self.put(os.path.join(self.out, name), b"<html")
        self.score()
        self.assertEqual(sorted(os.listdir(pages)), sorted([page, "others.part"]))
        self.assertEqual([n for n in os.listdir(self.out) if n.endswith(".part")], ["others.part"])

    def test_two_runs_at_once(self):
        for n in range(8):
            self.core(f"c{n}", host="slow=0.2", pages=(b"%d" % n * 4096,))
        runs = [subprocess.Popen(self.command("-j", "2", self.cores), stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT) for _ in range(2)]
        for p in runs:
            out = p.communicate(timeout=60)[0].decode()
            self.assertEqual(p.returncode, 0, out)
            self.assertEqual(out.count("cpu-monopolised"), 8, out)
        self.assertEqual(len(self.starts()), 8)  # each core by one of them
        self.assertEqual(len(self.rows()), 8)

    def test_two_runs_that_make_and_sweep_in_one_tmp(self):
        """As fast as they can: a folder that was just made is not swept either."""
        tmp = os.path.join(self.top, "tmp")
        os.makedirs(tmp)
        code = """if True:
            import os, sys
            sys.path.insert(0, sys.argv[1])
            from vgpu_score import batch, find, store
            os.makedirs(sys.argv[3])
            s = store.Store(os.fsencode(sys.argv[3]))
            for _ in range(300):
                with batch.workplace(os.fsencode(sys.argv[2]), s) as place:
                    mine = os.path.join(place, b"unpacked")
                    open(mine, "w").close()
                    os.sched_yield()
                    assert os.path.exists(mine) and os.path.exists(find.mark_of(place)), place
            """
        runs = [subprocess.Popen([sys.executable, "-B", "-c", code, made.PACKAGES, tmp, self.out + str(n)],
                                 stderr=subprocess.PIPE) for n in range(2)]
        for p in runs:
            self.assertEqual((p.communicate(timeout=60)[1], p.returncode), (b"", 0))
        self.assertEqual(os.listdir(tmp), [])

    def test_interrupted(self):
        """Ctrl-C: crash is ended, the reports are of what was done, and it goes on later."""
        self.core("a", host="score=10")
        self.core("b", host="spin")
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            # Whoever started the tests with & or nohup has these signals ignored.
            p = subprocess.Popen(self.command("-j", "1", self.cores), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE,
                                 preexec_fn=functools.partial(signal.signal, number,
                                                              signal.SIG_DFL))
            until = time.monotonic() + 30
            while time.monotonic() < until and "spin" not in self.hosts():
                time.sleep(0.02)
            p.send_signal(number)
            self.assertIn(b"interrupted", p.communicate(timeout=30)[1])
            self.assertEqual(p.returncode, status)
            self.assertEqual(list(self.rows()), ["a"])
            self.assertFalse(any(made.alive(s["pid"]) for s in self.starts()))
            os.unlink(os.path.join(self.top, "bin/starts.log"))


class Screen(made.Case):
    def test_nowhere_to_say_it(self):
        """Standard output closed, or on a full disk: the scores are what matters."""
        self.core("vmcore")
        words = self.command("--again", self.cores)
        for shell in ('"$@" >/dev/full', '"$@" >&-', '"$@" >&- 2>&-', '"$@" </dev/null >/dev/null 2>&-'):
            p = subprocess.run(["sh", "-c", shell, "sh", *words], timeout=60)
            self.assertEqual(p.returncode, 0, shell)
            self.assertEqual(self.row()["score"], 50)
            shutil.rmtree(self.out)

    def test_bar_on_a_terminal_lines_elsewhere(self):
        for n in range(3):
            self.core(f"c{n}", host="slow=0.3", pages=(b"%d" % n * 4096,))
        main, other = pty.openpty()
        p = subprocess.Popen(self.command(self.cores), stdout=subprocess.PIPE, stderr=other)
        os.close(other)
        seen = b""
        while p.poll() is None or select.select([main], [], [], 0)[0]:
            if select.select([main], [], [], 0.1)[0]:
                try:
                    seen += os.read(main, 4096)
                except OSError:
                    break
        os.close(main)
        out = p.communicate()[0]
        self.assertIn(b"] 1/3", seen)
        self.assertIn(b"\r", seen)
        self.assertNotIn(b"\r", out)
        self.assertNotIn(b"\x1b", out)
        self.assertEqual(out.count(b"cpu-monopolised"), 3)
