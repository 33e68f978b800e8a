"""A list of patients is looked at, confirmed, and reported row by row."""

from datetime import datetime

import pytest

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import AuditEvent, Clinic, User
from patients import services
from patients.models import Patient, PatientImport
from patients.services.importing import look_at
from tests import factories

LIST = b"""Last name,First name,Date of birth,MRN,Phone
Specimen,Otto,1950-01-31,EX-1,312-555-0199
Sample,Joan,1951-03-04,EX-2,
Bad,Date,31/31/1950,EX-3,
Twice,One,1950-02-01,EX-4,
Twice,Two,1950-02-02,EX-4,
Short,Phone,1950-02-03,EX-5,12
Later,Taken,1950-02-04,EX-6,
Tomorrow,Born,2027-01-01,EX-7,
"""


@pytest.fixture
def taken(clinic: Clinic, nurse: User, now: datetime) -> PatientImport:
    factories.make_patient(clinic)  # SAMPLE Joan, 04-Mar-1951
    factories.make_patient(clinic, "Otherwise", "Known", mrn="EX-6")
    return services.take_list(clinic=clinic, given=LIST, actor=nurse, now=now)[0]


def test_every_row_is_seen_before_anybody_is_registered(taken: PatientImport, now: datetime) -> None:
    seen = {row.texts["mrn"] + row.texts["given_name"]: row for row in look_at(taken, now)}
    assert {key: row.light for key, row in seen.items()} == {
        "EX-1Otto": "go",
        "EX-2Joan": "look",
        "EX-3Date": "stop",
        "EX-4One": "stop",
        "EX-4Two": "stop",
        "EX-5Phone": "stop",
        "EX-6Taken": "stop",
        "EX-7Born": "stop",
    }
    assert "seven digits" in seen["EX-5Phone"].problems[0]
    assert "Another patient of this clinic has this MRN" in seen["EX-6Taken"].problems[0]
    assert Patient.objects.count() == 2


def test_good_rows_are_registered_and_each_other_says_why_not(
    taken: PatientImport, nurse: User, now: datetime
) -> None:
    done = services.confirm_list(taken=taken, other_people=set(), actor=nurse, now=now)
    assert [row["outcome"] for row in done.report].count("registered") == 1
    assert [row["row"] for row in done.report if row["outcome"] == "left_out"] == [3]
    assert all(row["sentence"] for row in done.report if row["outcome"] != "registered")
    assert done.rows == []
    event = AuditEvent.objects.get(action="patients.imported")
    assert event.data == {"rows": 8, "registered": 1}
    assert AuditEvent.objects.filter(action="patient.registered").count() == 1


def test_look_alike_is_registered_where_somebody_says_it_is_another(
    taken: PatientImport, nurse: User, now: datetime
) -> None:
    services.confirm_list(taken=taken, other_people={3}, actor=nurse, now=now)
    assert Patient.objects.filter(mrn="EX-2").exists()


def test_list_is_taken_once(taken: PatientImport, nurse: User, now: datetime) -> None:
    services.confirm_list(taken=taken, other_people=set(), actor=nurse, now=now)
    with pytest.raises(Conflict, match="taken or discarded already"):
        services.confirm_list(taken=taken, other_people=set(), actor=nurse, now=now)
    with pytest.raises(Conflict):
        services.discard_list(taken=taken, actor=nurse, now=now)


def test_discarded_list_leaves_nothing_of_what_it_said(
    taken: PatientImport, nurse: User, now: datetime
) -> None:
    services.discard_list(taken=taken, actor=nurse, now=now)
    taken.refresh_from_db()
    assert (taken.rows, taken.report, taken.state) == ([], [], "discarded")


def test_file_that_is_no_list_is_refused(clinic: Clinic, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="no column for") as refused:
        services.take_list(clinic=clinic, given=b"a,b\n1,2\n", actor=nurse, now=now)
    assert list(refused.value.data["fields"]) == ["file"]
