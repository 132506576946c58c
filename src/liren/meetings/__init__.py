"""Meetings of a body: notice, who was there, minutes, decisions."""
