"""``python -m actinit``: the command line, of the interpreter at hand."""

import sys

from actinit.conformance.commands import main

sys.exit(main())
