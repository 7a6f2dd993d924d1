"""The conformance suite: does a backend obey the spec?"""
