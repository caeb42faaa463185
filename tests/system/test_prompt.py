# SPDX-License-Identifier: GPL-2.0-or-later
"""At the prompt: wrong words, dumps vgpu refuses, Ctrl-C, another crash."""

import contextlib
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import unittest.mock

import session


def first_core():
    return session.cores()[0]


def link(file, place):
    """A hard link, or a copy where the two are on different file systems."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copy(file, place)


class WrongWords(unittest.TestCase):
    SAYS = {
        "vgpu nonsense": 'there is no command "nonsense"',
        "vgpu hugn": "did you mean hung?",
        "vgpu bt 99999999": "no task with pid 99999999",
        "vgpu bt zebra": "neither the pid, the task_struct address nor the name",
        "vgpu wq -c 4096": "no CPU 4096",
        "vgpu wq -c x": "-c cpu takes a number",
        "vgpu wq -c": "-c needs a number",
        "vgpu hung -z": "there is no option -z",
        "vgpu slab -t -u": "-t and -u exclude each other",
        "vgpu slab 0x123": "too small for an address",
        "vgpu drain this": "one argument too many",
    }

    def test_a_clear_sentence_each(self):
        crash = session.crash_on(*first_core())
        for command, words in self.SAYS.items():
            self.assertIn(words, crash.command(command), command)
        self.assertIn("drain", session.document(crash.command("vgpu drain -j")),
                      "the prompt still works")

    def test_with_json_a_document_each(self):
        crash = session.crash_on(*first_core())
        for command, words in self.SAYS.items():
            # An option that lacks its number would take -j for it.
            doc = session.document(crash.command(command.replace("vgpu", "vgpu -j", 1)))
            self.assertIn(words, doc["error"], command)
            self.assertTrue(doc["program"]["crash"].startswith("crash "))

    def test_help(self):
        text = session.output(first_core(), "help vgpu")
        for word in ("hung", "bt", "drain", "wq", "dev", "layout", "-j"):
            self.assertRegex(text, rf"vgpu \[?{word}")
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()))
        self.assertIn("-w      ", session.output(first_core(), "vgpu hung -h"))

    def test_minimal(self):
        crash = session.start(session.core_folder(*first_core()), args=["--minimal"])
        crash.command(f"extend {session.SO}")
        self.assertIn("started with --minimal", crash.command("vgpu"))
        self.assertIn("vgpu", crash.command("help vgpu"), "the prompt still works")


class OtherBuild(unittest.TestCase):
    def test_registers_nothing_in_another_crash(self):
        version = subprocess.run([session.CRASH, "--version"], capture_output=True, text=True,
                                 check=False).stdout
        version = re.search(r"^crash (\d\S*)", version, re.M)[1]
        with tempfile.TemporaryDirectory() as d:
            so = pathlib.Path(d) / "vgpu.so"
            data = pathlib.Path(session.SO).read_bytes()
            other = "".join("9" if c.isdigit() else c for c in version)
            self.assertIn(version.encode() + b"\0", data)
            so.write_bytes(data.replace(version.encode() + b"\0", other.encode() + b"\0"))
            # The constructor alone: crash need not have read all of the kernel.
            crash = session.start(session.core_folder(*first_core()), args=["--minimal"])
            out, after = crash.command(f"extend {so}"), crash.command("help vgpu")
            crash.close()
        said = [line for line in out.splitlines() if line.startswith("vgpu: ")]
        self.assertEqual(len(said), 1, out)
        self.assertIn(f"built for crash {other}, loaded into crash {version}", said[0])
        self.assertIn("shared object unloaded", out)
        self.assertNotIn("hung", after)


class ModuleDebuginfo(unittest.TestCase):
    """The modules' types are found where people keep them."""

    def devices(self, top, place, **environment):
        """`vgpu dev` of the first core, whose vmlinux is put at that place below top."""
        folder = session.core_folder(*first_core())
        vmlinux = pathlib.Path(top, place)
        vmlinux.parent.mkdir(parents=True, exist_ok=True)
        link((folder / "vmlinux").resolve(), vmlinux)
        with unittest.mock.patch.dict(os.environ, environment):
            crash = session.Crash(vmlinux, folder / "vmcore")
            crash.command(f"extend {session.SO}")
            doc = session.document(crash.command("vgpu dev -j"))
            crash.close()
            return doc

    def test_unpacked_package(self):
        folder, release = session.core_folder(*first_core()), session.truth(*first_core())["kernel"]
        with tempfile.TemporaryDirectory() as top:
            modules = pathlib.Path(top, "usr/lib/debug/lib/modules", release, "kernel/drivers")
            modules.mkdir(parents=True)
            for name in ("virtio-gpu.ko", "virtio_ring.ko"):
                link((folder / name).resolve(), modules / name)
            doc = self.devices(top, f"usr/lib/debug/boot/vmlinux-{release}")
        self.assertEqual(doc["debuginfo_missing"], [])

    def test_packed_and_behind_a_link(self):
        folder = session.core_folder(*first_core())
        with tempfile.TemporaryDirectory() as top:
            modules = pathlib.Path(top, "modules")
            modules.mkdir()
            for name in ("virtio-gpu.ko", "virtio_ring.ko"):
                with open(modules / f"{name}.xz", "wb") as packed:
                    subprocess.run(["xz", "-1c", str(folder / name)], stdout=packed, check=True)
            os.symlink(modules, pathlib.Path(top, "link"))
            doc = self.devices(top, "elsewhere/vmlinux", CRASH_MODULE_PATH=f"{top}/link",
                               TMPDIR=top)
            left = [p.name for p in pathlib.Path(top).iterdir() if p.name.startswith("vgpu.")]
        self.assertEqual(doc["debuginfo_missing"], [])
        self.assertEqual(left, [], "what was unpacked is removed")


class NoModuleDebuginfo(unittest.TestCase):
    """vmlinux alone: vgpu names what is missing, and does the rest."""

    def test_names_module_package_command(self):
        where = first_core()
        folder = session.core_folder(*where)
        with tempfile.TemporaryDirectory() as d:
            vmlinux = pathlib.Path(d) / "vmlinux"
            link((folder / "vmlinux").resolve(), vmlinux)
            crash = session.Crash(vmlinux, folder / "vmcore")
            crash.command(f"extend {session.SO}")
            flat = " ".join(crash.command("vgpu dev").split())
            doc = session.document(crash.command("vgpu -j"))
            crash.close()
        truth = session.truth(*where)
        release = truth["kernel"]
        self.assertIn("module virtio_gpu", flat)
        self.assertIn(f"linux-image-{release}-dbg", flat)
        self.assertIn(f"!apt-get install -y linux-image-{release}-dbg", flat)
        self.assertRegex(flat, r"virtio\d+  ?virtio_device", "the device is found without it")
        best = doc["verdicts"][0]
        if (truth.get("culprit") or {}).get("kind") in ("host", "device"):
            self.assertIn("virtio_gpu", " ".join(best["missing"]), "the GPU cannot be seen")
            self.assertLess(best["confidence"], 60)
        else:
            self.assertEqual(best["cause"], truth["cause"])


class Interrupt(unittest.TestCase):
    """Ctrl-C at any moment of a command leads back to the prompt."""

    def read_until_prompt(self, fd, limit_s=180):
        text, end = b"", time.monotonic() + limit_s
        while not re.search(rb"crash> $", text):
            left = end - time.monotonic()
            self.assertGreater(left, 0, text[-2000:])
            if select.select([fd], [], [], left)[0]:
                text += os.read(fd, 65536)
        return text.decode("utf-8", "replace")

    @contextlib.contextmanager
    def terminal(self):
        """A crash on a terminal, with vgpu loaded: its pid, and the terminal."""
        folder = session.core_folder(*first_core())
        pid, fd = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "dumb"
            os.execvp(session.CRASH, [session.CRASH, "-s", "--no_scroll", "--no_crashrc",
                                      str(folder / "vmlinux"), str(folder / "vmcore")])
        try:
            self.read_until_prompt(fd)
            os.write(fd, f"extend {session.SO}\n".encode())
            self.read_until_prompt(fd)
            yield pid, fd
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(fd)

    def test_ctrl_c(self):
        with self.terminal() as (_pid, fd):
            interrupted = 0
            # From the first command, which resolves types through gdb, to later ones.
            for delay_ms in (30, 100, 250, 5, 10, 20, 40, 60, 80, 15, 1):
                os.write(fd, b"vgpu -j\n")
                time.sleep(delay_ms / 1000)
                os.write(fd, b"\x03")
                out = self.read_until_prompt(fd)
                interrupted += "interrupted" in out
                # A late Ctrl-C arrives at the prompt, which prints another one.
                time.sleep(0.3)
                os.write(fd, b"\n")
                self.read_until_prompt(fd)
            self.assertGreater(interrupted, 0, "no Ctrl-C came in time: the test is too slow")
            os.write(fd, b"vgpu drain -j\n")
            out = self.read_until_prompt(fd)
            self.assertIn("drain", session.document(out.replace("\r", "")))


class NoGpu(unittest.TestCase):
    def test_says_so(self):
        folder = session.core_folder("healthy", "5.10", "none")
        crash = session.start(folder)
        crash.command(f"extend {session.SO}")
        self.assertIn("no virtio-gpu driver", crash.command("vgpu dev"))
        self.assertIn("no virtio-gpu driver", crash.command("vgpu"))
        doc = session.document(crash.command("vgpu -j"))
        self.assertEqual((doc["gpu_driver"], doc["verdicts"][0]["cause"]),
                         (False, "panic-by-request"))
        crash.close()


class Source(unittest.TestCase):
    def test_no_fatal(self):
        for path in (session.ROOT / "extension").rglob("*.c"):
            text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
            self.assertNotRegex(text, r"error\s*\(\s*FATAL|FAULT_ON_ERROR", str(path))

    def test_two_doors(self):
        doors = [p.name for p in (session.ROOT / "extension").rglob("*.[ch]")
                 if re.search(r'#include\s*[<"](crash/)?defs\.h', p.read_text())]
        self.assertEqual(sorted(doors), ["crash_dump.c", "vgpu_so.c"])
