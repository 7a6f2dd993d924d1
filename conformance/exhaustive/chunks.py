"""How the 2**32 inputs are cut: a chunk is a binade of both signs, a block is 2**16 of its inputs.

Binade c holds the bit patterns whose exponent field is c: 0 is zero and the subnormals, 255 the
infinities and nan. Both signs are in one chunk, so that a symmetry can be seen inside of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCK", "CHUNKS", "CHUNK_INPUTS", "INPUTS", "blocks"]

CHUNKS = 256
CHUNK_INPUTS = 2**24
INPUTS = CHUNKS * CHUNK_INPUTS
#: Inputs of one call of the backend: so few that the arrays stay in the cache, and that their
#: memory is not given back to the system between calls.
BLOCK = 2**16

_SIGN = np.uint32(1 << 31)


def blocks(chunk: int) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Yield the inputs of a chunk: positive ones away from zero, with their negatives.

    Parameters
    ----------
    chunk : int
        From 0 to 255.

    Yields
    ------
    positive, negative : ndarray of float32, shape (BLOCK,)
        ``negative[i]`` is ``-positive[i]``, nan included. Read-only.

    Raises
    ------
    ValueError
        If there is no such chunk.
    """
    if not 0 <= chunk < CHUNKS:
        raise ValueError(f"there is no chunk {chunk}; expected 0 to {CHUNKS - 1}")
    for start in range(chunk << 23, (chunk + 1) << 23, BLOCK):
        patterns = np.arange(start, start + BLOCK, dtype=np.uint32)
        positive, negative = patterns.view(np.float32), (patterns | _SIGN).view(np.float32)
        positive.flags.writeable = negative.flags.writeable = False
        yield positive, negative
