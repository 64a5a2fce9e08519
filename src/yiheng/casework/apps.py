"""The Django application of this room."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Users and the journal."""

    name = "yiheng.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import sessions  # noqa: F401  importing connects the receivers
