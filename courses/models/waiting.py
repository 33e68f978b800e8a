"""The wait list: who would like an hour that is not free, and the offers made when one is."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from courses.models.ordering import Course
from courses.models.scheduling import Appointment
from devices.models import Device
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User


class WaitQuerySet(models.QuerySet["WaitListEntry"]):
    def of(self, clinic: Clinic) -> "WaitQuerySet":
        return self.filter(course__clinic=clinic)

    def waiting(self) -> "WaitQuerySet":
        return self.filter(closed_at=None, course__state__in=["planned", "active"])


@pghistory.track()
class WaitListEntry(models.Model):
    """What hour a course waits for. Its patient may stay booked meanwhile."""

    class Urgency(models.IntegerChoices):
        URGENT = 1, _("Urgent")
        SOON = 2, _("Soon")
        WHEN_IT_FITS = 3, _("When it fits")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="wait_list")
    urgency = models.PositiveSmallIntegerField(
        _("urgency"), choices=Urgency.choices, default=Urgency.WHEN_IT_FITS
    )
    #: 0 is Monday; empty is any day.
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("weekdays"), default=list, blank=True
    )
    from_time = models.TimeField(_("not before"), null=True, blank=True)
    until_time = models.TimeField(_("over by"), null=True, blank=True)
    notice_hours = models.PositiveSmallIntegerField(_("hours of notice needed"), default=2)
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("device")
    )
    note = models.CharField(_("note"), max_length=150, blank=True)
    created_at = models.DateTimeField(_("since"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = WaitQuerySet.as_manager()

    class Meta:
        ordering = ["urgency", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=Q(closed_at=None), name="wait_list_course_once"
            ),
            models.CheckConstraint(
                condition=Q(from_time=None) | Q(until_time=None) | Q(until_time__gt=F("from_time")),
                name="wait_list_from_before_until",
                violation_error_message=_("“Over by” must be later than “not before”."),
            ),
        ]

    def __str__(self) -> str:
        return f"Wait list {self.code}"

    @property
    def weekday_names(self) -> list[str]:
        return [str(WEEKDAYS_ABBR[day]) for day in self.weekdays]


@pghistory.track()
class WaitListOffer(models.Model):
    """An hour offered to somebody who waits. It is not kept free: whoever books first has it."""

    class State(models.TextChoices):
        OPEN = "open", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    entry = models.ForeignKey(WaitListEntry, on_delete=models.PROTECT, related_name="offers")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("starts"))
    offered_at = models.DateTimeField(_("offered"))
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    #: What an accepted offer was booked as.
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-offered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "device", "starts_at"], name="wait_list_offer_once_an_hour"
            )
        ]

    def __str__(self) -> str:
        return f"Offer {self.code}"
