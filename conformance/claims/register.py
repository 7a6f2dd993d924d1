"""Runs the deciders of all claims."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from actinit.spec.claim import claims

# Each enters its deciders.
from . import code, laws, signals, trained, units, values  # noqa: F401
from .base import DECIDERS, Decide
from .report import Decided, Decision

__all__ = ["compute", "deciders"]

#: By the id of the claim.
deciders: Mapping[str, Decide] = DECIDERS


def compute() -> Decided:
    """Decide every claim, in the order of the register."""
    decisions = []
    for name in claims():
        found = deciders[name]()
        decisions.append(Decision(id=name, **found._asdict()))
    return Decided(
        versions={name: version(name) for name in ("numpy", "scipy")}, decisions=decisions
    )
