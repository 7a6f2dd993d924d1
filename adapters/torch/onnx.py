"""What torch.onnx.export makes of a function, run by ONNX Runtime."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import numpy as np

from ..engine import Array, Call
from ..errors import NotOffered
from ..exported import Exported
from ..kept import Kept
from . import engine

if TYPE_CHECKING:
    import onnx

__all__ = ["TorchOnnx"]

# The exporter takes a second to read its library, so these are exported at once.
_TOGETHER = tuple(
    tuple(map(np.dtype, names))
    for names in (
        ("float32", "float64", "float16", "bfloat16"),
        ("bool", "uint8", "int8", "int16", "int32", "int64"),
    )
)


class TorchOnnx(Exported):
    """PyTorch's functions, exported to ONNX and run by ONNX Runtime, each as it comes.

    The exporter is the one that ``torch.onnx.export`` takes if nothing is said. It captures the
    function with torch.export, translates it with onnxscript's library and optimizes the graph, for
    an opset of its own choice. ONNX Runtime optimizes the graph again when it loads it.
    """

    family = "torch"

    def __init__(self, mode: str) -> None:
        super().__init__(mode, engine.Torch())
        import onnxscript

        from ..onnxruntime.session import versions

        self._versions = {"onnxscript": onnxscript.__version__, **versions()}
        self._graphs: Kept[onnx.ModelProto] = Kept()

    def versions(self) -> dict[str, str]:
        return {self.family: self.engine.version(), **self._versions}

    def export(self, key: Hashable, call: Call, dtype: np.dtype[Any], rank: int) -> _Graph:
        for dtypes in _TOGETHER:
            if dtype not in dtypes:
                continue
            examples = [self._example(one, rank) for one in dtypes]
            try:
                whole = self._graphs.get((key, dtypes), partial(_exported, call, examples))
            except NotOffered:
                break  # of one of them at least
            return _Graph(_cut(whole, dtypes.index(dtype)))
        return _Graph(_exported(call, [self._example(dtype, rank)]))

    def _example(self, dtype: np.dtype[Any], rank: int) -> Any:
        # Lengths other than 0 and 1, to which the exporter would bind the graph.
        return self.engine.tensor(np.zeros((2, 3)[-rank:], dtype))


class _Graph:
    """A graph of ONNX, and the session that runs it."""

    def __init__(self, model: onnx.ModelProto) -> None:
        from ..onnxruntime.session import Session, operators_of

        self._exported = operators_of(model)
        self._session = Session(model, " and ".join(self._exported))
        self.run: Callable[[Array], Array] = self._session.run

    def operators(self) -> Mapping[str, Sequence[str]]:
        return {"exported": self._exported, "run": self._session.operators()}


def _exported(call: Call, examples: Sequence[Any]) -> onnx.ModelProto:
    """Return the model that applies a function to each of several inputs."""
    import torch

    class Applied(torch.nn.Module):
        def forward(self, *tensors: Any) -> Any:
            return tuple(map(call, tensors))

    lengths = tuple(dict.fromkeys(range(x.ndim), torch.export.Dim.DYNAMIC) for x in examples)
    try:
        with _quiet():
            program = torch.onnx.export(
                Applied().eval(), tuple(examples), dynamic_shapes=(lengths,), verbose=False
            )
    except Exception as error:  # of its own kind, or of what it captures the function with
        reason = str(error.__cause__ or error).strip().partition("\n")[0]
        raise NotOffered(f"torch.onnx.export does not take it: {reason}") from error
    assert program is not None
    return program.model_proto


def _cut(model: onnx.ModelProto, at: int) -> onnx.ModelProto:
    """Return what of a model belongs to one of its inputs."""
    from onnx.utils import Extractor

    graph = model.graph
    return Extractor(model).extract_model([graph.input[at].name], [graph.output[at].name])


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the exporter says of its own innards, and of torchvision, from the output."""
    logs = [logging.getLogger(name) for name in ("torch.onnx", "torch.export")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)
