"""Pages about persons: signing in, one's own data, the office's people pages."""
