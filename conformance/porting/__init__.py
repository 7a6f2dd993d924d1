"""What is otherwise in another framework if nothing is said: for somebody who ports a model."""

from __future__ import annotations

from .differences import Comparison, Row, compare, framework_of, named

__all__ = ["Comparison", "Row", "compare", "framework_of", "named"]
