"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from courses import drafts
        from courses.billing import listeners as billing
        from courses.billing.billed_on import billed_on
        from courses.billing.books.panel import accounts
        from courses.fhir.panel import export
        from courses.ordering.order_day import signed_on
        from courses.ordering.panel import orders_and_courses
        from courses.progress.review_overdue import review_overdue
        from courses.progress.waiting_count import at_reviews
        from courses.scheduling.panel import hours_panel
        from courses.treatment import listeners as treatment
        from courses.treatment import standing
        from courses.treatment.authorized import used_under
        from courses.treatment.merge_guard import treated_since
        from eecp_clinic import context
        from patients import billed, delivered, hub, order_day, undo_guards

        drafts.register()
        treatment.connect()
        billing.connect()
        hub.register(orders_and_courses)
        hub.register(hours_panel)
        hub.register(accounts)
        hub.register(export)
        order_day.register(signed_on)
        billed.register(billed_on)
        delivered.register(used_under)
        undo_guards.register(treated_since)
        standing.register(review_overdue)
        context.register_count("courses:reviews", at_reviews)
