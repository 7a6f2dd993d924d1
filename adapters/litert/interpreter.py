"""The interpreter that runs a file of LiteRT on the CPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from ..base import Array
from ..errors import NotOffered

__all__ = ["Interpreted", "versions"]

# What LiteRT calls the step that a delegate takes in the place of operators.
_DELEGATE = "DELEGATE"


def versions() -> dict[str, str]:
    """Return the version of what reads and runs a file."""
    return {"ai-edge-litert": version("ai-edge-litert")}


class Interpreted:
    """A file with one input and one output whose lengths are left open, and what runs it.

    Parameters
    ----------
    file : bytes
        The file, a flatbuffer.
    rank : int
        Number of dimensions of the input.
    plain : bool
        Whether LiteRT's own kernels alone run it; by default LiteRT gives what it can to XNNPACK.

    Raises
    ------
    NotOffered
        If LiteRT has no kernel for an operator in the file's format.
    """

    def __init__(self, file: bytes, rank: int, *, plain: bool) -> None:
        without = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        resolver = without if plain else OpResolverType.AUTO
        self._interpreter = Interpreter(model_content=file, experimental_op_resolver_type=resolver)
        (x,), (y,) = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        self._x, self._y = x["index"], y["index"]
        try:  # some kernels look at the format when they are made, others when they run
            self.run(np.zeros((2, 3)[-rank:], x["dtype"]))
        except RuntimeError as error:
            raise NotOffered(f"LiteRT does not run it: {_first_line(error)}") from error

    def run(self, x: Array) -> Array:
        """Return what the file makes of an array."""
        self._interpreter.resize_tensor_input(self._x, x.shape)
        self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(self._x, np.ascontiguousarray(x))
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._y))

    def operators(self) -> Mapping[str, Sequence[str]]:
        """Return the operators of the file, and how they are run, as `Adapter.operators` does."""
        # A way to see them that is not private is not offered.
        steps = self._interpreter._get_ops_details()
        own = [step for step in steps if step["op_name"] != _DELEGATE]
        given = _given([step for step in steps if step["op_name"] == _DELEGATE], own)
        names = [step["op_name"] for step in own]
        run = [f"{name} by XNNPACK" if at in given else name for at, name in enumerate(names)]
        return {"exported": tuple(names), "run": tuple(run)}


def _given(delegates: Sequence[Mapping[str, Any]], own: Sequence[Mapping[str, Any]]) -> set[int]:
    """Return which operators delegates run: those between what they read and what they write."""
    makers = {int(tensor): at for at, step in enumerate(own) for tensor in step["outputs"]}
    found: set[int] = set()
    for delegate in delegates:
        known = {int(tensor) for tensor in delegate["inputs"]}
        wanted = [int(tensor) for tensor in delegate["outputs"]]
        while wanted:
            tensor = wanted.pop()
            if tensor in known or tensor not in makers:
                continue
            known.add(tensor)
            found.add(makers[tensor])
            wanted += [int(one) for one in own[makers[tensor]]["inputs"]]
    return found


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
