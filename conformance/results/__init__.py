"""Records of every results file, and the one store that reads and writes them."""
