"""Lines to paste that build layers of a framework, and take weights out of them."""

from __future__ import annotations

from typing import NamedTuple

from actinit.adapters import Adapter, LayerBinding, NotOffered, bindings, frameworks
from actinit.adapters.calls import keywords, resolve
from actinit.adapters.layouts import kernels
from actinit.spec import Initializer, Layer

from ..check import LOAD
from .question import keyword_list
from .weights import Drawn, draw_lines, imports_first, is_ours, parted

__all__ = ["Building", "building"]

# For backends that have no lines of their own; they work for any adapter.
_GENERIC = """\
import ml_dtypes, numpy as np
from actinit import adapters, spec
backend, layer = adapters.load("{loaded}"), spec.layers["{entry}"]
build = backend.builder(layer, np.dtype("float32"), {seed}, {start})"""


class Building(NamedTuple):
    """Lines that define ``build``, which makes a layer, and how to take a weight out of it.

    Attributes
    ----------
    lines : str
        They define it.
    template : str
        A weight as Python takes it; ``built`` stands for the layer.
    names : dict of str to str
        The name that the framework has for each weight of the entry.
    """

    lines: str
    template: str
    names: dict[str, str]

    def weight(self, built: str, name: str = "") -> str:
        """Return how Python takes a weight out of what ``build`` returned; by default the first."""
        known = self.names.get(name) or next(iter(self.names.values()), name)
        return self.template.replace("{built}", built).replace("{name}", known)


def building(
    adapter: Adapter, entry: Layer, seed: int, start: Initializer | None = None
) -> Building:
    """Return the lines that build a layer.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    entry : Layer
        The kind of layer; it has the entry's example sizes.
    seed : int
        Of the initializer.
    start : Initializer, optional
        What the kernels are drawn from: one object, or generator, for all layers. By default the
        layers draw what they draw when nobody says anything.
    """
    known = frameworks().get(adapter.family)
    if known and is_ours(adapter):
        binding = _binding(adapter, entry)
        draws = start is None or adapter.family in bindings(start)
        if binding and binding.layer and "layer" in known.snippet and draws:
            text = _native(entry, binding, seed, start, adapter.family)
            names = {name: tensor.name for name, tensor in binding.weights.items()}
            return Building(imports_first(adapter) + text, known.snippet["weight"], names)
        if binding and start and not binding.layer and draws:
            return _kernels_alone(adapter, entry, binding, seed, start)
    told = f'spec.initializers["{start.name}"]' if start else "None"
    text = _GENERIC.format(loaded=LOAD, entry=entry.name, seed=seed, start=told)
    return Building(text, '{built}["{name}"]', {name: name for name in entry.weights})


def _binding(adapter: Adapter, entry: Layer) -> LayerBinding | None:
    try:
        return adapter.layer_binding(entry)
    except NotOffered:
        return None


def _native(
    entry: Layer,
    binding: LayerBinding,
    seed: int,
    start: Initializer | None,
    family: str,
) -> str:
    templates = frameworks()[family].snippet
    arguments = keyword_list(binding.constructor(entry.examples))
    drawn = [binding.weights[name] for name in kernels(entry, binding)]
    template = templates["layer-from" if start else "layer"]
    function, options, later = "", "", ""
    if start:
        of_start = bindings(start)[family]
        assert of_start.function is not None
        function = of_start.function
        seeded = templates["layer-seeded"].format(seed=seed)
        own, later = parted(resolve(function), keywords(start, of_start, {}), template)
        options = ", ".join([*own, seeded])
    return template.strip().format(
        layer=binding.layer,
        arguments=", ".join(arguments),
        inputs=", ".join(map(repr, binding.built_for(entry.examples))),
        names=tuple(dict.fromkeys(tensor.name for tensor in drawn)),
        initializers=", ".join(dict.fromkeys(f"{one.argument}=initializer" for one in drawn)),
        function=function,
        options=options,
        later=later,
        seed=seed,
    )


def _kernels_alone(
    adapter: Adapter, entry: Layer, binding: LayerBinding, seed: int, start: Initializer
) -> Building:
    """Return lines for a framework without layers: kernels of the shapes that they would have."""
    shapes = {name: tensor.dimensions(entry.examples) for name, tensor in binding.weights.items()}
    drawn = Drawn(start, {}, (), "float32", seed)
    text = (
        f"{draw_lines(adapter, drawn)}\n\nshapes = {shapes}\ndraw = source({seed})\n\n"
        "def build():\n    return {name: draw(shape) for name, shape in shapes.items()}"
    )
    return Building(text, '{built}["{name}"]', {name: name for name in shapes})
