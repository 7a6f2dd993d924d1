"""What pages say, worked out from the spec and the results."""
