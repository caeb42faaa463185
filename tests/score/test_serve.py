# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu-score serve: the report's own files, read only, to this machine."""
import http.client
import os
import signal
import socket
import subprocess
import sys

import made

HEADERS = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
           "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"}


class Serve(made.Case):
    def setUp(self):
        super().setUp()
        self.core("vmcore")
        self.score()
        self.p = subprocess.Popen([sys.executable, "-B", made.SCORE, "serve", "-o", self.out, "--port",
                                   "0"], stdout=subprocess.PIPE)
        self.addCleanup(self.end)
        url = self.p.stdout.readline().decode()
        self.assertRegex(url, r"\Ahttp://127\.0\.0\.1:\d+/\n\Z")
        self.port = int(url.rsplit(":", 1)[1].strip("/\n"))

    def end(self):
        if self.p.poll() is None:
            self.p.send_signal(signal.SIGTERM)
        self.p.wait(60)
        self.p.stdout.close()

    def ask(self, path, method="GET", host="127.0.0.1", body=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            c.putrequest(method, path, skip_host=True)
            c.putheader("Host", f"{host}:{self.port}")
            if body:
                c.putheader("Content-Length", str(len(body)))
            c.endheaders(body)
            answer = c.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            c.close()

    def test_the_report(self):
        [page] = os.listdir(os.path.join(self.out, "cores"))
        for path, name, kind in (("/", "index.html", "text/html"), ("/index.html", "index.html", "text/html"),
                                 ("/index.html?x#y", "index.html", "text/html"),
                                 ("/scores.csv", "scores.csv", "text/csv"),
                                 ("/scores.jsonl", "scores.jsonl", "application/jsonl"),
                                 (f"/cores/{page}", f"cores/{page}", "text/html")):
            status, headers, body = self.ask(path)
            self.assertEqual((status, headers["Content-Type"]), (200, kind + "; charset=utf-8"), path)
            with open(os.path.join(self.out, name), "rb") as f:
                self.assertEqual(body, f.read())
            for name, value in HEADERS.items():
                self.assertEqual(headers[name], value)
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
            self.assertNotIn("Python", headers["Server"])
        self.assertEqual(self.ask("/", "HEAD")[::2], (200, b""))

    def test_nothing_else(self):
        [page] = os.listdir(os.path.join(self.out, "cores"))
        self.put(self.top + "/secret", b"secret")
        self.put(self.out + "/other.html", b"other")
        os.symlink(self.top + "/secret", self.out + "/cores/0123456789abcdef.html")
        os.mkfifo(self.out + "/cores/1123456789abcdef.html")
        self.put(self.out + "/index.html.7.part", b"half")
        for path in ("/cores", "/cores/", "/scores.sqlite", "/.lock", "/other.html", "/../secret",
                     "/cores/../index.html", "/cores/%2e%2e/index.html", "/index.html/",
                     "/cores/0123456789abcdef.html", "/cores/1123456789abcdef.html", "/index.html%00",
                     "/index.html.7.part", f"/cores/{page}/x", f"/{page}", "*", "http://127.0.0.1/",
                     self.top + "/secret", "/" + "a" * 5000):
            status, headers, body = self.ask(path)
            self.assertEqual(status, 404, path)
            self.assertNotIn(b"secret", body)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")

    def test_a_folder_that_is_a_link(self):
        """Of the results, cores may have been put in place of by a link to elsewhere."""
        [page] = os.listdir(os.path.join(self.out, "cores"))
        os.rename(self.out + "/cores", self.top + "/elsewhere")
        os.symlink(self.top + "/elsewhere", self.out + "/cores")
        self.assertEqual(self.ask(f"/cores/{page}")[0], 404)

    def test_read_only(self):
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"):
            status, headers, _ = self.ask("/", method, body=b"x" * 10)
            self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"), method)
        self.assertEqual(self.ask("/", "BREW")[0], 501)

    def test_another_name_for_this_address(self):
        """As a page of elsewhere has, whose name was made to lead here."""
        self.assertEqual(self.ask("/", host="localhost")[0], 200)
        for host in ("evil.example", "", "127.0.0.1.evil.example", "127.0.0.1@evil"):
            self.assertEqual(self.ask("/", host=host)[0], 403, host)

    def test_this_machine_alone(self):
        with open("/proc/net/tcp", encoding="ascii") as f:
            listening = [line.split()[1] for line in f if line.split()[3] == "0A"]
        self.assertIn("0100007F:%04X" % self.port, listening)
        self.assertNotIn("00000000:%04X" % self.port, listening)

    def test_noise(self):
        for said in (b"\0" * 9000, b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"GET " + b"a" * 70000,
                     b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", b"\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as s:
                s.sendall(said)
                s.shutdown(socket.SHUT_WR)
                try:
                    while s.recv(1 << 16):
                        pass
                except ConnectionResetError:
                    pass
        self.assertEqual(self.ask("/")[0], 200)

    def test_many_that_say_nothing(self):
        """Those beyond a number are not served; it goes on when they have left."""
        silent = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(60)]
        for s in silent:
            s.close()
        for _ in range(50):
            try:
                self.assertEqual(self.ask("/")[0], 200)
                return
            except (ConnectionError, http.client.HTTPException):
                pass
        self.fail("it does not answer any more")

    def test_end(self):
        self.p.send_signal(signal.SIGTERM)
        self.assertEqual(self.p.wait(60), 143)


class Nothing(made.Case):
    def test_no_report(self):
        self.run_words([sys.executable, "-B", made.SCORE, "serve", "-o", self.top], 2)
        self.run_words([sys.executable, "-B", made.SCORE, "serve", "--port", "70000"], 2)

    def test_a_port_that_is_taken(self):
        self.score()
        with socket.create_server(("127.0.0.1", 0)) as s:
            said = self.run_words([sys.executable, "-B", made.SCORE, "serve", "-o", self.out, "--port",
                                   str(s.getsockname()[1])], 2)
        self.assertIn("in use", said)
        self.assertNotIn("Traceback", said)
