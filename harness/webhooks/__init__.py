"""Posts to the applications of others: to whom, how, when again, and what came of it."""
