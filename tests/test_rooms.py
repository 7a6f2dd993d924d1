"""The floor plan of conformance: who may import whom. An arrow that points up, or a circle, fails.

What the packages may import of each other is for `test_packages`.
"""

from __future__ import annotations

import pytest
from helpers.imports import FRAMEWORKS, MODULES, imported

#: The rooms of conformance from the ground up. A room imports only from rooms before it.
FLOORS = [
    ["formats", "kinds", "undiagnosed", "parallel"],
    ["check"],
    ["results"],
    ["known", "oracle"],
    ["error"],
    ["expected"],
    ["backend"],
    ["snippets", "porting"],
    ["activations", "initializers"],
    ["layers"],
    ["parity"],
    ["training"],
    ["depth"],
    ["audit", "claims", "exhaustive", "proof", "published"],
    ["bench", "plan", "controls"],
    ["run"],
    ["callables"],
    ["tensors", "history", "dispatch"],
    ["commands"],
]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
#: Results are read where nothing of this is installed or wanted.
HEAVY = {"numba", "flint", "scipy", "pytest"} | FRAMEWORKS


def everything(name: str, *, for_types: bool = True) -> set[str]:
    """Return the full names of what a module imports."""
    file = MODULES[name]
    text, is_package = file.read_text(encoding="utf-8"), file.stem == "__init__"
    return set(imported(text, name, is_package=is_package, for_types=for_types))


def ours(name: str, *, for_types: bool = True) -> set[str]:
    """Return the modules of ours that a module imports: each name's, or what the name stands in."""
    found = set()
    for full in everything(name, for_types=for_types):
        module = full if full in MODULES else full.rpartition(".")[0]
        if module in MODULES and module != name:
            found.add(module)
    return found


def room(name: str) -> str:
    """Return the room of conformance that a module stands in, or its package."""
    parts = name.split(".")
    return parts[1] if parts[0] == "conformance" and len(parts) > 1 else parts[0]


def upward(name: str, others: set[str]) -> list[str]:
    """Return which of the modules that one imports stand in no lower room."""
    return [
        f"{name} -> {other}"
        for other in sorted(others)
        if other.startswith("conformance.")
        and room(other) != room(name)
        and LEVEL[room(other)] >= LEVEL[room(name)]
    ]


def test_every_room_has_a_floor() -> None:
    assert {room(name) for name in MODULES if name.startswith("conformance.")} == set(LEVEL)


def test_imports_between_rooms_go_down() -> None:
    inside = [name for name in MODULES if name.startswith("conformance.")]
    assert [arrow for name in inside for arrow in upward(name, ours(name))] == []


def test_an_import_from_above_or_from_the_same_floor_is_seen() -> None:
    assert upward("conformance.backend.guard", {"conformance.parity.offered"})
    assert upward("conformance.activations.judge", {"conformance.initializers.draws"})
    assert not upward("conformance.parity.checks", {"conformance.backend.guard"})


def test_no_circle_of_modules() -> None:
    # An import inside of a function counts: it is a circle of what has to be understood.
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            pytest.fail(" -> ".join([*way[way.index(name) :], name]))
        if name not in done:
            for other in sorted(ours(name, for_types=False)):
                walk(other, (*way, name))
            done.add(name)

    for name in MODULES:
        walk(name, ())


@pytest.mark.parametrize("name", sorted(n for n in MODULES if room(n) == "results"))
def test_what_reads_results_stands_on_light_modules(name: str) -> None:
    seen, left = set(), [name]
    while left:
        at = left.pop()
        seen.add(at)
        left += [other for other in ours(at) if other not in seen]
    names = {f"{at} -> {other}" for at in seen for other in everything(at)}
    assert {one for one in names if one.split(" -> ")[1].split(".")[0] in HEAVY} == set()
