"""Who the page is about: the facts of the patient banner."""

from datetime import date
from typing import Any

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
    """The values of ``partials/_patient_banner.html``; None is shown as "Not known"."""
    coverage = primary_coverage(patient, today)
    return {
        "url": patient.get_absolute_url(),
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "born": day_text(patient.birth_date),
        "age": patient.age_on(today),
        "sex": None if patient.sex == Patient.Sex.UNKNOWN else patient.get_sex_display(),
        "mrn": patient.mrn,
        "payer": coverage.payer.name if coverage else None,
        "alerts": [text for text in (patient.alerts, patient.allergies) if text],
    }
