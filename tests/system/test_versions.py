# SPDX-License-Identifier: GPL-2.0-or-later
"""The same answers in a newer crash: 8.0.6 (`lab tools`), with a vgpu.so built for it."""

import functools
import pathlib
import subprocess
import unittest

import session

COMMANDS = ("vgpu -j", "vgpu hung -j", "vgpu bt -a -j", "vgpu dev -j", "vgpu vq -v -j",
            "vgpu fence -a -j", "vgpu obj -j", "vgpu slab -j", "vgpu slab -t kmalloc-128 -j",
            "vgpu panic -j", "vgpu wq -j", "vgpu drain -j", "vgpu graph -j")


@functools.lru_cache(maxsize=None)
def newer():
    """A crash of another version, and the extension for it."""
    out = subprocess.run([session.LAB, "tools"], check=True, stdout=subprocess.PIPE, text=True)
    crash = pathlib.Path(out.stdout.strip().splitlines()[-1])
    build = session.ROOT / "build/newer-crash"
    subprocess.run(["make", "-C", str(session.ROOT), "-j2", "all", f"CRASH={crash}",
                    f"CRASH_INCLUDE={crash.parent / 'usr/include/crash'}",
                    f"BUILD={build}", f"SO={build / 'vgpu.so'}"],
                   check=True, stdout=subprocess.DEVNULL)
    return str(crash), str(build / "vgpu.so")


def gpu_cores():
    """Of each kernel and kind of ring the first core whose GPU was at work."""
    seen: dict = {}
    for where in session.cores():
        if session.truth(*where).get("virtio_gpu"):
            seen.setdefault(where[1:], where)
    return seen.values()


class NewerCrash(unittest.TestCase):
    def setUp(self):
        if not session.ALL:
            self.skipTest("with --all, or on a named core")

    def test_same_json(self):
        crash, so = newer()
        for where in gpu_cores():
            other = session.start(session.core_folder(*where), crash=crash)
            self.assertIn("shared object loaded", other.command(f"extend {so}"))
            for command in COMMANDS:
                with self.subTest(where=where, command=command):
                    here = session.json_of(where, command)
                    there = session.document(other.command(command))
                    self.assertNotEqual(here["program"], there["program"])
                    self.assertEqual({**here, "program": None}, {**there, "program": None})
            other.close()


if __name__ == "__main__":
    unittest.main()
