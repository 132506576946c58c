"""The leaders' face: today, my places, being away. One thumb, at most three cards."""
