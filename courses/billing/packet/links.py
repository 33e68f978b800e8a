"""What stands behind one claim line, link by link, each proven against its own hash: rows, kept files, stored recording.

From the line and its claims to the signed session, what was written beside it, its sheet, its recording and the report
on every beat. The hashes are computed anew from what the database and the file store hold now.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext

from courses.billing.packet.enclosed import answers_to
from courses.models import Claim, Session, SessionSheet
from courses.treatment.services.amending import amendment_content
from courses.treatment.services.countersigning import content_of
from courses.treatment.verifying import Verdict as Verified
from courses.treatment.verifying import verify
from devices import report_files
from devices.models import StoredFile
from devices.services import file_of
from devices.storage import damages
from eecp_clinic.errors import ClinicError
from eecp_clinic.kept_files import read_kept
from eecp_clinic.models import Signature
from eecp_clinic.signing import canonical as canonical_text
from eecp_clinic.signing import is_intact, sha256_of


class Kind(StrEnum):
    CLAIM = "claim"
    ANSWER = "answer"
    SESSION = "session"
    BESIDE = "beside"
    SHEET = "sheet"
    RECORDING = "recording"
    REPORT = "report"


class Verdict(StrEnum):
    HOLDS = "holds"
    GROWN = "grown"  # as it was signed or kept; more was added since, lawfully
    ABSENT = "absent"  # there is none, and nothing names one
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Link:
    """One link: the SHA-256 that was signed or kept for it, and what was found when it was computed again."""

    kind: Kind
    name: str
    sha256: str
    verdict: Verdict
    sentence: str


def links_of(session: Session) -> list[Link]:
    """Every link behind the line of a signed session, from the claim to the beats."""
    return [
        *_claims(session),
        _session(session),
        *_beside(session),
        *_sheets(session),
        *_recording(session),
    ]


def _claims(session: Session) -> Iterator[Link]:
    """The files in which the line went out, and those that came back on them, as they are kept."""
    claims = (
        Claim.objects.filter(memberships__line__session=session)
        .prefetch_related("files__acknowledgements", "statuses__acknowledgement", "remittances__remittance")
        .order_by("made_at", "pk")
    )
    for claim in claims:
        for file in claim.files.all():
            name = gettext("Claim %(claim)s, file %(number)s") % {
                "claim": claim.code.upper(),
                "number": f"{file.control_number:09d}",
            }
            yield _kept(Kind.CLAIM, name, file.file.name, file.sha256)
        for answer in answers_to(claim):
            name = gettext("Claim %(claim)s, answer %(answer)s") % {
                "claim": claim.code.upper(),
                "answer": answer,
            }
            yield _kept(Kind.ANSWER, name, answer.file.name, answer.sha256)


def _session(session: Session) -> Link:
    found = verify(session)
    verdict = {Verified.VERIFIED: Verdict.HOLDS, Verified.GROWN: Verdict.GROWN}.get(
        found.verdict, Verdict.FAILS
    )
    said = found.sentence
    if found.verdict is Verified.DIFFERS:
        said = gettext("The record differs from what was signed: %(what)s.") % {
            "what": "; ".join(f"{one.label}: {one.signed or '–'} → {one.now or '–'}" for one in found.changed)
        }
    return Link(Kind.SESSION, gettext("Signed session"), found.content_sha256, verdict, said)


def _beside(session: Session) -> Iterator[Link]:
    """Amendments and countersignatures: the kept content of each, and the amendment's row against it."""
    for amendment in session.amendments.select_related("signature", "session__signature"):
        now = sha256_of(canonical_text(amendment_content(amendment)))
        name = gettext("Amendment %(code)s") % {"code": amendment.code}
        yield _signature(name, amendment.signature, row=now)
    content = content_of(session)
    for row in session.countersignatures.select_related("signature"):
        # It stands for the amendments that there were, of which none is ever changed.
        now = sha256_of(canonical_text(content | {"amendments": content["amendments"][: row.amendments]}))
        yield _signature(gettext("Countersignature"), row.signature, row=now)


def _signature(name: str, signature: Signature, row: str = "") -> Link:
    """``row`` is the hash of the content built again from the row, where it can be."""
    verdict, said = Verdict.HOLDS, gettext("Its content has the hash that was signed.")
    if not is_intact(signature):
        verdict, said = Verdict.FAILS, gettext("The content that was signed no longer has its hash.")
    elif row and row != signature.content_sha256:
        verdict, said = Verdict.FAILS, gettext("It differs from what was signed.")
    return Link(Kind.BESIDE, name, signature.content_sha256, verdict, said)


def _sheets(session: Session) -> Iterator[Link]:
    """Every version of the sheet that was made."""
    sheets = list(SessionSheet.objects.ready().filter(session=session).order_by("version"))
    for sheet in sheets:
        name = gettext("Session sheet, version %(number)s") % {"number": sheet.version}
        yield _kept(Kind.SHEET, name, sheet.file.name, sheet.sha256)
    if not sheets:
        said = gettext("No sheet was made yet.")
        yield Link(Kind.SHEET, gettext("Session sheet"), "", Verdict.ABSENT, said)


def _kept(kind: Kind, name: str, stored: str, sha256: str) -> Link:
    try:
        read_kept(stored, sha256)
    except ClinicError as error:
        return Link(kind, name, sha256, Verdict.FAILS, error.message)
    return Link(kind, name, sha256, Verdict.HOLDS, gettext("The kept file has its hash."))


def _recording(session: Session) -> Iterator[Link]:
    """The recording with every sample that is kept of it, and the report with its beats."""
    recording, report = session.recording, session.gating_report
    if recording is None:
        said = session.without_recording_reason or gettext("There is none.")
        yield Link(Kind.RECORDING, gettext("Recording"), "", Verdict.ABSENT, said)
        return
    file = file_of(report) if report is not None else None
    sha256 = file.file_sha256 if file is not None else recording.file_sha256
    wrong = damages(recording)
    if not _was_signed(session, sha256):
        wrong.append(gettext("the session was signed with another file"))
    name = gettext("Recording %(uuid)s") % {"uuid": recording.pk}
    good = gettext("Its file and its pieces have their hashes.")
    yield Link(Kind.RECORDING, name, sha256, *_told(wrong, good))
    if report is None:
        yield Link(Kind.REPORT, gettext("Gating report"), "", Verdict.ABSENT, gettext("There is none."))
        return
    wrong = report_files.damages(report)
    if report.input_sha256 != sha256:
        wrong.append(gettext("it judged another file"))
    name = gettext("Gating report %(code)s and its beats") % {"code": report.code}
    if not wrong and not report.report_sha256:
        said = gettext("It was made before reports were kept with a hash.")
        yield Link(Kind.REPORT, name, "", Verdict.ABSENT, said)
        return
    yield Link(
        Kind.REPORT,
        name,
        report.report_sha256,
        *_told(wrong, gettext("The report and its beats have their hashes.")),
    )


def _was_signed(session: Session, sha256: str) -> bool:
    """Whether the signed content names this file, or one that a later version of the same recording replaced."""
    signed = json.loads(session.signature.content).get("recording") if session.signature else None
    if not signed:
        return True
    known = StoredFile.objects.filter(recording=session.recording_id, file_sha256=signed["file_sha256"])
    return signed["file_sha256"] == sha256 or known.exists()


def _told(wrong: list[str], good: str) -> tuple[Verdict, str]:
    if not wrong:
        return Verdict.HOLDS, good
    said = "; ".join(sentence.rstrip(".") for sentence in wrong)
    return Verdict.FAILS, f"{said[:1].upper()}{said[1:]}."
