"""What the pages are made to do in a browser: formulas, scripts, the search, the evaluator."""
