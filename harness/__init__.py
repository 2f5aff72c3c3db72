"""What a test sees and steers: calls, journal, faults, clock, seeds."""

#: How many calls the journal keeps, unless it is told otherwise.
JOURNAL_SIZE = 10_000
