"""The matter engine: one flow, one timeline, one clock."""
