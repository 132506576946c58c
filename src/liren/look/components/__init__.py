"""The components behind `{% load look %}`, a file a kind."""
