"""``-k``: words that select checks, among them other names of entries."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from actinit.spec import CATALOGUES
from actinit.spec.names import all_names

from .expression import selected

__all__ = ["chosen", "near_names", "with_entry_names"]

T = TypeVar("T")

_OPERATORS = {"and", "or", "not"}
# Words as pytest reads them in an expression: all that is no space and no bracket.
_WORD = re.compile(r"[^\s()]+")
_NEAR, _LIKE = 6, 0.6


def chosen(select: str, every: Mapping[str, T]) -> tuple[list[T], list[str]]:
    """Return what ``-k`` selects, and what to tell of names that mean entries.

    Parameters
    ----------
    select : str
        What stands after ``-k``.
    every : mapping
        What there is, by id.

    Raises
    ------
    ValueError
        If it selects nothing; names what is near.
    """
    expression, notes = with_entry_names(select, every)
    ids = selected(expression, every)
    if not ids:
        raise ValueError("-k: " + "; ".join(near_names(select, every)))
    return [every[id] for id in ids], notes


def with_entry_names(expression: str, ids: Collection[str]) -> tuple[str, list[str]]:
    """Add the entries that words mean which are no part of an id, but other names of entries.

    Parameters
    ----------
    expression : str
        What stands after ``-k``.
    ids : collection of str
        Of all checks.

    Returns
    -------
    expression : str
        A word in it that means two entries, such as ``linear``, selects both.
    notes : list of str
        What was added for what, and what else these names mean.
    """
    notes = []
    parts = {part for id in ids for part in id.split("/")}

    def replaced(found: re.Match[str]) -> str:
        word = found[0]
        if word in _OPERATORS | parts:
            return word
        names = [word] if _selects(word, ids) else []
        for catalogue in CATALOGUES:
            if word in catalogue and word.lower() not in catalogue[word].name:
                names.append(catalogue[word].name)
                notes.extend(catalogue.notes(word))
        return f"({' or '.join(names)})" if set(names) - {word} else word

    return _WORD.sub(replaced, expression), notes


def near_names(expression: str, ids: Iterable[str]) -> list[str]:
    """Return the words of an expression that are in no id, each with what is near it.

    Parameters
    ----------
    expression : str
        What stands after ``-k``, and selects nothing.
    ids : iterable of str
        Of all checks.
    """
    ids = list(ids)
    parts = {part for id in ids for part in id.split("/")}
    names = parts | {name for one in CATALOGUES for name in all_names(one.values())}
    strange = [
        word
        for word in _WORD.findall(expression)
        if word not in _OPERATORS and not _selects(word, ids)
    ]
    lines = []
    for word in strange:
        near = difflib.get_close_matches(word.lower(), names, _NEAR, _LIKE)
        like = f"; near it are {', '.join(near)}" if near else f"; no name is near {word!r}"
        lines.append(f"no check has {word!r} in its id{like}")
    return lines or [f"each word of {expression!r} is in the id of a check, but not all are in one"]


def _selects(word: str, ids: Iterable[str]) -> bool:
    return any(word.lower() in id.lower() for id in ids)
