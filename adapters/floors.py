"""The oldest release of each package that a backend runs on, as actinit's own extras state it."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version

from .releases import release_key

__all__ = ["too_old"]

# Such as: keras>=3.6; extra == 'keras-jax'. Extras of extras have been put in by the build.
_FLOOR = re.compile(r"(?P<name>[\w.-]+)(\[[\w,-]+\])?>=(?P<floor>\d+(\.\d+)*)")
_EXTRA = re.compile(r"""extra == ['"](?P<extra>[\w.-]+)['"]""")


def too_old(extra: str, distribution: str = "actinit") -> str:
    """Return which package that an extra names is installed in a release that is too old.

    Parameters
    ----------
    extra : str
        Such as ``"torch-compile"``; one that does not exist needs nothing.
    distribution : str, optional
        Whose extra it is.

    Returns
    -------
    str
        Such as ``"torch>=2.13, and 2.9.1 is installed"``; empty if none is. A package that is not
        installed at all is not looked at.
    """
    for name, floor in _floors(distribution).get(extra, ()):
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue
        if release_key(installed) < release_key(floor):
            return f"{name}>={floor}, and {installed} is installed"
    return ""


@cache
def _floors(distribution: str) -> dict[str, list[tuple[str, str]]]:
    """Return name and floor of each package, by the extra that asks for it."""
    found: dict[str, list[tuple[str, str]]] = {}
    try:
        lines = requires(distribution) or []
    except PackageNotFoundError:  # run from the sources
        lines = []
    for line in lines:
        floor, extra = _FLOOR.match(line), _EXTRA.search(line)
        if floor and extra:
            found.setdefault(extra["extra"], []).append((floor["name"], floor["floor"]))
    return found
