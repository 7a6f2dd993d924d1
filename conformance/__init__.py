"""The conformance suite: whether a backend obeys the spec.

One pipeline, from left to right: `plan` says what is asked, `backend` asks it, `error` counts what
came back against what `expected` says is right, `known` compares the findings with what was
measured before, `results` keeps them, and the site shows them. Rooms stand on floors and import
only from below; ``tests/test_rooms.py`` has the plan and walks the imports.
"""
