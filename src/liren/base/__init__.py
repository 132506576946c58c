"""The lowest layer: pure helpers every other app may import. It imports none of them."""
