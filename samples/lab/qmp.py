# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's machine protocol, as far as the lab needs it.

QEMU inherits one end of a socket pair: no path that could be too long, and
no moment at which nobody listens yet.
"""

import json
import socket

from steps import Failed, escape


class Monitor:
    def __init__(self):
        self._ours, self._theirs = socket.socketpair()
        self._replies = self._ours.makefile("rb")

    def arguments(self) -> list[str]:
        return ["-chardev", f"socket,id=qmp,fd={self._theirs.fileno()}",
                "-mon", "chardev=qmp,mode=control"]

    def inherited(self) -> list[int]:
        return [self._theirs.fileno()]

    def connect(self) -> None:
        """Once QEMU runs. From here on its end is noticed."""
        self._theirs.close()
        self._ours.settimeout(60)
        self._read("QMP")
        self.execute("qmp_capabilities")

    def execute(self, command: str, limit: float = 60, **arguments) -> None:
        message = {"execute": command, "arguments": arguments}
        try:
            self._ours.settimeout(limit)
            self._ours.sendall(json.dumps(message).encode() + b"\n")
            self._read("return")
        except OSError as error:
            raise Failed(f"QEMU does not do {command}: {error}") from error

    def _read(self, wanted: str) -> None:
        """Events may come in between."""
        for line in self._replies:
            reply = json.loads(line)
            if "error" in reply:
                raise Failed("QEMU: " + escape(reply["error"]["desc"]))
            if wanted in reply:
                return
        raise Failed("QEMU has closed its monitor")

    def close(self) -> None:
        for end in (self._replies, self._ours, self._theirs):
            end.close()
