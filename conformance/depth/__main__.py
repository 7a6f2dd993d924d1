"""Run as ``python -m actinit.conformance.depth``."""

from .command import main

raise SystemExit(main())
