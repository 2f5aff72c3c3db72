"""The live bridge: calls of Web API v2 come in, requests of v3 go out, by the table of calls."""
