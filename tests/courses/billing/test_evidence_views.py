"""The evidence behind a line on screen: asked for, found by a worker, shown with its hashes, and led back."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from courses.billing.services import ask_for_check, check_line, refresh_line
from courses.billing.services.evidence_checks import checks_not_done
from courses.models import ClaimLine, EvidenceCheck
from courses.tasks import check_evidence
from eecp_clinic.errors import NotAllowed
from eecp_clinic.models import AuditEvent, User
from tests.courses.billing.packets_given import LATER, recorded_session, sent_claim
from tests.courses.courses_given import Given


@pytest.fixture
def line(given: Given, biller: User) -> ClaimLine:
    session = recorded_session(given, 0)
    sent_claim(given, biller, session)
    return refresh_line(session=session, now=LATER)


def page_of(client: Client, line: ClaimLine, **query: str) -> str:
    return client.get(reverse("courses:evidence", args=[line.code]), query).content.decode()


def test_line_that_was_never_checked_says_so(line: ClaimLine, biller_client: Client) -> None:
    assert "Never checked" in page_of(biller_client, line)


def test_worker_finds_that_every_link_holds(line: ClaimLine, biller_client: Client) -> None:
    check_evidence([line.pk])
    page = page_of(biller_client, line)
    assert "Every link that there is has its hash." in page
    session = line.session
    assert session.recording is not None
    assert session.signature is not None
    for hash_shown in (session.recording.file_sha256, session.signature.content_sha256):
        assert hash_shown in page
    assert f'href="{session.get_absolute_url()}"' in page
    assert f'href="{reverse("courses:claim-line", args=[line.code])}"' in page


def test_changed_sample_is_shown_as_what_does_not_hold(line: ClaimLine, biller_client: Client) -> None:
    assert line.session.recording is not None
    path = Path(line.session.recording.file.path)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    check_line(line_id=line.pk, now=LATER)
    page = page_of(biller_client, line)
    assert "At least one link is not what was signed or stored." in page
    assert "SHA-256 differs" in page


def test_page_waits_for_the_worker_and_then_no_more(line: ClaimLine, biller_client: Client) -> None:
    now = timezone.now()
    address = reverse("courses:evidence-check", args=[line.code])
    answer = biller_client.post(address, {"patient": line.session.course.patient.code})
    waiting = biller_client.get(answer.headers["Location"]).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert AuditEvent.objects.filter(action="evidence.asked").count() == 1
    check_line(line_id=line.pk, now=now + timedelta(minutes=1))
    assert "hx-trigger" not in biller_client.get(answer.headers["Location"]).content.decode()
    late = page_of(biller_client, line, asked=(now - timedelta(hours=1)).isoformat())
    assert "hx-trigger" not in late


@pytest.mark.parametrize("asked", ["yesterday", "2026-13-45T00:00:00Z", "2026-11-30T10:00:00"])
def test_nonsense_in_the_address_is_no_waiting(line: ClaimLine, biller_client: Client, asked: str) -> None:
    assert "hx-trigger" not in page_of(biller_client, line, asked=asked)


def test_check_that_does_not_come_back_is_told(line: ClaimLine, biller_client: Client) -> None:
    long_ago = (timezone.now() - timedelta(minutes=3)).isoformat()
    assert "The check has not come back." in page_of(biller_client, line, asked=long_ago)


def test_check_is_never_changed(line: ClaimLine) -> None:
    check = check_line(line_id=line.pk, now=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        EvidenceCheck.objects.filter(pk=check.pk).update(holds=False)


def test_nurse_may_not_ask(line: ClaimLine, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        ask_for_check(line=line, actor=nurse, now=LATER)


def test_page_takes_the_same_queries_however_many_checks(
    line: ClaimLine, biller_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    check_line(line_id=line.pk, now=LATER)
    address = reverse("courses:evidence", args=[line.code])
    biller_client.get(address)
    for minute in range(3):
        check_line(line_id=line.pk, now=LATER + timedelta(minutes=minute))
    with django_assert_max_num_queries(40):
        biller_client.get(address)


def test_session_leads_to_its_evidence(line: ClaimLine, physician_client: Client) -> None:
    page = physician_client.get(line.session.get_absolute_url()).content.decode()
    assert reverse("courses:evidence", args=[line.code]) in page


def test_check_that_a_worker_lost_is_asked_for_again_until_it_is_done(line: ClaimLine, biller: User) -> None:
    ask_for_check(line=line, actor=biller, now=LATER)
    assert checks_not_done(now=LATER + timedelta(minutes=4)) == []
    later = LATER + timedelta(minutes=6)
    assert checks_not_done(now=later) == [line.pk]
    check_line(line_id=line.pk, now=later)
    assert checks_not_done(now=later + timedelta(days=1)) == []
