"""For tests of one's own: results held to exact values, with a message that shows the worst input.

::

    from actinit.testing import assert_ulp


    def test_gelu():
        x = np.linspace(-6, 6, 1001, dtype=np.float32)
        assert_ulp(my_gelu(x), "gelu", x, max_ulp=4)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actinit.conformance.callables import assert_ulp

__all__ = ["assert_ulp"]


def __getattr__(name: str) -> Any:
    """Return a function of the suite, which is imported only when somebody asks for it."""
    if name in __all__:
        from actinit import _of_the_suite

        return _of_the_suite(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
