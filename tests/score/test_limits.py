# SPDX-License-Identifier: GPL-2.0-or-later
"""A crash that hangs, eats memory, talks garbage or dies: each a row with its reason."""
import lzma
import os
import signal
import struct
import subprocess
import time
import zlib

import made


class Limits(made.Case):
    def failed(self, host, *options):
        """The row of a core whose crash does this."""
        self.core("vmcore", host=host)
        self.score(*options, expect=1)
        row = self.row()
        self.assertEqual((row["state"], row["score"], row["report"]), ("failed", None, None))
        self.assertFalse(any(made.alive(s["pid"]) for s in self.starts()), "crash is still there")
        self.assertEqual([n for n in os.listdir(self.out) if n.startswith("vgpu-score.")], [])
        return row

    def test_hangs_while_it_opens(self):
        began = time.monotonic()
        row = self.failed("spin", "--timeout", "0.5")
        self.assertLess(time.monotonic() - began, 15)  # it ignores SIGTERM
        self.assertEqual((row["code"], row["step"]), ("timed-out", "open"))
        self.assertIn("timed out in step open", row["reason"])

    def test_hangs_in_vgpu(self):
        row = self.failed("spin-vgpu", "--timeout", "1.5")
        self.assertEqual((row["code"], row["step"]), ("timed-out", "vgpu"))

    def endless(self):
        """A flattened file whose walk takes hours: a hole is records of no bytes."""
        os.truncate(self.core("vmcore", made.flat(b"", end=False)), 1 << 40)

    def test_header_without_end(self):
        self.endless()
        self.score("--timeout", "0.5", expect=1)
        row = self.row()
        self.assertEqual((row["code"], row["step"]), ("timed-out", "identify"))

    def test_interrupted_in_a_header_without_end(self):
        self.endless()
        p = subprocess.Popen(self.command(self.cores), stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        time.sleep(2)
        p.send_signal(signal.SIGINT)
        try:
            self.assertEqual(p.wait(5), 130)
        finally:
            p.kill()
            p.wait()

    def test_memory(self):
        row = self.failed("eat", "--memory", "400M")
        self.assertEqual(row["code"], "memory")
        self.assertIn("400 MiB", row["reason"])

    def test_garbage_without_end(self):
        self.assertEqual(self.failed("garbage")["code"], "output")

    def test_ends_with_a_status(self):
        row = self.failed("exit=1")
        self.assertEqual((row["code"], row["step"]), ("cannot-open", "open"))
        self.assertIn("said nothing", row["reason"])

    def test_says_why(self):
        self.assertIn("do not match", self.failed("says")["reason"])

    def test_dies(self):
        row = self.failed("die")
        self.assertEqual(row["code"], "no-answer")
        self.assertIn("signal 11", row["reason"])

    def test_killed(self):
        """As the system does when memory runs out: of the moment, so tried again."""
        row = self.failed("killed")
        self.assertEqual(row["code"], "killed")
        self.assertIn("--jobs", row["reason"])
        self.score(expect=1)
        self.assertEqual(len(self.starts()), 2)

    def test_no_json(self):
        row = self.failed("silent")
        self.assertEqual(row["code"], "no-answer")
        self.assertIn("Xen", row["reason"])

    def test_an_error_instead(self):
        row = self.failed("error")
        self.assertEqual(row["code"], "no-answer")
        self.assertIn("the slabs of this dump are on fire", row["reason"])

    def test_half_a_json(self):
        self.assertEqual(self.failed("half")["code"], "no-answer")

    def test_so_of_another_crash(self):
        self.core("vmcore")
        self.score(expect=1, crash=[self.fake("other", built_for="9.9.9")])
        self.assertEqual(self.row()["code"], "crash")
        self.assertIn("built for crash 9.9.9", self.row()["reason"])
        self.assertEqual(self.starts("other"), [])

    def test_a_core_that_speaks_of_another_crash(self):
        """What crash prints may be the core's words: it says nothing of crash itself."""
        self.core("vmcore", host="built-for")
        self.core("other", host="score=60")
        self.score("-j", "1")
        self.assertEqual({row["state"] for row in self.rows().values()}, {"scored"})
        self.assertEqual(len(self.starts()), 2)

    def test_half_of_the_answer_is_no_word_of_crash(self):
        self.core("vmcore", host="long")
        self.score()
        self.assertNotIn("half of it", self.row()["log"])
        self.assertIn("a line after it", self.row()["log"])

    def test_endless_header(self):
        """Four million records of nothing: a flattened file that is a hole."""
        self.core("vmcore", b"makedumpfile".ljust(4096, b"\0"))
        os.truncate(os.path.join(self.cores, "vmcore"), 1 << 26)
        self.core("good")
        began = time.monotonic()
        self.score("--timeout", "1", expect=1)
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(self.row()["code"], "timed-out")
        self.assertIn("step identify", self.row()["reason"])
        self.assertEqual(self.row("good")["score"], 50)

    def test_xz_that_wants_gigabytes(self):
        packed = bytearray(lzma.compress(made.kdump()))
        packed[16] = 40  # LZMA2's dictionary: 4 GiB
        packed[20:24] = struct.pack("<I", zlib.crc32(packed[12:20]))
        self.core("vmcore", bytes(packed))
        self.core("good")
        self.score(expect=1)
        self.assertEqual(self.row()["code"], "damaged")
        self.assertEqual(self.row("good")["score"], 50)

    def test_child_that_holds_the_pipe(self):
        self.core("vmcore", host="child")
        began = time.monotonic()
        self.score()
        self.assertLess(time.monotonic() - began, 15)
        self.assertEqual(self.row()["score"], 50)


class Pairs(made.Case):
    def test_the_first_that_opens_it(self):
        other = self.fake("other", version="9.0.2")
        with open(os.path.join(self.top, "bin/fake_crash"), "r+b") as f:
            text = f.read().replace(b"    play(host)", b"    sys.exit(1)")
            f.seek(0)
            f.write(text)
            f.truncate()
        self.core("vmcore")
        self.score(crash=[self.crash, other])
        row = self.row()
        self.assertEqual((row["crash"], row["score"]), ("9.0.2", 50))
        self.assertIn("crash 8.0.2", row["notes"][0])

    def test_none_opens_it(self):
        self.core("vmcore", host="exit=1")
        self.score(crash=[self.crash, self.fake("other", version="9.0.2")], expect=1)
        self.assertIn("9.0.2", self.row()["reason"])
        self.assertIn("8.0.2", self.row()["reason"])

    def test_a_pair_that_does_not_fit_is_not_tried(self):
        unfit = self.fake("unfit", built_for="9.9.9")
        for n in range(3):
            self.core(f"c{n}", pages=(b"%d" % n * 4096,))
        self.score("-j", "1", crash=[unfit, self.crash])
        self.assertEqual((len(self.starts("unfit")), len(self.starts())), (0, 3))
        for row in self.rows().values():
            self.assertIn("built for crash 9.9.9", row["notes"][0])

    def test_a_distribution_s_own_number(self):
        for version, built_for, fit in (("8.0.5-8.el9", "8.0.5-4.el9", True), ("8.0.5-8.el9", "8.0.5", True),
                                        ("8.0.2", "8.0.2++", False), ("8.0.21", "8.0.2", False)):
            self.core("vmcore")
            word = self.fake(f"{version}.{built_for}", version=version, built_for=built_for)
            from vgpu_score import crash
            self.assertEqual(not crash.pair(word, "/").unfit, fit, (version, built_for))

    def test_which_crash_a_kernel_needs(self):
        from vgpu_score.crash import hint
        for release, version, words in (
                ("5.10.0-46-amd64", "8.0.2", ""), ("6.1.0-56-amd64", "8.0.2", ""),
                ("5.10.0-46-amd64", "7.2.9", ""), ("6.1.0-56-amd64", "7.2.9", "8.0.0"),
                ("6.12.117-amd64", "8.0.2", "8.0.6"), ("6.12.117-amd64", "8.0.6", ""),
                ("7.2.13", "9.0.2", "9.0.3"), ("", "8.0.2", ""), ("6.12", "", "")):
            self.assertEqual(bool(hint(release, version)), bool(words), (release, version))
            self.assertIn(words, hint(release, version))

    def test_the_real_so_says_what_it_is_built_for(self):
        import real
        from vgpu_score import crash
        if real.missing_crash():
            self.skipTest(real.missing_crash())
        pair = crash.pair(f"{real.CRASH}:{real.SO}", "/")
        with open(real.SO, "rb") as f:
            data = f.read()
        self.assertEqual(pair.unfit, "")
        self.assertEqual(crash.BUILT_FOR.findall(data), [pair.version.encode()])

    def test_so_by_version(self):
        """vgpu-VERSION.so goes before vgpu.so."""
        from vgpu_score import crash, door
        place = os.path.join(self.top, "bin")
        self.put(os.path.join(place, "vgpu-8.0.2.so"), b"of 8.0.2")
        self.assertTrue(crash.pair(self.crash.split(":")[0], place).so.endswith("vgpu-8.0.2.so"))
        self.assertTrue(crash.pair(self.crash, "/").so.endswith("bin/vgpu.so"))
        with self.assertRaisesRegex(door.NoDoor, "/bin/true is not crash"):
            crash.pair("/bin/true", place)
        with self.assertRaises(door.NoDoor):
            crash.pair("/no/such/crash", place)
        with self.assertRaises(door.NoDoor):
            crash.pair(self.crash.split(":")[0] + ":/no/such.so", place)
