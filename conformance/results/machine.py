"""The machine that a run was made on."""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path

import msgspec

__all__ = ["Machine", "environment_name", "this_machine"]

# Widest first: what a framework picks its kernels by.
_SIMD = {"AVX512F": "avx512", "AVX2": "avx2", "ASIMD": "asimd"}


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What of a machine can change the last bit of a result."""

    platform: str  #: Such as ``linux-x86_64``.
    cpu: str  #: Vendor.
    model: str  #: The model's name, for people.
    simd: str  #: Widest vector instructions.
    cores: int
    python: str


def this_machine() -> Machine:
    """Return the machine that this runs on."""
    from numpy._core._multiarray_umath import __cpu_features__ as features

    facts = _cpuinfo()
    simd = next((name for flag, name in _SIMD.items() if features.get(flag)), "none")
    return Machine(
        platform=f"{sys.platform}-{platform.machine()}",
        cpu=facts.get("vendor_id", platform.processor() or "unknown"),
        model=facts.get("model name", platform.processor() or "unknown"),
        simd=simd,
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
    )


def _cpuinfo() -> dict[str, str]:
    file = Path("/proc/cpuinfo")
    if not file.exists():
        return {}
    lines = (line.split(":", 1) for line in file.read_text().splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in lines}


def environment_name(system: str, cpu: str, simd: str) -> str:
    """Return the name of an environment: ``linux-x86_64-amd-avx512`` of its platform and CPU."""
    vendor = {"AuthenticAMD": "amd", "GenuineIntel": "intel"}.get(cpu, cpu)
    return re.sub(r"[^a-z0-9_]+", "-", f"{system}-{vendor}-{simd}".lower()).strip("-")
