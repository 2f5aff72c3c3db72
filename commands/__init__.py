"""What the commands of `legacygrid` do; `legacygrid.cli` has them together."""
