"""A run of the suite on one backend, as pytest makes it."""
