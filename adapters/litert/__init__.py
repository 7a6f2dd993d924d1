"""LiteRT, which runs what the exporters of other frameworks write; it has no functions itself."""
