"""The life of a file that a worker makes, on the plainest of its kinds: begun once, kept, failed, taken over, handed out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage

from courses.models import ResearchExport
from eecp_clinic.errors import Conflict, NotFound
from eecp_clinic.kept_files import open_kept
from eecp_clinic.making import STALE_AFTER, New, NothingNew, carry_out, open_made, take_over
from eecp_clinic.models import User
from tests import factories

pytestmark = pytest.mark.django_db
State = ResearchExport.State
NAME = "research/sample.zip"


class Told(list[tuple[str, Mapping[str, Any]]]):
    """What went into the audit trail."""

    def __call__(self, what: str, at: datetime, told: Mapping[str, Any]) -> None:
        self.append((what, told))


@pytest.fixture
def row(physician: User, now: datetime) -> ResearchExport:
    course = factories.make_course(factories.make_patient(physician.memberships.get().clinic), physician)
    return ResearchExport.objects.create(
        course=course, requested_by=physician, requested_at=now, reason="A study"
    )


def begun(row: ResearchExport, now: datetime) -> ResearchExport:
    assert ResearchExport.objects.filter(pk=row.pk, state=State.QUEUED).begin(now)
    return ResearchExport.objects.get(pk=row.pk)


@contextmanager
def written(row: ResearchExport) -> Iterator[New]:
    yield New(name=NAME, file=BytesIO(b"kept"), values={"size": 4}, told={"sessions": 2})


def carried(row: ResearchExport, now: datetime, told: Told, write: Any = written) -> bool:
    return carry_out(row, write, clock=lambda: now, record=told, apology="Ask again.")


def test_what_was_written_is_kept_with_its_hash_and_handed_out(row: ResearchExport, now: datetime) -> None:
    told = Told()
    assert carried(begun(row, now), now, told)
    row.refresh_from_db()
    assert (row.state, row.size, row.ready_at, row.failure) == (State.READY, 4, now, "")
    assert told == [("ready", {"sha256": row.sha256, "sessions": 2})]
    with open_made(row, "Not yet.") as file:
        assert file.read() == b"kept"


def test_of_two_workers_one_begins(row: ResearchExport, now: datetime) -> None:
    waiting = ResearchExport.objects.filter(pk=row.pk, state=State.QUEUED)
    assert [waiting.begin(now), waiting.begin(now)] == [True, False]


def test_failure_is_told_and_raised_and_tried_again(row: ResearchExport, now: datetime) -> None:
    @contextmanager
    def fails(row: ResearchExport) -> Iterator[New]:
        with open_kept("research/none.zip", "") as file:
            yield New(name=NAME, file=file)

    told = Told()
    with pytest.raises(NotFound, match="gone"):
        carried(begun(row, now), now, told, fails)
    row.refresh_from_db()
    assert (row.state, row.failure, told) == (State.FAILED, "Ask again.", [("failed", {})])
    assert ResearchExport.objects.filter(pk=row.pk).try_again()
    assert not ResearchExport.objects.filter(pk=row.pk).try_again()
    assert take_over(ResearchExport.objects.all(), now=now) == [row.pk]


def test_nothing_new_is_no_failure(row: ResearchExport, now: datetime) -> None:
    @contextmanager
    def same(row: ResearchExport) -> Iterator[New]:
        if row.pk:
            raise NothingNew
        yield New(name=NAME, file=BytesIO())

    told = Told()
    assert not carried(begun(row, now), now, told, same)
    assert told == []


def test_worker_that_comes_back_late_leaves_the_other_file_alone(row: ResearchExport, now: datetime) -> None:
    """Lost for a quarter of an hour, taken over, and back with its own file or its own failure."""
    late, told = begun(row, now), Told()
    after = now + STALE_AFTER + timedelta(seconds=1)
    assert take_over(ResearchExport.objects.all(), now=after - timedelta(minutes=2)) == []
    assert take_over(ResearchExport.objects.all(), now=after) == [row.pk]
    second = begun(row, after)
    assert not carried(late, after, told)
    assert told == []
    assert not default_storage.exists(NAME)
    assert carried(second, after, told)


def test_what_is_not_ready_changed_or_gone_is_not_handed_out(row: ResearchExport, now: datetime) -> None:
    with pytest.raises(Conflict, match="Not yet"):
        open_made(row, "Not yet.")
    carried(begun(row, now), now, Told())
    row.refresh_from_db()
    with default_storage.open(row.file.name, "wb") as file:
        file.write(b"other")
    with pytest.raises(Conflict, match="no longer the one"):
        open_made(row, "Not yet.")
    default_storage.delete(row.file.name)
    with pytest.raises(NotFound, match="gone"):
        open_made(row, "Not yet.")
