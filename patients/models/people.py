"""The patient."""

from datetime import date

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic
from patients.models.search import search_text
from patients.phones import check_phone, shown_phone
from patients.search_words import INSIDE_FROM, SearchWords


def validate_phone(value: str) -> None:
    try:
        check_phone(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class PatientQuerySet(models.QuerySet["Patient"]):
    def of(self, clinic: Clinic) -> "PatientQuerySet":
        return self.filter(clinic=clinic)

    def current(self) -> "PatientQuerySet":
        """Without records that were merged into another."""
        return self.filter(merged_into__isnull=True)

    def matching(self, wanted: SearchWords) -> "PatientQuerySet":
        """Current patients who have all that is wanted, themselves or in a record merged into theirs."""
        if wanted.is_empty:
            return self.current()
        held = self.filter(*(Q(search_text__contains=_sought(word)) for word in _all(wanted)))
        return self._whose(held.filter(birth_date=wanted.born) if wanted.born else held)

    def alike(self, wanted: SearchWords) -> "PatientQuerySet":
        """Current patients whose names are spelled like the words, the likest first (trigrams, ``pg_trgm``).

        How alike is alike is a setting of the connection: see ``patients.search.spelling_forgiven``.
        """
        held = self.filter(*(Q(search_text__trigram_word_similar=word) for word in wanted.words))
        likeness = TrigramWordSimilarity(wanted.text, "search_text")
        return self._whose(held).order_by(likeness.desc(), "family_name", "given_name", "birth_date", "pk")

    def _whose(self, found: "PatientQuerySet") -> "PatientQuerySet":
        kept = found.order_by().values(kept=Coalesce("merged_into_id", "id"))
        return self.current().filter(pk__in=kept)


def _all(wanted: SearchWords) -> tuple[str, ...]:
    return (*wanted.words, *filter(None, [wanted.phone]))


def _sought(word: str) -> str:
    """Short words are looked for where a word begins: anywhere else they would find everybody."""
    return word if len(word) >= INSIDE_FROM else f" {word}"


class Language(models.TextChoices):
    """What a patient prefers to speak (ISO 639-1); the languages most spoken at home in the US, Census Bureau ACS."""

    ENGLISH = "en", _("English")
    SPANISH = "es", _("Spanish")
    CHINESE = "zh", _("Chinese")
    VIETNAMESE = "vi", _("Vietnamese")
    TAGALOG = "tl", _("Tagalog")
    ARABIC = "ar", _("Arabic")
    KOREAN = "ko", _("Korean")
    RUSSIAN = "ru", _("Russian")
    FRENCH = "fr", _("French")
    HAITIAN = "ht", _("Haitian Creole")
    PORTUGUESE = "pt", _("Portuguese")
    HINDI = "hi", _("Hindi")
    POLISH = "pl", _("Polish")
    GERMAN = "de", _("German")
    ITALIAN = "it", _("Italian")
    OTHER = "mis", _("Another language")


# What the search rests on is computed from the other columns, so its history says nothing of its own.
@pghistory.track(exclude=["search_text"])
class Patient(models.Model):
    """One person at one clinic.

    A record that turned out to be a second one of the same person stays, names in ``merged_into`` the one that is
    kept, and keeps what can never change (see ``patients.services.merging``).
    """

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
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[validate_phone])
    other_phone = models.CharField(_("other phone"), max_length=30, blank=True, validators=[validate_phone])
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("street address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=2, blank=True)
    postal_code = models.CharField(_("ZIP code"), max_length=10, blank=True)
    language = models.CharField(_("language"), max_length=3, choices=Language.choices, blank=True)
    needs_interpreter = models.BooleanField(_("needs an interpreter"), null=True, blank=True)
    emergency_name = models.CharField(_("whom to call"), max_length=120, blank=True)
    emergency_relation = models.CharField(_("who that is"), max_length=60, blank=True)
    emergency_phone = models.CharField(
        _("phone of that person"), max_length=30, blank=True, validators=[validate_phone]
    )
    preferred_from = models.TimeField(_("can come from"), null=True, blank=True)
    preferred_until = models.TimeField(_("until"), null=True, blank=True)
    distance_miles = models.DecimalField(
        _("distance to the clinic"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    allergies = models.CharField(
        _("allergies"), max_length=200, blank=True, help_text=_('Asked and none: write "none known"')
    )
    from_accident = models.BooleanField(
        _("heart condition caused by work or an accident"),
        null=True,
        blank=True,
        help_text=_("Every claim form asks it. If so, another insurance pays first"),
    )
    alerts = models.CharField(_("alerts"), max_length=200, blank=True, help_text=_("Shown on every page"))
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged_records"
    )
    search_text = models.GeneratedField(
        expression=search_text(), output_field=models.TextField(), db_persist=True
    )
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
            ),
            models.CheckConstraint(
                condition=Q(preferred_until__gt=models.F("preferred_from"))
                | Q(preferred_until__isnull=True)
                | Q(preferred_from__isnull=True),
                name="patient_preferred_hours_in_order",
                violation_error_message=_(
                    "The preferred hours end before they begin. Correct one of the two times."
                ),
            ),
            models.CheckConstraint(
                condition=Q(distance_miles__isnull=True) | Q(distance_miles__gte=0),
                name="patient_distance_not_negative",
                violation_error_message=_("A distance is not negative. Correct it, or leave it empty."),
            ),
        ]
        indexes = [
            # The search box: words stand anywhere in it.
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="patient_search_trgm"),
            # A page of the list is read in its order, without sorting all.
            models.Index(
                fields=["clinic", "family_name", "given_name", "birth_date", "id"],
                condition=Q(merged_into__isnull=True),
                name="patient_in_order",
            ),
            # Look-alikes, and search by date of birth.
            models.Index(fields=["clinic", "birth_date"], name="patient_by_birth"),
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

    @property
    def shown_phones(self) -> list[str]:
        return [shown_phone(text) for text in (self.phone, self.other_phone) if text]

    @property
    def shown_emergency_phone(self) -> str:
        return shown_phone(self.emergency_phone)

    def kept(self) -> "Patient":
        """The record that is worked with: this one, unless it was merged into another."""
        return self.merged_into or self

    def of_person(self, field: str = "patient") -> Q:
        """Rows of this person: of this record, and of those merged into it."""
        records = Patient.objects.filter(Q(pk=self.pk) | Q(merged_into=self.pk))
        return Q(**{f"{field}__in": records.values("pk")})

    def clean(self) -> None:
        """One spelling: outer and double spaces are no part of a name or number."""
        for name in ("family_name", "given_name", "mrn"):
            setattr(self, name, " ".join(getattr(self, name).split()))
        self.state = self.state.upper()
