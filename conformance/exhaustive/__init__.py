"""Every float32 input of a function, held against the reference: ``actinit exhaustive``.

A sweep is 256 chunks of work that do not know of each other (`chunks`). A worker turns a chunk into
a `Piece` (`work`); the pieces are kept as they come (`journal`), so that a sweep can stop at any
time and go on later; pieces merge, in any order, into one `Report` (`report`). Who does the work,
processes of this machine or a Dask cluster, makes no difference to it (`..executors`).
"""
