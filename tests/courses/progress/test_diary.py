"""The diary: the patient's secret page, the staff's, and the week it feeds."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from courses.models import DiaryEntry
from courses.progress import rate_limit
from courses.progress.rate_limit import may_knock
from courses.progress.services import diary_link_of, keep_day, make_diary_link, revoke_diary_link
from courses.progress.services.diary import GOOD_FOR
from eecp_clinic.embedded import valkey
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import User
from tests.courses.courses_given import Given


@pytest.fixture(autouse=True)
def fresh_doors() -> None:
    cache.clear()


@pytest.fixture
def secret(given: Given) -> str:
    return make_diary_link(course=given.course, actor=given.nurse, now=timezone.now())[1]


def own(secret: str, **query: str) -> str:
    return reverse("courses:diary-own", args=[secret], query=query or None)


def written(given: Given, days_ago: int = 0) -> dict[str, str]:
    day = given.clinic.day_of(timezone.now()) - timedelta(days=days_ago)
    return {"day": day.isoformat(), "episodes": "2", "nitroglycerin": "1"}


def test_patient_writes_a_day_without_a_login(given: Given, secret: str) -> None:
    patient = Client(enforce_csrf_checks=True)
    answer = patient.post(own(secret), written(given), follow=True)
    entry = DiaryEntry.objects.get(course=given.course)
    assert (entry.episodes, entry.nitroglycerin, entry.entered_by) == (2, 1, None)
    assert "Saved" in answer.content.decode()


def test_page_says_the_first_name_and_nothing_else_of_the_patient(given: Given, secret: str) -> None:
    answer = Client().get(own(secret))
    page = answer.content.decode()
    patient = given.course.patient
    assert patient.given_name in page
    for hidden in (
        patient.family_name,
        patient.family_name.upper(),
        patient.mrn,
        patient.code,
        given.course.code,
    ):
        assert hidden not in page
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_page_is_there_in_chinese(secret: str) -> None:
    assert "心绞痛日记" in Client().get(own(secret, lang="zh-hans")).content.decode()


def test_day_is_corrected_and_not_doubled(given: Given, secret: str) -> None:
    for _again in range(2):
        Client().post(own(secret), written(given))
    assert DiaryEntry.objects.count() == 1


@pytest.mark.parametrize(("days_ago", "words"), [(-1, "has not come"), (9, "more than a week ago")])
def test_day_that_is_not_the_last_ones_is_refused(
    given: Given, secret: str, days_ago: int, words: str
) -> None:
    assert words in Client().post(own(secret), written(given, days_ago)).content.decode()
    assert not DiaryEntry.objects.exists()


@pytest.mark.parametrize("episodes", ["", "-1", "51", "many"])
def test_count_that_is_none_is_refused(given: Given, secret: str, episodes: str) -> None:
    answer = Client().post(own(secret), {**written(given), "episodes": episodes})
    assert "form-errors" in answer.content.decode()
    assert not DiaryEntry.objects.exists()


def test_revoked_old_and_wrong_links_open_nothing_and_look_alike(given: Given, secret: str) -> None:
    now = timezone.now()
    assert diary_link_of(secret, now + GOOD_FOR) is None
    newer = make_diary_link(course=given.course, actor=given.nurse, now=now)[1]
    revoke_diary_link(course=given.course, actor=given.nurse, now=now)
    answers = [Client().get(own(one)) for one in (secret, newer, "x" * 43)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, b"")}


def test_only_the_hash_of_the_secret_is_kept(given: Given, secret: str) -> None:
    assert secret not in str(given.course.diary_links.values().get())


def test_door_closes_after_too_many_knocks(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get(own(secret)).status_code == 200
    for _knock in range(rate_limit.MOST):
        may_knock("diary", secret)
    answer = Client().get(own(secret))
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")


def test_page_opens_and_saves_while_the_cache_is_down(
    given: Given, secret: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url, pid = valkey.Broker(tmp_path / "valkey").start()
    cache_of_its_own = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
    }
    with override_settings(CACHES=cache_of_its_own):
        assert Client().get(own(secret)).status_code == 200
        assert not caplog.messages
        valkey.stop(pid)
        answer = Client().post(own(secret), written(given), follow=True)
        assert "Saved" in answer.content.decode()
        assert DiaryEntry.objects.filter(course=given.course).count() == 1
        assert "the cache did not count a knock at diary; this process counts it alone" in caplog.messages
        for _knock in range(rate_limit.MOST):
            may_knock("diary", secret)
        assert Client().get(own(secret)).status_code == 429


def test_biller_makes_no_link(given: Given, biller: User) -> None:
    with pytest.raises(NotAllowed):
        make_diary_link(course=given.course, actor=biller, now=timezone.now())


def test_nurse_writes_an_older_day_down_but_none_before_the_course(given: Given) -> None:
    now = timezone.now()
    today = given.clinic.day_of(now)
    keep_day(
        course=given.course,
        day=today - timedelta(days=20),
        episodes=3,
        nitroglycerin=0,
        actor=given.nurse,
        now=now,
    )
    with pytest.raises(InvalidInput, match="long before the course"):
        keep_day(
            course=given.course,
            day=today - timedelta(days=40),
            episodes=3,
            nitroglycerin=0,
            actor=given.nurse,
            now=now,
        )


def test_link_is_shown_once_on_the_staffs_page(given: Given, nurse_client: Client) -> None:
    address = reverse("courses:diary-link-make", args=[given.course.code])
    page = nurse_client.post(address, {"patient": given.course.patient.code}).content.decode()
    assert "/diary/" in page and "shown this once" in page
    again = nurse_client.get(reverse("courses:diary", args=[given.course.code])).content.decode()
    assert "shown this once" not in again and "In force since" in again


@pytest.mark.parametrize(("language", "words"), [("en", "Your angina diary"), ("zh-hans", "您的心绞痛日记")])
def test_paper_has_four_weeks_to_fill_in(
    given: Given, nurse_client: Client, language: str, words: str
) -> None:
    address = reverse("courses:diary-paper", args=[given.course.code], query={"lang": language})
    page = nurse_client.get(address).content.decode()
    assert words in page
    assert page.count('<th scope="row">') == 28
