"""A backend as the checks see it: watched, copied, or beside its eager mode."""
