"""What is written for machines: spec and results as JSON, schemas, badges, labels to link to."""
