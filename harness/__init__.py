"""What a test sees and steers: calls, journal, faults, clock, seeds."""
