"""Whether a packet still says what the record says: its bytes, every link behind every line, and every part of its evidence.

What cannot lawfully change and did is a failure; what may grow after a packet was made (an answer to a claim, another
outcome) is told apart from it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from courses.billing.gathering import gather
from courses.billing.packet.differences import Found, changed, claims_differ, words
from courses.billing.packet.links import Link, Verdict, links_of
from courses.billing.packet.packet_json import FILE_NAME, FORMAT, evidence_plain
from courses.billing.sheet.session_sheet import with_all_of_it
from courses.billing.sheet.sheet_document import LANGUAGE
from courses.models import Packet, Session, SessionSheet
from courses.treatment.charted_rows import rows_of
from eecp_clinic.errors import ClinicError
from eecp_clinic.kept_files import read_kept
from eecp_clinic.models import Signature
from eecp_clinic.pdf import CannotAssemble
from eecp_clinic.pdf_assembly import attached_in
from eecp_clinic.signing import canonical, is_intact
from patients.models import Document

#: Parts of the evidence that no lawful way changes once they are signed or made.
_FINAL = ("decision", "order", "scope", "letter")
#: Parts that may say more, or otherwise, after the packet was made.
_MAY_CHANGE = ("identity", "opinion", "papers", "notices", "outcomes", "course_state", "sessions_ordered")


class NotAPacket(ValueError):
    """The file carries no evidence of a packet; the sentence says what it lacks."""


def evidence_in(content: bytes) -> dict[str, Any]:
    """The evidence that the PDF carries. Raises NotAPacket."""
    try:
        attached = attached_in(content).get(FILE_NAME)
        evidence = json.loads(attached) if attached else {}
    except (CannotAssemble, ValueError) as error:
        raise NotAPacket(f"The file cannot be read as a packet: {error}") from error
    if not isinstance(evidence, dict) or evidence.get("format") != FORMAT:
        raise NotAPacket(
            f"The file carries no {FILE_NAME} of the form {FORMAT}: it is no packet of this system."
        )
    return evidence


def prove(content: bytes) -> list[Found]:
    """Everything that was looked at, in the order of the packet. Raises NotAPacket."""
    evidence = evidence_in(content)
    packet = (
        Packet.objects.filter(code=evidence["packet"])
        .select_related("course__clinic", "course__patient", "course__order__assessment__workup", "claim")
        .select_related("records_request__claim")
        .first()
    )
    if packet is None:
        raise NotAPacket(f"Packet {evidence['packet']} was not made here.")
    clinic = packet.course.clinic
    with timezone.override(clinic.zone), translation.override(LANGUAGE):
        return [
            *_file(packet, content),
            *_sessions(evidence),
            *_papers(evidence),
            *_signatures(evidence, packet),
            *_parts(evidence, packet),
        ]


def _file(packet: Packet, content: bytes) -> Iterator[Found]:
    where = f"Packet {packet.code}"
    if hashlib.sha256(content).hexdigest() == packet.sha256:
        yield Found(where, Verdict.HOLDS, "The file is the one that was made, byte for byte.")
    else:
        yield Found(where, Verdict.FAILS, "The file is not the one that was made: its SHA-256 is another.")
    carried = attached_in(content)[FILE_NAME]
    if hashlib.sha256(carried).hexdigest() != packet.evidence_sha256:
        yield Found(where, Verdict.FAILS, "The evidence that it carries is not the one that was made.")


def _sessions(evidence: dict[str, Any]) -> Iterator[Found]:
    codes = [session["code"] for session in evidence["sessions"]]
    rows = with_all_of_it(Session.objects.filter(code__in=codes)).select_related("claim_line")
    found = {session.code: session for session in rows}
    used = {sheet["session"]: sheet for sheet in evidence["sheets"]}
    for told in evidence["sessions"]:
        session = found.get(told["code"])
        if session is None:
            where = f"Session {told['number']}"
            yield Found(where, Verdict.FAILS, "The database has no such signed session any more.")
            continue
        where = _where(session)
        yield from (Found(where, link.verdict, f"{link.name}: {link.sentence}") for link in links_of(session))
        yield from (
            Found(where, Verdict.FAILS, said) for said in _session(told, session, used.get(told["number"]))
        )


def _where(session: Session) -> str:
    line = getattr(session, "claim_line", None)
    day = f", {session.course.clinic.day_of(session.started_at):%d-%b-%Y}" if session.started_at else ""
    return f"Session {session.number}{day}, " + (f"line {line.code}" if line else "no claim line")


def _session(told: dict[str, Any], session: Session, used: dict[str, Any] | None) -> Iterator[str]:
    """What the packet says of a session and its database no longer does."""
    signature = session.signature
    assert signature is not None  # noqa: S101  # only signed sessions are fetched
    if signature.content_sha256 != told["signature"]["content_sha256"]:
        yield "Its signature is another than the packet holds."
    recorded = str(session.recording_id) if session.recording_id else None
    if recorded != (told["recording"] or {}).get("uuid"):
        yield "It has another recording than the packet holds."
    if told["gating"] and (
        session.gating_report is None or session.gating_report.code != told["gating"]["code"]
    ):
        yield "It has another gating report than the packet holds."
    yield from _beside(told, session)
    if used and used["sha256"]:
        sheet = SessionSheet.objects.filter(session=session, version=used["version"]).first()
        if sheet is None or sheet.sha256 != used["sha256"]:
            yield "The sheet that the packet holds is not the one that is kept."


def _beside(told: dict[str, Any], session: Session) -> Iterator[str]:
    """Amendments and countersignatures that the packet holds and the database does not; more of them are lawful."""
    codes = {row.code for row in rows_of(session, "amendments")}
    yield from (
        f"Its amendment {one['code']} is not in the database any more."
        for one in told["amendments"]
        if one["code"] not in codes
    )
    signed = {row.signature.content_sha256 for row in rows_of(session, "countersignatures")}
    if any(one["content_sha256"] not in signed for one in told["countersignatures"]):
        yield "A countersignature that the packet holds is not in the database any more."


def _papers(evidence: dict[str, Any]) -> Iterator[Found]:
    """The stored file of every paper whose pages the packet holds; a packet of before held none."""
    told = [one for one in evidence.get("enclosed", ()) if one["pages"]]
    rows = {row.code: row for row in Document.objects.filter(code__in=[one["code"] for one in told])}
    for one in told:
        row = rows.get(one["code"])
        if row is None or row.sha256 != one["sha256"]:
            said = "The database no longer names the file whose pages the packet holds."
            yield Found(f"Paper {one['code']}", Verdict.FAILS, said)
            continue
        try:
            read_kept(row.file.name, one["sha256"])
        except ClinicError as error:
            yield Found(f"Paper {row}", Verdict.FAILS, error.message)
        else:
            yield Found(f"Paper {row}", Verdict.HOLDS, "Its stored file is the one whose pages it holds.")


def _signatures(evidence: dict[str, Any], packet: Packet) -> Iterator[Found]:
    """Decision, order, reviews and all else that was signed, by the hash that the packet's log names."""
    log = evidence["signatures"]
    rows = Signature.objects.filter(
        clinic=packet.course.clinic, content_sha256__in=[one["content_sha256"] for one in log]
    )
    found = {row.content_sha256: row for row in rows}
    for told in log:
        row = found.get(told["content_sha256"])
        if row is None:
            yield Found(told["what"], Verdict.FAILS, "Its signature is not in the database any more.")
        elif not is_intact(row):
            yield Found(told["what"], Verdict.FAILS, "The content that was signed no longer has its hash.")
        elif (row.name, row.credentials) != (told["name"], told["credentials"]):
            yield Found(told["what"], Verdict.FAILS, "The signature now names somebody else.")
        elif (row.meaning, row.signed_at) != (told["meaning"], datetime.fromisoformat(told["signed_at"])):
            yield Found(told["what"], Verdict.FAILS, "The signature has another meaning or time now.")


def _parts(evidence: dict[str, Any], packet: Packet) -> Iterator[Found]:
    """The rest of the evidence, gathered again as of the same moment."""
    again = json.loads(canonical(evidence_plain(gather(packet), ())))
    for name in (*_FINAL, *_MAY_CHANGE):
        if _as_told(evidence[name], again[name]) != evidence[name]:
            verdict = Verdict.FAILS if name in _FINAL else Verdict.GROWN
            yield Found(words(name), verdict, changed(evidence[name], again[name]))
    yield from _rows("review", evidence["reviews"], again["reviews"])
    yield from claims_differ(evidence["claims"], again["claims"])


def _as_told(told: Any, again: Any) -> Any:
    """``again`` with what a packet of that day tells: a value that came into the program later is no change of it."""
    if isinstance(told, dict) and isinstance(again, dict):
        return {name: value for name, value in again.items() if name in told}
    return again


def _rows(what: str, told: Iterable[Any], again: list[Any]) -> Iterator[Found]:
    for number, row in enumerate(told, 1):
        if row not in again:
            yield Found(
                f"{what} {number}".capitalize(),
                Verdict.FAILS,
                "The database no longer says what the packet says.",
            )


def is_good(found: Iterable[Found] | Iterable[Link]) -> bool:
    return all(one.verdict is not Verdict.FAILS for one in found)
