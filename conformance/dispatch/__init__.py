"""Which results change with settings that choose code for the processor, or threads."""
