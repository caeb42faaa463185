# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu-score serve: the report to a browser of this machine, and nothing else.

On the loopback address only, read only: of the folder of results the report's own files by
their names, none through a symbolic link, no list of a folder.
"""
from __future__ import annotations

import http.server
import os
import re
import shutil
import stat
import threading
from typing import BinaryIO, Optional, Tuple

from . import VERSION
from .find import OWN_PAGE

ADDRESS = "127.0.0.1"
AT_ONCE = 32
IDLE_S = 15.0  # a connection that says nothing
TYPES = {"html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8",
         "jsonl": "application/jsonl; charset=utf-8"}
FILES = ("index.html", "scores.csv", "scores.jsonl")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'; object-src 'none'; base-uri 'none'; "
                               "form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def _open(folder: bytes, name: str) -> Optional[BinaryIO]:
    """A file of the report by the path of a request; None: there is no such one."""
    parts = name.split("/")
    ours = parts[0] in FILES if len(parts) == 1 else \
        len(parts) == 2 and parts[0] == "cores" and OWN_PAGE.match(os.fsencode(parts[1]))
    if not ours or parts[-1].endswith(".part"):
        return None
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            below = os.open(part, flags | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
        f = open(os.open(parts[-1], flags, dir_fd=at), "rb")
    except OSError:
        return None
    finally:
        os.close(at)
    if not stat.S_ISREG(os.fstat(f.fileno()).st_mode):
        f.close()
        return None
    return f


class Handler(http.server.BaseHTTPRequestHandler):
    server: "Server"
    timeout = IDLE_S
    server_version, sys_version = f"vgpu-score/{VERSION}", ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(True)

    def do_HEAD(self) -> None:
        self._answer(False)

    def _other(self) -> None:
        self._refuse(405, {"Allow": "GET, HEAD"})

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_CONNECT = _other

    def _answer(self, body: bool) -> None:
        # A page of elsewhere that has given its own name this address may not read ours.
        host = re.sub(r":\d+\Z", "", self.headers.get("Host", ""))
        if host not in (ADDRESS, "localhost"):
            self._refuse(403)
            return
        path = self.path.partition("?")[0].partition("#")[0]
        f = _open(self.server.folder, path[1:] or "index.html") if path[:1] == "/" else None
        if not f:
            self._refuse(404)
            return
        with f:
            self._head(200, TYPES[path.rpartition(".")[2] if path != "/" else "html"],
                       os.fstat(f.fileno()).st_size)
            if body:
                shutil.copyfileobj(f, self.wfile)

    def _refuse(self, status: int, more: Optional[dict] = None) -> None:
        words = f"{status} {self.responses[status][0]}\n".encode()
        self.close_connection = True  # what else it sent is not looked at
        self._head(status, "text/plain; charset=utf-8", len(words), more)
        if self.command != "HEAD":
            self.wfile.write(words)

    def _head(self, status: int, kind: str, size: int, more: Optional[dict] = None) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(size),
                            **(more or {})}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass  # nobody asked for a log


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: bytes, port: int) -> None:
        self.folder = folder
        self.room = threading.BoundedSemaphore(AT_ONCE)
        super().__init__((ADDRESS, port), Handler)

    def process_request(self, request, client_address: Tuple) -> None:
        if not self.room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self.room.release()
            raise

    def process_request_thread(self, request, client_address: Tuple) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.room.release()

    def handle_error(self, request, client_address: Tuple) -> None:
        pass  # a browser that has left


def serve(folder: bytes, port: int) -> None:
    """Until a signal that main() listens to: in the main thread, which does nothing else."""
    server = Server(folder, port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    print(f"http://{ADDRESS}:{server.server_address[1]}/", flush=True)
    thread.join()
