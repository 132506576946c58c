"""Organisations, posts, terms, absences and the lines of leaders."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """Organisations, posts, terms, absences and the lines of leaders."""

    name = "liren.organisation"
    label = "organisation"
