"""PyTorch, eager and compiled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import numpy as np

from ..engine import Array, Call, Engine
from ..errors import BackendMissingError

__all__ = ["Torch", "TorchCompile"]


class Torch(Engine):
    """PyTorch, eager."""

    def __init__(self) -> None:
        import torch

        self._torch: Any = torch
        self.where: Any = torch.device("cpu")

    def place(self, device: str) -> None:
        try:
            where = self._torch.device(device)
            self._torch.zeros((), device=where)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            reason, there = str(error).partition("\n")[0], ", ".join(self._devices())
            raise BackendMissingError(
                f"torch computes on no device {device!r} here: {reason}; it has {there}"
            ) from error
        self.where = where

    def _devices(self) -> list[str]:
        accelerator = self._torch.accelerator.current_accelerator()
        return ["cpu", *([str(accelerator.type)] if accelerator else [])]

    def here(self) -> AbstractContextManager[Any]:
        return self._torch.device(str(self.where))  # an object that nobody else has entered

    def version(self) -> str:
        return str(self._torch.__version__)

    def tensor(self, array: Array) -> Any:
        # torch can see an array as it lies, strides and all, unless it is read-only or runs
        # backwards; and it does not know dtypes that NumPy lacks, such as bfloat16, so these go as
        # integers of their width.
        if not array.flags.writeable or any(stride < 0 for stride in array.strides):
            array = array.copy()
        if hasattr(np, array.dtype.name):
            return self._torch.from_numpy(array).to(self.where)
        integers = self._torch.from_numpy(array.view(f"i{array.dtype.itemsize}"))
        return integers.view(getattr(self._torch, array.dtype.name)).to(self.where)

    def array(self, tensor: Any) -> Array:
        tensor = tensor.detach().cpu()
        name = str(tensor.dtype).removeprefix("torch.")
        if hasattr(np, name):
            return np.array(tensor.numpy())
        integers = tensor.view(getattr(self._torch, f"int{8 * tensor.itemsize}"))
        return np.array(integers.numpy()).view(np.dtype(name))

    def device(self, tensor: Any) -> str:
        kind = str(tensor.device.type)
        if kind != "cuda":
            return kind
        # What is rounded otherwise, or adds up in another order from call to call, by a setting.
        backends = self._torch.backends
        settings = {
            "TF32 in products": backends.cuda.matmul.allow_tf32,
            "TF32 in cuDNN": backends.cudnn.allow_tf32,
            "deterministic": self._torch.are_deterministic_algorithms_enabled(),
        }
        told = [f"{name} {'on' if on else 'off'}" for name, on in settings.items()]
        return f"{kind} ({', '.join([self._torch.cuda.get_device_name(tensor.device), *told])})"

    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        x.requires_grad_()
        y = call(x)
        # Keras moves its input to a GPU where there is one.
        return self._torch.autograd.grad(y, x, upstream.to(y.device))[0]

    def forward(self, call: Call, x: Any, tangent: Any) -> Any:
        return self._torch.func.jvp(call, (x,), (tangent,))[1]

    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        x.requires_grad_()
        y = call(x)
        # The ones are differentiable so that the first gradient always has a graph, also where it
        # is constant in x.
        ones = self._torch.ones_like(y, requires_grad=True)
        (first,) = self._torch.autograd.grad(y, x, ones, create_graph=True)
        upstream = upstream.to(first.device)
        return self._torch.autograd.grad(first, x, upstream, materialize_grads=True)[0]


class TorchCompile(Torch):
    """PyTorch, each call and its gradient compiled by Inductor, through ``torch.compile``.

    Raises
    ------
    BackendMissingError
        If there is no C++ compiler, which Inductor needs on a CPU.
    """

    def __init__(self) -> None:
        super().__init__()
        import torch._dynamo
        from torch._inductor.cpp_builder import get_cpp_compiler

        try:
            get_cpp_compiler()
        except Exception as error:  # of its own kind, or of the subprocess that asked
            raise BackendMissingError(
                "torch.compile needs a C++ compiler on a CPU, and Inductor finds none; "
                "install g++ or clang++, or name one in the environment variable CXX"
            ) from error
        # A cap for the process on versions of one function. All of ours are one function to it,
        # and past the cap they would not be compiled any more.
        torch._dynamo.config.accumulated_recompile_limit = 1 << 16

    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        # A compiled backward cannot be differentiated; the nested transforms compile as one.
        func = self._torch.func

        def first(x: Any) -> Any:
            y, pull_back = func.vjp(call, x)
            return pull_back(self._torch.ones_like(y))[0]

        return func.vjp(first, x)[1](upstream)[0]

    def program(self, ask: Callable[..., Any], call: Call) -> Callable[..., Any]:
        # One graph, or an error: a part that ran eagerly would go unseen. Lengths stay symbols, so
        # that one kernel serves them all; lengths of 0 and 1, and strides, are versions of it.
        compiled = partial(
            self._torch.compile,
            fullgraph=True, dynamic=True, recompile_limit=1 << 10, isolate_recompiles=True,
        )  # fmt: skip
        if ask in (self.second, self.forward):
            return compiled(partial(ask, call))
        return partial(ask, compiled(call))
