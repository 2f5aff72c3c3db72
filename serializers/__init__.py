"""What is said on the wire: parameters, rows, the words of each dialect, and the bytes."""
