"""The questions of a migration as tools of the Model Context Protocol, for coding assistants."""
