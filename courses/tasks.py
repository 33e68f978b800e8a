"""Tasks of the courses: what a lost announcement would have done is done by the sweep."""

from celery import shared_task
from django.utils import timezone

from courses.treatment.binding import bind_all_unbound


@shared_task
def sweep() -> None:
    """Bind recordings, attach reports and make lines that no announcement has reached."""
    bind_all_unbound(timezone.now())
