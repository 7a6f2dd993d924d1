"""How long a test waits for what does not come: a guard, and never what is tested."""

#: Seconds after which a process is given up; far beyond what any takes on a busy machine.
PATIENCE = 1800.0
