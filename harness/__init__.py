"""What a test sees and steers: calls, journal, faults, clock, seeds."""

#: How many calls the journal keeps, unless it is told otherwise.
JOURNAL_SIZE = 10_000
#: How a relay is spoken to: by STARTTLS where it offers that, by STARTTLS, by TLS from the first
#: byte, or in clear.
AUTO, STARTTLS, TLS, NONE = "auto", "starttls", "tls", "none"
TLS_MODES = (AUTO, STARTTLS, TLS, NONE)
#: What a HAR file of ours has of a call beside what such files have.
IN_ARCHIVES = "_legacygrid"
