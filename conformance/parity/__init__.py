"""Parity: whether a backend, given the same start and the same batches, trains the same.

`problem` says what is trained, `reference` trains it in NumPy, `torch`, `keras` and `jax` as each
framework does, and `compare` finds the step and the operation of their first divergence;
`diagnosis` says what a backend does instead.
"""
