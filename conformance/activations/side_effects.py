"""A call leaves its input and the upstream gradient as they were, and gives a result of its own.

Asked of the raw result, whose memory counts: a result that shares memory with the input changes
when the input does, and one that is kept in a buffer changes with the next call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Activation, Part

from ..backend.guard import HungError, message_of
from ..check import Check, Finding, Outcome, Witness
from ..formats import ARITHMETIC, Format
from .asking import Ask, asker, ordinary, upstream_of
from .judge import subject
from .naming import PARTS, activation_check

__all__ = ["checks"]

Array = NDArray[Any]
# A single element, what a vector register does not divide, and more than a page of memory.
_COUNTS = (1, 67, 4096)
# The only function whose result may be its input, and its gradient the upstream one.
_HANDS_BACK = "identity"


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of side effects: ``activation/gelu/float32/value/side-effects``."""
    for fmt in ARITHMETIC.values():
        for part in PARTS:
            run = _runner(entry, fmt, part)
            yield activation_check(entry, (fmt.name, part, "side-effects"), part, run)


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        ask = asker(adapter, entry, part)
        found: dict[str, Finding] = {}
        for count in _COUNTS:
            for finding in _of_length(ask, entry, fmt, part, count):
                found.setdefault(finding.key, finding)
        if refused := _read_only(ask, entry, fmt):
            found[refused.key] = refused
        findings = list(found.values())
        if any(finding.kind for finding in findings):
            return Outcome.diverging(findings)
        told = "; ".join(finding.sentence for finding in findings)
        return Outcome(
            conforms=True,
            message=told or "inputs stay as they were, and results are independent arrays",
            findings=findings,
        )

    return run


def _of_length(
    ask: Ask, entry: Activation, fmt: Format, part: Part, count: int
) -> Iterator[Finding]:
    """Look at calls with arrays of one length."""
    what = subject(entry, part)
    x = ordinary(entry, fmt, count)
    given = {"input": x} | ({} if part == "value" else {"upstream gradient": upstream_of(entry, x)})
    upstream = given.get("upstream gradient", x)
    before = {name: array.copy() for name, array in given.items()}
    first = ask(x, upstream)
    kept = first.copy()
    for name, array in given.items():
        if array.tobytes() != before[name].tobytes():
            yield _finding(f"writes/{_word(name)}", what, f"writes into its {name}", fmt,
                           before[name], array, before[name], before["input"])  # fmt: skip
        if first.size and np.shares_memory(first, array):
            if entry.name == _HANDS_BACK:
                yield Finding(
                    key=f"shares/{_word(name)}", kind=None, defect="shares",
                    sentence=f"{what} hands back its {name} itself, as an identity may",
                )  # fmt: skip
            else:
                yield Finding(
                    key=f"shares/{_word(name)}", kind="side effect", defect="shares",
                    sentence=f"the result of {what} shares memory with its {name}: it changes "
                    f"when the {name} does",
                    looks_like=f"a view of the {name}",
                )  # fmt: skip
    for start in (count + 3, 2 * count + 5):
        other = ordinary(entry, fmt, count, start)
        ask(other, upstream_of(entry, other))
    if first.tobytes() != kept.tobytes() and not any(
        np.shares_memory(first, array) for array in given.values()
    ):
        yield _finding(
            "overwritten", what, "gives a result that a later call overwrites", fmt,
            kept, first, kept, before["input"], "a buffer that is used again",
        )  # fmt: skip


def _finding(
    key: str, what: str, text: str, fmt: Format, before: Array, after: Array, right: Array,
    x: Array, like: str = "",
) -> Finding:  # fmt: skip
    """Return the finding that an array changed: an element before and after, and its input."""
    bits = [np.ascontiguousarray(array).view(fmt.bits).reshape(-1) for array in (before, after)]
    changed = np.flatnonzero(bits[0] != bits[1])
    at = int(changed[0])
    rows = at * (x.size // before.size)  # of the row that a result belongs to
    worst = Witness.of(x.reshape(-1)[rows], after.reshape(-1)[at], right.reshape(-1)[at])
    return Finding(
        key=key, kind="side effect", defect=key.split("/")[0], count=changed.size,
        points=before.size, worst=worst, looks_like=like,
        sentence=f"{what} {text}: {worst.exact} becomes {worst.got} "
        f"({changed.size:,} of {before.size:,} elements)",
    )  # fmt: skip


def _word(name: str) -> str:
    return name.split()[0]


def _read_only(ask: Ask, entry: Activation, fmt: Format) -> Finding | None:
    """Note a backend that raises for arrays that cannot be written to: it then writes to none."""
    x = ordinary(entry, fmt, _COUNTS[1])
    upstream = upstream_of(entry, x)
    for array in (x, upstream):
        array.flags.writeable = False
    try:
        ask(x, upstream)
    except (NotOffered, HungError):
        raise
    except Exception as error:  # of whatever kind; writable arrays were taken
        return Finding(
            key="refuses/read-only", kind=None, defect="refuses",
            sentence=f"read-only arrays are refused: {type(error).__name__}: "
            f"{message_of(error)[:200]}",
        )  # fmt: skip
    return None
