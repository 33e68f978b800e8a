"""What else was billed for the patient on a day of treatment: typed or imported, and read by the scrubber."""

import pghistory
import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.ordering import Course
from courses.models.struck import Struck, struck_with_reason
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User

#: Once a claim of the day went out, what was known of the day stays as it was.
FROZEN_ONCE_BILLED = """
    IF EXISTS (
        SELECT 1 FROM courses_claimmembership m
        JOIN courses_claim c ON c.id = m.claim_id
        WHERE c.course_id = OLD.course_id AND m.service_date = OLD.service_date
          AND m.live AND c.sent_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the day was billed: replace or void that claim first' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

validate_service_code = RegexValidator(
    r"\A[0-9A-Z][0-9]{3}[0-9A-Z]\Z", _("A CPT or HCPCS code has five characters, such as 99213 or G0166.")
)


class OtherServiceQuerySet(models.QuerySet["OtherService"]):
    def of(self, clinic: Clinic) -> "OtherServiceQuerySet":
        return self.filter(course__clinic=clinic)

    def standing(self) -> "OtherServiceQuerySet":
        return self.filter(struck_at__isnull=True)


@pghistory.track()
class OtherService(Struck):
    """One service beside the session on one day. ``separate_because``: what the record shows where it is separate and
    distinct; empty where nobody has said so. A wrong entry is struck, and never changed."""

    class BilledBy(models.TextChoices):
        CLINIC = "clinic", _("This clinic")
        ELSEWHERE = "elsewhere", _("Somebody else")
        UNKNOWN = "unknown", _("Not known")

    class Origin(models.TextChoices):
        TYPED = "typed", _("Typed")
        IMPORTED = "imported", _("From a file")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="other_services")
    service_date = models.DateField(_("date of service"))
    hcpcs = models.CharField(_("CPT or HCPCS code"), max_length=5, validators=[validate_service_code])
    billed_by = models.CharField(_("who bills it"), max_length=10, choices=BilledBy.choices)
    separate_because = models.CharField(_("why it is separate and distinct"), max_length=300, blank=True)
    origin = models.CharField(
        _("how it came"), max_length=10, choices=Origin.choices, default=Origin.TYPED, editable=False
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_role = models.CharField(_("as"), max_length=20, blank=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"))

    objects = OtherServiceQuerySet.as_manager()

    class Meta:
        ordering = ["service_date", "hcpcs"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "service_date", "hcpcs"],
                condition=Q(struck_at__isnull=True),
                name="other_service_once_a_day",
                violation_error_message=_("This code is noted for that day already."),
            ),
            struck_with_reason("other_service_struck_with_reason"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="other_service_is_final",
                fields=["course", "service_date", "hcpcs", "billed_by", "separate_because", "origin"],
            ),
            pgtrigger.Protect(name="other_service_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="other_service_frozen_once_billed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=FROZEN_ONCE_BILLED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hcpcs} on {self.service_date}"
