"""Organisations, posts, terms, absences and the lines of leaders."""
