"""`/__admin/`: the control API."""
