"""Tasks of the courses: what a lost announcement would have done is done by the sweep."""

from celery import shared_task


@shared_task
def sweep() -> None:
    """Bind recordings, attach reports and make lines that no announcement has reached."""
