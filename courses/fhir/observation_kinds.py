"""Which measured values are Observations, with the codes that are certain; the others have words alone.

The codes of vital signs, of the six-minute walk, ejection fraction and NYHA class are LOINC's. No code of the CCS
class as a question, of the DASI, of episodes a week or of the calcium score is certain, so none is given.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, DateTimeField, F, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from courses.models import OutcomeMeasure, VitalSigns
from eecp_clinic.fhir.resources import Json, concept, quantity
from eecp_clinic.models import Clinic
from patients.fhir import codes
from patients.models import Workup

VITAL_SIGNS, EXAM, SURVEY, IMAGING = "vital-signs", "exam", "survey", "imaging"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that holds measured values: its rows of a clinic, how a row is named, and where its columns are."""

    name: str
    rows: Callable[[Clinic], QuerySet[Any]]
    key: Callable[[Any], str]
    #: The condition that finds the row of a key.
    find: Callable[[str], Q]
    patient: str
    related: tuple[str, ...]
    issued: str | None
    #: Rows whose values may still change.
    preliminary: Q | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of observation: ``name`` begins its ids, ``present`` finds the rows that hold it."""

    name: str
    table: Table
    text: str
    category: str
    present: Q
    value: Callable[[Any], Json]
    codings: tuple[tuple[str, str], ...] = ()
    #: The column that says when it was measured; None where that is not known.
    at: str | None = None
    is_day: bool = False
    columns: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        columns = {"patient": self.table.patient, "start": self.at, "days": self.is_day}
        object.__setattr__(self, "columns", columns)


def _known(*names: str) -> Q:
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__isnull": False})
    return found


def _number(name: str, unit: str, code: str) -> Callable[[Model], Json]:
    return lambda row: {"valueQuantity": quantity(getattr(row, name), unit, code)}


def _count(name: str, unit: str) -> Callable[[Model], Json]:
    return _number(name, unit, "{episodes}/wk" if "episodes" in unit else "{uses}/wk")


_CCS_CODES = {number: code for code, number in codes.CCS_FINDINGS.items()}
_NYHA_CODES = {number: code for code, number in codes.NYHA_FINDINGS.items()}
_ROMAN = ("0", "I", "II", "III", "IV")


def _ccs(row: Workup | OutcomeMeasure) -> Json:
    if row.ccs_class is None:
        return {}
    coding = [(codes.SNOMED, _CCS_CODES[row.ccs_class])] if row.ccs_class in _CCS_CODES else []
    return {"valueCodeableConcept": concept(f"CCS class {_ROMAN[row.ccs_class]}", *coding)}


def _nyha(row: Workup) -> Json:
    if row.nyha_class is None:
        return {}
    text = f"NYHA class {_ROMAN[row.nyha_class]}"
    return {"valueCodeableConcept": concept(text, (codes.SNOMED, _NYHA_CODES[row.nyha_class]))}


def _pressure(row: VitalSigns) -> Json:
    parts = (("8480-6", "Systolic", row.systolic_mmhg), ("8462-4", "Diastolic", row.diastolic_mmhg))
    return {
        "component": [
            {
                "code": concept(f"{name} blood pressure", (codes.LOINC, code)),
                "valueQuantity": quantity(value, "mmHg", "mm[Hg]"),
            }
            for code, name, value in parts
            if value is not None
        ]
    }


def _dashed(text: str) -> str:
    return text.replace("_", "-")


def _pair(first: str, second: str) -> Callable[[str], Q]:
    def find(key: str) -> Q:
        code, _, rest = key.partition(".")
        return Q(**{first: code, second: rest.replace("-", "_")})

    return find


WORKUPS = Table(
    "workup",
    lambda clinic: Workup.objects.filter(patient__clinic=clinic),
    lambda row: row.code,
    lambda key: Q(code=key),
    "patient__code",
    ("patient", "recorded_by"),
    "recorded_at",
)
OUTCOMES = Table(
    "outcome",
    lambda clinic: OutcomeMeasure.objects.filter(course__clinic=clinic),
    lambda row: f"{row.course.code}.{_dashed(row.point)}",
    _pair("course__code", "point"),
    "course__patient__code",
    ("course__patient", "recorded_by"),
    None,
)
VITALS = Table(
    "vitals",
    lambda clinic: VitalSigns.objects.filter(session__course__clinic=clinic),
    lambda row: f"{row.session.code}.{row.phase}",
    _pair("session__code", "phase"),
    "session__course__patient__code",
    ("session__course__patient", "recorded_by"),
    "recorded_at",
    preliminary=Q(session__signature__isnull=True),
)


def _workup(name: str, text: str, category: str, column: str, value: Any, **more: Any) -> Kind:
    return Kind(name, WORKUPS, text, category, _known(column), value, **more)


def _outcome(name: str, text: str, category: str, column: str, value: Any, *codings: tuple[str, str]) -> Kind:
    return Kind(name, OUTCOMES, text, category, _known(column), value, codings, at="measured_on", is_day=True)


def _vital(name: str, text: str, code: str, column: str, unit: str, ucum: str) -> Kind:
    codings = ((codes.LOINC, code),)
    value = _number(column, unit, ucum)
    return Kind(name, VITALS, text, VITAL_SIGNS, _known(column), value, codings, at="recorded_at")


KINDS = (
    _workup("ccs", "CCS angina class", EXAM, "ccs_class", _ccs, at="ccs_assessed_on", is_day=True),
    _workup(
        "cac",
        "Coronary artery calcium (Agatston score)",
        IMAGING,
        "cac_agatston",
        _number("cac_agatston", "Agatston units", "1"),
        at="cac_on",
        is_day=True,
    ),
    _workup(
        "lvef",
        "Left ventricular ejection fraction",
        EXAM,
        "lvef_percent",
        _number("lvef_percent", "%", "%"),
        codings=((codes.LOINC, "10230-1"),),
    ),
    _workup("nyha", "NYHA class", EXAM, "nyha_class", _nyha, codings=((codes.LOINC, codes.NYHA),)),
    _outcome("ccs-course", "CCS angina class", EXAM, "ccs_class", _ccs),
    _outcome(
        "angina",
        "Angina episodes a week",
        SURVEY,
        "angina_per_week",
        _count("angina_per_week", "episodes a week"),
    ),
    _outcome(
        "nitroglycerin",
        "Nitroglycerin uses a week",
        SURVEY,
        "nitroglycerin_per_week",
        _count("nitroglycerin_per_week", "uses a week"),
    ),
    _outcome(
        "walk",
        "Six-minute walk",
        EXAM,
        "walk_6min_m",
        _number("walk_6min_m", "m", "m"),
        (codes.LOINC, "64098-7"),
    ),
    _outcome("dasi", "Duke Activity Status Index", SURVEY, "dasi", _number("dasi", "points", "{score}")),
    Kind(
        "bp",
        VITALS,
        "Blood pressure",
        VITAL_SIGNS,
        _known("systolic_mmhg", "diastolic_mmhg"),
        _pressure,
        ((codes.LOINC, "85354-9"),),
        at="recorded_at",
    ),
    _vital("heart-rate", "Heart rate", "8867-4", "heart_rate_bpm", "/min", "/min"),
    _vital("breathing", "Respiratory rate", "9279-1", "respiratory_rate", "/min", "/min"),
    _vital("weight", "Body weight", "29463-7", "weight_kg", "kg", "kg"),
    Kind(
        "spo2",
        VITALS,
        "Oxygen saturation",
        VITAL_SIGNS,
        _known("spo2_percent"),
        _number("spo2_percent", "%", "%"),
        # The vital signs profile asks for the first; the second says that a finger clip measured it.
        ((codes.LOINC, "2708-6"), (codes.LOINC, "59408-5")),
        at="recorded_at",
    ),
)


def sort_moment(kind: Kind) -> Any:
    """When it was measured as a moment, else when it was written down, else nothing: what pages are ordered by."""
    when = Cast(F(kind.at), DateTimeField()) if kind.at else None
    written = F(kind.table.issued) if kind.table.issued else None
    if when is not None and written is not None:
        return Coalesce(when, written)
    return when if when is not None else written


def name_of(kind: Kind) -> Value:
    return Value(kind.name, output_field=CharField())
