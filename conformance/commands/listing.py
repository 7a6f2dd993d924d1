"""``actinit list``: the entries of the spec and the backends that can be checked."""

from __future__ import annotations

import argparse
import sys

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit list``: it has none."""


def run(options: argparse.Namespace) -> int:
    """Print the names of entries with their summaries, and the names of backends."""
    from actinit import adapters, spec

    for title, entries in (("Activations", spec.activations), ("Initializers", spec.initializers)):
        print(f"{title}:")
        for entry in entries.values():
            print(f"  {entry.name:26}{entry.summary}")
    print(f"Backends: {', '.join(adapters.names())}")
    for name, framework in adapters.frameworks().items():
        if framework.devices:
            places = ", ".join(f"{name}@{device}" for device in framework.devices)
            print(f"On an accelerator that is there: {places}, and so its compiled modes")
    for lost in adapters.broken():
        print(f"actinit list: {lost}", file=sys.stderr)
    return 0
