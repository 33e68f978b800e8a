"""What is read from a FHIR bundle, and what is refused, passed over or left unknown."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.fhir.codes import SUBSCRIBER_RELATIONSHIP
from patients.fhir.reading.bundle import BundleError
from patients.fhir.reading.extract import extract
from patients.fhir.reading.found import Findings, Value, from_plain, to_plain
from tests.patients.fhir.bundles import (
    ICD,
    LOINC,
    ME,
    SNOMED,
    a_condition,
    a_coverage,
    a_medicine,
    a_patient,
    a_procedure,
    an_observation,
    bundle,
    bundle_bytes,
    concept,
    percent,
    shared_files,
)

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def workup(*resources: dict[str, Any]) -> dict[str, Value]:
    return {value.name: value for value in extract(bundle_bytes(a_patient(), *resources)).workup}


def person(**changes: Any) -> dict[str, Any]:
    return {value.name: value.value for value in extract(bundle_bytes(a_patient(**changes))).person}


def test_every_synthea_bundle_is_read_with_a_report() -> None:
    files = shared_files("synthea/fhir-r4", "*.json")
    for file in files:
        findings = extract(file.read_bytes())
        entries = len(json.loads(file.read_text())["entry"])
        report = findings.report
        assert sum(report.read.values()) + sum(report.passed_over.values()) + len(report.broken) == entries
        assert not report.broken
        assert findings.person_value("family_name") and findings.person_value("birth_date")
        assert from_plain(json.loads(json.dumps(to_plain(findings)))) == findings


def test_synthea_coronary_disease_medicines_payers_and_deaths_are_found() -> None:
    by_name = {path.name.split("_")[0]: path for path in shared_files("synthea/fhir-r4", "*.json")}
    gayla, chet = extract(by_name["Gayla"].read_bytes()), extract(by_name["Chet"].read_bytes())
    found = {value.name: value.value for value in gayla.workup}
    assert found == {
        "cad_proven": True,
        "therapy_tried": ["antiplatelet", "statin", "calcium_channel_blocker"],
    }
    assert [coverage.payer_name for coverage in gayla.coverages] == ["medicare", "private"]
    # A claim shows who paid then: kind, number and first day stay unknown.
    assert gayla.coverages[0].kind == "" and gayla.coverages[0].values == ()
    assert {value.name: value.value for value in chet.workup}["therapy_tried"] == ["pci", "cabg"]
    assert chet.deceased == "The file says that this person died on 11-Oct-1968."


def test_person_is_read_with_the_state_as_two_letters() -> None:
    assert person() == {
        "sex": "F",
        "family_name": "Sample",
        "given_name": "Joan B",
        "phone": "312-555-0142",
        "address": "1 Example Street",
        "city": "Sampleton",
        "state": "IL",
        "postal_code": "60000",
        "birth_date": "1951-03-04",
        "mrn": "R-100",
    }


def test_what_the_file_does_not_say_of_a_person_stays_unknown() -> None:
    bare = {"resourceType": "Patient", "id": "p1", "gender": "unknown", "birthDate": "1951-03"}
    findings = extract(bundle_bytes(bare))
    assert findings.person == ()
    assert [remark.says for remark in findings.remarks] == ["Born 1951-03: the day is not known."]


def test_row_id_of_another_system_is_no_mrn_but_is_said() -> None:
    number = {"type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"), "value": "x" * 36}
    findings = extract(bundle_bytes(a_patient(identifier=[number])))
    assert findings.person_value("mrn") is None
    assert "too long for an MRN" in findings.remarks[0].says


def test_old_name_and_old_address_are_not_taken() -> None:
    names = [{"use": "maiden", "family": "Before"}, {"use": "usual", "family": "Sample", "given": ["Jo"]}]
    places = [{"use": "old", "city": "Oldtown"}]
    found = person(name=names, address=places)
    assert found["family_name"] == "Sample" and "city" not in found


def test_coverage_is_read_with_number_rank_and_first_day() -> None:
    kind = {"coding": [{"system": "https://nahdo.org/sopt", "code": "121"}]}
    (found,) = extract(bundle_bytes(a_patient(), a_coverage(type=kind))).coverages
    assert (found.payer_name, found.kind) == ("Original Medicare", "original_medicare")
    assert {value.name: value.value for value in found.values} == {
        "member_id": "1EG4-TE5-MK73",
        "starts_on": "2016-03-01",
        "priority": 1,
    }


@pytest.mark.parametrize(
    ("system", "code", "said"),
    [
        (SUBSCRIBER_RELATIONSHIP, "spouse", "01"),
        (SUBSCRIBER_RELATIONSHIP, "self", "18"),
        (SUBSCRIBER_RELATIONSHIP, "injured", None),
        ("urn:another", "spouse", None),
    ],
)
def test_relationship_to_the_subscriber_is_read_where_fhirs_code_says_it(
    system: str, code: str, said: str | None
) -> None:
    coverage = a_coverage(relationship={"coding": [{"system": system, "code": code}]})
    assert extract(bundle_bytes(a_patient(), coverage)).coverages[0].value("relationship") == said


def test_payer_of_a_coverage_is_the_name_of_the_organization_it_points_at() -> None:
    payer = {"resourceType": "Organization", "id": "org", "name": "Example Health Plan"}
    coverage = a_coverage(payor=[{"reference": "Organization/org"}])
    assert (
        extract(bundle_bytes(a_patient(), coverage, payer)).coverages[0].payer_name == "Example Health Plan"
    )


def test_cancelled_coverage_is_not_taken_but_is_said() -> None:
    findings = extract(bundle_bytes(a_patient(), a_coverage(status="cancelled")))
    assert findings.coverages == ()
    assert findings.remarks[0].says == "Coverage marked cancelled: not taken."


def test_newest_ejection_fraction_counts_and_names_its_source() -> None:
    ef = concept(LOINC, "10230-1", "LVEF")
    found = workup(
        an_observation(ef, "2020-01-01", valueQuantity=percent(35)),
        an_observation(ef, "2026-09-09", valueQuantity=percent(52.4)),
    )["lvef_percent"]
    assert found.value == 52
    assert (found.sources[0].resource, found.sources[0].says) == ("Observation/o-2026-09-09", "LVEF 52.4 %")


@pytest.mark.parametrize("quantity", [percent(0.52, "1"), percent(520)])
def test_ejection_fraction_that_is_no_percentage_is_not_taken(quantity: dict[str, Any]) -> None:
    ef = an_observation(concept(LOINC, "10230-1", "LVEF"), valueQuantity=quantity)
    findings = extract(bundle_bytes(a_patient(), ef))
    assert findings.workup == ()
    assert "not a percentage" in findings.remarks[0].says


def test_observation_that_is_not_final_is_not_taken() -> None:
    ef = concept(LOINC, "10230-1", "LVEF")
    assert workup(an_observation(ef, valueQuantity=percent(50), status="preliminary")) == {}


@pytest.mark.parametrize(
    ("observation", "expected"),
    [
        (an_observation(concept(SNOMED, "85284003", "Angina, class III")), 3),
        (an_observation({"text": "CCS angina class"}, valueCodeableConcept=concept(SNOMED, "41334000")), 2),
        (an_observation({"text": "Canadian Cardiovascular Society class"}, valueString="Class IV"), 4),
        (an_observation({"text": "CCS class"}, valueInteger=0), 0),
    ],
)
def test_angina_class_is_read_from_code_or_words(observation: dict[str, Any], expected: int) -> None:
    found = workup(observation)
    assert found["ccs_class"].value == expected
    assert found["ccs_assessed_on"].value == "2026-10-01"


def test_class_of_something_else_is_no_angina_class() -> None:
    assert workup(an_observation({"text": "Mallampati score"}, valueString="Class III")) == {}


def test_nyha_class_is_read_from_its_code() -> None:
    nyha = an_observation(
        concept(LOINC, "88020-3", "NYHA"), valueCodeableConcept=concept(SNOMED, "421704003", "Class II")
    )
    assert workup(nyha)["nyha_class"].value == 2


def test_calcium_score_is_read_by_its_name_because_it_has_no_certain_code() -> None:
    score = an_observation({"text": "Agatston score, total"}, valueQuantity={"value": 640})
    found = workup(score)
    assert (found["cac_agatston"].value, found["cac_on"].value) == (640, "2026-10-01")


def test_circulatory_diagnoses_are_taken_the_coronary_ones_first() -> None:
    found = workup(
        a_condition(concept(ICD, "I10", "Hypertension")),
        a_condition(concept(ICD, "I25.112", "CAD with refractory angina")),
        a_condition(concept(ICD, "M17.0", "Arthrosis of both knees")),
    )
    assert found["diagnoses"].value == ["I25.112", "I10"]
    assert found["cad_proven"].sources[0].resource == "Condition/c-I25.112"


@pytest.mark.parametrize("changes", [{"verified": "refuted"}, {"verified": "entered-in-error"}])
def test_condition_that_is_not_so_is_not_taken(changes: dict[str, str]) -> None:
    assert workup(a_condition(concept(ICD, "I25.112"), **changes)) == {}


def test_suspected_coronary_disease_is_not_proven() -> None:
    found = workup(a_condition(concept(SNOMED, "53741008", "Coronary"), verified="provisional"))
    assert "cad_proven" not in found


def test_resolved_condition_is_no_diagnosis_of_today() -> None:
    assert "diagnoses" not in workup(a_condition(concept(ICD, "I48.91"), clinical="resolved"))


@pytest.mark.parametrize(
    ("text", "therapies"),
    [
        ("24 HR metoprolol succinate 50 MG Extended Release Oral Tablet", ["beta_blocker"]),
        ("Isosorbide mononitrate 30 MG", ["long_acting_nitrate"]),
        ("24 HR nitroglycerin 0.4 MG/HR Transdermal Patch", ["long_acting_nitrate"]),
        ("ranolazine 500 MG", ["ranolazine"]),
        ("amlodipine 5 MG / atorvastatin 10 MG Oral Tablet", ["calcium_channel_blocker", "statin"]),
    ],
)
def test_medicine_belongs_to_the_therapy_of_its_ingredients(text: str, therapies: list[str]) -> None:
    assert workup(a_medicine(text))["therapy_tried"].value == therapies


def test_nitrate_for_attacks_is_no_long_acting_one_but_is_said() -> None:
    findings = extract(bundle_bytes(a_patient(), a_medicine("Nitroglycerin 0.4 MG/ACTUAT Mucosal Spray")))
    assert findings.workup == ()
    assert findings.remarks[0].says == "Medicine: Nitroglycerin 0.4 MG/ACTUAT Mucosal Spray"


@pytest.mark.parametrize("changes", [{"status": "entered-in-error"}, {"status": "draft"}, {"intent": "plan"}])
def test_medicine_that_was_never_given_was_not_tried(changes: dict[str, str]) -> None:
    assert workup(a_medicine("ranolazine 500 MG") | changes) == {}


def test_earlier_counterpulsation_is_an_earlier_course() -> None:
    found = workup(
        a_procedure(concept(HCPCS, "G0166"), "2021-03-01"), a_procedure(concept(CPT, "92971"), "2021-04-30")
    )
    assert found["earlier_course"].value is True
    assert found["last_course_ended_on"].value == "2021-04-30"


def test_procedure_that_was_not_done_counts_for_nothing() -> None:
    assert workup(a_procedure(concept(SNOMED, "232717009"), status="not-done")) == {}


def test_ecg_day_is_that_of_the_newest_ecg() -> None:
    found = workup(
        a_procedure(concept(CPT, "93000"), "2026-01-01"),
        a_procedure(concept(SNOMED, "29303009"), "2026-02-01"),
    )
    assert found["ecg_on"].value == "2026-02-01"


def test_broken_resource_is_named_and_the_others_are_read() -> None:
    broken = a_medicine("ranolazine 500 MG") | {"status": 5, "intent": None}
    findings = extract(bundle_bytes(a_patient(), broken, a_medicine("ranolazine 500 MG")))
    (one,) = findings.report.broken
    assert (one.number, one.kind) == (2, "MedicationRequest")
    assert one.reason
    assert [value.value for value in findings.workup] == [["ranolazine"]]


def test_unknown_type_is_passed_over_and_an_empty_entry_is_named() -> None:
    whole = bundle(a_patient(), {"resourceType": "Spaceship"})
    whole["entry"] += [{"fullUrl": "urn:nothing"}, 7]
    report = extract(json.dumps(whole).encode()).report
    assert report.passed_over == {"Spaceship": 1}
    assert [(one.number, one.reason) for one in report.broken] == [
        (3, "There is no resource in this entry."),
        (4, "There is no resource in this entry."),
    ]


def test_resource_of_another_person_is_not_taken() -> None:
    other = a_medicine("ranolazine 500 MG") | {"subject": {"reference": "Patient/p2"}}
    findings = extract(bundle_bytes(a_patient(), other))
    assert findings.workup == ()
    assert "another person" in findings.report.broken[0].reason


def test_reference_by_full_url_is_the_same_person() -> None:
    medicine = a_medicine("ranolazine 500 MG") | {"subject": {"reference": "urn:test:0"}}
    assert workup(medicine)["therapy_tried"].value == ["ranolazine"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not a JSON file"),
        (b"\xff\xfe", "not a JSON file"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "This is XML"),
        (b"[" * 100_000, "not a JSON file"),
        (b'{"resourceType": "Bundle", "entry": [NaN]}', "not a JSON file"),
        (b"[]", "not a FHIR bundle"),
        (b'{"resourceType": "Patient"}', "not a FHIR bundle"),
        (b'{"resourceType": "Bundle"}', "bundle is empty"),
        (bundle_bytes(a_medicine("x")), "no Patient"),
        (bundle_bytes(a_patient(), a_patient(id="p2")), "2 patients"),
        (bundle_bytes(a_patient(gender=7)), "The Patient in entry 1 cannot be read"),
    ],
)
def test_file_without_one_person_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(BundleError, match=sentence):
        extract(data)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = [
    "code",
    "status",
    "subject",
    "valueQuantity",
    "identifier",
    "name",
    "period",
    "payor",
    "insurance",
    "contained",
]
KINDS = ["Observation", "Condition", "Coverage", "MedicationRequest", "Procedure", "ExplanationOfBenefit"]


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_resource_of_whatever_shape_breaks_the_reader(kind: str, wrong: dict[str, Any]) -> None:
    findings = extract(
        bundle_bytes(a_patient(), {"resourceType": kind, "subject": {"reference": ME}} | wrong)
    )
    assert isinstance(findings, Findings)
    assert sum(findings.report.read.values()) + len(findings.report.broken) == 2
