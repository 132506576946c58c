"""The maker of synthetic data as a Django application."""

from django.apps import AppConfig


class SynthConfig(AppConfig):
    """The maker of synthetic data."""

    name = "liren.synth"
    label = "synth"
