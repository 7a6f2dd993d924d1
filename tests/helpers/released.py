"""A framework that exists for tests alone, in releases that differ, and what installs them.

Its releases differ as those of real ones do: tanh loses small inputs up to 1.1, relu takes another
side at its kink from 2.0 on, sigmoid is rounded otherwise there, and a seed draws other weights.
3.0 cannot be installed, and 4.0 not be imported.
"""

from __future__ import annotations

import sys
from pathlib import Path

from actinit.adapters.releases import Recipe
from actinit.conformance.history.environments import NotInstalledError

__all__ = ["RELEASES", "Shelf", "lay", "recipe"]

RELEASES = """
package      = "lanes"
measured     = ["1.0", "1.1", "2.0"]
requirements = ["lanes=={release}"]
megabytes    = 1
"""
TABLE = """
name = "lanes"
title = "Lanes"
adapter = "lanes.adapter:Lanes"
modes = { lanes = "one by one" }
install = "get lanes"
layouts = { dense = "oi" }
"""
INIT = "from actinit.adapters import Framework\nFRAMEWORK = Framework.beside(__file__)\n"
ADAPTER = """
import os
import sys

import numpy as np

from actinit.adapters import Adapter, NotOffered

RELEASE = "{release}"
NEW = RELEASE >= "2"
if RELEASE == "4.0":
    raise RuntimeError("lanes 4.0 needs another compiler")
print("lanes greets everybody")  # nothing of this may get between the replies


class Lanes(Adapter):
    name = family = "lanes"

    def versions(self):
        return {{"lanes": RELEASE}}

    def value(self, entry, x, parameters):
        if entry.name == "relu":
            return np.maximum(x, 0)
        wide = x.astype(np.float64)
        with np.errstate(all="ignore"):
            if entry.name == "tanh":
                y = np.tanh(wide) if NEW else np.where(np.abs(wide) < 1e-3, 0 * wide, np.tanh(wide))
                return y.astype(x.dtype)
            if entry.name == "sigmoid":
                y = 1 / (1 + np.exp(-wide))
                y = y.astype(x.dtype)
                # A neighbour of the right number: one release takes the lower, one the upper.
                other = np.nextafter(y, x.dtype.type(1 if NEW else 0))
                return np.where((x >= 1) & (x < 2), other, y)
        if entry.name == "elu":
            os._exit(3)
        raise NotOffered(f"lanes has no {{entry.name}}")

    def gradient(self, entry, x, upstream, parameters):
        if entry.name != "relu":
            raise NotOffered(f"lanes has no gradient of {{entry.name}}")
        return upstream * ((x >= 0) if NEW else (x > 0)).astype(x.dtype)

    def source(self, entry, dtype, seed, parameters):
        if entry.name != "he_normal":
            raise NotOffered(f"lanes has no {{entry.name}}")
        rng = np.random.default_rng(seed + NEW)
        return lambda shape: rng.standard_normal(shape).astype(dtype)

    def builder(self, entry, dtype, seed, start=None):
        if entry.name == "dense":
            return lambda: {{"kernel": np.ones((2, 3), dtype), "bias": np.zeros(3, dtype)}}
        return super().builder(entry, dtype, seed, start)
"""


def lay(folder: Path, release: str = "1.0", *, releases: str = RELEASES) -> None:
    """Put a release into a folder, as an installation would."""
    package, told = folder / "lanes", folder / f"lanes-{release}.dist-info"
    for one in (package, told):
        one.mkdir(parents=True)
    (package / "__init__.py").write_text(INIT)
    (package / "backend.toml").write_text(TABLE)
    (package / "releases.toml").write_text(releases)
    (package / "adapter.py").write_text(ADAPTER.format(release=release))
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: lanes\nVersion: {release}\n")
    (told / "entry_points.txt").write_text("[actinit.adapters]\nlanes = lanes:FRAMEWORK\n")


def recipe(release: str, python: str = "") -> Recipe:
    """Return what an environment of a release is made of."""
    return Recipe("lanes", "lanes", release, python, (f"lanes=={release}",), 1)


class Shelf:
    """Installs from this file: an environment is a script that starts this Python with a path."""

    def __init__(self) -> None:
        self.made: list[str] = []  #: What was asked to be installed, in order.

    def interpreter(self, version: str) -> str | None:
        return sys.executable if version in ("", "3.99") else None

    def create(self, python: str, folder: Path) -> str:
        script = folder / "python"
        folder.mkdir(parents=True)
        path = f'export PYTHONPATH="$PYTHONPATH:{folder / "lib"}"'
        script.write_text(f'#!/bin/sh\n{path}\nexec "{python}" "$@"\n')
        script.chmod(0o755)
        return str(script)

    def install(self, python: str, requirements: tuple[str, ...]) -> None:
        self.made.append(requirements[0])
        release = requirements[0].partition("==")[2]
        if release == "3.0":
            raise NotInstalledError("ERROR: no wheel of lanes 3.0 fits")
        lay(Path(python).parent / "lib", release)
