"""The Django application of this room."""

from django.apps import AppConfig


class CockpitConfig(AppConfig):
    """Pages; no tables of its own."""

    name = "yiheng.cockpit"
    label = "cockpit"
