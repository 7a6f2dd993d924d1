"""How kernels are compiled, and kept on the disk for the next process.

numba compiles a kernel anew when its own file has changed, and does not look at the files of what
it calls. So the name under which it is kept holds a digest of all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import njit

__all__ = ["compiled", "inlined"]

_HERE = Path(__file__).parent
#: All that a kernel is made of: these files, and the constants and records from elsewhere.
SOURCES = (*sorted(_HERE.glob("*.py")), _HERE.parent / "rows.py", _HERE.parent / "terms.py")


def compiled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel, without the interpreter's lock, and keep the machine code on the disk."""
    kernel.__qualname__ = f"{kernel.__qualname__}_{_digest()}"
    made: Callable[..., Any] = njit(cache=True, nogil=True)(kernel)
    return made


def inlined(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel into those that call it."""
    made: Callable[..., Any] = njit(nogil=True, inline="always")(kernel)
    return made


@cache
def _digest() -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in SOURCES)).hexdigest()[:12]
