"""The proxy of `legacygrid run` and `serve`, for clients that have their hosts in their code."""
