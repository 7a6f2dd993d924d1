"""What several rooms of tests use: wrong backends, formulas, runs in other processes."""
