"""Hypotheses of an axis or a batch: softmax, centring, standardization over the wrong one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem

from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "of_layers"]

Array = NDArray[Any]
# What is added to a variance, or to a deviation.
_EPSILONS = (0.0, 1e-5, 1e-8, 1e-7, 1e-6, 1e-3, 1e-12)
_AXES: dict[int | None, str] = {0: "over the batch", 1: "over each example", None: "over all"}


class OtherAxis(Varied):
    """Takes the softmax over another axis than the classes."""

    axis: int | None = 0
    where = "both"  # in the loss, in the gradient, or in both
    is_derived = True  # whether the gradient is that of this loss, or still p - one-hot

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        """Return the mean loss of a batch, and its gradient by the last pre-activations."""
        right, delta = super().loss(z, y)
        hot = np.zeros_like(z)
        hot[np.arange(len(y)), y] = 1
        shifted = z - z.max(axis=self.axis, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=self.axis, keepdims=True))
        weights = hot.sum(axis=self.axis, keepdims=True) if self.is_derived else 1.0
        n = self.divisor(y)
        other = (np.exp(logs) * weights - hot) / n
        loss = -float(logs[hot == 1].sum()) / n
        return right if self.where == "gradient" else loss, delta if self.where == "loss" else other


class Rescaling:
    """Centres, standardizes or brings to unit length, along an axis; with its gradient.

    Parameters
    ----------
    how : str
        ``centred``, ``standardized`` (epsilon in the variance), ``deviation`` (epsilon in the
        deviation), ``scaled`` (by the deviation, not centred), ``length``, ``root-mean-square``,
        ``maximum`` or ``range``.
    axis : int or None
        None for all entries.
    epsilon : float
        Which keeps a divisor from being 0.
    ddof : int
        What is subtracted from the number of entries in the variance.
    """

    def __init__(self, how: str, axis: int | None, epsilon: float, ddof: int = 0) -> None:
        self.how, self.axis, self.epsilon, self.ddof = how, axis, epsilon, ddof

    def _over(self, z: Array, what: Callable[..., Any], **more: Any) -> Array:
        return np.asarray(what(z, axis=self.axis, keepdims=True, **more))

    def divisor(self, z: Array) -> Array:
        """Return what is divided by, after centring."""
        eps = self.epsilon
        if self.how in ("standardized", "scaled"):
            return np.sqrt(self._over(z, np.var, ddof=self.ddof) + eps)
        if self.how == "deviation":
            return self._over(z, np.std, ddof=self.ddof) + eps
        if self.how == "length":
            return np.sqrt(self._over(z * z, np.sum)) + eps
        if self.how == "root-mean-square":
            return np.sqrt(self._over(z * z, np.mean) + eps)
        if self.how == "maximum":
            return self._over(np.abs(z), np.max) + eps
        if self.how == "range":
            return self._over(z, np.max) - self._over(z, np.min) + eps
        return np.ones(())

    def __call__(self, z: Array) -> Array:
        """Return the rescaled entries."""
        shift: Any = 0.0
        if self.how in ("centred", "standardized", "deviation"):
            shift = self._over(z, np.mean)
        elif self.how == "range":
            shift = self._over(z, np.min)
        return (z - shift) / self.divisor(z)

    def vjp(self, z: Array, upstream: Array) -> Array:
        """Return the gradient through it: of what is centred, standardized or of one length."""
        divisor = self.divisor(z)
        if self.how == "centred":
            return upstream - self._over(upstream, np.mean)
        if self.how in ("length", "root-mean-square"):
            size = np.sqrt(self._over(z * z, np.sum)) if self.how == "length" else divisor
            count = 1 if self.how == "length" else z.size // size.size
            along = self._over(upstream * z, np.sum) / (count * size * divisor)
            return (upstream - z * along) / divisor
        centred = z - self._over(z, np.mean)
        count = z.size // divisor.size
        size = divisor - self.epsilon if self.how == "deviation" else divisor
        slope = centred / ((count - self.ddof) * size * divisor**2)
        if self.how == "scaled":
            return upstream / divisor - slope * self._over(upstream * z, np.sum)
        through = upstream / divisor - slope * self._over(upstream * centred, np.sum)
        return through - self._over(through, np.mean)


class Prepared(Varied):
    """Rescales the inputs of each batch."""

    how = "centred"
    axis: int | None = 0
    ddof = 0

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return what it learns from instead of a batch."""
        return Rescaling(self.how, self.axis, self.value, self.ddof)(x), y


class PreparedByFirst(Varied):
    """Centres, or standardizes, all inputs by the statistics of the first batch."""

    how = "standardized"

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return what it learns from instead of a batch."""
        if not hasattr(self, "first"):
            self.first = x.mean(axis=0), x.std(axis=0)
        return (x - self.first[0]) / (self.first[1] if self.how == "standardized" else 1.0), y


class PreparedByAll(PreparedByFirst):
    """Centres, or standardizes, all inputs by the statistics of the whole training set."""

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return what it learns from instead of a batch."""
        if not hasattr(self, "first"):
            seen = []
            for count, (part, _) in enumerate(self.problem.batches(), 1):
                seen.append(part)
                if count == self.per_epoch:
                    break
            every = np.concatenate(seen)
            self.first = every.mean(axis=0), every.std(axis=0)
        return super().batch(x, y)


class Turned(Varied):
    """Has the features of every example in another order."""

    how = "reversed"

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return what it learns from instead of a batch."""
        return {
            "reversed": x[:, ::-1],
            "rolled": np.roll(x, 1, axis=1),
            "rolled-back": np.roll(x, -1, axis=1),
            "sorted": np.sort(x, axis=1),
            "reshaped": np.ascontiguousarray(x.T).reshape(x.shape),
        }[self.how], y


class Normalized(Varied):
    """Rescales pre-activations or activations, with the gradient through it or past it."""

    rescaling: tuple[str, int | None] = ("centred", 0)
    ddof = 0
    before = True  # the activation
    through = True
    layers: tuple[int, ...] | None = None  # from 0; none for all hidden ones

    def _rescaling(self, depth: int) -> Rescaling | None:
        there = depth < len(self.parameters) // 2 - 1 if self.layers is None else False
        if there or (self.layers is not None and depth in self.layers):
            return Rescaling(*self.rescaling, self.value, self.ddof)
        return None

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        """Return the inputs of each layer, and what its activation gets."""
        inputs, sums = [x], []
        self.raw: list[Array] = []  # what is rescaled
        for depth in range(len(self.parameters) // 2):
            kernel, bias = self.parameters[2 * depth : 2 * depth + 2]
            z, rescale = inputs[-1] @ kernel + bias, self._rescaling(depth)
            if rescale and self.before:
                self.raw.append(z)
                z = rescale(z)
            h = self.activation(z)
            if not (rescale and self.before):
                self.raw.append(h)
            if rescale and not self.before:
                h = rescale(h)
            sums.append(z)
            inputs.append(h)
        return inputs, sums

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        """Return the gradient by each parameter from that by what the loss gets."""
        gradient: list[Array] = []
        for depth in reversed(range(len(sums))):
            rescale = self._rescaling(depth) if self.through else None
            last = depth == len(sums) - 1
            if not last:
                if rescale and not self.before:
                    delta = rescale.vjp(self.raw[depth], delta)
                delta = self.activation.vjp(sums[depth], delta)
            if rescale and self.before:
                delta = rescale.vjp(self.raw[depth], delta)
            gradient[:0] = [inputs[depth].T @ delta, delta.sum(axis=0)]
            delta = delta @ self.parameters[2 * depth].T
        return gradient


class CentredBackward(Varied):
    """Centres the gradient by pre-activations: over the batch, or over units."""

    axis: int | None = 0
    where = "all"

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        """Return the gradient by each parameter from that by the last pre-activations."""
        gradient: list[Array] = []
        for depth in reversed(range(len(sums))):
            last = depth == len(sums) - 1
            if self.where == "all" or (self.where == "last") == last:
                delta = delta - delta.mean(axis=self.axis, keepdims=True)
            gradient[:0] = [inputs[depth].T @ delta, delta.sum(axis=0)]
            if depth:
                kernel = self.parameters[2 * depth]
                delta = self.activation.vjp(sums[depth - 1], delta @ kernel.T)
        return gradient


class SomeExamples(Varied):
    """Takes loss or gradient from some examples of a batch only."""

    how = "first"
    where = "both"

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        """Return the loss of those examples, and its gradient by the last pre-activations."""
        right, delta = super().loss(z, y)
        losses = -self.log_softmax(z)[np.arange(len(y)), y]
        order = np.argsort(losses, kind="stable")
        chosen = {
            "first": np.array([0]),
            "last": np.array([len(y) - 1]),
            "worst": order[-1:],
            "best": order[:1],
            "median": order[(len(y) - 1) // 2 : len(y) // 2 + 1],
            "half": np.arange(len(y) // 2),
            "second-half": np.arange(len(y) // 2, len(y)),
            "every-second": np.arange(0, len(y), 2),
            "wrong": np.flatnonzero(z.argmax(axis=1) != y),
        }[self.how]
        weights = np.zeros(len(y))
        weights[chosen] = len(y) / max(1, len(chosen))
        loss, other = float((losses * weights).mean()), delta * weights[:, None]
        return right if self.where == "gradient" else loss, delta if self.where == "loss" else other


class Averaged(Varied):
    """Replaces activations by their mean over the batch, or biases' gradients by one for all."""

    how = "bias-mean-over-units"

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        kernel = self.how == "kernel-mean-over-inputs"
        return [
            np.broadcast_to(g.mean(axis=0, keepdims=True), g.shape)
            if kernel == (g.ndim == 2)
            else g
            for g in gradient
        ]


class CrossedMasks(Varied):
    """Takes relu's derivative from the pre-activations of another layer of the same size."""

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        """Return the gradient by each parameter from that by the last pre-activations."""
        hidden = sums[:-1]
        turned = hidden[1:] + hidden[:1]
        crossed = [b if a.shape == b.shape else a for a, b in zip(hidden, turned, strict=True)]
        return super().backward(inputs, [*crossed, sums[-1]], delta)


_RESCALED = {
    "centred": ("centred", (0.0,), (0,)),
    "standardized": ("standardized (epsilon {value} in the variance)", _EPSILONS, (0, 1)),
    "deviation": ("standardized (epsilon {value} in the deviation)", _EPSILONS[1:], (0, 1)),
    "scaled": ("divided by the deviation (epsilon {value} in the variance)", _EPSILONS, (0, 1)),
    "length": ("brought to length 1 (epsilon {value})", _EPSILONS, (0,)),
    "root-mean-square": (
        "divided by the root of the mean square (epsilon {value} in it)",
        _EPSILONS,
        (0,),
    ),
    "maximum": ("divided by the largest magnitude (epsilon {value})", _EPSILONS, (0,)),
    "range": ("brought to between 0 and 1 (epsilon {value})", _EPSILONS, (0,)),
}
_FEATURES = {
    "reversed": "the features of every example are in reverse order",
    "rolled": "the features of every example are rolled by one place",
    "rolled-back": "the features of every example are rolled back by one place",
    "sorted": "the features of every example are sorted",
    "reshaped": "a batch is reshaped where it should be transposed",
}
_SOME = {
    "first": "the first example of a batch",
    "last": "the last example of a batch",
    "worst": "the example of the largest loss",
    "best": "the example of the smallest loss",
    "median": "the median of a batch",
    "half": "the first half of a batch",
    "second-half": "the second half of a batch",
    "every-second": "every second example",
    "wrong": "the examples that are misclassified",
}


def _softmaxes() -> Iterator[Hypothesis]:
    for axis, over in _AXES.items():
        if axis == 1:  # that is right
            continue
        name = "batch" if axis == 0 else "all"
        for derived in (True, False):
            for where, part in (
                ("both", ""), ("loss", " in the loss; the gradient is right"),
                ("gradient", " in the gradient; the loss is right"),
            ):  # fmt: skip
                rest = "" if derived or where == "loss" else ", as if its gradient were p - one-hot"
                yield Hypothesis(
                    f"softmax-over-{name}",
                    f"the softmax is taken {over}, not over the classes{rest}{part}",
                    varied(OtherAxis, axis=axis, where=where, is_derived=derived),
                )


def _prepared() -> Iterator[Hypothesis]:
    for axis, over in _AXES.items():
        for how, (what, values, ddofs) in _RESCALED.items():
            for ddof in ddofs:
                yield Hypothesis(
                    f"inputs-{how}",
                    f"the inputs are {what} {over}" + " with n - 1" * ddof,
                    varied(Prepared, how=how, axis=axis, ddof=ddof),
                    values=values,
                )


def _normalized(where: str, layers: tuple[int, ...] | None, is_last: bool) -> Iterator[Hypothesis]:
    for before in (True, False)[: 1 if is_last else 2]:
        kind = "pre-activations" if before else "activations"
        for axis, over in _AXES.items():
            for how, (what, values, ddofs) in _RESCALED.items():
                for ddof in ddofs:
                    for through in (True, False):
                        # These have a gradient of their own; where it is left out, all may be.
                        if through and how in ("maximum", "range"):
                            continue
                        yield Hypothesis(
                            f"{kind}-{how}",
                            f"the {kind} of {where} are {what} {over}"
                            + " with n - 1" * ddof
                            + ", and the gradient passes it by" * (not through),
                            varied(
                                Normalized, rescaling=(how, axis), ddof=ddof, before=before,
                                through=through, layers=layers,
                            ),
                            # Single layers are asked for the usual ones only.
                            values=values if layers is None else values[:3],
                        )  # fmt: skip


HYPOTHESES = (
    *_softmaxes(),
    *_prepared(),
    *(
        Hypothesis(
            f"inputs-{how}",
            f"the inputs are {how} by the statistics of the {which}",
            varied(change, how=how),
        )
        for change, which in ((PreparedByFirst, "first batch"), (PreparedByAll, "training set"))
        for how in ("centred", "standardized")
    ),
    *(
        Hypothesis(f"features-{how}", what, varied(Turned, how=how))
        for how, what in _FEATURES.items()
    ),
    *_normalized("hidden layers", None, is_last=False),
    *(
        Hypothesis(
            "gradient-centred-backward",
            f"the gradient by the pre-activations of {which} is centred {over}",
            varied(CentredBackward, axis=axis, where=where),
        )
        for axis, over in _AXES.items()
        for where, which in (
            ("all", "each layer"), ("last", "the last layer"), ("hidden", "hidden layers"),
        )
    ),
    *(
        Hypothesis(
            "part-of-batch",
            {
                "both": f"loss and gradient are those of {what} only",
                "loss": f"the loss that is returned is that of {what} only",
                "gradient": f"the gradient is that of {what} only; the loss is right",
            }[where],
            varied(SomeExamples, how=how, where=where),
        )
        for how, what in _SOME.items()
        for where in ("both", "loss", "gradient")
    ),
    Hypothesis(
        "bias-gradient-averaged",
        "all units of a layer get the mean of the biases' gradients",
        Averaged,
    ),
    Hypothesis(
        "kernel-gradient-averaged",
        "all inputs of a unit get the mean of the kernel's gradients",
        varied(Averaged, how="kernel-mean-over-inputs"),
    ),
    Hypothesis(
        "relu-masks-crossed",
        "relu's derivative is taken from the pre-activations of another layer",
        CrossedMasks,
    ),
)  # fmt: skip


def of_layers(problem: Problem) -> Iterator[Hypothesis]:
    """Yield hypotheses of single layers."""
    layers = len(problem.start) // 2
    for depth in range(layers):
        yield from _normalized(f"layer {depth + 1}", (depth,), is_last=depth == layers - 1)
    yield from _normalized("every layer", tuple(range(layers)), is_last=True)
