"""Benchmarks: ratios that were measured in one run."""
