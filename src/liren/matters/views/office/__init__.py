"""The desk's screens: list, map, one matter, recording, root causes, categories, figures."""
