"""What lines print in a process of their own, in another environment."""

from __future__ import annotations

import os
import subprocess
import sys

__all__ = ["printed_without"]


def printed_without(features: str, code: str) -> str:
    """Return what lines print where NumPy is to do without some vector instructions."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, "NPY_DISABLE_CPU_FEATURES": features},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()
