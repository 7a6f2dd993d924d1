"""The training experiments: one network, several starts, each backend in its own habits.

`data` brings the data set, the ``*_trainer`` modules train, `runner` runs and keeps what they
report, `verdict` holds it against the spec, `study` says what many runs come to, `signals` what
theory predicts of the network, and `command` is ``actinit train``.
"""
