"""The reference as a backend like any other."""

from __future__ import annotations

from ..framework import Framework

__all__ = ["FRAMEWORK"]

FRAMEWORK = Framework.beside(__file__)
