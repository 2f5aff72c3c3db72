"""The path under which the console answers."""

PREFIX = "/console"
