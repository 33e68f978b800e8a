"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    name = "patients"
    verbose_name = _("Patients")

    def ready(self) -> None:
        from patients import clinic_rules, drafts, hub
        from patients.fhir.panel import charts
        from patients.panels import safety_and_notices

        drafts.register()
        clinic_rules.check()
        hub.register(safety_and_notices)
        hub.register(charts)
