"""Mail from any door: submitted, transformed as its sender asked, kept."""
