"""What workers are asked to do in tests: importable by name, as their work must be."""

import os
import signal
import time
from pathlib import Path


def double(number):
    return number, 2 * number


def fragile(task):
    """Kill the worker that does it, the first time it is asked for number 3."""
    number, folder = task
    mark = Path(folder) / "died"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def deadly(number):
    os.kill(os.getpid(), signal.SIGKILL)


def raising(number):
    raise ValueError(f"no {number}")


def pid(number):
    return number, os.getpid()


def caches(number):
    """Say which worker does it, and where its framework would compile into."""
    time.sleep(0.1)  # so that another worker's turn comes
    return number, (os.getpid(), os.environ["TORCHINDUCTOR_CACHE_DIR"])


def half_an_answer(task):
    """Kill the worker in the middle of its answer, the first time it is asked for number 3."""
    number, folder = task
    mark = Path(folder) / "died"
    if number == 3 and not mark.exists():
        mark.touch()
        return Torn()
    return number


class Torn:
    """Dies when it is half written."""

    def __reduce__(self):
        pipe = next(
            int(name)
            for name in os.listdir("/proc/self/fd")
            if int(name) > 2 and "socket" in os.readlink(f"/proc/self/fd/{name}")
        )
        os.write(pipe, b"\x00\x00\x40\x00half")  # the length of a message, and too little of it
        os.kill(os.getpid(), signal.SIGKILL)
