"""The check of the gains that a backend recommends."""

from __future__ import annotations

import math

from actinit.adapters import Adapter
from actinit.spec import Initializer, evaluate
from actinit.spec import gains as table

from ..check import LOAD, Check, Finding, Outcome, Witness

__all__ = ["gains"]

# Slopes of a leaky ReLU: the usual one, none, and one that is no default.
_SLOPES = (0.01, 0.0, 0.3)
# Roundings of binary64 that a gain may take: a square, a sum, a quotient and a root.
_ROUNDINGS = 4
# For any backend, since only one family has such a function.
_SNIPPET = f"""
from actinit import adapters, spec
backend = adapters.load("{LOAD}")
print({{name: backend.gain(name, 0.01) for name in spec.gains()}})"""


def gains(entry: Initializer) -> Check:
    """Return the check that a backend's gains are those of the spec's table."""

    def run(adapter: Adapter) -> Outcome:
        wrong: list[Finding] = []
        worst = 0.0
        for name, gain in table().items():
            for slope in _SLOPES:
                right = evaluate(gain.gain, {"negative_slope": slope})
                got = adapter.gain(name, slope)
                worst = max(worst, abs(got / right - 1))
                if abs(got / right - 1) > _ROUNDINGS * math.ulp(1.0):
                    wrong.append(
                        Finding(
                            key=f"gain/{name}/{slope:g}",
                            kind="definition",
                            defect="gain",
                            sentence=f"{name} at a slope of {slope:g}: {got!r}, not {right!r}",
                            worst=Witness.figure(f"gain before {name}", got, right),
                        )
                    )
        measured = {"relative_error": worst}
        if wrong:
            return Outcome.diverging(wrong, measured=measured)
        message = f"the gains before {', '.join(table())} are the spec's"
        return Outcome(conforms=True, message=message, measured=measured)

    return Check(
        id=f"initializer/{entry.name}/gains",
        entry=entry,
        clause="spec/gains.toml",
        run=run,
        snippet=lambda adapter, outcome: _SNIPPET,
    )
