# SPDX-License-Identifier: GPL-2.0-or-later
"""Types that are missing: the packages in one list at the end, and a server that has them."""
import http.server
import os
import shutil
import threading
import unittest
from unittest import mock

import made
import real
from vgpu_score import child, debuginfo, debuginfod, formats, store, types_missing

REAL = os.path.join(real.cache(), "cores", "5.10", "host-stall")
PACKAGE = f"linux-image-{made.REL}-dbg"


class List(made.Case):
    def test_one_list(self):
        shutil.rmtree(os.path.join(self.top, "debug"))
        self.core("a")
        self.core("b", pages=(b"b" * 4096,))
        self.core("c", made.kdump(release="6.99.0-1-amd64", info=b"OSRELEASE=6.99.0-1-amd64\n"))
        said = self.score(expect=1)
        self.assertIn(f"types are missing for 3 cores; install {PACKAGE} linux-image-6.99.0-1-amd64-dbg\n",
                      said)

    def test_nothing_is_missing(self):
        self.core("a")
        self.assertNotIn("types are missing", self.score())

    def test_what_a_scored_core_lacks(self):
        missing = types_missing.TypesMissing()
        for n, packages in enumerate((("p-dbg", "p-dbg"), (), ("", "q-dbg"))):
            doc = '{"debuginfo_missing":[%s]}' % ",".join(
                '{"module":"m","package":"%s"}' % p for p in packages)
            missing.add(store.Row(path=b"%d" % n, state="scored", report=doc, package="the debuginfo of x"))
        self.assertEqual(missing.words(), ["types are missing for 2 cores; install p-dbg q-dbg; "
                                           "find the debuginfo of x"])


class Server(http.server.BaseHTTPRequestHandler):
    files: dict = {}
    asked: list = []

    def do_GET(self):
        self.asked.append(self.path)
        data = self.files.get(self.path)
        self.send_response(200 if data else 404)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *words):
        pass


@unittest.skipUnless(shutil.which(debuginfod.PROGRAM), "debuginfod-find is not installed")
class Debuginfod(made.Case):
    def setUp(self):
        super().setUp()
        shutil.rmtree(os.path.join(self.top, "debug"))
        self.files: dict = {}
        self.asked: list = []
        kind = type("One", (Server,), {"files": self.files, "asked": self.asked})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.env = {**os.environ, "DEBUGINFOD_URLS": f"http://127.0.0.1:{server.server_address[1]}",
                    "DEBUGINFOD_CACHE_PATH": os.path.join(self.top, "cache"), "HOME": self.top}
        for n in range(3):
            self.core(f"c{n}", pages=(b"%d" % n * 4096,))

    def test_asked_once_for_a_kernel(self):
        self.files[f"/buildid/{made.BID}/debuginfo"] = made.vmlinux()
        self.score("-j", "3", env=self.env)
        self.assertEqual(self.asked, [f"/buildid/{made.BID}/debuginfo"])
        self.assertEqual({r["state"] for r in self.rows().values()}, {"scored"})
        self.assertIn("/cache/", self.row("c0")["vmlinux"])
        self.score(env=self.env)
        self.assertEqual(len(self.starts()), 3)

    def test_it_has_none_and_then_it_has(self):
        said = self.score(expect=1, env=self.env)
        self.assertEqual(len(self.asked), 1)
        self.assertIn(f"install {PACKAGE}", said)
        self.files[f"/buildid/{made.BID}/debuginfo"] = made.vmlinux()
        shutil.rmtree(os.path.join(self.top, "cache"))  # which remembers for a while that there is none
        self.score(env=self.env)

    def test_of_another_kernel(self):
        self.files[f"/buildid/{made.BID}/debuginfo"] = made.vmlinux(build_id="ab" * 20)
        self.score(expect=1, env=self.env)
        self.assertEqual({r["code"] for r in self.rows().values()}, {"no-debuginfo"})
        self.assertIn("is another kernel", self.row("c0")["notes"][-1])

    def test_not_asked_without_need(self):
        self.put(os.path.join(self.top, "debug/boot/vmlinux-" + made.REL), made.vmlinux())
        self.score(env=self.env)
        self.score("--again", env={**self.env, "DEBUGINFOD_URLS": ""})
        self.assertEqual(self.asked, [])

    def test_a_module(self):
        """That vgpu says it lacks: by its own build-id, and the core is asked again."""
        self.put(os.path.join(self.top, "debug/boot/vmlinux-" + made.REL), made.vmlinux())
        for n in range(3):
            self.core(f"c{n}", host="lacks=" + "cd" * 20, pages=(b"%d" % n * 4096,))
        self.assertIn("install p-dbg", self.score(env=self.env))
        self.assertEqual(self.asked, [f"/buildid/{'cd' * 20}/debuginfo"])
        self.files[self.asked[0]] = b"a module"
        shutil.rmtree(os.path.join(self.top, "cache"))
        self.assertNotIn("types are missing", self.score("--again", env=self.env))
        self.assertIn("virtio-gpu.ko", self.starts()[-1]["files"])
        before = len(self.starts())
        self.score(env=self.env)
        self.assertEqual(len(self.starts()), before)

    @unittest.skipIf(real.missing() or not os.path.exists(REAL), "no core of 5.10/host-stall is cached")
    def test_a_real_core(self):
        """Of a kernel whose modules keep no types: with them the verdict is another."""
        os.remove(self.core("c1"))
        os.remove(self.core("c2"))
        shutil.copy(REAL + "/vmcore", os.path.join(self.cores, "c0"))
        self.doors, self.vgpu = ("program",), real.PROGRAM
        self.score(env=self.env)
        row = self.row("c0")
        self.assertEqual([m["module"] for m in row["report"]["debuginfo_missing"]],
                         ["virtio_gpu", "virtio_ring"])
        for m, file in zip(row["report"]["debuginfo_missing"], ("virtio-gpu.ko", "virtio_ring.ko")):
            with open(os.path.join(REAL, file), "rb") as f:
                self.assertEqual(debuginfo._Sections(formats.File(f)).build_id(), m["build_id"])
                f.seek(0)
                self.files[f"/buildid/{m['build_id']}/debuginfo"] = f.read()
        shutil.rmtree(os.path.join(self.top, "cache"))
        self.score("--again", env=self.env)
        self.assertNotIn("debuginfo_missing", self.row("c0")["report"])
        self.assertEqual((row["cause"], self.row("c0")["cause"]), ("unexplained", "host-not-consuming"))

    def test_bounded(self):
        """A server that does not end its answer costs the time limit, once."""
        slow = os.path.join(self.top, "slow")
        self.put(slow, b"#!/bin/sh\nsleep 99\n")
        os.chmod(slow, 0o755)
        with mock.patch.dict(os.environ, self.env), mock.patch.object(debuginfod, "PROGRAM", slow):
            server = debuginfod.Debuginfod(child.Limits(seconds=0.5))
            for _ in range(3):
                self.assertEqual(server.find(made.BID, lambda: False), b"")
            self.assertEqual(server.find("../../etc/passwd", lambda: False), b"")
