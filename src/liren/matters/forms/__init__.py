"""Forms of the matter engine, one module a face."""
