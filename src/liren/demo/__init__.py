"""The demonstration community: the real division tree, synthetic buildings and people."""
