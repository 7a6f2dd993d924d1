"""The inputs whose exact results are the hardest to round: a file of this folder for each entry.

They lie nearest to the middle of two numbers of the format. `actinit compute hard-cases` finds
them; the accuracy checks ask them of every backend.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from actinit.spec import Part

from ...results.rounding import HardCases
from ...results.store import read

__all__ = ["FOLDER", "file_of", "hard_cases", "hard_inputs"]

#: Where the files stand.
FOLDER = Path(__file__).parent


def file_of(name: str) -> Path:
    """Return the file of an entry."""
    return FOLDER / f"hard-cases-{name}.json"


def hard_cases(name: str) -> HardCases:
    """Return the hard cases of an entry.

    Raises
    ------
    OSError
        If there are none.
    """
    return read(file_of(name), HardCases)


@cache
def hard_inputs(name: str, part: Part, format_name: str) -> tuple[float, ...]:
    """Return the inputs whose exact results are the hardest to round.

    Parameters
    ----------
    name : str
        Of an entry.
    part : {"value", "derivative"}
        Of it.
    format_name : str
        Of the inputs and the results.

    Returns
    -------
    tuple of float
        Numbers of the format, the hardest first; none if none is known.
    """
    if not file_of(name).exists():
        return ()
    rows = hard_cases(name).cases.get(part, {}).get(format_name, [])
    return tuple(float.fromhex(x) for x, _, _ in rows)
