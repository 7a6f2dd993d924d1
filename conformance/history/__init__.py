"""Releases of a framework beside each other: what each returns, and what changed between two.

`environments` installs a release in a folder of its own; `questions` lists what is asked; `ask`
asks one release one question; `journal` keeps what is done; `measure` goes through all of it;
`snapshots` are its files; `compare` holds two of them against each other, and `since` says of a
cause in which release it came and went.
"""
