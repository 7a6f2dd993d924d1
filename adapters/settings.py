"""Settings of a framework that choose code for the processor: ``settings.toml`` beside it."""

from __future__ import annotations

import re
from pathlib import Path

from actinit.spec import SpecError
from actinit.spec.loader import read
from actinit.spec.model import Struct

__all__ = ["Setting", "read_settings"]

_NAME = "settings.toml"


class Setting(Struct, frozen=True, kw_only=True):
    """Environment variables that make a framework take other code, or other threads."""

    name: str  #: In a few words, such as "no vector code".
    variables: dict[str, str]  #: As a process has them when it starts.
    what: str  #: What they choose.
    source: str = ""  #: Where they are documented.


class _Settings(Struct, frozen=True, kw_only=True):
    settings: tuple[Setting, ...]


def read_settings(folder: str) -> tuple[Setting, ...]:
    """Return the settings that a framework's ``settings.toml`` lists; none without such a file.

    Raises
    ------
    SpecError
        If a key is unknown, missing or of the wrong type, a name is there twice, or a setting has
        no variable or one that no environment can have.
    """
    file = Path(folder) / _NAME
    if not folder or not file.exists():
        return ()
    found = read(file, _Settings).settings
    names = [one.name for one in found]
    for one in found:
        if names.count(one.name) > 1:
            raise SpecError(file, "settings", f"{one.name!r} is the name of two settings")
        if not one.variables or not all(re.fullmatch(r"\w+", name) for name in one.variables):
            raise SpecError(
                file, "settings", f"{one.name!r} needs environment variables, say, OMP_NUM_THREADS"
            )
    return found
