"""``actinit audit``: expected values that others wrote in their tests, held to the exact ones.

Reads ONNX's node tests (a folder with model.onnx), WebNN's tests as JSON, StableHLO's test data
(.mlir), tables (.csv, .npz) and arrays (.npy). A folder is searched for the first three.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from actinit.spec import activations

from .errors import told
from .options import entry_names

if TYPE_CHECKING:
    from ..results.audit import Audited, AuditReport, Tolerance

__all__ = ["add_arguments", "run"]

_ROLES = ("x", "expected", "function")
# So many reasons for which tests were skipped are told.
_REASONS = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``actinit audit``."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="or a folder")
    parser.add_argument("--function", default="", metavar="NAME", help="of tables: such as gelu")
    parser.add_argument(
        "--map", dest="columns", action="append", default=[], metavar="ROLE=COLUMN",
        help=f"of tables: which column or array is {', '.join(_ROLES)}; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--format", default="float32", help="of the numbers of a .csv (default: %(default)s)"
    )
    parser.add_argument(
        "--part", choices=("value", "derivative"), default="value", help="of tables"
    )
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE",
        help="of the function, where the file does not say it; may be repeated",
    )  # fmt: skip
    for name, what in (("rtol", "relative"), ("atol", "absolute"), ("ulp", "in ulp")):
        parser.add_argument(
            f"--{name}", type=float, metavar="N", help=f"the tests' own tolerance, {what}"
        )
    parser.add_argument(
        "--max-ulp", type=float, metavar="N",
        help="how far off a value is wrong (default: further than the entry grants)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="write what was found as JSON")


def run(options: argparse.Namespace) -> int:
    """Run ``actinit audit``.

    Returns
    -------
    int
        0 if no expected value is wrong, 1 if one is, 2 for a wrong call or a damaged file.
    """
    import msgspec

    from ..audit import Stated, audit

    try:
        names = entry_names([options.function], activations) if options.function else [""]
        stated = Stated(
            function=names[0],
            format=options.format,
            part=options.part,
            columns=dict(_pair("--map", text, _ROLES) for text in options.columns),
            parameters={
                name: float(value)
                for name, value in (_pair("--param", text) for text in options.param)
            },
            tolerance=_tolerance(options),
        )
        found = audit(options.files, stated, options.max_ulp)
    except (ValueError, LookupError, OSError) as error:
        print(f"actinit: {told(error)}", file=sys.stderr)
        return 2
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
    else:
        print("\n".join(_lines(found)))
    return int(any(one.wrong for one in found.audited))


def _pair(option: str, text: str, among: tuple[str, ...] = ()) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value) or (among and name not in among):
        raise ValueError(f"expected {option} NAME=VALUE{_of(among)}; got {text!r}")
    return name, value


def _of(among: tuple[str, ...]) -> str:
    return f", where NAME is one of {', '.join(among)}" if among else ""


def _tolerance(options: argparse.Namespace) -> Tolerance | None:
    from ..results import audit

    stated = {name: getattr(options, name) for name in ("rtol", "atol", "ulp")}
    known = {name: value for name, value in stated.items() if value is not None}
    for name, value in known.items():
        if not 0 <= value < float("inf"):
            raise ValueError(f"expected --{name} 0 or more, got {value:g}")
    return audit.Tolerance(**known) if known else None


def _lines(found: AuditReport) -> list[str]:
    """Return what a person reads: a line or two for each test, and the sums."""
    lines = [line for one in found.audited for line in _of_test(one)]
    wrong = [one for one in found.audited if one.wrong]
    values = sum(one.values for one in found.audited)
    nearest = sum(one.nearest for one in found.audited)
    tests = len(found.audited)
    lines.append(
        f"{tests:,} {'test' if tests == 1 else 'tests'} with {values:,} expected values, of which "
        f"{nearest:,} are the nearest numbers; {sum(one.wrong for one in wrong):,} are wrong, in "
        f"{len(wrong):,} of the tests"
    )
    reasons = Counter(one.why for one in found.skipped).most_common()
    if reasons:
        lines.append(f"{len(found.skipped):,} were skipped:")
        lines += [f"  {count:,}: {why}" for why, count in reasons[:_REASONS]]
        if len(reasons) > _REASONS:
            lines.append(f"  and others, for {len(reasons) - _REASONS:,} more reasons")
    return lines


def _of_test(one: Audited) -> list[str]:
    from ..formats import brief

    told = ", ".join(f"{name} = {value:g}" for name, value in one.parameters.items())
    what = one.entry + ("'" if one.part == "derivative" else "") + (f" ({told})" if told else "")
    away = one.values - one.open - one.nearest
    if not away:
        return [f"{one.place}: {what}, {one.format}: all {one.values:,} are the nearest numbers"]
    verdict = f"{one.wrong:,} wrong" if one.wrong else "none wrong"
    lines = [
        f"{one.place}: {what}, {one.format}: {away:,} of {one.values:,} are not the nearest "
        f"numbers, {verdict}"
    ]
    if one.worst:
        worst = one.worst
        off = f"{worst.error:.3g} ulp off" if worst.error is not None else "off beyond ulps"
        lines.append(
            f"  the furthest is {off} (granted: {worst.budget:.3g}): at {brief(worst.x)} it says "
            f"{worst.got} ({worst.got_hex}), right is {worst.exact} ({worst.exact_hex})"
        )
    if one.wrong and one.tolerance is None:
        lines.append("  its own tolerance is not known; --rtol, --atol and --ulp state it")
    elif one.wrong and one.hidden is not None:
        fails = one.wrong - one.hidden
        lines.append(
            f"  with its own tolerance ({one.tolerance}) the right results pass at {one.hidden:,} "
            f"of them, which hides the error, and fail at {fails:,}"
        )
    return lines
