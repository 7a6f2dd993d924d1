"""What rules on entries have in common: a breach is a key and a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from .expression import Expression

__all__ = ["Breach", "undefined", "unknown"]

Breach = tuple[str, str]


def undefined(key: str, expression: Expression, known: Collection[str]) -> Iterator[Breach]:
    """Yield a breach for each name in a formula that has no meaning there."""
    for name in sorted(expression.names - set(known)):
        have = ", ".join(sorted(known)) or "none"
        yield key, f"{expression.text!r} names {name!r}, which is not defined; names here: {have}"


def unknown(key: str, name: str, names: Collection[str], file: str) -> Iterator[Breach]:
    """Yield a breach if a file does not define a name."""
    if name not in names:
        yield key, f"{name!r} is not in {file}, which has: {', '.join(sorted(names))}"
