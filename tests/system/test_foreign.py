# SPDX-License-Identifier: GPL-2.0-or-later
"""Cores that no crash here opens, another machine's above all: what the program says of them,
against what was really done to the guest."""

import gzip
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import compare_bt
import session
import test_layout

sys.path.append(str(session.ROOT / "samples/lab"))

import cache  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TEN = ("drain", "host-stall", "lost-interrupt", "vq-full", "fence-wait", "fence-leak", "abba",
       "oops", "softlockup", "healthy")
CORES = {
    "5.10-arm64": TEN,
    "6.1-arm64": tuple(name for name in TEN if name != "drain"),  # no pcpu_drain from 6.0 on
    "6.12-arm64": ("host-stall", "abba", "healthy"),
}
# As CONFIG_SLUB_DEBUG is off.
WITHOUT_COUNTERS = ("kmem_cache_node.nr_slabs", "kmem_cache_node.total_objects")


def folders():
    """Those that are there already: to make them all takes an hour."""
    for kernel, scenarios in CORES.items():
        for scenario in scenarios:
            if session.ALL or (cache.root() / "cores" / kernel / scenario / "vmcore").exists():
                yield scenario, kernel


class Foreign(unittest.TestCase):
    cores: list[tuple[str, str]]

    @classmethod
    def setUpClass(cls):
        if not pathlib.Path(session.PROGRAM).exists():
            raise unittest.SkipTest("the program is not built")
        cls.cores = list(folders())
        if not cls.cores:
            raise unittest.SkipTest("no such core has been made")

    def each(self):
        for where in self.cores:
            yield session.document(session.program(where, ["-j"])), session.truth(*where), where

    def test_cause_and_culprit(self):
        for doc, truth, where in self.each():
            best = doc["verdicts"][0]
            self.assertEqual(best["cause"], truth["cause"], where)
            if not truth.get("culprit"):
                self.assertIsNone(best["culprit"], where)
                continue
            for key, value in truth["culprit"].items():
                said = best["culprit"]["name" if key == "comm" else key]
                self.assertEqual(said, value, where)

    def test_victims_and_trigger(self):
        for doc, truth, where in self.each():
            self.assertEqual(doc["trigger"]["kind"], truth["trigger"]["kind"], where)
            hung = {task["pid"]: task["comm"] for task in doc["hung"]}
            for victim in truth.get("victims", []):
                self.assertEqual(hung.get(victim["pid"]), victim["comm"], where)

    def test_everything_is_read(self):
        for doc, truth, where in self.each():
            self.assertEqual(doc["kernel"]["release"], truth["kernel"], where)
            self.assertEqual(doc["incomplete"], [], where)

    def test_counts(self):
        for doc, truth, where in self.each():
            best = doc["verdicts"][0]
            claims = " ".join(e["claim"] for e in best["evidence"]) + best["summary"]
            if truth["cause"] == "host-not-consuming":
                count = truth["virtio_gpu"]["in_flight"]["count"]
                self.assertRegex(claims, rf"\b{count} commands\b", where)
            if truth["cause"] == "fence-leak":
                leaked = int(re.search(r"leaked (\d+) fences", best["summary"])[1])
                self.assertAlmostEqual(leaked, truth["fences"]["leaked"],
                                       delta=truth["fences"]["leaked"] / 100, msg=where)

    def test_stacks_end_where_stacks_end(self):
        for _, _, where in self.each():
            stacks = session.document(session.program(where, ["bt", "-a", "-j"]))["stacks"]
            self.assertTrue(stacks, where)
            self.assertEqual([s["pid"] for s in stacks if not s["complete"]], [], where)


def with_symbols():
    return [where for where in folders() if (session.core_folder(*where) / "vmlinux").exists()]


class AsOthersSayIt(test_layout.AgainstGdb):
    """Debian's arm64 crash, in QEMU's user mode, drgn, and a gdb for every machine."""

    # Debian 12's: that crash finds three tasks of a 6.1, and that drgn no module of a 6.12.
    CRASH = ("5.10-arm64",)
    DRGN = ("5.10-arm64", "6.1-arm64")

    def setUp(self):
        if not session.ALL:
            self.skipTest("an arm64 crash takes minutes on amd64: make check-lab")

    def compare_stacks(self, how, kernels):
        for where in with_symbols():
            if where[1] not in kernels:
                continue
            with self.subTest(where=where):
                done = subprocess.run([sys.executable, HERE / "compare_bt.py", how,
                                       session.core_folder(*where)], check=False, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                self.assertEqual(done.returncode, 0, done.stdout[-3000:])

    def test_stacks_of_crash(self):
        self.compare_stacks("--arm64", self.CRASH)

    def test_stacks_by_cfi(self):
        self.compare_stacks("--drgn", self.DRGN)

    def test_layout(self):
        for where in {kernel: (scenario, kernel) for scenario, kernel in with_symbols()}.values():
            rows = session.document(session.program(where, ["layout", "-j"]))["layout"]
            with self.subTest(where=where):
                self.assertGreater(self.check_rows(rows, session.core_folder(*where),
                                                   "gdb-multiarch"), 1000)


def without_checks(part):
    """Each door has commands of its own to look with."""
    if isinstance(part, list):
        return [without_checks(item) for item in part]
    if isinstance(part, dict):
        return {key: without_checks(value) for key, value in part.items()
                if key not in ("check", "next")}
    return part


class Extension(unittest.TestCase):
    """Built for arm64, in that crash: what it finds is what the program finds.

    Of a kernel that keeps names of functions only, that crash knows no data of a module by
    name, and so no virtio-gpu: the extension takes it from the module's file.
    """

    SAME = {"-j": ("verdicts", "hung", "incomplete"), "bt -a -j": ("stacks", "kernel")}

    def test_in_arm64_crash(self):
        if not session.ALL:
            self.skipTest("an arm64 crash takes minutes on amd64: make check-lab")
        where = ("host-stall", "5.10-arm64")
        subprocess.run(["make", "-C", session.ROOT, "extension-arm64"], check=True,
                       stdout=subprocess.DEVNULL)
        said = compare_bt.run(compare_bt.newer_crash("--machine", "arm64", "--suite", "bookworm"),
                              session.core_folder(*where),
                              [f"extend {session.ROOT}/build/arm64/vgpu.so",
                               *(f"vgpu {command}" for command in self.SAME)],
                              compare_bt.EMULATED_S)
        documents = [line for line in said.splitlines() if line.startswith("{")]
        self.assertEqual(len(documents), len(self.SAME), said[-2000:])
        for (command, parts), text in zip(self.SAME.items(), documents):
            here = session.document(session.program(where, command.split()))
            there = session.document(text)
            for part in parts:
                self.assertEqual(without_checks(here[part]), without_checks(there[part]), command)


class WithoutSlubDebug(unittest.TestCase):
    """A real kernel's types, without what CONFIG_SLUB_DEBUG adds to them."""

    def test_leaked_fences_are_found(self):
        where = ("fence-leak", "5.10-arm64")
        if where not in list(folders()):
            self.skipTest("no such core has been made")
        core = session.core_folder(*where)
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([session.PROGRAM, "layout", "--from",
                            *(core / name for name in ("vmlinux", "virtio-gpu.ko",
                                                       "virtio_ring.ko")),
                            "--export", folder], check=True, stdout=subprocess.DEVNULL)
            table = next(pathlib.Path(folder).glob("*.layout"))
            lines = gzip.decompress(table.read_bytes()).decode().splitlines(keepends=True)
            kept = [line for line in lines if line.split()[1:2] not in
                    [[name] for name in WITHOUT_COUNTERS]]
            self.assertEqual(len(kept), len(lines) - len(WITHOUT_COUNTERS))
            # Else the core's own BTF comes first, and has them.
            text = "".join(kept).replace(" __start_BTF\n", " no_BTF\n")
            table.write_bytes(gzip.compress(text.encode(), mtime=0))
            said = subprocess.run([session.PROGRAM, "--no-cache", "--layouts", folder, "-j",
                                   core / "vmcore"], capture_output=True, text=True, check=True,
                                  env=session.PROGRAM_ENV).stdout
        best = session.document(said)["verdicts"][0]
        self.assertEqual(best["cause"], "fence-leak")
        self.assertGreaterEqual(best["confidence"], 90)


if __name__ == "__main__":
    unittest.main()
