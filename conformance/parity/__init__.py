"""Parity: whether a backend, given the same initialization and the same batches, trains the same.

`problem` says what is trained, `reference` trains it in NumPy, each adapter as its framework does
(`actinit.adapters.Adapter.trainer`), and `compare` finds the step and the operation of their first
divergence; `diagnosis` says what a backend does instead.
"""
