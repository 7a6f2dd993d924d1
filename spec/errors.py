"""The errors of the spec: a bad file, and a name that nothing has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

__all__ = ["SpecError", "UnknownNameError"]


class SpecError(ValueError):
    """A file of the spec, or of an adapter, that breaks the rules: which file, which key, why.

    Parameters
    ----------
    file : Path
        The file at fault.
    key : str
        Dotted path of the key, such as ``derivative.kinks[0].take``.
    reason : str
        What was wrong and what was expected.
    line : int, optional
        Line of the key, where it could be found.
    """

    def __init__(self, file: Path, key: str, reason: str, line: int | None = None) -> None:
        self.file, self.key, self.reason, self.line = file, key, reason, line
        super().__init__(file, key, reason, line)  # what it is made of again in another process

    def __str__(self) -> str:
        where = f"{self.file.parent.name}/{self.file.name}" + (f":{self.line}" if self.line else "")
        return ": ".join(filter(None, (where, self.key, self.reason)))


class UnknownNameError(KeyError):
    """A name that is not there, with the nearest one that is.

    Parameters
    ----------
    what : str
        What kind of thing was looked for: "activation", "backend", ...
    name : object
        What was asked for.
    known : iterable of str
        The names there are.
    """

    def __init__(self, what: str, name: object, known: Iterable[str]) -> None:
        choices = sorted(known)
        near = difflib.get_close_matches(str(name).lower(), choices, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"expected one of: {', '.join(choices)}"
        self.message = f"no {what} is named {name!r}; {hint}"
        super().__init__(what, name, choices)  # what it is made of again in another process

    def __str__(self) -> str:  # KeyError would show the repr of the message
        return self.message
