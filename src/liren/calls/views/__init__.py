"""Screens of calls: whoever calls, whoever is asked, the desk's list."""
