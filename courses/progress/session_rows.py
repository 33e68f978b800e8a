"""The list of a course's sessions, written out: thirty-five rows of filters take a template ten times as long."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format

from courses.progress.sessions import Done
from eecp_clinic.models import Clinic


@dataclass(frozen=True, slots=True)
class SessionRow:
    """``minutes`` and ``ds_peak`` are empty where they are not known, ``line_url`` where there is no claim line."""

    number: int
    url: str
    when: str
    minutes: str
    css: str
    letter: str
    ds_peak: str
    is_signed: bool
    line_url: str


def session_rows(clinic: Clinic, done: Iterable[Done]) -> tuple[SessionRow, ...]:
    """One row a completed session, the newest first."""
    return tuple(_row(clinic, one) for one in done)[::-1]


def _row(clinic: Clinic, one: Done) -> SessionRow:
    line = getattr(one.session, "claim_line", None)
    return SessionRow(
        number=one.number,
        url=one.session.get_absolute_url(),
        when=date_format(clinic.local(one.started_at), "D d-M-Y H:i"),
        minutes="" if one.minutes is None else f"{one.minutes:.0f}",
        css=one.css,
        letter=one.letter,
        ds_peak="" if one.ds_peak is None else f"{one.ds_peak:.2f}",
        is_signed=one.session.is_signed,
        line_url=reverse("courses:claim-line", args=[line.code]) if line else "",
    )
