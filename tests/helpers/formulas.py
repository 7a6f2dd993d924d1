"""Entries made for tests of the oracle."""

from __future__ import annotations

import msgspec

from actinit import spec


def altered(text, entry=None):
    """Return an entry whose formula is the given one."""
    entry = entry or spec.activations["identity"]
    value = msgspec.structs.replace(entry.value, pieces=(spec.Piece(then=spec.Expression(text)),))
    return msgspec.structs.replace(entry, value=value)
