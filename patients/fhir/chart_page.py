"""What the pages of a chart from elsewhere show."""

from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext

from eecp_clinic.models import Clinic
from patients import workup_fields
from patients.banner import banner_for
from patients.eligibility.wording import day_text
from patients.fhir.forms import ChartForms
from patients.fhir.reading.elements import day
from patients.fhir.reading.found import Findings, Report
from patients.fhir.services import findings_of
from patients.fhir.sources import origin_of, plain_text, source_text, sources_text
from patients.look_alike import Identity
from patients.models import ChartImport, Coverage, Patient
from patients.models.workup import Therapy
from patients.services import people

#: Rows of the two short tables; a whole life has hundreds of both.
MOST_REMARKS = 200
#: What is compared with a patient who is registered already.
_COMPARED = (
    "family_name",
    "given_name",
    "birth_date",
    "sex",
    "mrn",
    "phone",
    "address",
    "city",
    "postal_code",
)


def look_alikes(clinic: Clinic, findings: Findings) -> list[Patient]:
    """Patients of the clinic with the file's MRN, or who may be the same person, the surest first."""
    mrn = findings.person_value("mrn")
    found = list(Patient.objects.of(clinic).current().filter(mrn__iexact=mrn)) if mrn else []
    family, born = findings.person_value("family_name"), day(findings.person_value("birth_date"))
    if family and born:
        given, phone = (findings.person_value(name) or "" for name in ("given_name", "phone"))
        identity = Identity(str(family), str(given), born, str(phone))
        found += [alike.patient for alike in people.look_alikes(clinic=clinic, identity=identity)]
    return list(dict.fromkeys(found))


def _differences(patient: Patient, findings: Findings) -> list[dict[str, str]]:
    """Where the file says something else than the patient's record."""
    found = []
    for name in _COMPARED:
        said = findings.person_value(name)
        held = getattr(patient, name)
        held_text = day_text(held) if name == "birth_date" else str(held)
        said_text = plain_text(said or "")
        if said_text and said_text.casefold() != held_text.casefold():
            found.append({"field": patient_label(name), "record": held_text, "file": said_text})
    return found


def patient_label(name: str) -> str:
    return capfirst(str(Patient._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def _report(report: Report) -> dict[str, Any]:
    return {
        "read": sorted(report.read.items()),
        "passed_over": sorted(report.passed_over.items()),
        "broken": report.broken,
        "total": sum(report.read.values()) + sum(report.passed_over.values()) + len(report.broken),
    }


def preview_context(
    chart: ChartImport, findings: Findings, alike: list[Patient], forms: ChartForms
) -> dict[str, Any]:
    return {
        "chart": chart,
        "forms": forms,
        "deceased": findings.deceased,
        "twins": [{"patient": one, "differences": _differences(one, findings)} for one in alike],
        "coverages": [
            {"form": form, "found": found, "source": sources_text(found.sources)}
            for form, found in zip(forms.coverages, findings.coverages, strict=True)
        ],
        "remarks": [source_text(remark) for remark in findings.remarks[:MOST_REMARKS]],
        "report": _report(findings.report),
        "has_values": bool(findings.workup),
    }


def saved_context(chart: ChartImport, patient: Patient, now: datetime) -> dict[str, Any]:
    """What came from a file that is saved, value by value."""
    rows = []
    for row in chart.values.select_related("workup", "coverage__payer"):
        origin = origin_of(row)
        place, label = _place(row.coverage, row.workup is not None, row.field)
        rows.append(
            {"place": place, "label": label, "value": _shown(row.field, row.file_value), "origin": origin}
        )
    findings = findings_of(chart)
    return {
        "chart": chart,
        "patient": patient,
        "banner": banner_for(patient, chart.clinic.day_of(now)),
        "rows": rows,
        "remarks": [source_text(remark) for remark in findings.remarks[:MOST_REMARKS]],
        "report": _report(findings.report),
    }


def _shown(name: str, value: Any) -> str:
    """The file's value as this application would show it, codes by their labels."""
    labels: dict[Any, Any] = {}
    if name == "sex":
        labels = dict(Patient.Sex.choices)
    elif name == "relationship":
        labels = dict(Coverage.Relationship.choices)
    elif name == "therapy_tried":
        labels = dict(Therapy.choices)
    elif name in ("ccs_class", "nyha_class"):
        labels = dict(enumerate(("0", "I", "II", "III", "IV")))
    if isinstance(value, list):
        return plain_text([str(labels.get(one, one)) for one in value])
    text = str(labels[value]) if value in labels else plain_text(value)
    # A no-break space keeps value and unit on one line.
    return f"{text}\u00a0{workup_fields.UNITS[name]}" if name in workup_fields.UNITS else text


def _place(coverage: Coverage | None, is_workup: bool, name: str) -> tuple[str, str]:
    if coverage is not None:
        label = str(Coverage._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        return gettext("Coverage by %(payer)s") % {"payer": coverage.payer.name}, capfirst(label)
    if is_workup:
        return gettext("Workup"), workup_fields.label(name)
    return gettext("Patient"), patient_label(name)
