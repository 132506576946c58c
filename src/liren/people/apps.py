"""Persons, where they live, consents, mandates and their rights."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, where they live, consents, mandates and their rights."""

    name = "liren.people"
    label = "people"
