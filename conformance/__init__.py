"""The conformance suite: whether a backend obeys the spec."""
