"""What is written for machines: spec and results as JSON, schemas, labels to link to."""
