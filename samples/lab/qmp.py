# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's machine protocol, as far as the lab needs it.

QEMU inherits one end of a socket pair: no path that could be too long, and
no moment at which nobody listens yet.
"""

import json
import socket

from steps import Failed, escape

CONNECT_LIMIT = 60


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
        self._ours.settimeout(CONNECT_LIMIT)
        self._read("QMP", "start")
        self.execute("qmp_capabilities")

    def execute(self, command: str, limit: float = 60, **arguments):
        """What it returns."""
        message = {"execute": command, "arguments": arguments}
        self._ours.settimeout(limit)
        try:
            self._ours.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise Failed(f"QEMU does not {command}: {error}") from error
        return self._read("return", command)

    def _read(self, wanted: str, command: str):
        """Events may come in between."""
        try:
            for line in self._replies:
                reply = json.loads(line)
                if "error" in reply:
                    raise Failed(f"QEMU does not {command}: " +
                                 escape(reply["error"]["desc"]))
                if wanted in reply:
                    return reply[wanted]
        except OSError as error:
            raise Failed(f"QEMU does not {command}: {error}") from error
        raise Failed(f"QEMU does not {command}: it has ended")

    def close(self) -> None:
        self._replies.close()
        self._ours.close()
        self._theirs.close()
