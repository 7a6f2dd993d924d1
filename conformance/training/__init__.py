"""The training experiments: one network, several initializations, each backend in its own habits.

`data` brings the data set, `numpy_trainer` trains in the reference and the adapters in their
frameworks (`actinit.adapters.Adapter.train`), `runner` runs and keeps what they report, `verdict`
holds it against the spec, `study` says what many runs come to, `signals` what theory predicts of
the network, and `command` is ``actinit train``.
"""
