"""The face's own pages."""
