"""What is asked of the community from above, who decided it, and what came with it (D1, E1)."""
