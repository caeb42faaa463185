# SPDX-License-Identifier: GPL-2.0-or-later
"""Become another program under limits: launch.py MEMORY PARENT PROGRAM [ARGUMENT...]

Runs between fork and exec, as a program of its own because threads and code
between fork and exec do not go together.  If vgpu-score is killed, so is crash.
"""
import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    memory, parent, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    os.execv(program, sys.argv[3:])


if __name__ == "__main__":
    main()
