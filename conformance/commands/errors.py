"""How a command tells what went wrong with a file."""

from __future__ import annotations

__all__ = ["told"]


def told(error: BaseException) -> str:
    """Return what an error says, beginning with the file if it is of one.

    Examples
    --------
    >>> told(FileNotFoundError(2, "No such file or directory", "weights.npz"))
    'weights.npz: no such file or directory'
    """
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror[0].lower()}{error.strerror[1:]}"
    return str(error)
