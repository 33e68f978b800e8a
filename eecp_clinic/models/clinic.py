"""The clinic, its hours and its closed days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.identifiers import check_npi


def validate_npi(value: str) -> None:
    """The NPI's check digit, as a form sees it."""
    try:
        check_npi(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("Choose a time zone such as America/Chicago."))


@pghistory.track()
class Clinic(models.Model):
    """One place of treatment; everything belongs to one."""

    class WallShows(models.TextChoices):
        """Who is meant by a tile of the wall, which other patients may see too."""

        DEVICE = "device", _("the device and the session's number alone")
        INITIALS = "initials", _("initials")
        NAME = "name", _("the patient's name")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("street address"), max_length=200)
    city = models.CharField(_("city"), max_length=80)
    state = models.CharField(_("state"), max_length=2)
    postal_code = models.CharField(_("ZIP code"), max_length=10)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    npi = models.CharField(_("NPI"), max_length=10, validators=[validate_npi])
    tax_id = models.CharField(_("tax id (EIN)"), max_length=12)
    time_zone = models.CharField(_("time zone"), max_length=40, validators=[validate_time_zone])
    place_of_service = models.CharField(
        _("place of service"), max_length=2, default="11", help_text=_("11 office, 49 independent clinic")
    )
    turnaround_minutes = models.PositiveSmallIntegerField(_("minutes between two patients"), default=15)
    devices_per_nurse = models.PositiveSmallIntegerField(
        _("devices that one nurse watches at once"),
        null=True,
        blank=True,
        help_text=_("Empty: nurses are not counted when sessions are planned"),
    )
    wall_shows = models.CharField(
        _("the wall names a patient by"),
        max_length=8,
        choices=WallShows.choices,
        default=WallShows.INITIALS,
    )
    reading_interval_minutes = models.PositiveSmallIntegerField(
        _("minutes between two readings of a session"),
        choices=[(5, _("every 5 min")), (15, _("every 15 min"))],
        default=15,
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["npi", "address"], name="clinic_once_per_npi_and_address"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        """``moment`` on the clinic's wall clock."""
        return moment.astimezone(self.zone)

    def day_of(self, moment: datetime) -> date:
        """The clinic's calendar day of ``moment``."""
        return self.local(moment).date()


@pghistory.track()
class OpeningHours(models.Model):
    """When the clinic treats on one weekday (0 is Monday); several rows make a lunch break."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        ordering = ["clinic", "weekday", "opens"]
        verbose_name_plural = _("opening hours")
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="opening_hours_weekday_0_to_6"),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="opening_hours_close_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"

    @property
    def weekday_name(self) -> str:
        return str(WEEKDAYS[self.weekday])


@pghistory.track()
class Closure(models.Model):
    """A day on which the clinic does not treat, beside the federal holidays."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="closures")
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=120)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["clinic", "day"], name="closure_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day:%d-%b-%Y} {self.reason}"


@pghistory.track()
class OpeningException(models.Model):
    """One day with hours of its own: they take the place of the weekday's, and open a federal holiday."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="opening_exceptions")
    day = models.DateField(_("day"))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    reason = models.CharField(_("reason"), max_length=120)

    class Meta:
        ordering = ["day", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")),
                name="opening_exception_closes_after_opening",
                violation_error_message=_("The clinic must close after it opens, on the same day."),
            ),
            models.UniqueConstraint(
                fields=["clinic", "day", "opens"],
                name="opening_exception_once",
                violation_error_message=_("These hours are entered already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d-%b-%Y} {self.opens:%H:%M}-{self.closes:%H:%M}"
