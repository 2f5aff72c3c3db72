"""Customers Mail Cloud."""
