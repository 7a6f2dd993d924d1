"""What the modules of the four packages import, read off their text: nothing is imported for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

__all__ = ["FRAMEWORKS", "MODULES", "ROOT", "imported", "module_of"]

ROOT = Path(__file__).parents[2]
#: The packages of the frameworks that have a folder of adapters, each by its name; NumPy is ours.
FRAMEWORKS = {file.parent.name for file in ROOT.glob("adapters/*/backend.toml")} - {"numpy"}


def module_of(place: str | Path) -> str:
    """Return the name of the module in a file, such as ``conformance.plan``."""
    parts = Path(place).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


#: The file of every module, by its name without ``actinit.``.
MODULES = {
    module_of(file.relative_to(ROOT)): file
    for package in ("spec", "reference", "adapters", "conformance")
    for file in (ROOT / package).rglob("*.py")
}


def imported(text: str, module: str, *, is_package: bool, for_types: bool = True) -> Iterator[str]:
    """Yield the full names of what a module imports, wherever in it, and when.

    Parameters
    ----------
    text : str
        The module's source.
    module : str
        Its name without ``actinit.``.
    is_package : bool
        Whether it is the ``__init__`` of a package.
    for_types : bool, optional
        Whether what only type checkers read counts: nothing of it runs.

    Yields
    ------
    str
        Such as ``torch.nn``, and of ours without ``actinit.``: ``spec.loader.read``.
    """
    here = module.split(".")[: None if is_package else -1]
    tree = ast.parse(text)
    unread = set() if for_types else {id(node) for one in _typed(tree) for node in ast.walk(one)}
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else []
            base = [*above, *([node.module] if node.module else [])]
            names = [".".join([*base, alias.name]) for alias in node.names]
        else:
            continue
        yield from (name.removeprefix("actinit.") for name in names)


def _typed(tree: ast.Module) -> list[ast.stmt]:
    """Return the blocks that only a type checker reads."""
    return [
        node
        for node in tree.body
        if isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    ]
