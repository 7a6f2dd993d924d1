"""What TensorFlow's converter for LiteRT makes of a function, run by LiteRT."""

from __future__ import annotations

import logging
import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import Call
from ..errors import NotOffered
from ..exported import Exported
from ..quiet import ERROR, silenced
from . import engine

if TYPE_CHECKING:
    from ..litert.interpreter import Interpreted

__all__ = ["TensorFlowLiteRT"]


class TensorFlowLiteRT(Exported):
    """TensorFlow's functions, converted for LiteRT and run by it, each as it comes.

    The converter is ``tf.lite.TFLiteConverter`` of a ``tf.function``, without quantization.

    Parameters
    ----------
    mode : {"litert", "litert-plain"}
        Whether LiteRT gives what it can to XNNPACK, as it does if nothing is said, or runs
        everything by its own kernels.
    """

    family = "tensorflow"

    def __init__(self, mode: str) -> None:
        super().__init__(mode, engine.TensorFlow())
        from ..litert.interpreter import versions

        self._plain = mode == "litert-plain"
        self._versions = versions()

    def versions(self) -> dict[str, str]:
        return {self.family: self.engine.version(), **self._versions}

    def export(self, key: Hashable, call: Call, dtype: np.dtype[Any], rank: int) -> Interpreted:
        from ..litert.interpreter import Interpreted

        with _quiet():
            return Interpreted(_converted(call, dtype, rank), rank, plain=self._plain)


def _converted(call: Call, dtype: np.dtype[Any], rank: int) -> bytes:
    """Return the file of a function of one tensor whose lengths are left open."""
    import tensorflow as tf

    module = tf.Module()  # which keeps what the function uses
    signature = [tf.TensorSpec([None] * rank, dtype)]
    module.function = tf.function(call, input_signature=signature, autograph=False)
    try:
        concrete = module.function.get_concrete_function()
        converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], module)
        file: bytes = converter.convert()
    except Exception as error:  # of its own kind, or of what traces the function
        raise NotOffered(f"TFLiteConverter does not take it: {_reason(error)}") from error
    return file


def _reason(error: Exception) -> str:
    """Return what the converter refuses, which stands somewhere in its pages of text."""
    text = str(error).strip()
    found = re.search(r"error: (.+)", text)
    return found[1] if found else text.partition("\n")[0]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the converter and LiteRT say of their own innards from the output."""
    log = logging.getLogger("absl")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with silenced(ERROR):
            yield
    finally:
        log.setLevel(level)
