"""The suite that the plugin collects."""
