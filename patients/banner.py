"""Who the page is about: the facts of the patient banner."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from patients.eligibility.wording import day_text
from patients.models import Coverage, Patient


def primary_coverage(patient: Patient, today: date) -> Coverage | None:
    """What pays first on ``today``; None where nothing on file does. Uses fetched coverages where there are any."""
    in_force = [
        coverage
        for coverage in patient.coverages.all()
        if coverage.starts_on <= today and (coverage.ends_on is None or coverage.ends_on >= today)
    ]
    return min(
        in_force, key=lambda coverage: (coverage.priority, -coverage.starts_on.toordinal()), default=None
    )


def banner_for(patient: Patient, today: date) -> dict[str, Any]:
    """The values of ``partials/_patient_banner.html``; None is shown as "Not known".

    A record that was merged is shown as the one that is kept: a person has one banner, wherever a signed page
    still names the other record.
    """
    shown = patient.kept()
    coverage = primary_coverage(shown, today)
    return {
        "url": shown.get_absolute_url(),
        "family_name": shown.family_name,
        "given_name": shown.given_name,
        "born": day_text(shown.birth_date),
        "age": shown.age_on(today),
        "sex": None if shown.sex == Patient.Sex.UNKNOWN else shown.get_sex_display(),
        "mrn": shown.mrn,
        "payer": coverage.payer.name if coverage else None,
        "allergies": shown.allergies or None,
        "language": _language(shown),
        "alerts": [text for text in (shown.alerts,) if text],
    }


def _language(patient: Patient) -> str | None:
    """What somebody who greets the patient must know: nothing where it is English, or not known."""
    name = patient.get_language_display()
    if patient.needs_interpreter:
        return _("%(language)s, interpreter") % {"language": name} if name else _("Needs an interpreter")
    return name if patient.language not in {"", "en"} else None
