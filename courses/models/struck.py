"""What was charted and is wrong: struck through with who, when and why, and never taken away."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Struck(models.Model):
    """A row that may be struck while its session is not signed; it stays to be read."""

    struck_at = models.DateTimeField(_("struck"), null=True, blank=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck_reason = models.CharField(_("why it is struck"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def is_struck(self) -> bool:
        return self.struck_at is not None


def struck_with_reason(name: str) -> models.CheckConstraint:
    """Either nothing of it is known, or all: when, by whom, why."""
    nothing = Q(struck_at__isnull=True, struck_by__isnull=True, struck_reason="")
    everything = Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(struck_reason="")
    return models.CheckConstraint(condition=nothing | everything, name=name)
