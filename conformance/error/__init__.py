"""The error metric: how far results are from exact values, counted, grouped and told."""
