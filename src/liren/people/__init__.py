"""Persons, where they live, consents, mandates and their rights."""
