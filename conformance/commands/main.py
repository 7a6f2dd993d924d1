"""``actinit COMMAND``: finds the command, reads its options and runs it.

Only the module of the command that was asked for is imported: some take seconds.
"""

from __future__ import annotations

import argparse
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version

__all__ = ["COMMANDS", "main"]

#: What a person wants: the commands for it, each with one line of help.
COMMANDS: dict[str, dict[str, str]] = {
    "Check": {
        "check": "run the conformance suite on a backend, or on a kernel of your own",
        "history": "measure several releases of a backend, each in an environment of its own",
        "dispatch": "show which results change with vector instructions, threads or such settings",
        "exhaustive": "check every float32 input of a backend's functions",
        "parity": "train as the reference does, step by step",
        "train": "run the MNIST comparison",
        "identify": "say which function or initializer of the spec one of your own is",
        "inspect": "say which initializer the tensors of a file may be draws of",
        "audit": "hold expected values that others wrote to the exact ones",
        "depth": "simulate networks of a hundred layers from every initialization",
        "claims": "decide each of the article's claims by computation",
    },
    "Compare": {
        "summary": "show the counts of the runs in a folder",
        "compare": "show what changed from one release of a backend to another",
        "diff": "show what is otherwise in another framework, for who ports a model",
        "baseline": "write what a backend is known for, or show what changed",
    },
    "Use the spec": {
        "list": "list entries and backends",
        "export": "write initial weights that are the same on every machine",
        "vectors": "write inputs and exact results, for tests in any language",
    },
    "Make what the site shows": {
        "compute": "compute curves, signals, power and accuracy from the spec and the reference",
        "bench": "measure speed, as ratios in one run",
    },
}
_HELP = {name: text for group in COMMANDS.values() for name, text in group.items()}
# Names of modules that Python keeps for itself.
_MODULES = {"list": "listing"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        The words after ``actinit``; by default those of the process.

    Returns
    -------
    int
        Exit status: 0 if all is well, 1 if a check or a verdict failed, 2 for a wrong call, 141 if
        who reads the output, such as ``head``, closed it.
    """
    words = sys.argv[1:] if arguments is None else arguments
    try:
        try:
            return _run(words)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer would fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13  # as a program that SIGPIPE ends


def _run(words: list[str]) -> int:
    name, rest = (words[0], words[1:]) if words else ("--help", [])
    if name in ("-h", "--help"):
        print(_help())
        return 0 if words else 2
    if name == "--version":
        print(f"actinit {version('actinit')}")
        return 0
    if name not in _HELP:
        near = get_close_matches(name, _HELP, n=1)
        hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(_HELP)}"
        print(f"actinit: there is no command {name!r}; {hint}", file=sys.stderr)
        return 2
    command = import_module(f".{_MODULES.get(name, name)}", __package__)
    parser = argparse.ArgumentParser(
        prog=f"actinit {name}",
        description=_description(command.__doc__),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(parser)
    options = parser.parse_args(rest)
    run = getattr(options, "run", None) or command.run  # a command with verbs has one for each
    status: int = run(options)
    return status


def _help() -> str:
    lines = [
        "usage: actinit COMMAND [OPTIONS]",
        "",
        "Activation functions and initializers, held to their spec.",
    ]
    for group, commands in COMMANDS.items():
        lines += ["", f"{group}:", *(f"  {name:12}{text}" for name, text in commands.items())]
    return "\n".join([
        *lines, "", "actinit COMMAND --help tells the options of a command; actinit --version."
    ])  # fmt: skip


def _description(text: str | None) -> str:
    """Return a module's docstring without the name of the command that opens it."""
    head, _, rest = (text or "").partition("``: ")
    said = rest if head.startswith("``actinit") else (text or "")
    return said[:1].upper() + said[1:].strip()
