"""What goes into a backend and what comes back, for each backend of this process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from actinit import spec
from actinit.adapters import Adapter, NotOffered, bindings
from actinit.adapters.calls import resolve
from actinit.conformance.initializers.distributions import defaults
from actinit.conformance.known.causes import causes

IDENTITY = spec.activations["identity"]
# keras.ops.tanh casts float64 to float32 on JAX; whoever wants float64 gets half the digits.
NARROWED = {("keras-jax", "tanh", "float64")}
# MLX computes exp in float32, whatever the dtype, with an error of a few ulp.
RTOL = {"mlx": 2**-20}
# Quiet and signalling nan with payloads, either sign; -0.0; the smallest subnormals; infinity.
PATTERNS = {
    "float32": (
        np.uint32,
        [0x7FC00001, 0x7F800001, 0xFFC12345, 1 << 31, 1, (1 << 31) + 1, 0x7F800000],
    ),
    "float64": (
        np.uint64,
        [(0x7FF8 << 48) + 1, (0x7FF << 52) + 1, (0xFFF8 << 48) + 3, 1 << 63, 1, 0x7FF << 52],
    ),
}


def patterns(dtype):
    integer, bits = PATTERNS.get(dtype.name, (np.uint16, range(1 << 16)))
    return np.array(bits, integer).view(dtype)


def bits(array):
    return array.shape, array.dtype, array.tobytes()


def stated(entry):
    return {name: parameter.default for name, parameter in entry.parameters.items()}


def offered(backend, entries, dtype=None, given=stated):
    """Return the entries that a backend has; with a dtype, the functions it computes in that."""
    found = [entry for entry in entries.values() if backend.family in bindings(entry)]
    return [
        entry for entry in found if dtype is None or computes(backend, entry, dtype, given(entry))
    ]


def computes(backend, entry, dtype, parameters):
    try:
        backend.value(entry, np.ones((1, 2)).astype(dtype), parameters)
    except NotOffered:
        return False
    return True


def drawable(backend, dtype, broken=()):
    """Yield the initializers that a backend draws in a dtype, each with a shape that suits it.

    Less those of which a cause is known that the backend fails in a check that `broken` names, and
    those that do not take the spec's defaults.
    """
    for entry in offered(backend, spec.initializers):
        try:
            backend.options(entry, defaults(entry))
        except NotOffered:
            continue
        name = f"initializer/{entry.name}"
        if any(
            cause.concerns(name, check, backend.name)
            for cause in causes().values()
            for check in (f"{dtype}/orthogonality", *broken)
        ):
            continue
        layer, sizes = entry.example
        yield entry, tuple(sizes[letter] for letter in backend.layouts[layer])


def sample(dtype, rows=5):
    return np.linspace(-3, 3, rows * 6).astype(dtype).reshape(rows, 2, 3)


# Arrays, in and out


def test_every_bit_pattern_returns(backend, dtype):
    x = patterns(dtype)
    assert bits(backend.value(IDENTITY, x, {})) == bits(x)


def test_every_bit_pattern_of_a_gradient_returns(differentiable, dtype):
    x = patterns(dtype)
    if differentiable.name == "numpy":
        pytest.skip("the reference multiplies by 1, and that makes every nan a quiet one")
    assert bits(differentiable.gradient(IDENTITY, np.zeros_like(x), x, {})) == bits(x)


@pytest.mark.parametrize("pattern", range(4))
def test_a_single_number_returns(backend, dtype, pattern):
    x = patterns(dtype)[pattern : pattern + 1].reshape(())
    assert bits(backend.value(IDENTITY, x, {})) == bits(x)


@pytest.mark.parametrize(
    "arrange",
    [
        lambda x: x[:0],
        lambda x: x.reshape(-1, 2, 3)[:, :0],
        lambda x: x[::2],
        lambda x: x[::-1],
        lambda x: x.reshape(6, -1).T,
        lambda x: np.broadcast_to(x, (3, x.size)),
    ],
    ids=["empty", "empty-inside", "strided", "backwards", "transposed", "broadcast"],
)
def test_any_arrangement_returns(backend, dtype, arrange):
    x = arrange(sample(dtype).ravel())
    assert bits(backend.value(IDENTITY, x, {})) == bits(x)


def test_a_read_only_array_is_taken(backend, dtype):
    x = sample(dtype)
    x.flags.writeable = False
    assert bits(backend.value(IDENTITY, x, {})) == bits(x)


# Entries, to the backend's own names


@pytest.mark.parametrize("given", [stated, lambda entry: {}], ids=["stated", "defaults"])
def test_every_activation_keeps_shape_and_dtype(backend, dtype, given):
    x = sample(dtype)
    for entry in offered(backend, spec.activations, dtype, given):
        parameters = given(entry)
        expected = (x.shape[:-1] if entry.shape == "reduction" else x.shape, dtype)
        narrowed = (backend.name, entry.name, dtype.name) in NARROWED
        value = backend.value(entry, x, parameters)
        assert ((value.shape, value.dtype) == expected) is not narrowed, entry.name
        if bindings(entry)[backend.family].layer:
            layer = backend.layer(entry, x, parameters)
            assert (layer.shape, layer.dtype) == expected, entry.name


def test_every_gradient_keeps_shape_and_dtype(differentiable, dtype):
    x = sample(dtype)
    for entry in offered(differentiable, spec.activations, dtype):
        upstream = np.ones_like(x[..., 0] if entry.shape == "reduction" else x)
        if (differentiable.name, entry.name, dtype.name) in NARROWED:
            upstream = upstream.astype(np.float32)
        gradient = differentiable.gradient(entry, x, upstream, stated(entry))
        assert (gradient.shape, gradient.dtype) == (x.shape, dtype), entry.name


def test_every_layer_computes_in_the_inputs_dtype(backend):
    """Only float64 has the digits to tell a cast to float32 and back."""
    x = sample(np.float64) / 3
    for entry in offered(backend, spec.activations):
        if bindings(entry)[backend.family].layer:
            parameters = stated(entry)
            value, layer = (ask(entry, x, parameters) for ask in (backend.value, backend.layer))
            np.testing.assert_allclose(layer, value, rtol=1e-14, err_msg=entry.name)


def test_every_initializer_keeps_shape_and_dtype(backend, dtype):
    for entry, shape in drawable(backend, dtype):
        drawn = backend.draw(entry, shape, dtype, 1, defaults(entry))
        assert (drawn.shape, drawn.dtype) == (shape, dtype), entry.name


def test_a_source_goes_on_where_a_draw_ends(backend, dtype):
    for entry, shape in drawable(backend, dtype, {"seed/again"}):
        source = backend.source(entry, dtype, 7, defaults(entry))
        assert bits(source(shape)) == bits(backend.draw(entry, shape, dtype, 7, defaults(entry)))
        assert source(shape).shape == shape


def test_parameters_arrive_and_defaults_are_the_backends(backend):
    entry, x = spec.activations["leaky_relu"], np.array([-1.0], np.float32)
    binding, given = bindings(entry)[backend.family], {"negative_slope": 0.375}
    asked = {"value": binding.defaults, "layer": binding.defaults | binding.layer_defaults}
    for form, own in asked.items() if binding.layer else [("value", binding.defaults)]:
        ask, default = getattr(backend, form), (stated(entry) | own)["negative_slope"]
        assert ask(entry, x, given) == -0.375
        if "negative_slope" in binding.required:
            with pytest.raises(NotOffered, match=r"has no default for negative_slope"):
                ask(entry, x, {})
            continue
        # TensorFlow keeps the slope in float32, whatever the dtype of the input.
        np.testing.assert_allclose(ask(entry, x, {}), -default, rtol=2**-23)


def test_parameters_arrive_where_the_gradient_is_asked_for(differentiable):
    entry, x = spec.activations["leaky_relu"], np.array([-1.0])
    assert differentiable.gradient(entry, x, 2 * x, {"negative_slope": 0.375}) == -0.75


def test_fixed_arguments_arrive(backend):
    if spec.activations["gelu"] not in offered(backend, spec.activations):
        pytest.skip(f"{backend.name} has one form of GELU alone")
    x = np.array([-1.0], np.float32)
    exact, tanh = (backend.value(spec.activations[name], x, {}) for name in ("gelu", "gelu_tanh"))
    assert 1e-5 < abs(exact - tanh) < 1e-3


def test_what_is_missing_is_not_offered(backend):
    lacking = [
        entry for entry in spec.activations.values() if backend.family not in bindings(entry)
    ]
    assert bool(lacking) is (backend.family != "numpy")
    for entry in lacking:
        for ask in (backend.value, backend.layer):
            with pytest.raises(NotOffered, match=rf"(does not offer|no layer for) {entry.name}"):
                ask(entry, sample(np.float32), {})
        with pytest.raises(NotOffered, match=r"does not offer|has no gradient"):
            backend.gradient(entry, sample(np.float32), sample(np.float32), {})
    for entry in spec.initializers.values():
        if backend.family not in bindings(entry):
            with pytest.raises(NotOffered, match=rf"(does not offer|no initializer) {entry.name}"):
                backend.draw(entry, (2, 2), np.dtype(np.float32), 0, {})


def test_a_missing_layer_is_not_replaced_by_the_function(backend):
    for entry in offered(backend, spec.activations):
        if bindings(entry)[backend.family].layer is None:
            with pytest.raises(NotOffered, match=f"no layer for {entry.name}"):
                backend.layer(entry, sample(np.float32), {})


# Gradients, by the framework's own hand


def test_all_but_the_forward_only_have_gradients(backend):
    has_none = type(backend).gradient is Adapter.gradient
    assert has_none is (backend.name in {"mnn", "ncnn", "onnxruntime", "openvino"})


def by_hand_numpy(function, x, upstream):
    return np.einsum("...ik,...i->...k", function.derivative(x), upstream)


def by_hand_torch(function, x, upstream):
    import torch

    x = torch.tensor(x, requires_grad=True)
    function(x).backward(torch.tensor(upstream))
    return x.grad.numpy()


def by_hand_tensorflow(function, x, upstream):
    import tensorflow as tf

    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(function(x) * upstream)
    return tape.gradient(total, x).numpy()


def by_hand_jax(function, x, upstream):
    import jax

    return np.asarray(jax.grad(lambda x: (function(x) * upstream).sum())(x))


def by_hand_mlx(function, x, upstream):
    import mlx.core as mx

    x, upstream = (mx.array(array, mx.float64) for array in (x, upstream))
    return np.asarray(mx.grad(lambda x: (function(x) * upstream).sum())(x))


def by_hand_tinygrad(function, x, upstream):
    from tinygrad import Tensor

    x = Tensor(x, device="CPU")
    (gradient,) = function(x).gradient(x, gradient=Tensor(upstream, device="CPU"))
    return gradient.numpy()


def test_the_gradient_is_the_frameworks_own(differentiable):
    backend = differentiable
    entry, engine = spec.activations["softmax"], backend.name.removeprefix("keras-")
    binding = bindings(entry)[backend.family]
    x, upstream = (np.random.default_rng(seed).normal(size=(4, 5)) for seed in (1, 2))
    function = resolve(binding.function)
    if engine != "numpy":
        function = partial(function, **binding.arguments)
    by_hand = globals()[f"by_hand_{engine}"](function, x, upstream)
    got = backend.gradient(entry, x, upstream, {})
    np.testing.assert_allclose(got, by_hand, rtol=1e-13, atol=1e-16)
    assert abs(got).max() > 0.1  # with an upstream of ones it would be zero


# Second derivatives


@pytest.fixture
def twice_differentiable(differentiable):
    if type(differentiable).second is Adapter.second:
        pytest.skip(f"{differentiable.name} has no second derivatives")
    return differentiable


def test_the_second_derivative_is_weighted(twice_differentiable):
    """x sigmoid(x) has the second derivative 1/2 at 0, and none that is constant."""
    x, upstream = np.array([[0.0, 0.0, -1.0]]), np.array([[1.0, -3.0, 2.0]])
    s = 1 / (1 + np.exp(1))
    at_minus_one = s * (1 - s) * (2 - (1 - 2 * s))
    got = twice_differentiable.second(spec.activations["silu"], x, upstream, {})
    rtol = RTOL.get(twice_differentiable.family, 1e-13)
    np.testing.assert_allclose(got, [[0.5, -1.5, 2 * at_minus_one]], rtol=rtol)


@pytest.mark.parametrize("name", ["identity", "relu"])
def test_a_line_has_the_second_derivative_zero(twice_differentiable, dtype, name):
    """Also where the framework's first gradient does not depend on the input at all."""
    x = np.array([-2.0, 3.0]).astype(dtype)
    got = twice_differentiable.second(spec.activations[name], x, np.ones_like(x), {})
    assert (got.dtype, list(got)) == (dtype, [0, 0])


def test_rows_have_no_second_derivative(backend):
    with pytest.raises(NotOffered, match="softmax"):
        backend.second(spec.activations["softmax"], sample(np.float32), sample(np.float32), {})


# In place


def test_in_place_is_what_stands_in_the_tensor(backend, dtype):
    for entry in offered(backend, spec.activations, dtype):
        x, binding = sample(dtype), bindings(entry)[backend.family]
        if binding.in_place is None:
            with pytest.raises(NotOffered, match=f"no in-place form of {entry.name}"):
                backend.in_place(entry, x, {})
        else:
            got = backend.in_place(entry, x.copy(), stated(entry))
            assert bits(got) == bits(backend.value(entry, x, stated(entry))), entry.name


def test_torch_offers_what_writes_to_its_input():
    names = {name for name, entry in spec.activations.items() if bindings(entry).get("torch")}
    with_it = {name for name in names if bindings(spec.activations[name])["torch"].in_place}
    assert with_it == {
        "celu", "elu", "erf", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh",
        "leaky_relu", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "tanh",
        "thresholded_relu",
    }  # fmt: skip


def test_in_place_writes_where_a_strided_array_lies():
    pytest.importorskip("torch")
    from actinit.adapters import load

    whole = np.full((2, 4), -1.0, np.float32)
    got = load("torch").in_place(
        spec.activations["leaky_relu"], whole[:, ::2], stated(spec.activations["leaky_relu"])
    )
    assert (got == np.float32(-0.01)).all()
    assert (whole[:, ::2] == got).all()
    assert (whole[:, 1::2] == -1).all()


# Draws


def test_a_seed_settles_a_draw(backend, dtype):
    for entry, shape in drawable(backend, dtype, {"seed/again"}):
        first, other, again = (
            backend.draw(entry, shape, dtype, seed, defaults(entry)) for seed in (1, 2**32 - 1, 1)
        )
        assert bits(again) == bits(first), entry.name
        assert (bits(other) != bits(first)) is (entry.seed == "decides"), entry.name


def test_a_draw_leaves_torchs_own_generator_alone():
    torch = pytest.importorskip("torch")
    from actinit.adapters import load

    before = torch.get_rng_state()
    load("torch").draw(spec.initializers["he_normal"], (3, 4), np.dtype(np.float32), 5, {})
    assert torch.equal(torch.get_rng_state(), before)


def test_a_draw_leaves_mlxs_own_generator_alone():
    random = pytest.importorskip("mlx.core").random
    from actinit.adapters import load

    before = random.state[0].tolist()
    load("mlx").draw(spec.initializers["he_normal"], (3, 4), np.dtype(np.float32), 5, {})
    assert random.state[0].tolist() == before


# The rest of the border


def test_answers_do_not_depend_on_the_thread(backend):
    """The suite asks from threads that it can give up on."""
    sigmoid, normal = spec.activations["sigmoid"], spec.initializers["random_normal"]
    relu, x = spec.activations["relu"], sample(np.float32)

    def ask():
        answers = [backend.value(sigmoid, x, {})]
        if type(backend).gradient is not Adapter.gradient:
            answers.append(backend.gradient(sigmoid, x, x, {}))
        if backend.family in bindings(normal):
            answers.append(backend.draw(normal, (3, 4), np.dtype(np.float32), 5, stated(normal)))
        if bindings(relu)[backend.family].layer:
            answers.append(backend.layer(relu, x, {}))
        return [bits(answer) for answer in answers]

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ask).result() == ask()


def test_the_input_is_not_written_to(backend, dtype):
    x, upstream = sample(dtype), sample(dtype)
    for entry in offered(backend, spec.activations, dtype):
        if entry.shape != "reduction" and (backend.name, entry.name, dtype.name) not in NARROWED:
            backend.value(entry, x, stated(entry))
            if type(backend).gradient is not Adapter.gradient:
                backend.gradient(entry, x, upstream, stated(entry))
    assert bits(x) == bits(upstream) == bits(sample(dtype))


def test_versions_and_device_are_told(backend):
    assert isinstance(backend, Adapter)
    beside = {
        "numpy": ["scipy"],
        "keras": [backend.name.removeprefix("keras-")],
        "onnxruntime": ["onnx"],
    }
    assert list(backend.versions()) == [backend.family, *beside.get(backend.family, [])]
    assert all(version[0].isdigit() for version in backend.versions().values())
    assert backend.device in {"cpu", "gpu", "cuda"}
