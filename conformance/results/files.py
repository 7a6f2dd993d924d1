"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file under a passing name beside its place, then move it there in one step.

    Whoever reads `path` finds what was there before or all of `content`, even if this process is
    killed half-way.

    Raises
    ------
    OSError
        If the folder cannot be made or written to; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, passing = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(passing).chmod(0o644)  # mkstemp's own is for its owner alone.
        Path(passing).replace(path)
    except BaseException:
        Path(passing).unlink(missing_ok=True)
        raise
