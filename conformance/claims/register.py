"""Runs the deciders of all claims."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from actinit.spec.claim import claims

from ..parallel import ThisMachine
from ..results.claims import Claims, Decision

# Each enters its deciders.
from . import code, distributions, signals, trained, units, values  # noqa: F401
from .base import DECIDERS, Decide

__all__ = ["compute", "deciders"]

#: By the id of the claim.
deciders: Mapping[str, Decide] = DECIDERS


def compute(workers: int = 1) -> Claims:
    """Decide every claim, in the order of the register; in several processes if so asked."""
    names = list(claims())
    if workers > 1:
        with ThisMachine(workers) as machine:
            decisions = sorted(machine.each(_decide, names), key=lambda one: names.index(one.id))
    else:
        decisions = [_decide(name) for name in names]
    return Claims(
        versions={name: version(name) for name in ("numpy", "scipy")}, decisions=decisions
    )


def _decide(name: str) -> Decision:
    return Decision(id=name, **deciders[name]()._asdict())
