"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from courses.billing import listeners as billing
        from courses.ordering.panel import orders_and_courses
        from courses.scheduling.panel import hours_panel
        from courses.treatment import listeners as treatment
        from patients import hub

        treatment.connect()
        billing.connect()
        hub.register(orders_and_courses)
        hub.register(hours_panel)
