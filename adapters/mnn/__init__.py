"""MNN on the CPU, forward only."""

from __future__ import annotations

from ..framework import Framework

__all__ = ["FRAMEWORK"]

FRAMEWORK = Framework.beside(__file__)
