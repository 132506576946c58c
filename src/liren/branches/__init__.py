"""Party branches as units of work: duties, tasks, meetings. Organisational data only (A1)."""
