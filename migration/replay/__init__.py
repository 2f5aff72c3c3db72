"""Recorded requests, made once more: whether the answers are those that were recorded."""
