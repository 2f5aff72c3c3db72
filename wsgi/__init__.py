"""Every HTTP request, before anybody knows which system it is for: its fields, its limits, its
world.
"""
