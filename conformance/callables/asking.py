"""What checks of a function and of an initializer of one's own have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from actinit.spec import UnknownNameError

from ..backend.guard import HungError
from ..check import Check
from ..results.conformance import ConformanceReport
from ..run.session import Session

__all__ = ["chosen_formats", "run_checks"]


def chosen_formats(
    formats: str | Iterable[str], known: Collection[str], kind: str = "format"
) -> tuple[str, ...]:
    """Return the names of formats that somebody chose.

    Parameters
    ----------
    formats : str or iterable of str
        One name, or several.
    known : collection of str
        Those that there are.
    kind : str, optional
        What messages call them.

    Raises
    ------
    UnknownNameError
        If there is no such format; it names the nearest.
    ValueError
        If there is none among them.
    """
    names = (formats,) if isinstance(formats, str) else tuple(formats)
    for name in names:
        if name not in known:
            raise UnknownNameError(kind, name, known)
    if not names:
        raise ValueError("formats is empty; name one, such as float32")
    return names


def run_checks(
    session: Session, checks: Iterable[Check], *, complete: bool
) -> tuple[ConformanceReport, list[str]]:
    """Run checks until a call does not return in time.

    Returns
    -------
    report : ConformanceReport
        Of the checks that were asked, without lines to paste: these are for backends with a name.
    notes : list of str
        What was not asked, and why.
    """
    notes = []
    for check in checks:
        outcome = session.run(check).outcome
        if outcome and any(f.key == f"raised/{HungError.__name__}" for f in outcome.findings):
            notes.append("it did not return in time, so that nothing more was asked")
            break
    results = [replace(one, snippet="") for one in session.results if one.outcome]
    return session.report(results, complete=complete), notes
