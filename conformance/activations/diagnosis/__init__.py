"""What went wrong in the results of an activation, in a few words: its likely cause.

A *form* is a function that a backend may have computed in place of the entry's. It is named only if
it explains at least 99 % of the wrong results, at least 8 of them (32 if a constant was fitted),
and differs from what is right at 90 % of these: so it explains what the entry itself does not. The
families of forms are tried the plainest first. A form that sound results elsewhere contradict is
named last, and with the inputs that it is for.
"""

from .elements import elements
from .gradients import gradients
from .places import remainder
from .rows import rows
from .settings import settings

__all__ = ["elements", "gradients", "remainder", "rows", "settings"]
