"""What Customers Mail Cloud takes and says."""
