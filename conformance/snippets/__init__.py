"""Lines to paste into a fresh Python that show what a check of an activation found.

They need NumPy, ml_dtypes and the framework alone. The templates of ``backend.toml`` in the
framework's folder define ``ask``, from NumPy arrays to the results as float64; what follows is the
same for every framework: the worst input alone and in arrays, which vector code may compute
otherwise, and each result that came, once, beside what is right. An adapter of one's own is asked
through actinit.
"""

from .lines import lines

__all__ = ["lines"]
