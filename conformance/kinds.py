"""The kinds of finding: people act on them differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

__all__ = ["KINDS", "MILD", "Kind"]

Kind = Literal[
    "error", "non-finite", "definition", "distribution", "independence", "range", "side effect",
    "repeatability", "convention", "accuracy", "layout", "mode", "unsupported",
]  # fmt: skip
#: What each kind means, the gravest first.
KINDS: Mapping[Kind, str] = {
    "error": "the backend raised, hung, ended its process, or returned another shape or dtype",
    "non-finite": "nan or infinity where a number is right, or a number where nan is right",
    "definition": "another function, derivative, parameter, fan or update than the entry's",
    "distribution": "weights that do not follow the distribution of the entry",
    "independence": "weights that have to do with each other and should not",
    "range": "a result outside the closed range of the function",
    "side effect": "the call writes to its input, or its result shares memory that changes",
    "repeatability": "the same call gives another result",
    "convention": "another choice where the entry states one: a kink, a tie, the sign of a zero",
    "accuracy": "an error above the budget",
    "layout": "the place of an input in an array changes its result",
    "mode": "compiled code gives another result than eager code, or forward mode than reverse mode",
    "unsupported": "the backend says that it does not implement this",
}
#: Kinds of which a small size can be a difference between machines or releases.
MILD: frozenset[Kind] = frozenset({"accuracy", "layout", "mode"})
