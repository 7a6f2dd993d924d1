"""The command line, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

__all__ = ["actinit"]


def actinit(folder, *words, timeout=120):
    """Run ``actinit`` with these words in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "actinit", *words],
        cwd=folder, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip
