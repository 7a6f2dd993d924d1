"""What a diverging trainer does instead: the reference with one thing changed that does the same.

`record` keeps what a backend did, step by step. Each hypothesis in the other modules
is the reference with one thing changed; `fit` solves for a number in it, such as a
rate. `diagnose` takes the first that reproduces the backend at every step.
"""
