"""App configuration of the base."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EecpClinicConfig(AppConfig):
    name = "eecp_clinic"
    verbose_name = _("Clinic")

    def ready(self) -> None:
        # Loads the Celery application in every Django process, so that tasks find their broker. It is not
        # imported by the package itself: pure modules may be imported without Celery or Django.
        from eecp_clinic import celery  # noqa: F401
