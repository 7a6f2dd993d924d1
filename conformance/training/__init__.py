"""The article's experiment: one network, six starts, each backend in its own habits.

`data` brings the data set, the ``*_trainer`` modules train, `runner` runs and keeps what they
report, `verdict` holds it against the spec, `report` shows it, and `command` is ``actinit train``.
"""
