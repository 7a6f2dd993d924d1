"""Hypotheses of one operation that is computed in a narrower format while the rest is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.adapters.training import Problem

from .formats import FORMATS, Format
from .varied import ADAMS, STATEFUL, Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "of_layers"]

Array = NDArray[Any]
_WAYS = ("sums", "all", "operands", "both", "result")


class Narrowed(Varied):
    """Computes some operations in a narrower format; the sums of products may stay wide."""

    format: Format = FORMATS[0]
    operations: tuple[str, ...] = ()
    how = "sums"
    layers: tuple[int, ...] | None = None  # from 0; none for all

    def narrows(self, operation: str, depth: int | None = None) -> bool:
        """Say whether an operation is in the format, in a layer."""
        there = depth is None or self.layers is None or depth in self.layers
        return operation in self.operations and there

    def held(self, operation: str, value: Array, depth: int | None = None) -> Array:
        """Return a value as it is held."""
        return self.format.rounded(value) if self.narrows(operation, depth) else value

    def product(self, operation: str, a: Array, b: Array, depth: int) -> Array:
        """Return a matrix product."""
        if self.narrows(operation, depth):
            return self.format.product(a, b, self.how)
        product: Array = a @ b
        return product

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        """Return the inputs of each layer, and its pre-activations."""
        inputs, sums = [x], []
        for depth, kernel in enumerate(self.parameters[::2]):
            bias = self.held("biases", self.parameters[2 * depth + 1], depth)
            product = self.product(
                "forward", inputs[-1], self.held("kernels", kernel, depth), depth
            )
            if self.narrows("affine", depth):
                a, b, c = (  # in the format
                    self.format.rounded(one).astype(self.format.dtype)
                    for one in (inputs[-1], kernel, bias)
                )
                product, bias = (a @ b + c).astype(np.float64), np.zeros_like(bias)
            sums.append(self.held("sums", product + bias, depth))
            inputs.append(self.held("activations", self.activation(sums[-1]), depth))
        return inputs, sums

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        """Return the mean loss of a batch, and its gradient by the last pre-activations."""
        loss, delta = super().loss(z, y)
        if not {"loss", "softmax", "logarithms"} & set(self.operations):
            return loss, self.held("upstream", delta)
        narrow = self.format.rounded(z).astype(self.format.dtype)
        rows, n = np.arange(len(y)), self.divisor(y)
        if self.how == "stepwise":
            shifted = narrow - narrow.max(axis=1, keepdims=True)
            logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        elif self.how == "softmax":
            powers = np.exp(narrow - narrow.max(axis=1, keepdims=True))
            logs = np.log(powers / powers.sum(axis=1, keepdims=True))
        else:
            logs = ref.log_softmax(narrow)
        p = np.exp(logs)
        if self.how == "softmax":
            p = powers / powers.sum(axis=1, keepdims=True)
        mean = self.operations[0] != "logarithms"
        if self.narrows("loss") or self.narrows("logarithms"):
            own = logs[rows, y]
            loss = -float(own.mean() if mean else own.astype(np.float64).sum() / n)
            if self.value == 1:
                loss = float(-own.sum() / self.format.dtype(n))
        if self.narrows("softmax") or self.narrows("logarithms"):
            if not mean:
                p = p.astype(np.float64)
            p[rows, y] -= 1
            delta = (p / p.dtype.type(n)).astype(np.float64)
        return self.format.rounded(np.asarray(loss)).item() if mean else loss, delta

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        """Return the gradient by each parameter from that by the last pre-activations."""
        gradient: list[Array] = []
        for depth in reversed(range(len(sums))):
            total = (
                self.format.total(delta, self.how)
                if self.narrows("bias-gradient", depth)
                else delta.sum(axis=0)
            )
            gradient[:0] = [self.product("kernel-gradient", inputs[depth].T, delta, depth), total]
            if depth:
                kernel = self.held("kernels-backward", self.parameters[2 * depth], depth)
                passed = self.product("passed", delta, kernel.T, depth)
                delta = self.activation.vjp(sums[depth - 1], passed)
                delta = self.held("upstream", delta)
        return [self.held("gradient", g, place // 2) for place, g in enumerate(gradient)]


class NarrowLoss(Varied):
    """Rounds the loss that is returned, or adds it up in a narrower format."""

    format: Format = FORMATS[0]
    how = "loss"

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        """Return the mean loss of a batch, and its gradient by the last pre-activations."""
        loss, delta = super().loss(z, y)
        losses = -self.log_softmax(z)[np.arange(len(y)), y]
        if self.how == "loss":
            return self.format.rounded(np.asarray(loss)).item(), delta
        narrow = self.format.rounded(losses).astype(self.format.dtype)
        total = narrow.mean() if self.how == "mean" else narrow.sum(dtype=narrow.dtype)
        return float(total) / (1 if self.how == "mean" else self.divisor(y)), delta


class NarrowPass(Varied):
    """Computes loss and gradient in a narrower format; parameters and update are in float64."""

    format: Format = FORMATS[0]
    how = "whole"

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        kept = self.parameters
        dtype = self.format.dtype
        self.parameters = [self.format.rounded(part).astype(dtype) for part in kept]
        given = x if self.how == "inputs-kept" else self.format.rounded(x).astype(dtype)
        try:
            loss, gradient = super().learn(given, y)
        finally:
            self.parameters = kept
        return float(loss), [part.astype(np.float64) for part in gradient]


class NarrowUpdate(Varied):
    """Computes the update in a narrower format, or holds the optimizer's states in one."""

    format: Format = FORMATS[0]
    how = "update"
    parts = ("velocity", "mean", "square")

    def apply(self, gradient: list[Array]) -> None:
        """Update the parameters."""
        dtype, rounded = self.format.dtype, self.format.rounded
        if self.how == "parameters":  # which are rounded for the step, and again behind it
            for place, part in enumerate(self.parameters):
                self.parameters[place] = rounded(part)
            super().apply(gradient)
            for part in self.parameters:
                part[:] = rounded(part)
            return
        if self.how == "whole":  # parameters, states, gradient: all of the optimizer
            narrow = [rounded(part).astype(dtype) for part in self.parameters]
            for part, g, state in zip(narrow, gradient, self.states, strict=True):
                self.update(part, rounded(g).astype(dtype), self.steps, state, self.rates)
            for part, new in zip(self.parameters, narrow, strict=True):
                part[:] = new
            return
        if self.how == "step":  # the step that is added, to parameters in float64
            moved = [np.zeros_like(part) for part in self.parameters]
            for to, g, state in zip(moved, gradient, self.states, strict=True):
                self.update(to, g, self.steps, state, self.rates)
            for part, by in zip(self.parameters, moved, strict=True):
                part += rounded(by)
            return
        if self.how == "arithmetic":  # of it, from a narrow gradient
            moved = [np.zeros(part.shape, dtype) for part in self.parameters]
            for to, g, state in zip(moved, gradient, self.states, strict=True):
                self.update(to, rounded(g).astype(dtype), self.steps, state, self.rates)
            for part, by in zip(self.parameters, moved, strict=True):
                part += by.astype(np.float64)
            return
        before = [part.copy() for part in self.parameters]
        super().apply(gradient)
        for place, state in enumerate(self.states):
            for name in self.parts:
                if name in state:
                    state[name] = rounded(state[name])
            if self.how == "states-used" and "velocity" in state:
                self.parameters[place] = before[place] + state["velocity"]


# By operation: its name in a slug, what is said of it, and the operations that are narrowed.
_PRODUCTS = {
    "forward-product": ("the matrix products of the forward pass are", ("forward",)),
    "affine": ("the matrix products of the forward pass, with the biases, are", ("affine",)),
    "kernel-gradient": (
        "the matrix products that give the gradients of kernels are",
        ("kernel-gradient",),
    ),
    "passed-gradient": (
        "the matrix products that pass the gradient back to the layer below are",
        ("passed",),
    ),
    "bias-gradient": ("the sums that give the gradients of biases are", ("bias-gradient",)),
    "backward-products": (
        "the matrix products of the backward pass are",
        ("kernel-gradient", "passed"),
    ),
    "backward": (
        "the matrix products and sums of the backward pass are",
        ("kernel-gradient", "passed", "bias-gradient"),
    ),
    "products": ("all matrix products are", ("forward", "kernel-gradient", "passed")),
    "products-and-sums": (
        "all matrix products and sums are",
        ("forward", "kernel-gradient", "passed", "bias-gradient"),
    ),
    "gradient-products": (
        "the products and sums that give the gradients are",
        ("kernel-gradient", "bias-gradient"),
    ),
}
_HELD = {
    "activations": ("the activations of hidden layers are", ("activations",)),
    "pre-activations": ("the pre-activations are", ("sums",)),
    "kernels-forward": ("the kernels that the forward pass takes are", ("kernels",)),
    "biases-forward": ("the biases that the forward pass takes are", ("biases",)),
    "parameters-forward": (
        "the parameters that the forward pass takes are",
        ("kernels", "biases"),
    ),
    "kernels-backward": ("the kernels that the backward pass takes are", ("kernels-backward",)),
    "kernels-passes": (
        "the kernels that both passes take are",
        ("kernels", "kernels-backward"),
    ),
    "parameters-passes": (
        "the parameters that both passes take are",
        ("kernels", "kernels-backward", "biases"),
    ),
    "upstream": ("the gradients by pre-activations are", ("upstream",)),
    "gradient": ("the gradients of parameters are", ("gradient",)),
}
_LOSSES = {
    "loss-and-gradient": ("the loss and its gradient by the last pre-activations are computed",
                          ("loss", "softmax")),
    "loss": ("the loss that is returned is computed", ("loss",)),
    "softmax": ("the gradient by the last pre-activations is computed", ("softmax",)),
    "log-softmax": ("the log-softmax is computed", ("logarithms",)),
}  # fmt: skip
_UPDATES = {
    "whole": ("optimizer", "the whole update is computed", ()),
    "arithmetic": ("step", "the step that is added to the parameters is computed", ()),
    "step": ("step", "the step that is added to the parameters is rounded", ()),
    "parameters": ("parameters", "the parameters are held", ()),
    "states": ("states", "the states of the optimizer are held", STATEFUL),
    "states-used": ("states", "the velocity is held, and taken from there,", ("momentum",)),
}


def _in_formats() -> Iterator[Hypothesis]:
    for one in FORMATS:
        for name, (what, operations) in (*_PRODUCTS.items(), *_HELD.items()):
            for how in _WAYS if name in _PRODUCTS else ("sums",):
                # Whether sums are narrow too makes no difference to what is said.
                yield Hypothesis(
                    f"{name}-in-{one.slug}",
                    f"{what} in {one.name}",
                    varied(Narrowed, format=one, operations=operations, how=how),
                    "accuracy",
                )
        for name, (what, operations) in _LOSSES.items():
            for how in ("formula", "stepwise", "softmax"):
                yield Hypothesis(
                    f"{name}-in-{one.slug}",
                    f"{what} in {one.name}",
                    varied(Narrowed, format=one, operations=operations, how=how),
                    "accuracy",
                    values=(0.0, 1.0),
                )
        for how in ("loss", "mean", "sum"):
            yield Hypothesis(
                f"loss-{'rounded' if how == 'loss' else 'mean'}-in-{one.slug}",
                f"the loss that is returned is rounded to {one.name}"
                if how == "loss"
                else f"the mean of the losses is taken in {one.name}",
                varied(NarrowLoss, format=one, how=how),
                "accuracy",
            )
        for how in ("whole", "inputs-kept"):
            yield Hypothesis(
                f"passes-in-{one.slug}",
                f"the forward and the backward pass are computed in {one.name}",
                varied(NarrowPass, format=one, how=how),
                "accuracy",
            )
        for how, (name, what, optimizers) in _UPDATES.items():
            yield Hypothesis(
                f"{name}-in-{one.slug}",
                f"{what} in {one.name}" if how != "step" else f"{what} to {one.name}",
                varied(NarrowUpdate, format=one, how=how),
                "accuracy",
                optimizers=optimizers,
            )
        for part, title in (("mean", "mean"), ("square", "mean square")):
            yield Hypothesis(
                f"{part}-in-{one.slug}",
                f"the {title} of the optimizer is held in {one.name}",
                varied(NarrowUpdate, format=one, how="states", parts=(part,)),
                "accuracy",
                optimizers=ADAMS,
            )


HYPOTHESES = tuple(_in_formats())


def of_layers(problem: Problem) -> Iterator[Hypothesis]:
    """Yield hypotheses of one operation in one layer."""
    for depth in range(len(problem.start) // 2):
        for one in FORMATS:
            for name in ("forward-product", "affine", "kernel-gradient", "passed-gradient"):
                what, operations = _PRODUCTS[name]
                for how in _WAYS:
                    yield Hypothesis(
                        f"{name}-in-{one.slug}",
                        f"{what} in {one.name}, in layer {depth + 1}",
                        varied(
                            Narrowed, format=one, operations=operations, how=how, layers=(depth,)
                        ),
                        "accuracy",
                    )
            for name, (what, operations) in _HELD.items():
                yield Hypothesis(
                    f"{name}-in-{one.slug}",
                    f"{what} in {one.name}, in layer {depth + 1}",
                    varied(Narrowed, format=one, operations=operations, layers=(depth,)),
                    "accuracy",
                )
