"""The watched folder: read once, moved aside, and the reason beside what failed."""

import os
from pathlib import Path

import pytest

from courses.billing.services.answer_folder import ReadFile, read_folders
from courses.models import Acknowledgement, Claim, ClaimFile
from eecp_clinic.models import User
from tests.courses.billing.answers_given import NOW, Answering, sent_claim
from tests.courses.courses_given import Given


@pytest.fixture
def claim(given: Given, biller: User) -> Claim:
    return sent_claim(given, biller)


@pytest.fixture
def folder(claim: Claim, tmp_path: Path) -> Path:
    found = tmp_path / claim.course.clinic.code
    found.mkdir()
    return found


def put(folder: Path, name: str, content: bytes, *, seconds_ago: int = 60) -> Path:
    path = folder / name
    path.write_bytes(content)
    moment = NOW.timestamp() - seconds_ago
    os.utime(path, (moment, moment))
    return path


def look(folder: Path) -> list[ReadFile]:
    return read_folders(root=folder.parent, now=NOW)


def test_answer_is_read_without_a_person_and_moved_to_done(claim: Claim, folder: Path) -> None:
    path = put(folder, "answer.277", Answering(ClaimFile.objects.get()).status())
    assert look(folder) == [ReadFile("answer.277")]
    claim.refresh_from_db()
    assert claim.state == Claim.State.ACCEPTED
    assert Acknowledgement.objects.get().read_by is None
    assert not path.exists()
    assert (folder / "done" / "answer.277").exists()
    assert look(folder) == []


def test_same_file_again_is_set_aside_with_the_reason(claim: Claim, folder: Path) -> None:
    content = Answering(ClaimFile.objects.get()).status()
    put(folder, "answer.277", content)
    look(folder)
    put(folder, "answer.277", content)
    [found] = look(folder)
    assert "read already" in found.reason
    assert "read already" in (folder / "failed" / "answer.277.txt").read_text()


def test_file_that_cannot_be_read_keeps_no_other_back(claim: Claim, folder: Path) -> None:
    put(folder, "a.txt", b"Dear clinic")
    put(folder, "b.277", Answering(ClaimFile.objects.get()).status())
    assert [bool(found.reason) for found in look(folder)] == [True, False]
    put(folder, "a.txt", b"Dear clinic again")
    look(folder)
    assert sorted(path.name for path in (folder / "failed").iterdir()) == [
        "a-2.txt",
        "a-2.txt.txt",
        "a.txt",
        "a.txt.txt",
    ]


def test_file_that_is_still_being_written_waits(claim: Claim, folder: Path) -> None:
    put(folder, "answer.277", Answering(ClaimFile.objects.get()).status(), seconds_ago=1)
    assert look(folder) == []


def test_folder_that_is_not_there_is_no_error(claim: Claim, tmp_path: Path) -> None:
    assert read_folders(root=tmp_path / "nowhere", now=NOW) == []
