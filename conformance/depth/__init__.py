"""Vanishing, exploding, dying: how signals and gradients fare in deep networks, by simulation.

`starts` draws the weights, `network` carries a signal down and a gradient up with the reference,
and backends do so with their own operations (`actinit.adapters.Adapter.propagate`); `compare` holds
them against each other, `theory` against what is predicted, `judge` says what became of both, and
`report` is the file.
"""
