"""A backend with layers, in NumPy, that obeys the spec; and what goes wrong in others."""

from __future__ import annotations

import msgspec
import numpy as np

from actinit import reference as ref
from actinit.adapters import NotOffered, bindings
from actinit.adapters.numpy.adapter import NumPy
from actinit.spec import evaluate


class Right(NumPy):
    """Layers as Keras keeps them, with the rule's fans."""

    name = "right"
    family = ""

    def binding(self, entry):
        return bindings(entry)["numpy"]

    def layer_binding(self, entry):
        binding = bindings(entry).get("keras")
        if binding is None:
            raise NotOffered(f"no {entry.name}")
        weights = {
            name: msgspec.structs.replace(tensor, reads=None)
            for name, tensor in binding.weights.items()
        }
        return msgspec.structs.replace(binding, weights=weights)

    def fans(self, entry, name):
        """Return the fans that a weight's distribution is given."""
        rule = entry.weights[name]
        if rule.fan_in is None:
            return None
        return tuple(int(evaluate(fan, entry.examples)) for fan in (rule.fan_in, rule.fan_out))

    def weight(self, entry, name, start, rng, dtype, place):
        """Draw one weight of the layer built as number `place`."""
        tensor = self.layer_binding(entry).weights[name]
        initializer, parameters = tensor.start.initializer, {}
        if start is None:
            parameters = {
                key: evaluate(value, entry.examples)
                for key, value in tensor.start.parameters.items()
            }
        else:
            initializer = start.name
        shape = tensor.dimensions(entry.examples)
        return ref.initializers[initializer](
            shape, rng=rng, dtype=dtype, fans=self.fans(entry, name), **parameters
        )

    def builder(self, entry, dtype, seed, start=None):
        rng = np.random.default_rng(seed)
        binding = self.layer_binding(entry)
        names = [name for name in binding.weights if start is None or entry.weights[name].fan_in]
        count = iter(range(10**9))

        def build():
            place = next(count)
            return {name: self.weight(entry, name, start, rng, dtype, place) for name in names}

        return build

    def draw(self, entry, shape, dtype, seed, parameters):
        return ref.initializers[entry.name](shape, rng=seed, dtype=dtype, **parameters)


class SwappedFans(Right):
    def fans(self, entry, name):
        found = super().fans(entry, name)
        return found and found[::-1]


class CountsTheField(Right):
    """Takes each dimension but the last two for a receptive field."""

    def fans(self, entry, name):
        if entry.weights[name].fan_in is None:
            return None
        return ref.fans(self.layer_binding(entry).weights[name].dimensions(entry.examples), "hwio")


class Scaled(Right):
    """Starts kernels 5 % too large."""

    def weight(self, entry, name, start, rng, dtype, place):
        drawn = super().weight(entry, name, start, rng, dtype, place)
        return drawn if start or not entry.weights[name].fan_in else drawn * dtype.type(1.05)


class Normal(Right):
    """Starts with the right scale, and another distribution."""

    def weight(self, entry, name, start, rng, dtype, place):
        if start or not entry.weights[name].fan_in:
            return super().weight(entry, name, start, rng, dtype, place)
        shape = self.layer_binding(entry).weights[name].dimensions(entry.examples)
        return ref.glorot_normal(shape, rng=rng, dtype=dtype, fans=self.fans(entry, name))


class HeForGlorot(Right):
    """Starts kernels with another initializer."""

    initializer = "he_uniform"

    def fans_of(self, fans):
        return fans

    def weight(self, entry, name, start, rng, dtype, place):
        if start or not entry.weights[name].fan_in:
            return super().weight(entry, name, start, rng, dtype, place)
        shape = self.layer_binding(entry).weights[name].dimensions(entry.examples)
        fans = self.fans_of(self.fans(entry, name))
        return ref.initializers[self.initializer](shape, rng=rng, dtype=dtype, fans=fans)


class SwappedStart(HeForGlorot):
    """Starts kernels with the scale of fan_out alone."""

    initializer = "glorot_uniform"

    def fans_of(self, fans):
        return fans[1], fans[1]


class DenseEmbedding(Right):
    """Starts an embedding as if it were a dense kernel."""

    def weight(self, entry, name, start, rng, dtype, place):
        if start or name != "table":
            return super().weight(entry, name, start, rng, dtype, place)
        shape = self.layer_binding(entry).weights[name].dimensions(entry.examples)
        return ref.glorot_uniform(shape, rng=rng, dtype=dtype)


class SameGates(Right):
    """Starts all gates alike."""

    def weight(self, entry, name, start, rng, dtype, place):
        drawn = super().weight(entry, name, start, rng, dtype, place)
        if start or name != "kernel":
            return drawn
        axis = self.layer_binding(entry).weights[name].layout.index("o")
        return np.concatenate([np.split(drawn, 4, axis)[0]] * 4, axis)


class RandomBias(Right):
    def weight(self, entry, name, start, rng, dtype, place):
        drawn = super().weight(entry, name, start, rng, dtype, place)
        if name != "bias":
            return drawn
        return rng.uniform(-0.1, 0.1, (1000 + drawn.size,))[: drawn.size].astype(dtype)


class IdentityRecurrent(Right):
    def weight(self, entry, name, start, rng, dtype, place):
        drawn = super().weight(entry, name, start, rng, dtype, place)
        return np.eye(*drawn.shape, dtype=dtype) if name == "recurrent" and not start else drawn


class NormalRecurrent(Right):
    def weight(self, entry, name, start, rng, dtype, place):
        drawn = super().weight(entry, name, start, rng, dtype, place)
        if name != "recurrent" or start:
            return drawn
        return (rng.standard_normal(drawn.shape) / len(drawn) ** 0.5).astype(dtype)


class WarmBias(Right):
    def weight(self, entry, name, start, rng, dtype, place):
        drawn = super().weight(entry, name, start, rng, dtype, place)
        return drawn + dtype.type(0.01) if name == "bias" else drawn


class ClosedForgetGate(Right):
    def weight(self, entry, name, start, rng, dtype, place):
        drawn = super().weight(entry, name, start, rng, dtype, place)
        return 0 * drawn if name == "forget_bias" else drawn


class OneForAll(Right):
    """Gives what shares an initializer the same weights."""

    def weight(self, entry, name, start, rng, dtype, place):
        rng = np.random.default_rng(7) if start else rng
        return super().weight(entry, name, start, rng, dtype, place)


class TiedKey(Right):
    """Starts the key as the query."""

    def builder(self, entry, dtype, seed, start=None):
        build = super().builder(entry, dtype, seed, start)

        def built():
            found = build()
            return found | ({"key": found["query"]} if start is None else {})

        return built


class Twins(Right):
    """Starts the second layer nearly as the first."""

    def weight(self, entry, name, start, rng, dtype, place):
        if start is None and place == 1 and entry.weights[name].fan_in:
            return np.negative(self._first)
        drawn = super().weight(entry, name, start, rng, dtype, place)
        if place == 0 and start is None and entry.weights[name].fan_in:
            self._first = drawn
        return drawn


class Skewed(Right):
    """Starts recurrent kernels with weights that are not orthogonal."""

    def weight(self, entry, name, start, rng, dtype, place):
        drawn = super().weight(entry, name, start, rng, dtype, place)
        return drawn * dtype.type(1.001) if name == "recurrent" and start is None else drawn


class FansForAll(Right):
    """Makes up fans for what has none."""

    def draw(self, entry, shape, dtype, seed, parameters):
        fans = None if len(shape) > 1 else (shape or (1,)) * 2
        return ref.initializers[entry.name](shape, rng=seed, dtype=dtype, fans=fans, **parameters)


class NoNothing(Right):
    def draw(self, entry, shape, dtype, seed, parameters):
        if 0 in shape:
            raise ZeroDivisionError("division by zero")
        return super().draw(entry, shape, dtype, seed, parameters)


class WrongShape(Right):
    def weight(self, entry, name, start, rng, dtype, place):
        return super().weight(entry, name, start, rng, dtype, place).T


class Broken(Right):
    def weight(self, entry, name, start, rng, dtype, place):
        drawn = super().weight(entry, name, start, rng, dtype, place)
        drawn.flat[3] = np.nan if entry.weights[name].fan_in else drawn.flat[3]
        return drawn
