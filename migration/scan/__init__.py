"""Finds calls of Web API v2 in source code, with the parsers of tree-sitter. It changes nothing."""
