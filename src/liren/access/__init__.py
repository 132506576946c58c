"""The gate: actors and their grants, ``require``, ``visible_to``, audit, row-level security."""
