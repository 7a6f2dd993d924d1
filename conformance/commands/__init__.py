"""The command line: a file for each command, and `main`, which finds the one that is asked for.

Each file has a first line for its help, ``add_arguments`` for its options, and ``run``.
"""

from .main import main

__all__ = ["main"]
