# SPDX-License-Identifier: GPL-2.0-or-later
"""Headless Chromium, driven through its own protocol over a pipe: what it evaluates is not
the page's, so that the page's policy stays in force."""
import json
import os
import shutil
import subprocess
import tempfile
import time

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--hide-scrollbars", "--remote-debugging-pipe"]


class Browser:
    """A browser with one page; use it in a `with`."""

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="vgpu-score-browser.")
        theirs, self.to = os.pipe()
        self.back, ours = os.pipe()
        self.said, self.problems, self.number = b"", [], 0

        def numbers():  # its protocol: read at 3, written at 4
            os.dup2(theirs, 203)
            os.dup2(ours, 204)
            os.dup2(203, 3)
            os.dup2(204, 4)

        self.p = subprocess.Popen([CHROMIUM, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, preexec_fn=numbers, close_fds=False)
        os.close(theirs)
        os.close(ours)
        self.session = None
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"],
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        return self

    def __exit__(self, *why):
        os.close(self.to)
        try:
            self.p.wait(10)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()
        os.close(self.back)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _send(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        return self.number

    def _next(self):
        while b"\0" not in self.said:
            part = os.read(self.back, 1 << 20)
            assert part, "the browser has left"
            self.said += part
        line, _, self.said = self.said.partition(b"\0")
        message = json.loads(line)
        method, params = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.problems.append(params["exceptionDetails"]["exception"].get("description"))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.problems.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.problems.append(str(params["args"]))
        elif method == "Network.requestWillBeSent" and not params["request"]["url"].startswith(
                ("file:", "data:", "about:", "http://127.0.0.1:")):
            self.problems.append("it asked the network: " + params["request"]["url"])
        return message

    def call(self, method, **params):
        number = self._send(method, **params)
        while True:
            message = self._next()
            if message.get("id") == number:
                assert "error" not in message, (method, message["error"])
                return message["result"]

    def open(self, url):
        """Until it has loaded; returns the seconds that took."""
        began = time.monotonic()
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)
        self.run("new Promise((r) => document.readyState === 'complete' ? r() : addEventListener('load', r))")
        return time.monotonic() - began

    def run(self, expression):
        """What the expression is worth, in the page."""
        found = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                          returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def key(self, text, code=None):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=text, code=code or text,
                      **({"text": text} if len(text) == 1 and kind == "keyDown" else
                         {"text": "\r", "windowsVirtualKeyCode": 13} if text == "Enter" and kind == "keyDown"
                         else {"windowsVirtualKeyCode": 9} if text == "Tab" else {}))

    def size(self, width, height, phone=False, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def picture(self, path):
        import base64
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.call("Page.captureScreenshot")["data"]))
