"""From an entry of the spec to what each framework calls it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import overload

from actinit.spec import AnyEntry, Function, Layer, Network, Optimizer, SpecError

from .binding import AnyBinding, Binding, NetworkBinding, OptimizerBinding
from .discovery import frameworks, is_ours
from .layer_binding import LayerBinding

__all__ = ["binding_in", "bindings"]


@overload
def bindings(entry: Function) -> Mapping[str, Binding]: ...
@overload
def bindings(entry: Layer) -> Mapping[str, LayerBinding]: ...
@overload
def bindings(entry: Network) -> Mapping[str, NetworkBinding]: ...
@overload
def bindings(entry: Optimizer) -> Mapping[str, OptimizerBinding]: ...
@overload
def bindings(entry: AnyEntry) -> Mapping[str, AnyBinding]: ...
def bindings(entry: AnyEntry) -> Mapping[str, AnyBinding]:
    """Return what each framework that has an entry calls it.

    Parameters
    ----------
    entry : Activation, Initializer, Layer, Network or Optimizer
        An entry of the spec.

    Returns
    -------
    mapping of str to binding
        By name of the framework, in the order of `frameworks`. Those of another distribution whose
        bindings cannot be read are left out; see `broken`.

    Raises
    ------
    SpecError
        If the bindings of one of our own frameworks break a rule.

    Examples
    --------
    >>> from actinit import adapters, spec
    >>> adapters.bindings(spec.activations["gelu"])["numpy"].function
    'actinit.reference.gelu'
    """
    found = {name: binding_in(name, entry) for name in frameworks()}
    return {name: binding for name, binding in found.items() if binding is not None}


@overload
def binding_in(framework: str, entry: Function) -> Binding | None: ...
@overload
def binding_in(framework: str, entry: Layer) -> LayerBinding | None: ...
@overload
def binding_in(framework: str, entry: AnyEntry) -> AnyBinding | None: ...
def binding_in(framework: str, entry: AnyEntry) -> AnyBinding | None:
    """Return what one framework calls an entry, with no other's bindings read.

    Parameters
    ----------
    framework : str
        Name of the framework, as in `frameworks`; one that is not known has no bindings.
    entry : Activation, Initializer, Layer, Network or Optimizer
        An entry of the spec.

    Returns
    -------
    binding or None
        None if the framework has no such thing, or if it is of another distribution and its
        bindings cannot be read.

    Raises
    ------
    SpecError
        If the bindings are of one of our own frameworks and break a rule.
    """
    known = frameworks().get(framework)
    if known is None:
        return None
    try:
        return known.bindings.of(entry)
    except SpecError:
        if is_ours(framework):
            raise
        return None
