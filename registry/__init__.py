"""What answers: systems, families of operations, their parameters and their routes."""
