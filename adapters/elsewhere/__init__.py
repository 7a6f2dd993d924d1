"""A backend that runs in another Python, with packages of its own: another release, for example."""
