"""Tasks of the base."""

from celery import shared_task
from django.utils import timezone

from eecp_clinic.drafts import store


@shared_task
def prune_drafts() -> None:
    """Let go of drafts to which nobody came back."""
    store.prune(now=timezone.now())
