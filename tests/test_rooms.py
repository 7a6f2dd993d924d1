"""The floor plan: who may import whom. A module that asks upstairs, or a circle, fails here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: What each top-level package may import of the others.
PACKAGES = {
    "spec": set(),
    "reference": {"spec"},
    "adapters": {"spec", "reference"},  # NumPy's adapter asks the reference; see below
    "conformance": {"spec", "reference", "adapters"},
}
#: The rooms of conformance from the ground up. A room imports only from rooms before it.
FLOORS = [
    ["formats", "kinds", "undiagnosed", "parallel"],
    ["check"],
    ["results"],
    ["known", "oracle"],
    ["error"],
    ["expected"],
    ["backend"],
    ["snippets"],
    ["activations", "initializers"],
    ["layers"],
    ["parity"],
    ["training"],
    ["depth"],
    ["claims", "exhaustive", "published"],
    ["bench", "plan", "controls"],
    ["run"],
    ["commands"],
]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
#: Results are read where nothing of this is installed or wanted.
HEAVY = {"numba", "flint", "scipy", "torch", "tensorflow", "keras", "jax", "pytest"}


def modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            parts = file.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


MODULES = modules()


def imported(name: str, *, for_types: bool = True) -> Iterator[str]:
    """Yield what a module imports, anywhere in it; a module of ours without ``actinit.``.

    What it imports for type checkers alone can be left out: nothing of it runs.
    """
    file = MODULES[name]
    package = name.split(".") if file.stem == "__init__" else name.split(".")[:-1]
    tree = ast.parse(file.read_text(encoding="utf-8"))
    unrun = set() if for_types else {id(node) for one in typed(tree) for node in ast.walk(one)}
    for node in ast.walk(tree):
        if id(node) in unrun:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("actinit.") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            base = base.removeprefix("actinit").removeprefix(".")
            for alias in node.names:
                full = f"{base}.{alias.name}".removeprefix(".")
                yield full if full in MODULES else base


def typed(tree: ast.Module) -> list[ast.stmt]:
    """Return the blocks that only a type checker reads."""
    return [
        node
        for node in tree.body
        if isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    ]


def ours(name: str, *, for_types: bool = True) -> set[str]:
    found = imported(name, for_types=for_types)
    return {other for other in found if other in MODULES and other != name}


def room(name: str) -> str:
    """Return the room of conformance that a module stands in, or its package."""
    parts = name.split(".")
    return parts[1] if parts[0] == "conformance" and len(parts) > 1 else parts[0]


def test_packages_import_only_what_the_design_lets_them() -> None:
    wrong = [
        f"{name} -> {other}"
        for name in MODULES
        for other in ours(name)
        if (package := name.split(".")[0]) != (theirs := other.split(".")[0])
        and theirs not in PACKAGES[package]
    ]
    assert wrong == []


def test_only_the_adapter_of_numpy_asks_the_reference() -> None:
    asking = {
        name
        for name in MODULES
        if name.startswith("adapters") and any(o.startswith("reference") for o in ours(name))
    }
    assert {name.split(".")[1] for name in asking} == {"numpy"}


def test_every_room_has_a_floor() -> None:
    assert {room(name) for name in MODULES if name.startswith("conformance.")} == set(LEVEL)


def test_imports_between_rooms_go_down() -> None:
    upward = [
        f"{name} -> {other}"
        for name in MODULES
        if name.startswith("conformance.")
        for other in ours(name)
        if other.startswith("conformance.")
        and room(other) != room(name)
        and LEVEL[room(other)] >= LEVEL[room(name)]
    ]
    assert upward == []


def test_no_circle_of_modules() -> None:
    # Importing a module runs its packages too; a package that only names what is in it is no step.
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
    heavy = {
        f"{at} -> {other}" for at in seen for other in imported(at) if other.split(".")[0] in HEAVY
    }
    assert heavy == set()
