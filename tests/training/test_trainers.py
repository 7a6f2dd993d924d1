"""The trainers train the network that the spec describes, each by its own framework's means."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from helpers.trained import TRAINED, require

from actinit import adapters
from actinit import reference as ref
from actinit.adapters.training import Data, Split
from actinit.conformance.training import backends, numpy_trainer
from actinit.conformance.training.errors import TrainingError
from actinit.conformance.training.numpy_optimizers import OPTIMIZERS, Adam
from actinit.conformance.training.optimizers import choose
from actinit.conformance.training.verdict import judge
from actinit.spec import UnknownNameError, optimizers, stepped
from actinit.spec.experiment import Choice, Experiment, experiment

MNIST = experiment("mnist_mlp")
STARTS = [start.name for start in MNIST.starts]

Shortened = Callable[..., Experiment]


def _network(start: str, dtype: type = np.float64) -> numpy_trainer.Network:
    return numpy_trainer.Network(MNIST.network, start, np.random.default_rng(5), dtype)


# NumPy


def test_the_gradient_is_that_of_the_loss(pictures: Data) -> None:
    """By central differences: the truncation is h^2, the rounding eps / h; h balances them."""
    network, (x, y) = _network("he_normal"), pictures.train
    x, y = x[:8].astype(np.float64), y[:8]
    network.parameters += 0.01  # No bias at 0, so that bias and weights differ in kind.
    network.learn(x, y)
    gradient = network.gradient.copy()
    h = 6e-6  # cube root of the float64 epsilon
    for at in np.random.default_rng(6).choice(gradient.size, 300, replace=False):
        losses = []
        for side in (h, -h):
            network.parameters[at] += side
            losses.append(network.score(Split(x, y))[0])
            network.parameters[at] -= side
        assert math.isclose(
            gradient[at], (losses[0] - losses[1]) / (2 * h), rel_tol=1e-6, abs_tol=1e-9
        )


def test_zeros_learn_nothing_but_the_bias_of_the_output(pictures: Data) -> None:
    network = _network("zeros")
    network.learn(*pictures.train)
    assert all(not layer.weights_gradient.any() for layer in network.layers)
    assert [bool(layer.bias_gradient.any()) for layer in network.layers] == [False, False, True]


@pytest.mark.parametrize("name", optimizers)
def test_each_optimizer_obeys_its_entry(name: str) -> None:
    """Gradients as small as epsilon tell the forms of Adam apart."""
    entry, rng = optimizers[name], np.random.default_rng(7)
    rates = {key: parameter.default for key, parameter in entry.parameters.items()}
    x, expected = np.zeros(3), np.zeros(3)
    stepper = OPTIMIZERS[name](x, rates)
    state = dict.fromkeys(entry.state, np.zeros(3))
    for t in range(1, 21):
        gradient = rng.normal(0, 1e-7, 3)
        stepper.step(gradient)
        expected, state = stepped(entry, rates, expected, gradient, t, state, np)
    # Some dozen roundings a step, none of them enlarged.
    assert np.allclose(x, expected, rtol=1e-13, atol=0)


@pytest.mark.parametrize("name", ["momentum", "adam", "adam_hat"])
def test_what_fades_is_0_before_it_is_subnormal(name: str) -> None:
    """Subnormal numbers are slow; of a pixel that is always black the mean would stay one."""
    rates = {key: parameter.default for key, parameter in optimizers[name].parameters.items()}
    stepper = OPTIMIZERS[name](np.zeros(1, np.float32), rates)
    stepper.step(np.ones(1, np.float32))
    faded = stepper.velocity if name == "momentum" else stepper.mean
    tiny = np.finfo(np.float32).tiny
    for _ in range(1_200):  # 0.9 ** 830 is the smallest normal number
        stepper.step(np.zeros(1, np.float32))
        assert faded[0] == 0 or abs(faded[0]) >= tiny
    assert faded[0] == 0


def test_a_backend_without_a_form_of_adam_trains_with_its_own() -> None:
    found = {family: choose(MNIST.optimizer, family) for family in ("numpy", "torch", "keras")}
    assert {family: entry.name for family, (entry, _) in found.items()} == {
        "numpy": "adam_hat", "torch": "adam", "keras": "adam_hat",
    }  # fmt: skip
    assert {rates["epsilon"] for _, rates in found.values()} == {1e-7}  # not the other's default


def test_an_optimizer_that_a_backend_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TrainingError, match=r"tensorflow has no sgd\n.*one of"):
        choose(Choice(name="sgd"), "tensorflow")


def test_the_loss_is_the_references(pictures: Data) -> None:
    """Far from 0, too, where exponentials would overflow or vanish."""
    z = np.random.default_rng(8).normal(0, 400, (50, 10))
    y = np.arange(50) % 10
    loss, right, p = numpy_trainer.cross_entropy(z, y)
    assert math.isclose(loss, -ref.log_softmax(z)[np.arange(50), y].sum(), rel_tol=1e-14)
    assert right == (z.argmax(axis=1) == y).sum()
    # An exponential passes on the rounding of its argument, of up to 2,000 here.
    assert np.allclose(p, ref.softmax(z), rtol=1e-12, atol=0)


def test_a_seed_gives_the_same_run_twice_and_another_seed_another(
    pictures: Data, shortened: Shortened
) -> None:
    def losses(seed: int) -> list[float]:
        run = numpy_trainer.train(shortened(epochs=2, batch_size=32), "he_normal", pictures, seed)
        return [epoch.loss for epoch in run]

    assert losses(0) == losses(0)
    assert losses(0) != losses(1)


# Every backend


@pytest.fixture(params=TRAINED)
def backend(request: pytest.FixtureRequest) -> backends.Backend:
    """A backend that is installed; of Keras's engines the one at hand."""
    require(request.param)
    return backends.load(request.param)


@pytest.mark.parametrize("start", ["zeros", "he_normal"])
def test_it_learns_but_not_from_zeros(
    backend: backends.Backend, pictures: Data, shortened: Shortened, start: str
) -> None:
    epochs = list(backend.train(shortened(epochs=3, batch_size=20), start, pictures, 0))
    assert len(epochs) == 3
    assert all(epoch.seconds > 0 for epoch in epochs)
    if start == "zeros":
        assert abs(epochs[-1].val_loss - math.log(10)) < 0.05
    else:
        assert epochs[-1].loss < 0.5 * epochs[0].loss
        assert epochs[-1].val_accuracy > 0.9


def test_the_first_epochs_loss_is_the_mean_over_batches_before_their_steps(
    backend: backends.Backend, pictures: Data, shortened: Shortened
) -> None:
    """From zeros in one batch, that is log 10 whatever the backend; the last batch counts less."""
    whole = shortened(epochs=1, batch_size=len(pictures.train.x))
    (epoch,) = backend.train(whole, "zeros", pictures, 0)
    assert math.isclose(epoch.loss, math.log(10), rel_tol=1e-6)
    assert epoch.val_loss != epoch.loss


def _weights(framework: str, start: str) -> list[np.ndarray]:
    """Return the first and the last layer's weights as a trainer starts them."""
    if framework == "numpy":
        layers = _network(start, np.float32).layers
        return [layers[0].weights, layers[-1].weights]
    pytest.importorskip(framework)
    if framework == "torch":
        from actinit.adapters.torch import trainer

        linears = [module for module in trainer.build(MNIST, start) if hasattr(module, "bias")]
        return [linears[at].weight.detach().numpy() for at in (0, -1)]
    from actinit.adapters.keras import trainer

    layers = trainer.build(MNIST, start).layers
    return [np.asarray(layers[at].kernel) for at in (0, -1)]


@pytest.mark.parametrize("framework", ["numpy", "torch", "keras"])
@pytest.mark.parametrize("start", STARTS)
def test_layers_start_as_they_are_told(framework: str, start: str) -> None:
    """Standard deviation of 100,352 weights: 2 % is more than eight of its own."""
    from actinit import reference as ref

    first, last = _weights(framework, start)
    distribution = ref.initializers[start].distribution((784, 128))
    assert math.isclose(first.std(), distribution.std(), rel_tol=0.02)
    bound = math.sqrt(6 / (64 + 10))  # glorot_uniform's, whatever the initialization
    assert 0.9 * bound < abs(last).max() <= bound


def _orders(labels: list[np.ndarray], y: np.ndarray) -> int:
    """Return in how many orders an epoch's labels came, having seen that each is all of them."""
    epochs = np.concatenate(labels).reshape(-1, len(y))
    for epoch in epochs:
        assert np.array_equal(np.bincount(epoch), np.bincount(y))
    return len(np.unique(epochs, axis=0))


def test_numpy_shuffles_anew_in_every_epoch(
    pictures: Data, shortened: Shortened, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels: list[np.ndarray] = []
    learn = numpy_trainer.Network.learn

    def watch(network: Any, x: np.ndarray, y: np.ndarray) -> Any:
        labels.append(y)
        return learn(network, x, y)

    monkeypatch.setattr(numpy_trainer.Network, "learn", watch)
    list(numpy_trainer.train(shortened(epochs=3, batch_size=150), "zeros", pictures, 0))
    assert [len(batch) for batch in labels[:3]] == [150, 150, 100]
    assert _orders(labels, pictures.train.y) == 3


def test_torch_shuffles_anew_in_every_epoch(
    pictures: Data, shortened: Shortened, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")

    labels: list[np.ndarray] = []
    loss = torch.nn.CrossEntropyLoss.forward

    def watch(module: Any, logits: Any, y: Any) -> Any:
        if torch.is_grad_enabled():
            labels.append(y.numpy())
        return loss(module, logits, y)

    monkeypatch.setattr(torch.nn.CrossEntropyLoss, "forward", watch)
    list(backends.load("torch").train(shortened(epochs=3, batch_size=150), "zeros", pictures, 0))
    assert [len(batch) for batch in labels[:3]] == [150, 150, 100]
    assert _orders(labels, pictures.train.y) == 3


def test_keras_shuffles_anew_in_every_epoch(
    pictures: Data, shortened: Shortened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With steps of next to nothing, the loss of the first batch says which batch it was."""
    keras = pytest.importorskip("keras")

    first: list[float] = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 0:
                first.append(float(logs["loss"]))

    fit = keras.Sequential.fit
    monkeypatch.setattr(
        keras.Sequential, "fit", lambda *args, **options: fit(*args, callbacks=[Watch()], **options)
    )
    choice = Choice(name="sgd", parameters={"learning_rate": 1e-30})
    still = msgspec.structs.replace(shortened(epochs=3, batch_size=100), optimizer=choice)
    assert len(list(backends.load("keras").train(still, "he_normal", pictures, 0))) == 3
    assert len(set(first)) == 3


# PyTorch beside NumPy


def test_torch_has_the_same_gradient(pictures: Data) -> None:
    """In float64, from the same weights: a few dozen roundings of sums of 784 apart."""
    torch = pytest.importorskip("torch")
    from actinit.adapters.torch import trainer

    network, (x, y) = _network("he_normal"), pictures.train
    x = x.astype(np.float64)
    model = trainer.build(MNIST, "he_normal").double()
    linears = [module for module in model if isinstance(module, torch.nn.Linear)]
    with torch.no_grad():
        for linear, layer in zip(linears, network.layers, strict=True):
            assert not linear.bias.any()
            linear.weight.copy_(torch.from_numpy(layer.weights.T.copy()))
    loss_sum, right = network.learn(x, y)
    logits = model(torch.from_numpy(x))
    loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(y))
    loss.backward()
    assert math.isclose(loss_sum / len(y), loss.item(), rel_tol=1e-13)
    assert right == int((logits.argmax(1) == torch.from_numpy(y)).sum())
    for linear, layer in zip(linears, network.layers, strict=True):
        assert np.allclose(linear.weight.grad.numpy().T, layer.weights_gradient, 1e-11, 1e-15)
        assert np.allclose(linear.bias.grad.numpy(), layer.bias_gradient, 1e-11, 1e-15)


@pytest.mark.parametrize("start", STARTS)
def test_jax_starts_from_the_distributions_of_the_spec(start: str) -> None:
    """Its own uniform distribution begins at 0: half of the spec's interval would be missing."""
    pytest.importorskip("jax")
    from actinit.adapters.jax import trainer

    built = trainer.build(MNIST, start, 3, adapters.load("jax").draw)
    kernel = np.asarray(built[0][0], dtype=np.float64)
    distribution = ref.initializers[start].distribution(kernel.shape)
    # Means and deviations of 100,352 weights, to five standard errors.
    assert abs(kernel.mean() - distribution.mean()) <= 5 * distribution.std() / math.sqrt(
        kernel.size
    )
    assert math.isclose(kernel.std(), distribution.std(), rel_tol=5 / math.sqrt(kernel.size))


# Names


def test_a_mistyped_backend_gets_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'torch'"):
        backends.load("troch")


def test_a_deliberately_broken_trainer_is_caught(
    pictures: Data, shortened: Shortened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the softmax's gradient of the wrong sign nothing is learnt."""
    step = Adam.step
    monkeypatch.setattr(Adam, "step", lambda adam, gradient: step(adam, -gradient))
    run = numpy_trainer.train(shortened(batch_size=20), "he_normal", pictures, 0)
    assert judge(MNIST.start("he_normal"), list(run)).status == "missed"
