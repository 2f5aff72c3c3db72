"""The front page, and where tracked links lead."""
