"""Pages of the organisation network, for the desk."""
