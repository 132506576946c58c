"""The place tree, place sets, names and codes."""
