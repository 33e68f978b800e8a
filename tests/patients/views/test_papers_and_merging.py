"""Pages of documents, benefits, merging and lists."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from eecp_clinic.models import AuditEvent, Clinic, User
from patients.models import Coverage, Document, Patient, PatientImport, PatientMerge
from tests import factories
from tests.patients import paper_samples as samples


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def coverage(patient: Patient) -> Coverage:
    return factories.make_coverage(patient)


def upload(client: Client, patient: Patient, content: bytes, name: str, **fields: str) -> tuple[int, str]:
    values = {"patient": patient.code, "kind": "referral", "file": SimpleUploadedFile(name, content)}
    response = client.post(f"/patients/{patient.code}/documents/add/", values | fields)
    return response.status_code, response.content.decode()


def test_letter_is_filed_and_given_out_as_an_attachment(patient: Patient, nurse_client: Client) -> None:
    assert upload(nurse_client, patient, samples.pdf_of(), "SAMPLE Joan.pdf", title="Dr. Example")[0] == 302
    document = Document.objects.get()
    answer = nurse_client.get(f"/patients/{patient.code}/documents/{document.code}/")
    assert answer["Content-Disposition"] == f'attachment; filename="referral-{document.code}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(action="document.downloaded").count() == 1


@pytest.mark.parametrize("path", ["documents/add/", "merge/"])
def test_page_that_is_only_opened_shows_no_refusal(patient: Patient, nurse_client: Client, path: str) -> None:
    response = nurse_client.get(f"/patients/{patient.code}/{path}")
    assert response.status_code == 200
    assert "errorlist" not in response.content.decode()


def test_what_was_taken_out_is_said(patient: Patient, nurse_client: Client) -> None:
    given = samples.pdf_of(samples.launches_a_program)
    upload(nurse_client, patient, given, "letter.pdf")
    page = nurse_client.get(patient.get_absolute_url()).content.decode()
    assert "actions that open programs or send data" in page


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"MZ program", "not a PDF, JPEG or PNG"), (b"", "The file is empty.")]
)
def test_bad_file_is_refused_beneath_its_field(
    patient: Patient, nurse_client: Client, content: bytes, sentence: str
) -> None:
    status, page = upload(nurse_client, patient, content, "letter.pdf", title="Kept")
    assert status == 422
    assert sentence in page
    assert 'value="Kept"' in page


def test_refusal_by_htmx_is_a_message_that_leaves_the_form_alone(
    patient: Patient, nurse_client: Client
) -> None:
    values = {"patient": patient.code, "kind": "referral", "file": SimpleUploadedFile("a.pdf", b"MZ")}
    url = f"/patients/{patient.code}/documents/add/"
    answer = nurse_client.post(url, values, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "data-refusal" in answer.content.decode()


def test_document_of_another_patient_is_not_there(patient: Patient, nurse_client: Client) -> None:
    upload(nurse_client, patient, samples.pdf_of(), "letter.pdf")
    other = factories.make_patient(patient.clinic, "Other")
    url = f"/patients/{other.code}/documents/{Document.objects.get().code}/"
    assert nurse_client.get(url).status_code == 404


def test_withdrawn_document_is_neither_shown_nor_given_out(patient: Patient, nurse_client: Client) -> None:
    upload(nurse_client, patient, samples.pdf_of(), "letter.pdf")
    url = f"/patients/{patient.code}/documents/{Document.objects.get().code}/"
    form = {"patient": patient.code, "reason": ""}
    assert nurse_client.post(f"{url}withdraw/", form).status_code == 422
    assert nurse_client.post(f"{url}withdraw/", form | {"reason": "Wrong patient"}).status_code == 302
    assert nurse_client.get(url).status_code == 404
    assert "No documents yet" in nurse_client.get(patient.get_absolute_url()).content.decode()


def test_card_call_and_authorization_stand_on_the_coverages_page(
    patient: Patient, coverage: Coverage, biller_client: Client
) -> None:
    url = coverage.get_absolute_url()
    card = {"kind": "card_front", "file": SimpleUploadedFile("card.jpg", samples.picture_of())}
    assert biller_client.post(f"{url}card/", card | {"patient": patient.code}).status_code == 302
    call = {"way": "phone", "outcome": "active", "spoken_with": "Operator 12", "said": "In force"}
    assert biller_client.post(f"{url}verify/", call | {"patient": patient.code}).status_code == 302
    approval = {
        "number": "PA-7",
        "starts_on": "2026-11-01",
        "ends_on": "2026-12-31",
        "sessions_approved": "35",
    }
    form = approval | {"patient": patient.code}
    assert biller_client.post(f"{url}authorizations/add/", form).status_code == 302
    page = biller_client.get(url).content.decode()
    for said in ("Insurance card, front", "Operator 12", "PA-7", "Bill Biller-Example"):
        assert said in page


def test_call_without_a_name_is_refused_and_kept(
    patient: Patient, coverage: Coverage, biller_client: Client
) -> None:
    form = {"patient": patient.code, "way": "phone", "outcome": "active", "said": "What they told me"}
    response = biller_client.post(f"{coverage.get_absolute_url()}verify/", form)
    assert response.status_code == 422
    page = response.content.decode()
    assert "names whom you spoke with" in page
    assert "What they told me" in page


def test_two_who_edit_the_same_field_see_both_values_and_can_go_on(
    patient: Patient, nurse_client: Client
) -> None:
    url = f"/patients/{patient.code}/edit/"
    shown = {
        "patient": patient.code,
        "family_name": "Sample",
        "given_name": "Joan",
        "birth_date": "1951-03-04",
        "sex": "F",
        "mrn": patient.mrn,
        "needs_interpreter": "unknown",
    }
    opened = {f"initial-{name}": value for name, value in shown.items()} | {"initial-alerts": ""}
    Patient.objects.filter(pk=patient.pk).update(alerts="Warfarin", email="joan@example.org")
    mine = shown | opened | {"alerts": "Pacemaker", "initial-email": "", "email": ""}
    response = nurse_client.post(url, mine)
    page = response.content.decode()
    assert response.status_code == 422
    assert "while you had it open" in page
    assert "<td>Warfarin</td>" in page
    assert "<td>Pacemaker</td>" in page
    assert nurse_client.post(url, mine | {"initial-alerts": "Warfarin"}).status_code == 302
    patient.refresh_from_db()
    assert (patient.alerts, patient.email) == ("Pacemaker", "joan@example.org")


def test_records_are_merged_and_parted_on_screen(patient: Patient, nurse_client: Client) -> None:
    other = factories.make_patient(patient.clinic, "Sampel", "Joan")
    choice = nurse_client.get(f"/patients/{patient.code}/merge/").content.decode()
    assert f"/patients/{patient.code}/merge/{other.code}/" in choice
    url = f"/patients/{patient.code}/merge/{other.code}/"
    assert "differs" in nurse_client.get(url).content.decode()
    form = {"patient": patient.code}
    assert nurse_client.post(url, form).status_code == 422
    assert nurse_client.post(url, form | {"reason": "Same card"}).status_code == 302
    assert nurse_client.get(other.get_absolute_url()).headers["Location"] == patient.get_absolute_url()
    page = nurse_client.get(patient.get_absolute_url()).content.decode()
    assert "Undo the merge" in page
    undo = f"/patients/{patient.code}/merges/{PatientMerge.objects.get().code}/undo/"
    assert nurse_client.get(undo).status_code == 200
    assert nurse_client.post(undo, form).headers["Location"] == other.get_absolute_url()
    assert nurse_client.post(undo, form).status_code == 404


def test_form_opened_before_the_merge_is_of_the_same_person(patient: Patient, nurse_client: Client) -> None:
    old = factories.make_patient(patient.clinic, "Sampel", merged_into=patient)
    form = {"patient": old.code, "reason": ""}
    assert nurse_client.post(f"/patients/{old.code}/edit/", form).status_code == 422
    other = factories.make_patient(patient.clinic, "Other")
    assert nurse_client.post(f"/patients/{old.code}/edit/", form | {"patient": other.code}).status_code == 409


def test_list_is_looked_at_then_taken(clinic: Clinic, nurse_client: Client) -> None:
    content = b"Last name,First name,Date of birth,MRN,Shoe\nSpecimen,Otto,1950-01-31,EX-1,44\nBad,Row,never,EX-2,\n"
    response = nurse_client.post("/patients/imports/", {"file": SimpleUploadedFile("list.csv", content)})
    assert response.status_code == 302
    page = nurse_client.get(response.headers["Location"]).content.decode()
    assert "the columns Shoe" in page
    assert "Will be registered" in page
    assert "is no date of birth" in page
    assert nurse_client.post(response.headers["Location"]).status_code == 302
    report = nurse_client.get(response.headers["Location"]).content.decode()
    assert "SPECIMEN Otto" in report
    assert "is no date of birth" in report


def test_list_can_be_discarded(clinic: Clinic, nurse: User, nurse_client: Client) -> None:
    content = b"Last name,First name,Date of birth,MRN\nSpecimen,Otto,1950-01-31,EX-1\n"
    nurse_client.post("/patients/imports/", {"file": SimpleUploadedFile("list.csv", content)})
    code = PatientImport.objects.get().code
    assert nurse_client.post(f"/patients/imports/{code}/discard/").status_code == 302
    assert "Nothing was kept" in nurse_client.get(f"/patients/imports/{code}/").content.decode()
    assert not Patient.objects.exists()
