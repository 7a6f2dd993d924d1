"""Types of options that several commands have."""

from __future__ import annotations

from argparse import ArgumentTypeError

__all__ = ["count"]


def count(text: str) -> int:
    """Read a number of things; argparse adds the option's name to what is raised."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")
    return int(text)
