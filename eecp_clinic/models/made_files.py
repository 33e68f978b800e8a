"""Files that a worker makes and that are kept: how each stands, in one shape for all kinds of them."""

from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code

Row = TypeVar("Row", bound="MadeFile", covariant=True)


class MadeFileQuerySet(models.QuerySet[Row]):
    """Every change of state is a compare-and-set: of two workers at once, one has it."""

    def ready(self) -> Self:
        return self.filter(state=MadeFile.State.READY)

    def under_way(self) -> Self:
        return self.filter(state__in=[MadeFile.State.QUEUED, MadeFile.State.MAKING])

    def begin(self, now: datetime, **values: Any) -> bool:
        """Take up one of these that waits; False where somebody else has it."""
        return bool(self.update(state=MadeFile.State.MAKING, started_at=now, failure="", **values))

    def held_as(self, row: "MadeFile") -> Self:
        """``row`` while it is still its worker's; somebody may have taken it over."""
        return self.filter(pk=row.pk, state=MadeFile.State.MAKING, started_at=row.started_at)

    def try_again(self, **values: Any) -> bool:
        """Those of these that failed wait once more; False where none did."""
        failed = self.filter(state=MadeFile.State.FAILED)
        return bool(failed.update(state=MadeFile.State.QUEUED, failure="", started_at=None, **values))

    def take_over(self, begun_before: datetime) -> None:
        """Put back what a lost worker left half made."""
        lost = self.filter(state=MadeFile.State.MAKING, started_at__lt=begun_before)
        lost.update(state=MadeFile.State.QUEUED, started_at=None)

    def waiting(self) -> list[int]:
        """The keys of those that nobody has taken up, the longest waiting first."""
        found = self.filter(state=MadeFile.State.QUEUED).order_by("requested_at", "pk")
        return list(found.values_list("pk", flat=True))


class MadeFile(models.Model):
    """A file asked for, made by a worker and kept with its hash. ``started_at`` tells one worker's turn from the next."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    requested_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(null=True)
    failure = models.CharField(_("why not"), max_length=300, blank=True)
    ready_at = models.DateTimeField(_("ready"), null=True)
    file = models.FileField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta:
        abstract = True

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.MAKING}
