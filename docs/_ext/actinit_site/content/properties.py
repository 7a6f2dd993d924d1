"""What is known of the shape of a function, in a few words each."""

from __future__ import annotations

from actinit.conformance.expected.defaults import seams_of
from actinit.spec import Activation
from actinit.spec.expression import Expression

__all__ = ["told"]

_SHAPES = {"row": "of a whole row", "reduction": "from a row to one number"}


def told(entry: Activation) -> list[str]:
    """Return the properties that an entry states; each but the range is checked as such."""
    found = [_SHAPES[entry.shape]] if entry.shape in _SHAPES else []
    stated = entry.properties
    found += [f"monotone, {stated.monotone}"] if stated.monotone else []
    found += [stated.symmetry] if stated.symmetry else []
    kinks = entry.derivative.kinks
    if kinks:
        places = ", ".join(_plain(kink.at) for kink in kinks)
        found.append(f"{'kinks' if len(kinks) > 1 else 'a kink'} at x = {places}")
    elif entry.shape == "elementwise":
        # Where pieces meet without a kink, a later derivative may jump.
        found.append("no kink" if seams_of(entry) else "smooth")
    low, high = (_plain(end) for end in entry.value.range)
    return [*found, f"from {low} to {high}"]


def _plain(expression: Expression) -> str:
    """Write an end of a range: infinities as people do, a long decimal with four digits."""
    text = expression.text.replace("inf", "∞").replace("-", "−")  # noqa: RUF001
    try:
        return f"{float(expression.text):.4g}".replace("-", "−").replace("inf", "∞")  # noqa: RUF001
    except ValueError:
        return text
