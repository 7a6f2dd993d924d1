"""The rule for fans, held against the reference and against what layers do."""

from __future__ import annotations

import math

import pytest

from actinit import reference as ref
from actinit import spec
from actinit.adapters import bindings
from actinit.conformance.layers.fans import RISK, span
from actinit.spec import evaluate

KEPT = [
    (name, backend, weight)
    for name, entry in spec.layers.items()
    for backend, binding in bindings(entry).items()
    for weight in binding.weights
    if entry.weights[weight].fan_in
]


def rule(entry, weight):
    told = entry.weights[weight]
    return tuple(evaluate(fan, entry.examples) for fan in (told.fan_in, told.fan_out))


@pytest.mark.parametrize(("name", "backend", "weight"), KEPT)
def test_the_reference_reads_the_rule_off_every_layout(name, backend, weight):
    entry = spec.layers[name]
    tensor = bindings(entry)[backend].weights[weight]
    shape = tensor.dimensions(entry.examples)
    fans = ref.fans(shape, tensor.layout, groups=tensor.count(entry.examples))
    assert fans == rule(entry, weight)


# PyTorch's heads share the width of a token, so that two sizes of its attention are equal.
@pytest.mark.parametrize("name", sorted({name for name, *_ in KEPT} - {"multi_head_attention"}))
def test_example_sizes_tell_readings_apart(name):
    sizes = list(spec.layers[name].examples.values())
    assert len(set(sizes)) == len(sizes)


# With weights of 1 and inputs of 1, an output far from the border is the number of its terms, and
# the gradient of the sum of all outputs by an input is the number of outputs that it goes into.
LIVE = {
    "dense": lambda s: (s["i"],),
    "conv1d": lambda s: (1, s["i"], 31),
    "conv2d": lambda s: (1, s["i"], 21, 21),
    "conv3d": lambda s: (1, s["i"], 13, 13, 13),
    "conv1d_transpose": lambda s: (1, s["i"], 31),
    "conv2d_transpose": lambda s: (1, s["i"], 21, 21),
    "conv3d_transpose": lambda s: (1, s["i"], 13, 13, 13),
    "conv2d_grouped": lambda s: (1, s["i"], 21, 21),
    "depthwise_conv1d": lambda s: (1, s["i"], 31),
    "depthwise_conv2d": lambda s: (1, s["i"], 21, 21),
}


@pytest.mark.parametrize("name", LIVE)
def test_the_rule_counts_what_a_live_layer_adds_up(name):
    torch = pytest.importorskip("torch")
    entry = spec.layers[name]
    binding = bindings(entry)["torch"]
    layer = getattr(torch.nn, binding.layer.rpartition(".")[2])(
        **binding.constructor(entry.examples)
    )
    torch.nn.init.ones_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    x = torch.ones(LIVE[name](entry.examples), requires_grad=True)
    y = layer(x)
    y.sum().backward()
    assert (y.max().item(), x.grad.max().item()) == rule(entry, "kernel")


def test_the_rule_counts_what_an_embedding_adds_up():
    torch = pytest.importorskip("torch")
    entry = spec.layers["embedding"]
    layer = torch.nn.Embedding(*(entry.examples[size] for size in "vo"))
    torch.nn.init.ones_(layer.weight)
    one = torch.nn.functional.one_hot(torch.tensor(3), entry.examples["v"]).float()
    one.requires_grad_()
    y = one @ layer.weight
    assert torch.equal(y, layer(torch.tensor(3)))
    y.sum().backward()
    assert (y.max().item(), one.grad.max().item()) == rule(entry, "table")


def test_a_reading_leaves_the_right_fan_out_as_rarely_as_it_says():
    fan, count = 360, 50_000
    # The greatest of so many, where it is as small as the risk allows, still holds the fan.
    greatest = math.sqrt(3 / fan) * RISK ** (1 / count)
    assert span(greatest, count, 3).holds(fan)
    assert not span(greatest * (1 - 1e-4), count, 3).holds(fan)
    assert span(math.sqrt(3 / fan), count, 3).holds(fan)
    assert not span(math.sqrt(3 / (fan - 1)), count, 3).holds(fan)
    assert span(math.sqrt(3 / fan), count, 3).integers == 1
