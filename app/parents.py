"""A child that must not outlive its parent."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)
LIBC = ctypes.CDLL(None)  # loaded once: a fork of a process with threads should not load


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that ends. Linux only.

    Killed, not asked: a child that says goodbye to a Redis that hangs would stay for a minute.
    """
    if not sys.platform.startswith("linux"):
        return
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), signal.SIGKILL)
