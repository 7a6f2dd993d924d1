"""Pages of entries, and prose with links to them and to what it cites."""

from __future__ import annotations

import re

from actinit import spec
from actinit.spec import AnyEntry

__all__ = ["checks", "cited", "entries", "findings", "linked", "path", "told"]


def entries() -> list[AnyEntry]:
    """Return every entry that has a page, family by family."""
    return [
        *spec.activations.values(),
        *spec.initializers.values(),
        *spec.layers.values(),
        *spec.optimizers.values(),
        *spec.networks.values(),
    ]


def path(entry: AnyEntry) -> str:
    """Return an entry's page, without its ending."""
    folder = entry.family if entry.family == "training" else f"{entry.family}s"
    return f"{folder}/{entry.name}"


def checks(entry: AnyEntry) -> str:
    """Return the page with every check of an entry, without its ending.

    Activations are asked so much that it is one of its own.
    """
    return f"checks/{entry.name}" if entry.family == "activation" else path(entry)


def findings(entry: AnyEntry) -> str:
    """Return the page with every finding of an entry, without its ending."""
    return f"findings/{entry.name}"


def linked(text: str, here: AnyEntry | None = None) -> str:
    """Turn names of other entries in a text into links; plain words that are names stay words."""
    found: dict[str, AnyEntry] = {
        name: entry
        for entries in spec.CATALOGUES
        for name, entry in entries.items()
        if "_" in name or name in ("sigmoid", "relu", "gelu", "silu", "elu", "selu", "softmax")
    }

    def link(match: re.Match[str]) -> str:
        entry = found[match[0]]
        return match[0] if entry is here else f"[{match[0]}](/{path(entry)}.md)"

    names = sorted(found, key=len, reverse=True)
    text = cited(text)
    return re.sub(rf"(?<![\w./`'\[])(?:{'|'.join(names)})(?![\w/`'(])", link, text.strip())


def cited(text: str) -> str:
    """Turn keys of publications in a text into author and year."""
    keys = spec.references()

    def cite(match: re.Match[str]) -> str:
        if match[0] not in keys:
            return match[0]
        authors = keys[match[0]].authors.split(", ")
        family = authors[0].split()[-1]
        return f"{family}{' et al.' if len(authors) > 2 else ''}, {keys[match[0]].year}"

    return re.sub(r"\b[a-z]+\d{4}[a-z]*\b", cite, text)


def told(text: str, here: AnyEntry) -> str:
    """Turn keys of publications in a text that tells of them into their authors, with the year.

    As `cited`, but for sentences with publications as their subjects.
    """
    keys = spec.references()

    def name(match: re.Match[str]) -> str:
        families = [author.split()[-1] for author in keys[match[1]].authors.split(", ")]
        who = f"{families[0]} et al." if len(families) > 2 else " and ".join(families)
        return f"{who}{match[2] or ''} ({keys[match[1]].year})"

    return linked(re.sub(rf"\b({'|'.join(keys)})\b('s)?", name, text), here)
