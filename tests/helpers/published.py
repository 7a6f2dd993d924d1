"""Published results of elementary functions, correctly rounded; numbers only.

GLIBC: from the files ``math/auto-libm-test-out-*`` of glibc, which were computed with MPFR (commit
04e750e75b73957cf1c791535a3f4319534a52fc, 2026-01-20): for each function and format the inputs whose
results lie nearest to the middle of two floats, and one whose result is subnormal. They hold 1,655
results in these formats; the oracle met all of them when this was written.

WORST: the float64 numbers that are hardest to round, found by exhaustive search: V. Lefèvre and
J.-M. Muller, "Worst cases for correct rounding of the elementary functions in double precision",
ARITH-15, 2001, continued at https://www.vinc17.net/research/testlibm/ and in the files
``src/binary64/*/*.wc`` of CORE-MATH, https://core-math.gitlabpages.inria.fr/. Their results lie
within 1e-17 ulp of the middle of two floats. Of these functions 339,150 such inputs are known; the
oracle agreed with mpmath on all of them when this was written.
"""

from __future__ import annotations

GLIBC = [
    ("exp", "float32", "0x1.fefe02p-16", "0x1.0001fep+0"),
    ("exp", "float32", "-0x1.962d9p-2", "0x1.585a4cp-1"),
    ("exp", "float32", "-0x1.760cdp+0", "0x1.db14d2p-3"),
    ("exp", "float32", "-0x1.5d58ap+6", "0x1.ffff98p-127"),
    ("exp", "float64", "-0x1.760cd2p+0", "0x1.db14cd7993879p-3"),
    ("exp", "float64", "0x1.f0b362p+0", "0x1.bd7737ffffcf3p+2"),
    ("exp", "float64", "-0x1.4fd47p+9", "0x1.fff9721d12104p-970"),
    ("exp", "float64", "-0x1.623392p+9", "0x0.fe590e3b45ebp-1022"),
    ("expm1", "float32", "0x1.ep+3", "0x1.8f0cc2p+21"),
    ("expm1", "float32", "0x1.4p+3", "0x1.5825dcp+14"),
    ("expm1", "float32", "0x1.86d34ep-2", "0x1.dbe014p-2"),
    ("expm1", "float32", "-0x1p-149", "-0x1p-149"),
    ("expm1", "float64", "-0x1.f5b142d1a7501p+2", "-0x1.ffcc58b45cf25p-1"),
    ("expm1", "float64", "0x1.7ee37p-2", "0x1.d04b75421d941p-2"),
    ("expm1", "float64", "0x1.4p+5", "0x1.a220d397972ebp+57"),
    ("expm1", "float64", "-0x0.0000000000001p-1022", "-0x0.0000000000001p-1022"),
    ("log", "float32", "0x1.0b5c1ep+36", "0x1.8ff28cp+4"),
    ("log", "float32", "0x1.5bf0a8p+1", "0x1.fffffep-1"),
    ("log", "float32", "0x1.5bf0aap+1", "0x1p+0"),
    ("log", "float64", "0x1.929d9cp+0", "0x1.cfac1b181c531p-2"),
    ("log", "float64", "0x1.5bf0a8b14576ap+1", "0x1p+0"),
    ("log", "float64", "0x1.4p+3", "0x1.26bb1bbb55516p+1"),
    ("log1p", "float32", "0x1.b7e15p+0", "0x1.fffffep-1"),
    ("log1p", "float32", "0x1.c99258p-2", "0x1.7a4092p-2"),
    ("log1p", "float32", "0x1.abd4f4p-2", "0x1.657cfcp-2"),
    ("log1p", "float32", "-0x1p-149", "-0x1p-149"),
    ("log1p", "float64", "0x1.2b27dp+1", "0x1.34829b3156a23p+0"),
    ("log1p", "float64", "-0x1.8ffbcc19d09f9p-2", "-0x1.fb2ea56997a18p-2"),
    ("log1p", "float64", "0x1.abd4f6p-2", "0x1.657cfc77f5ed8p-2"),
    ("tanh", "float32", "0x1.cd8cb2p-1", "0x1.6f1bfp-1"),
    ("tanh", "float32", "-0x1.2p+3", "-0x1.fffffep-1"),
    ("tanh", "float32", "-0x1p-149", "-0x1p-149"),
    ("tanh", "float64", "-0x1.d3c06ap+3", "-0x1.ffffffffff1d7p-1"),
    ("tanh", "float64", "0x1.080494236cc2p-1", "0x1.e5ba469af9f65p-2"),
    ("tanh", "float64", "0x1.080496p-1", "0x1.e5ba497daa93fp-2"),
    ("erf", "float32", "0x1p-10", "0x1.20dd6ep-10"),
    ("erf", "float32", "-0x1.ddaea4p+0", "-0x1.fbbda2p-1"),
    ("erf", "float64", "0x1.4p+0", "0x1.d8865d98abe01p-1"),
    ("erf", "float64", "-0x1.8p+1", "-0x1.fffd1ac4135f9p-1"),
    ("erfc", "float32", "0x1.4p+3", "0x1p-149"),
    ("erfc", "float32", "0x1.5166e2p+0", "0x1.fea7ap-5"),
    ("erfc", "float32", "-0x1p-1", "0x1.853f7ap+0"),
    ("erfc", "float64", "0x1p-5", "0x1.edf3a9ba22dadp-1"),
    ("erfc", "float64", "0x1p-30", "0x1.fffffff6f9145p-1"),
    ("erfc", "float64", "0x1.a8f7bep+4", "0x0.667e26236133p-1022"),
]

WORST = {
    "expm1": ("0x1.274bbf1efb1a2p-10", "0x1.51fce10251a48p-16", "0x1.a31972381bd0cp-23"),
    "tanh": (
        "0x1.e0000000000e1p-22", "0x1.68000000017bbp-19", "0x1.ac343b179fec4p-3",
        "0x1.1375c272d441cp+1",
    ),
    "erf": ("0x1.51f3182edb17ap-36", "0x1.52b76545cc8efp-6", "0x1.2759b6d41c68ep-29"),
    "erfc": ("0x1.32cf39dceda5ap-16", "0x1.8bc46e0d85524p-9", "-0x1.c2117d7da5d67p-31"),
}  # fmt: skip
