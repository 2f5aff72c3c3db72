"""The commands of `legacygrid`, which `legacygrid.cli` lists."""
