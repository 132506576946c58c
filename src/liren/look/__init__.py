"""The visual language: shells, components, error pages, the offline shell. docs/look.md."""
