"""Run as ``python -m actinit.conformance.claims``."""

from .command import main

raise SystemExit(main())
