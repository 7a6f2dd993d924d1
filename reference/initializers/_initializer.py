"""What is common to all initializers, said once: arguments, rounding, bounds."""

from __future__ import annotations

import contextlib
import functools
import inspect
import math
import operator
from collections.abc import Callable, Collection
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actinit.spec import formats

from .._rounding import FLOATS, rounded
from ..layouts import Fans, Shape, kernel, sizes
from ..layouts import fans as fans_of
from ._distribution import Distribution

__all__ = ["Initializer", "initializer"]

_DTYPES = tuple(FLOATS[name] for name, fmt in formats().items() if fmt.arithmetic)


class Initializer:
    """A weight initializer: call it to draw, ask it for its distribution.

    Made by the decorator `initializer`.

    Parameters
    ----------
    define : callable
        From its keywords to the distribution; from the fans, or from the kernel, if it has a
        positional argument `fans`, or `kernel`.

    Attributes
    ----------
    name : str
        Name of the entry.
    """

    def __init__(self, define: Callable[..., Distribution]) -> None:
        functools.update_wrapper(self, define)
        self.name = define.__name__
        self._define = define
        own = dict(inspect.signature(define).parameters)
        #: What the definition needs to know of the layer: its fans, its kernel, or nothing.
        self._needs: Callable[..., Any] | None = None
        for name, found in (("fans", fans_of), ("kernel", kernel)):
            if own.pop(name, None) is not None:
                self._needs = found
        self._words = {name for name, one in own.items() if isinstance(one.default, str)}
        common = list(inspect.signature(self.__call__).parameters.values())[:-1]
        self.__signature__ = inspect.Signature([*common, *own.values()])
        self.__doc__ = "\n\n".join(map(inspect.cleandoc, (define.__doc__ or "", _draw_doc())))

    def __repr__(self) -> str:
        return f"<initializer {self.name}>"

    def __reduce__(self) -> str:
        # The name under which its module has it: a copy, or what another process loads, is it.
        return self.name

    def __call__(
        self,
        shape: Shape,
        *,
        rng: np.random.Generator | int | None = None,
        dtype: DTypeLike = np.float32,
        layout: str | None = None,
        fans: tuple[int, int] | None = None,
        **parameters: Any,
    ) -> NDArray[Any]:
        """Draw weights.

        Parameters
        ----------
        shape : int or sequence of int
            Shape of the weights. A size of 0 makes an empty array.
        rng : numpy.random.Generator or int
            Source of randomness, which the draw moves on, or the seed of a new one. Needed for
            every distribution but a constant one.
        dtype : dtype, optional
            float16, bfloat16 (ml_dtypes), float32 (the default) or float64.
        layout : str, optional
            Order of the dimensions, as `actinit.reference.fans` reads it; it matters where the
            distribution depends on the fans. By default inputs before outputs and channels last.
        fans : Fans, optional
            The fans themselves, ``(fan_in, fan_out)``, for a distribution that depends on them and
            a shape that does not tell them, such as that of a grouped convolution; see
            `actinit.reference.fans`. By default those of the shape.
        **parameters : float or str
            The initializer's own.

        Returns
        -------
        ndarray
            Of this shape and dtype, the same bits on every machine and from every release of NumPy;
            drawn in float64, then rounded to nearest. Bounds of the distribution hold for the
            result, as real numbers: what rounding would carry over one is moved to the nearest
            number of the dtype inside. Only in a process that flushes subnormal numbers, as after
            ``torch.set_flush_denormal(True)``, are weights that would be subnormal 0.

        Raises
        ------
        TypeError
            If the shape is not made of integers, the dtype is none of the four, the rng is neither
            a Generator nor an int, or a parameter is unknown or of the wrong type.
        ValueError
            If a size or a seed is negative, the shape does not fit the layout, a fan is not above
            0, a parameter is outside its domain, or the dtype has no finite number for what is
            drawn.
        UnknownNameError
            If there is no such layout.
        """
        lengths, kind = sizes(shape), self._dtype(dtype)
        if self._needs and 0 in lengths:
            self._layer(lengths, layout, fans)  # what does not fit is an error all the same
            return np.empty(lengths, kind)
        drawn = self._define_for(lengths, layout, fans, parameters)
        return self._round(drawn.draw(self._generator(rng, drawn), lengths), drawn, kind)

    def distribution(
        self,
        shape: Shape,
        layout: str | None = None,
        fans: tuple[int, int] | None = None,
        **parameters: Any,
    ) -> Any:
        """Return the distribution of each weight, before rounding.

        Parameters
        ----------
        shape, layout, fans, **parameters
            As for a draw.

        Returns
        -------
        scipy.stats frozen distribution
            With ``mean``, ``std``, ``cdf``, ``support``, ``rvs`` ...

        Raises
        ------
        TypeError, ValueError, UnknownNameError
            As for a draw; and ValueError if the distribution depends on the layer and one of its
            sizes is 0, or if the weights follow no one distribution each, such as those of the
            identity.
        """
        return self._define_for(sizes(shape), layout, fans, parameters).frozen()

    def _define_for(
        self,
        lengths: tuple[int, ...],
        layout: str | None,
        fans: tuple[int, int] | None,
        parameters: dict[str, Any],
    ) -> Distribution:
        for name, value in parameters.items():
            if name in self._words:
                if not isinstance(value, str):
                    raise TypeError(f"{self.name}: expected a word as {name}, got {value!r}")
            elif not is_real(value):
                raise TypeError(f"{self.name}: expected a real number as {name}, got {value!r}")
        if self._needs is None:
            if layout is not None:
                fans_of(lengths, layout)  # a layout that does not fit is an error all the same
            return self._define(**parameters)
        found = self._layer(lengths, layout, fans)
        if 0 in lengths:
            raise ValueError(
                f"{self.name}: the shape {lengths} holds no weight and so has no distribution"
            )
        return self._define(found, **parameters)

    def _layer(
        self, lengths: tuple[int, ...], layout: str | None, fans: tuple[int, int] | None
    ) -> Any:
        """Return what the definition needs to know of the layer."""
        assert self._needs is not None
        if fans is None or self._needs is not fans_of:
            return self._needs(lengths, layout)
        if layout is not None:
            fans_of(lengths, layout)
        try:
            fan_in, fan_out = map(operator.index, fans)
        except (TypeError, ValueError):
            raise TypeError(f"{self.name}: expected as fans two integers, got {fans!r}") from None
        require(fan_in > 0 and fan_out > 0, "fans above 0", fan_in=fan_in, fan_out=fan_out)
        return Fans(fan_in, fan_out)

    def _dtype(self, dtype: DTypeLike) -> np.dtype[Any]:
        # None would mean float64 to NumPy, and nothing to the reader.
        with contextlib.suppress(TypeError):
            kind = np.dtype(dtype)
            if dtype is not None and kind in _DTYPES:
                return kind
        names = ", ".join(known.name for known in _DTYPES)
        raise TypeError(f"{self.name} draws {names}; got the dtype {dtype!r}")

    def _generator(
        self, rng: np.random.Generator | int | None, distribution: Distribution
    ) -> np.random.Generator:
        if isinstance(rng, np.random.Generator):
            return rng
        if rng is None and not distribution.random:
            return np.random.default_rng(0)  # drawn from by nobody
        if not isinstance(rng, int | np.integer) or isinstance(rng, bool):
            raise TypeError(
                f"{self.name} draws at random: expected as rng a numpy.random.Generator or an int "
                f"as seed, got {rng!r}"
            )
        if rng < 0:
            raise ValueError(f"{self.name}: expected a seed of 0 or more, got {rng}")
        return np.random.default_rng(rng)

    def _round(
        self, draws: NDArray[np.float64], distribution: Distribution, kind: np.dtype[Any]
    ) -> NDArray[Any]:
        with np.errstate(over="ignore"):
            weights = rounded(draws, kind)
        if not np.isfinite(weights).all():
            raise ValueError(f"{self.name}: {distribution} reaches beyond the largest {kind.name}")
        if not distribution.random or distribution.bounds == (-math.inf, math.inf):
            return weights
        low, high = (
            self._inward(bound, kind, toward)
            for bound, toward in zip(distribution.bounds, (math.inf, -math.inf), strict=True)
        )
        if not low <= high:
            raise ValueError(f"{self.name}: no {kind.name} lies within {distribution}")
        # NumPy may clip bfloat16 in float32; the way back rounds nothing.
        return np.clip(weights, low, high).astype(kind, copy=False)

    @staticmethod
    def _inward(bound: float, kind: np.dtype[Any], toward: float) -> Any:
        """Return the number of the dtype nearest to a bound and not outside it."""
        with np.errstate(over="ignore"):
            near = kind.type(bound)
        outside = float(near) < bound if toward > 0 else float(near) > bound
        return np.nextafter(near, kind.type(toward)) if outside else near


def is_real(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _draw_doc() -> str:
    """Return the documentation of a draw from its first section on."""
    text = inspect.cleandoc(Initializer.__call__.__doc__ or "")
    return text.partition("\n\n")[2]


def initializer(define: Callable[..., Distribution]) -> Initializer:
    """Make an `Initializer` of the function that defines its distribution."""
    return Initializer(define)


def require(inside: bool, expected: str, **given: float) -> None:
    """Raise ValueError unless the parameters are inside their domain."""
    if not inside:
        got = ", ".join(f"{name} = {value!r}" for name, value in given.items())
        raise ValueError(f"expected {expected}; got {got}")


def chosen(name: str, option: str, options: Collection[str]) -> None:
    """Raise ValueError unless a word is one of the options."""
    if option not in options:
        raise ValueError(f"expected as {name} one of {', '.join(options)}; got {option!r}")
