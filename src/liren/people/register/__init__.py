"""The register of households: taken in from the sheet a community really has."""
