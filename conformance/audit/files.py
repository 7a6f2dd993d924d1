"""From files and folders to what was found of each test in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..results.audit import Audited, AuditReport, Skipped
from .judge import judge
from .onetest import AuditError, OneTest, UnsupportedError
from .onnx_tests import onnx_tests
from .stablehlo_tests import stablehlo_tests
from .stated import Stated
from .tables import csv_tests, npy_tests, npz_tests
from .webnn_tests import webnn_tests

__all__ = ["audit"]

Found = OneTest | tuple[str, UnsupportedError]
Reader = Callable[[Path, Stated], Iterator[Found]]

_READERS: dict[str, Reader] = {
    ".csv": csv_tests,
    ".json": webnn_tests,
    ".mlir": stablehlo_tests,
    ".npy": npy_tests,
    ".npz": npz_tests,
}
_MODEL = "model.onnx"
# What a folder is searched for: these say themselves of which function they are.
_SEARCHED = (_MODEL, "*.mlir", "*.json")
# What stands beside models and is no test.
_BESIDE = "data.json"


def audit(
    places: Sequence[Path], stated: Stated | None = None, max_ulp: float | None = None
) -> AuditReport:
    """Hold the expected values in files to the exact ones.

    Parameters
    ----------
    places : sequence of Path
        Files, or folders: of ONNX a folder with a ``model.onnx``. A folder is searched for tests of
        ONNX, StableHLO and WebNN; what is of no function of the spec in it is skipped.
    stated : Stated, optional
        What the files do not say themselves.
    max_ulp : float, optional
        How far off a value is wrong; by default, further than the entry's budget.

    Returns
    -------
    AuditReport
        What was found of each test, and what was skipped.

    Raises
    ------
    AuditError
        If a file is missing, damaged, or none of those that can be read; or a file that was named
        is of no function of the spec.
    UnknownNameError
        If somebody states a function, a parameter or a format that is not there.
    """
    known = stated or Stated()
    audited: list[Audited] = []
    skipped: list[Skipped] = []
    for place in places:
        for file, reader in _files(place):
            every = list(_tests(file, reader, known))
            tests = [one for one in every if isinstance(one, OneTest)]
            others = [one for one in every if not isinstance(one, OneTest)]
            if not tests and others and file == place:  # what was named is not passed over
                raise AuditError(f"{others[0][0]}: {others[0][1]}")
            audited += [judge(one, max_ulp) for one in tests]
            skipped += [Skipped(place=name, why=str(why)) for name, why in others]
    return AuditReport(audited=audited, skipped=skipped)


def _tests(file: Path, reader: Reader, stated: Stated) -> Iterator[Found]:
    try:
        yield from reader(file, stated)
    except UnsupportedError as error:
        yield str(file), error


def _files(place: Path) -> Iterator[tuple[Path, Reader]]:
    """Yield what there is to read, each with who reads it."""
    if not place.exists():
        raise AuditError(f"{place}: there is no such file")
    if place.is_file():
        if place.name == _MODEL:
            yield place.parent, onnx_tests
        elif place.suffix in _READERS:
            yield place, _READERS[place.suffix]
        else:
            kinds = ", ".join([*_READERS, f"a folder with {_MODEL}"])
            raise AuditError(f"{place}: no kind of file that is known; expected {kinds}")
        return
    if (place / _MODEL).exists():
        yield place, onnx_tests
        return
    found = sorted(
        file
        for pattern in _SEARCHED
        for file in place.rglob(pattern)
        if not (file.name == _BESIDE and (file.parent / _MODEL).exists())
    )
    if not found:
        raise AuditError(
            f"{place}: holds no tests; a folder is searched for {', '.join(_SEARCHED)}"
        )
    for file in found:
        model = file.name == _MODEL
        yield (file.parent, onnx_tests) if model else (file, _READERS[file.suffix])
