"""Initializers of whole kernels: rotations, the identity, sparse matrices.

A. M. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural
networks", 2013; L. Xiao et al., "Dynamical isometry and a mean field theory of CNNs", ICML 2018;
S. Zagoruyko and N. Komodakis, "DiracNets", 2017; J. Martens, "Deep learning via Hessian-free
optimization", ICML 2010.
"""

from __future__ import annotations

import math

from ..layouts import Kernel
from ._initializer import chosen, initializer, require
from ._matrices import Delta, Dirac, Fourier, Identity, Orthogonal, Sparse

__all__ = ["delta_orthogonal", "dirac", "eye", "orthogonal", "sparse", "stft"]


@initializer
def orthogonal(kernel: Kernel, /, *, gain: float = 1.0) -> Orthogonal:
    """Draw a rotation, without preference for a direction (Haar measure).

    The kernel, all dimensions but that of the output laid end to end, is a matrix with orthonormal
    columns, or rows if there are fewer.

    Other Parameters
    ----------------
    gain : float, optional
        Norm of each column, or row; finite, 0 < gain.
    """
    _require_gain(gain)
    return Orthogonal(kernel, float(gain))


@initializer
def delta_orthogonal(kernel: Kernel, /, *, gain: float = 1.0) -> Delta:
    """Draw a rotation for the centre of a convolution's kernel; around it every weight is 0.

    The centre of a size k is the place (k - 1) // 2. There must be as many outputs as inputs, or
    more.

    Other Parameters
    ----------------
    gain : float, optional
        Norm of each row of the rotation; finite, 0 < gain.
    """
    _require_gain(gain)
    _require_convolution("delta_orthogonal", kernel)
    if kernel.inputs > kernel.outputs:
        raise ValueError(
            f"delta_orthogonal: expected as many outputs as inputs, or more; the kernel "
            f"{kernel.shape} in the layout {kernel.layout!r} has {kernel.inputs} inputs and "
            f"{kernel.outputs} outputs"
        )
    return Delta(kernel, float(gain))


@initializer
def eye(kernel: Kernel, /, *, gain: float = 1.0) -> Identity:
    """Set the weights to the identity matrix; one that is not square has zeros beside it.

    Other Parameters
    ----------------
    gain : float, optional
        The number on the diagonal; finite.
    """
    require(math.isfinite(gain), "a finite gain", gain=gain)
    _require_matrix("eye", kernel)
    return Identity(kernel, float(gain))


@initializer
def dirac(kernel: Kernel, /, *, groups: int = 1) -> Dirac:
    """Set a convolution's kernel to pass each input channel on to the output of its number.

    1 at the centre, the place (k - 1) // 2 of a size k, from input n to output n, in each group of
    outputs anew; 0 elsewhere.

    Other Parameters
    ----------------
    groups : int, optional
        Groups of output channels; it divides their number.
    """
    require(
        1 <= groups < math.inf and groups == int(groups),
        "as groups an integer of 1 or more",
        groups=groups,
    )
    _require_convolution("dirac", kernel)
    if kernel.outputs % groups:
        raise ValueError(
            f"dirac: expected groups that divide the {kernel.outputs} outputs; got {groups}"
        )
    return Dirac(kernel, int(groups))


@initializer
def sparse(kernel: Kernel, /, *, sparsity: float = 0.1, stddev: float = 0.01) -> Sparse:
    """Draw normal weights of which, for each input, a fixed share is 0.

    The number of zeros among the weights that leave an input is the share rounded up; which ones
    is drawn without preference. PyTorch's definition; Martens 2010 limits what enters a unit.

    Other Parameters
    ----------------
    sparsity : float, optional
        Share of the weights that are 0, from 0 to 1.
    stddev : float, optional
        Standard deviation of the others; finite, 0 < stddev.
    """
    require(0 <= sparsity <= 1, "a sparsity from 0 to 1", sparsity=sparsity)
    require(0 < stddev < math.inf, "a finite stddev above 0", stddev=stddev)
    _require_matrix("sparse", kernel)
    return Sparse(kernel, math.ceil(sparsity * kernel.outputs), float(stddev))


_WINDOWS = {"hann": 0.5, "hamming": 0.54, "none": 1.0}
_NORMS = {"density": 2, "spectrum": 1, "none": 0}


@initializer
def stft(
    kernel: Kernel,
    /,
    *,
    side: str = "real",
    window: str = "hann",
    scaling: str = "density",
    periodic: str = "no",
) -> Fourier:
    """Set a convolution's kernel to one side of a short-time Fourier transform.

    The kernel has one input, and n outputs for the frequencies 0 to n - 1 of 2n - 2.

    Other Parameters
    ----------------
    side : {"real", "imag"}, optional
        Which part of the transform.
    window : {"hann", "hamming", "none"}, optional
        How the frame fades out.
    scaling : {"density", "spectrum", "none"}, optional
        What the window is divided by: its L2 norm, its L1 norm, or nothing; nothing too where there
        is no window.
    periodic : {"no", "yes"}, optional
        Whether the window ends where its next period begins, rather than being symmetric.
    """
    chosen("side", side, ("real", "imag"))
    chosen("window", window, _WINDOWS)
    chosen("scaling", scaling, _NORMS)
    chosen("periodic", periodic, ("no", "yes"))
    if len(kernel.places) != 1 or kernel.inputs != 1:
        raise ValueError(
            "stft: expected the kernel of a convolution of a row with one input; got "
            f"{kernel.shape} in the layout {kernel.layout!r}"
        )
    return Fourier(kernel, side == "imag", _WINDOWS[window], periodic == "yes", _NORMS[scaling])


def _require_gain(gain: float) -> None:
    require(0 < gain < math.inf, "a finite gain above 0", gain=gain)


def _require_matrix(name: str, kernel: Kernel) -> None:
    if kernel.places:
        raise ValueError(f"{name}: expected a matrix, of two dimensions; got {kernel.shape}")


def _require_convolution(name: str, kernel: Kernel) -> None:
    if not kernel.places:
        raise ValueError(
            f"{name}: expected the kernel of a convolution, of three dimensions or more; "
            f"got {kernel.shape}"
        )
