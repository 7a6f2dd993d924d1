"""What ``-k`` means, for what is no test of pytest: words joined by and, or, not, and brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

__all__ = ["selected"]

_TOKEN = re.compile(r"[()]|[^\s()]+")
_Test = Callable[[str], bool]


def selected(expression: str, ids: Collection[str]) -> list[str]:
    """Return the ids that an expression selects, as pytest would.

    Parameters
    ----------
    expression : str
        Words that are parts of ids, joined by ``and``, ``or`` and ``not``, with brackets.
    ids : collection of str
        Of checks.

    Raises
    ------
    ValueError
        If it is no such expression.
    """
    tokens = _TOKEN.findall(expression)
    test = _either(tokens)
    if tokens:
        raise ValueError(f"-k {expression!r}: {tokens[0]!r} is not expected there")
    return [id for id in ids if test(id.lower())]


def _either(tokens: list[str]) -> _Test:
    return _joined(tokens, "or", _all, any)


def _all(tokens: list[str]) -> _Test:
    return _joined(tokens, "and", _one, all)


def _joined(
    tokens: list[str],
    word: str,
    part: Callable[[list[str]], _Test],
    join: Callable[[Iterable[bool]], bool],
) -> _Test:
    """Take parts with a word between them."""
    tests = [part(tokens)]
    while tokens[:1] == [word]:
        del tokens[0]
        tests.append(part(tokens))
    return lambda id: join(test(id) for test in tests)


def _one(tokens: list[str]) -> _Test:
    """Take one word, what ``not`` turns round, or what stands between brackets."""
    if not tokens or tokens[0] in ("and", "or", ")"):
        found = repr(tokens[0]) if tokens else "its end"
        raise ValueError(f"-k: expected a part of an id before {found}")
    token = tokens.pop(0)
    if token == "not":  # noqa: S105 - a word of the language
        test = _one(tokens)
        return lambda id: not test(id)
    if token == "(":  # noqa: S105
        inside = _either(tokens)
        if tokens[:1] != [")"]:
            raise ValueError("-k: a bracket is not closed")
        del tokens[0]
        return inside
    return lambda id: token.lower() in id
