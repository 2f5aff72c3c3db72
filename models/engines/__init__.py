"""The engines that a store may be on, SQLite and PostgreSQL: what they say and do in different ways
is here, and nowhere else.
"""
