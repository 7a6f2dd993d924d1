"""What an entry expects of a backend: inputs, exact results, budgets."""
