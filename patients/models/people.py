"""The patient."""

from datetime import date, datetime

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic


class PatientQuerySet(models.QuerySet["Patient"]):
    def of(self, clinic: Clinic) -> "PatientQuerySet":
        return self.filter(clinic=clinic)

    def matching(self, words: str) -> "PatientQuerySet":
        """Patients whose family name, given name or MRN holds every word of ``words``; a date is one of birth."""
        found = self
        for word in words.replace(",", " ").split():
            held = (
                models.Q(family_name__icontains=word)
                | models.Q(given_name__icontains=word)
                | models.Q(mrn__icontains=word)
            )
            day = _day(word)
            found = found.filter(held | models.Q(birth_date=day) if day else held)
        return found

    def looking_like(self, family_name: str, birth_date: date) -> "PatientQuerySet":
        """Patients who may be the same person: same family name, same day of birth."""
        return self.filter(family_name__iexact=family_name.strip(), birth_date=birth_date)


def _day(word: str) -> date | None:
    """``word`` as a date, where it is one."""
    for form in get_format("DATE_INPUT_FORMATS"):
        try:
            # Only the day is read; it has no zone.
            return datetime.strptime(word, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


@pghistory.track()
class Patient(models.Model):
    """One person at one clinic."""

    class Sex(models.TextChoices):
        FEMALE = "F", _("Female")
        MALE = "M", _("Male")
        OTHER = "X", _("Other")
        UNKNOWN = "U", _("Not known")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    mrn = models.CharField(_("MRN"), max_length=20)
    family_name = models.CharField(_("family name"), max_length=80)
    given_name = models.CharField(_("given name"), max_length=80)
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("street address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=2, blank=True)
    postal_code = models.CharField(_("ZIP code"), max_length=10, blank=True)
    allergies = models.CharField(_("allergies"), max_length=200, blank=True)
    alerts = models.CharField(_("alerts"), max_length=200, blank=True, help_text=_("Shown on every page"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "birth_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "mrn"],
                name="patient_mrn_once_per_clinic",
                violation_error_message=_(
                    "Another patient of this clinic has this MRN. Check the number, or open that patient."
                ),
            )
        ]
        indexes = [
            # Serves the search box: the words stand anywhere in a name or number. Upper matches icontains.
            GinIndex(OpClass(Upper("family_name"), name="gin_trgm_ops"), name="patient_family_name_trgm"),
            GinIndex(OpClass(Upper("given_name"), name="gin_trgm_ops"), name="patient_given_name_trgm"),
            GinIndex(OpClass(Upper("mrn"), name="gin_trgm_ops"), name="patient_mrn_trgm"),
        ]

    def __str__(self) -> str:
        return f"{self.family_name.upper()}, {self.given_name}"

    def get_absolute_url(self) -> str:
        return reverse("patients:detail", args=[self.code])

    @property
    def board_name(self) -> str:
        """'BRANDT Ilse', for cards and tables."""
        return f"{self.family_name.upper()} {self.given_name}"

    def age_on(self, day: date) -> int:
        """Full years on ``day``."""
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday
