"""A report by its page: the minutes are links, a minute shows its beat, and a signed session keeps its own."""

from datetime import datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Session
from courses.treatment import services
from devices.analysis import report_of
from devices.models import GatingReport
from devices.reanalysis import reanalyse
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes
from tests.devices.gating.synthetic import Session as Drawn
from tests.devices.gating.synthetic import draw
from tests.devices.stored import store_waveform

pytestmark = pytest.mark.usefixtures("mid_morning")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def now() -> datetime:
    return timezone.now() - timedelta(hours=2)


@pytest.fixture
def session(nurse: User, physician: User, now: datetime) -> Session:
    """A complete session of which three minutes were recorded; the report is made."""
    session = scenes.make_complete(nurse, physician, now)
    recording = store_waveform(session.device, draw(Drawn(minutes=3)), session.started_at or now)
    services.bind_recording(recording=recording, now=now + timedelta(hours=1))
    recording.refresh_from_db()
    report_of(recording=recording, now=now + timedelta(hours=1))
    session.refresh_from_db()
    return session


@pytest.fixture
def report(session: Session) -> GatingReport:
    return GatingReport.objects.get()


def minute(client: Client, session: Session, report: GatingReport, number: int, **headers: str) -> str:
    url = reverse("courses:session-minute", args=[session.code, report.code, number])
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return str(response.content.decode())


def page(client: Client, session: Session) -> str:
    return str(client.get(session.get_absolute_url()).content.decode())


def rest(client: Client, session: Session, report: GatingReport) -> str:
    """What the session's page asks for when it is there."""
    url = reverse("courses:session-report", args=[session.code, report.code])
    response = client.get(url, headers=HTMX)
    assert response.status_code == 200
    return str(response.content.decode())


def sign(session: Session, nurse: User, now: datetime) -> Session:
    return services.sign_session(
        session=session, password=factories.PASSWORD, actor=nurse, now=now + timedelta(minutes=70)
    )


def newer(session: Session, monkeypatch: pytest.MonkeyPatch) -> GatingReport:
    """The recording judged again by a later engine."""
    assert session.recording is not None
    monkeypatch.setattr("devices.analysis.ENGINE_VERSION", "99.0.0")
    reanalyse(recording=session.recording, now=timezone.now())
    return GatingReport.objects.get(engine_version="99.0.0")


def test_page_shows_every_minute_as_a_link_and_asks_for_the_pictures(
    nurse_client: Client, session: Session, report: GatingReport
) -> None:
    html = page(nurse_client, session)
    whole = reverse("courses:session-report", args=[session.code, report.code])
    assert f'hx-get="{whole}" hx-trigger="load"' in html
    assert f'href="{whole}">Pictures, all minutes and all figures' in html  # without a script
    for number in (1, 2, 3):
        assert reverse("courses:session-minute", args=[session.code, report.code, number]) in html
    assert 'aria-label="Minute 2: ' in html
    assert 'class="picture"' not in html
    fragment = rest(nurse_client, session, report)
    assert "<html" not in fragment
    assert "Averaged beat of the whole recording" in fragment
    assert "Every minute as a table" in fragment
    assert fragment.count('class="picture"') == 7
    assert " style=" not in html + fragment


def test_numbers_come_first_and_the_letter_last(
    nurse_client: Client, session: Session, report: GatingReport
) -> None:
    url = reverse("courses:session-report", args=[session.code, report.code])
    html = nurse_client.get(url).content.decode()
    section = html[html.index('id="report-title"') :]
    order = ["Effective minutes", "By minute", "Averaged beat of the whole", "All figures", "<h3>Grade"]
    places = [section.index(words) for words in order]
    assert places == sorted(places)


def test_minute_is_a_fragment_for_htmx_and_a_page_for_anybody_else(
    nurse_client: Client, session: Session, report: GatingReport
) -> None:
    fragment = minute(nurse_client, session, report, 2, **HTMX)
    assert "<h3>Minute 2</h3>" in fragment
    assert "Averaged beat of minute 2" in fragment
    assert "<html" not in fragment
    whole = minute(nurse_client, session, report, 2)
    assert "<h3>Minute 2</h3>" in whole
    assert "Back to the session" in whole


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_minute_that_is_not_there_is_not_found(
    nurse_client: Client, session: Session, report: GatingReport, headers: dict[str, str]
) -> None:
    url = reverse("courses:session-minute", args=[session.code, report.code, 4])
    assert nurse_client.get(url, headers=headers).status_code == 404


def test_report_of_another_session_is_not_found(
    nurse_client: Client, session: Session, report: GatingReport
) -> None:
    other = factories.make_report(factories.make_recording(session.device, timezone.now()))
    url = reverse("courses:session-report", args=[session.code, other.code])
    assert nurse_client.get(url).status_code == 404


def test_minute_of_another_clinic_is_not_found(
    outsider_client: Client, session: Session, report: GatingReport
) -> None:
    url = reverse("courses:session-minute", args=[session.code, report.code, 1])
    assert outsider_client.get(url).status_code == 404


def test_signed_session_keeps_its_report_and_says_that_a_newer_exists(
    nurse_client: Client,
    session: Session,
    report: GatingReport,
    nurse: User,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signed = sign(session, nurse, now)
    assert "A newer analysis exists" not in page(nurse_client, signed)
    later = newer(signed, monkeypatch)
    signed.refresh_from_db()
    assert signed.gating_report == report
    html = page(nurse_client, signed)
    assert "A newer analysis exists" in html
    for each in (report, later):
        assert reverse("courses:session-report", args=[signed.code, each.code]) in html
    shown = nurse_client.get(reverse("courses:session-report", args=[signed.code, later.code]))
    assert "Not the report that was signed" in shown.content.decode()
    shown = nurse_client.get(reverse("courses:session-report", args=[signed.code, report.code]))
    assert "The session was signed with this report." in shown.content.decode()


def test_unsigned_session_shows_the_newest_report(
    nurse_client: Client, session: Session, report: GatingReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = newer(session, monkeypatch)
    html = page(nurse_client, session)
    assert f"report {later.code}" in html
    assert "A newer analysis exists" not in html


@pytest.fixture
def waiting(nurse: User, physician: User, now: datetime) -> Session:
    """A complete session whose recording is not judged yet."""
    session = scenes.make_complete(nurse, physician, now)
    recording = store_waveform(session.device, draw(Drawn(minutes=3)), session.started_at or now)
    services.bind_recording(recording=recording, now=now + timedelta(hours=1))
    session.refresh_from_db()
    return session


def analysis(client: Client, session: Session) -> str:
    response = client.get(reverse("courses:session-analysis", args=[session.code]), headers=HTMX)
    assert response.status_code == 200
    return str(response.content.decode())


def test_page_that_waits_for_the_analysis_asks_until_it_is_there(
    nurse_client: Client, waiting: Session, now: datetime
) -> None:
    asks = f'hx-get="{reverse("courses:session-analysis", args=[waiting.code])}" hx-trigger="every 3s"'
    html = page(nurse_client, waiting)
    assert asks in html
    assert html.count("Being analysed") == 2
    still = analysis(nurse_client, waiting)
    assert asks in still
    assert "sign-waits" not in still, "what is typed beside the signature is left alone"
    assert waiting.recording is not None
    report_of(recording=waiting.recording, now=now + timedelta(hours=1))
    there = analysis(nurse_client, waiting)
    assert 'id="sign-waits" hx-swap-oob="true"' in there
    assert "The analysis is there" in there
    assert "By minute" in there
    assert 'hx-trigger="every' not in there


def test_page_that_waits_is_told_when_no_analysis_will_come(nurse_client: Client, waiting: Session) -> None:
    assert waiting.recording is not None
    waiting.recording.failure = "The file cannot be read."
    waiting.recording.save(update_fields=["failure"])
    told = analysis(nurse_client, waiting)
    assert "The file cannot be read." in told
    assert "Load the page again to sign without it" in told


def test_analysis_asked_for_by_hand_leads_to_the_page(nurse_client: Client, waiting: Session) -> None:
    response = nurse_client.get(reverse("courses:session-analysis", args=[waiting.code]))
    assert response["Location"] == waiting.get_absolute_url()


def test_damaged_beats_are_named_and_the_rest_is_shown(
    nurse_client: Client, session: Session, report: GatingReport
) -> None:
    with default_storage.open(report.beats_file.name, "wb") as file:
        file.write(b"other")
    html = rest(nurse_client, session, report)
    assert "its SHA-256 differs" in html
    assert "Averaged beat" not in html
    assert "D/S peak by minute" in html


def test_page_asks_as_much_for_many_minutes_as_for_few(nurse_client: Client, session: Session) -> None:
    def queries(of: Session) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(nurse_client, of)
        return len(captured)

    queries(session)
    few = queries(session)
    report = GatingReport.objects.get()
    assert session.recording is not None
    many = [{"minute": m, "grade": "B", "reasons": [{"sentence": "so"}]} for m in range(60)]
    factories.make_report(
        session.recording,
        report=report.report | {"minutes": many},
        engine_version="99.0.0",
        made_at=timezone.now(),
        config=report.config,
    )
    assert queries(session) == few
