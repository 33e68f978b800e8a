"""Conditions, observations, medicines and procedures into the values of a workup. PURE.

What a workup asks and no coded resource can answer (is the angina stable, is therapy at its maximum, what does the
specialist hold) is never filled in. Where a fact was measured several times, the newest counts.
"""

import re
from collections.abc import Iterable
from datetime import date

from patients.fhir import codes
from patients.fhir.reading.bundle import Bundle, Entry
from patients.fhir.reading.elements import Json, all_words, codings, quantity, when, words
from patients.fhir.reading.elements import codes as codes_of
from patients.fhir.reading.found import Plain, Source, Value

_FINAL = frozenset({"final", "amended", "corrected"})
_ACTIVE = frozenset({"active", "recurrence", "relapse"})
_NOT_SO = frozenset({"refuted", "entered-in-error"})
_TAKEN = frozenset({"active", "completed", "stopped", "on-hold"})
_CCS = re.compile(r"\bCCS\b|canadian cardiovascular", re.IGNORECASE)
_CALCIUM = re.compile(r"agatston|coronary (artery )?calcium score", re.IGNORECASE)
_ROMAN = {"0": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_CLASS = re.compile(r"\b(?:class|grade)?\s*(0|IV|I{1,3}|[1-4])\s*$", re.IGNORECASE)
_SUSTAINED = re.compile(r"transdermal|patch|extended release|24 ?hr", re.IGNORECASE)


def read_workup(bundle: Bundle) -> tuple[tuple[Value, ...], tuple[Source, ...]]:
    """The values known, in no field more than the file says, and remarks on what no field takes."""
    conditions = [entry for entry in bundle.of("Condition") if _is_so(entry.resource)]
    measured = [entry for entry in bundle.of("Observation") if entry.resource.get("status") in _FINAL]
    procedures = [entry for entry in bundle.of("Procedure") if entry.resource.get("status") == "completed"]
    diagnoses, uncoded = _diagnoses(conditions)
    therapies, medicines = _therapies(bundle, procedures)
    ejection, odd = _ejection_fraction(measured)
    values = [
        *_angina_class([*measured, *conditions]),
        *_coronary_disease([*conditions, *procedures]),
        *therapies,
        *ejection,
        *_nyha(measured),
        *_calcium(measured),
        *diagnoses,
        *_latest_day("ecg_on", [*measured, *procedures, *bundle.of("DiagnosticReport")], codes.ECG),
        *_earlier_course(procedures),
    ]
    return tuple(values), (*uncoded, *medicines, *odd)


def _is_so(resource: Json) -> bool:
    return not codes_of(resource.get("verificationStatus")) & _NOT_SO


def _source(entry: Entry, says: str = "") -> Source:
    concept = entry.resource.get("code") or {}
    return Source(entry.name, says or words(concept), when(entry.resource))


def _newest(entries: Iterable[Entry]) -> list[Entry]:
    """Newest first; what has no date comes last."""
    return sorted(entries, key=lambda entry: when(entry.resource) or date.min, reverse=True)


def _dated(name: str, dated: str, value: Plain, source: Source) -> list[Value]:
    found = [Value(name, value, (source,))]
    return [*found, Value(dated, source.on.isoformat(), (source,))] if source.on else found


def _class_in(concept: Json | None, findings: dict[str, int]) -> int | None:
    """A class from a code, else from words such as "Class III"."""
    for code in codes_of(concept):
        if code in findings:
            return findings[code]
    match = _CLASS.search(words(concept))
    return _ROMAN[match.group(1).upper()] if match else None


def _angina_class(entries: list[Entry]) -> list[Value]:
    for entry in _newest(entries):
        found = _one_angina_class(entry)
        if found is not None:
            says = f"{words(entry.resource.get('code'))} {_shown_value(entry.resource)}".strip()
            return _dated("ccs_class", "ccs_assessed_on", found, _source(entry, says))
    return []


def _one_angina_class(entry: Entry) -> int | None:
    resource = entry.resource
    value = resource.get("valueCodeableConcept")
    for code in codes_of(resource.get("code")) | codes_of(value):
        if code in codes.CCS_FINDINGS:
            return codes.CCS_FINDINGS[code]
    if entry.kind != "Observation" or not _CCS.search(all_words(resource.get("code"))):
        return None
    number, _ = quantity(resource)
    if number is not None:
        return int(number) if number in (0, 1, 2, 3, 4) else None
    return _class_in(value or {"text": resource.get("valueString", "")}, codes.CCS_FINDINGS)


def _shown_value(resource: Json) -> str:
    number, unit = quantity(resource)
    if number is not None:
        return f"{number:g} {unit}".strip()
    return words(resource.get("valueCodeableConcept")) or str(resource.get("valueString", ""))


def _nyha(measured: list[Entry]) -> list[Value]:
    for entry in _newest(measured):
        concept = entry.resource.get("valueCodeableConcept")
        asked = codes.NYHA in codes_of(entry.resource.get("code"))
        if asked or codes_of(concept) & codes.NYHA_FINDINGS.keys():
            found = _class_in(concept, codes.NYHA_FINDINGS)
            if found:
                says = f"NYHA: {words(concept)}"
                return [Value("nyha_class", found, (_source(entry, says),))]
    return []


def _calcium(measured: list[Entry]) -> list[Value]:
    for entry in _newest(measured):
        number, unit = quantity(entry.resource)
        if number is not None and number >= 0 and _CALCIUM.search(all_words(entry.resource.get("code"))):
            says = f"{words(entry.resource.get('code'))} {number:g} {unit}".strip()
            return _dated("cac_agatston", "cac_on", round(number), _source(entry, says))
    return []


def _ejection_fraction(measured: list[Entry]) -> tuple[list[Value], list[Source]]:
    odd: list[Source] = []
    for entry in _newest(measured):
        if not codes_of(entry.resource.get("code")) & codes.LVEF:
            continue
        number, unit = quantity(entry.resource)
        says = f"{words(entry.resource.get('code'))} {_shown_value(entry.resource)}"
        if number is not None and unit == "%" and 5 <= number <= 90:
            return [Value("lvef_percent", round(number), (_source(entry, says),))], odd
        odd.append(_source(entry, f"{says}: not taken, it is not a percentage from 5 to 90."))
    return [], odd


def _coronary_disease(entries: list[Entry]) -> list[Value]:
    sources = tuple(_source(entry) for entry in _newest(entries) if _shows_coronary_disease(entry))
    return [Value("cad_proven", True, sources)] if sources else []


def _shows_coronary_disease(entry: Entry) -> bool:
    found = codes_of(entry.resource.get("code"))
    if entry.kind == "Procedure":
        return bool(found & (codes.PCI | codes.CABG))
    confirmed = "confirmed" in codes_of(entry.resource.get("verificationStatus"))
    named = found & codes.CORONARY_DISEASE or any(c.startswith(codes.CORONARY_PREFIXES) for c in found)
    return confirmed and bool(named)


def _diagnoses(conditions: list[Entry]) -> tuple[list[Value], list[Source]]:
    """Circulatory diagnoses (ICD-10-CM I00 to I99), the coronary ones first; all others as remarks."""
    taken: dict[str, Source] = {}
    others: list[Source] = []
    for entry in _newest(conditions):
        status = codes_of(entry.resource.get("clinicalStatus"))
        if status and not status & _ACTIVE:
            continue
        circulatory = [
            code
            for system, code in codings(entry.resource.get("code"))
            if system == codes.ICD10CM and code.startswith("I")
        ]
        for code in circulatory:
            taken.setdefault(code, _source(entry, f"{code} {words(entry.resource.get('code'))}"))
        if not circulatory:
            others.append(_source(entry, f"Condition without a circulatory ICD-10-CM code: {_named(entry)}"))
    ordered = sorted(taken, key=lambda code: not code.startswith(("I20", "I25")))
    found = [Value("diagnoses", ordered, tuple(taken[code] for code in ordered))] if ordered else []
    return found, others


def _named(entry: Entry) -> str:
    concept = entry.resource.get("code")
    return f"{words(concept)} ({', '.join(code for _, code in codings(concept))})"


def _therapies(bundle: Bundle, procedures: list[Entry]) -> tuple[list[Value], list[Source]]:
    tried: dict[str, Source] = {}
    others: dict[str, Source] = {}
    for entry in _newest(bundle.of("MedicationRequest")):
        resource = entry.resource
        if resource.get("status") not in _TAKEN or resource.get("intent") in ("proposal", "plan"):
            continue
        concept = _medicine(bundle, resource)
        status = "" if resource["status"] == "active" else f" ({resource['status']})"
        source = Source(entry.name, f"{words(concept)}{status}", when(resource))
        kinds = _kinds(all_words(concept))
        for kind in kinds:
            tried.setdefault(kind, source)
        if not kinds and words(concept):
            others.setdefault(words(concept), Source(entry.name, f"Medicine: {source.says}", source.on))
    for entry in _newest(procedures):
        done = codes_of(entry.resource.get("code"))
        for kind, known in (("pci", codes.PCI), ("cabg", codes.CABG)):
            if done & known:
                tried.setdefault(kind, _source(entry))
    names = list(tried)
    found = [Value("therapy_tried", names, tuple(tried[name] for name in names))] if names else []
    return found, list(others.values())


def _medicine(bundle: Bundle, resource: Json) -> Json:
    if isinstance(resource.get("medicationCodeableConcept"), dict):
        return dict(resource["medicationCodeableConcept"])
    reference = resource.get("medicationReference", {})
    target = bundle.resolve(resource, reference.get("reference", "")) or {}
    return dict(target.get("code") or {"text": reference.get("display", "")})


def _kinds(text: str) -> list[str]:
    """The therapies that a medicine's name belongs to. A nitrate for attacks is not a long-acting one."""
    given = set(re.findall(r"[a-z]+", text.lower()))
    kinds = [kind for kind, names in codes.INGREDIENTS.items() if given & names]
    if "nitroglycerin" in given and _SUSTAINED.search(text):
        kinds.append("long_acting_nitrate")
    return kinds


def _latest_day(name: str, entries: list[Entry], known: frozenset[str]) -> list[Value]:
    for entry in _newest(entries):
        if codes_of(entry.resource.get("code")) & known and (on := when(entry.resource)):
            return [Value(name, on.isoformat(), (_source(entry),))]
    return []


def _earlier_course(procedures: list[Entry]) -> list[Value]:
    hours = _newest(e for e in procedures if codes_of(e.resource.get("code")) & codes.COUNTERPULSATION)
    if not hours:
        return []
    last = _source(hours[0], f"{len(hours)} × {words(hours[0].resource.get('code'))}, the last")
    return _dated("earlier_course", "last_course_ended_on", True, last)
