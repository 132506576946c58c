"""Django knows this package only for its template filters and its translations."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Template filters and translations; no models."""

    name = "liren.base"
    label = "base"
