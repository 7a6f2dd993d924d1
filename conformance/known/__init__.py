"""What has been measured before, and what explains it.

The spec says what is right and knows nobody. What backends were seen to do is kept here: in
`baselines/`, written by ``actinit baseline write``, and in `causes/`, written by hand.
"""
