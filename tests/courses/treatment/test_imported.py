"""A file of a console that is imported after the hour finds its session like any other recording, or waits."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from courses.models import Session
from devices import importing, ingest
from devices.models import Recording
from devices.protocol import TriggerSource
from eecp_clinic.models import User
from tests.courses.treatment import scenes
from tests.devices.given_files import wfdb_of
from tests.devices.records.samples import waveform

LATER = timedelta(days=1)


@pytest.fixture
def ended(nurse: User, physician: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(ingest, "enqueue_finish", lambda recording: None)
    return scenes.make_ended(nurse, physician, now)


@pytest.mark.parametrize(
    ("begins", "is_bound"),
    [
        (timedelta(minutes=1), True),
        (timedelta(minutes=-5), False),
        (timedelta(hours=2), False),
    ],
    ids=["within the hour", "over before it began", "after it"],
)
def test_imported_file_is_bound_by_the_start_that_was_confirmed(
    ended: Session,
    begins: timedelta,
    is_bound: bool,
    nurse: User,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    files = wfdb_of(waveform(61.0))
    taken = importing.take_file(device=ended.device, given=files, actor=nurse, now=now + LATER)
    with django_capture_on_commit_callbacks(execute=True):
        recording = importing.confirm(
            taken=taken,
            started_at=now + begins,
            trigger_source=TriggerSource.R_WAVE,
            actor=nurse,
            now=now + LATER,
        )
    ended.refresh_from_db()
    assert (ended.recording == recording) is is_bound
    assert Recording.objects.filter(session__isnull=True).exists() is not is_bound
