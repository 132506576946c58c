"""Forms from above 一表通: uploaded once, filled from our own lists from then on."""
