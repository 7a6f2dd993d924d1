"""The names that an entry goes by: its own, its aliases, and what libraries call it.

A name is compared without its path, capitals and underscores, so that ``HeNormal``,
``torch.nn.init.kaiming_normal_`` and ``hardswish`` are what ``he_normal``, ``kaiming_normal`` and
``hard_swish`` are. A path also says who speaks: ``jax.nn.gelu`` is what JAX calls gelu.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from .model import Called

__all__ = ["Meaning", "all_names", "meanings", "notes", "squashed"]


class Named(Protocol):
    """What has names: an entry of any kind."""

    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def called(self) -> dict[str, Called]: ...


E = TypeVar("E", bound=Named)


class Meaning(NamedTuple, Generic[E]):
    """An entry that a name may mean.

    Attributes
    ----------
    entry : entry of the spec
        The entry.
    by : tuple of str
        The libraries that call it so; empty where it is the entry's own name, or an alias.
    note : str
        How what they call so differs, if it does.
    """

    entry: E
    by: tuple[str, ...]
    note: str


def squashed(name: str) -> str:
    """Return a name as it is compared: without its path, capitals, underscores and hyphens.

    Examples
    --------
    >>> squashed("torch.nn.init.kaiming_normal_"), squashed("HeNormal")
    ('kaimingnormal', 'henormal')
    """
    return re.sub(r"[\W_]", "", _parted(name)[1]).lower()


def all_names(entries: Iterable[Named]) -> set[str]:
    """Return every name of entries: their own, their aliases, and what libraries call them."""
    return {one for entry in entries for one in (entry.name, *entry.aliases, *entry.called)}


def meanings(name: str, entries: Iterable[E]) -> list[Meaning[E]]:
    """Return the entries that a name may mean, the likeliest first.

    That is what the library calls so that the name's path mentions, then the entry of that name,
    the one that has it as an alias, and what any library calls so. Names that are spelled just so
    are taken alone, if there are any.

    Parameters
    ----------
    name : str
        As somebody typed it.
    entries : iterable of entry
        Those it may be.
    """
    entries, path, word = list(entries), *_parted(name)
    spelled = all_names(entries)
    key = word if word in spelled else squashed(word)

    def is_meant(one: str) -> bool:
        return (one if word in spelled else squashed(one)) == key

    ranked: list[tuple[int, Meaning[E]]] = []
    for entry in entries:
        calls = [call for one, call in entry.called.items() if is_meant(one)]
        spoken = [call for call in calls if path.intersection(call.by)]
        call = next(iter(spoken or calls), None)
        if spoken:
            rank = 0
        elif is_meant(entry.name):
            rank = 1
        elif any(map(is_meant, entry.aliases)):
            rank = 2
        elif call:
            rank = 3
        else:
            continue
        ranked.append((rank, Meaning(entry, call.by if call else (), call.note if call else "")))
    ranked.sort(key=lambda pair: pair[0])
    decided = bool(ranked) and ranked[0][0] == 0
    return [meaning for rank, meaning in ranked if rank == 0 or not decided]


def notes(name: str, entries: Iterable[E]) -> list[str]:
    """Return what somebody who typed a name should know: which entry it is, and for whom another.

    Parameters
    ----------
    name : str
        As somebody typed it.
    entries : iterable of entry
        Those it may be.

    Returns
    -------
    list of str
        A sentence each; none where there is nothing to add.
    """
    possible, word = meanings(name, entries), _parted(name)[1]
    told = []
    for meaning in possible[:1]:
        entry = meaning.entry
        said = [(word, meaning)] if meaning.note else []
        if not said and word != entry.name:
            said = [(one, Meaning(entry, call.by, call.note)) for one, call in entry.called.items()]
        details = [f"{_all(by)}'s {one}: {note}" for one, (_, by, note) in said if note]
        if details or squashed(word) != squashed(entry.name):
            told.append("; ".join([f"{name} is {entry.name}", *details]))
    for meaning in possible[1:]:
        why = f": {meaning.note}" if meaning.note else ""
        told.append(f"what {_all(meaning.by)} calls {word} is {meaning.entry.name}{why}")
    return told


def _all(libraries: Sequence[str]) -> str:
    *others, last = libraries
    return f"{', '.join(others)} or {last}" if others else last


def _parted(name: str) -> tuple[set[str], str]:
    """Return the words of a name's path, and the name without it."""
    path, _, word = name.strip().rpartition(".")
    return set(path.split(".")), word
