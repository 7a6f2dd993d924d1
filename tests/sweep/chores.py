"""What workers are asked to do in tests: importable by name, as their work must be."""

import os
import signal
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
