"""Filing papers under a patient: made safe, kept with their hash, withdrawn and never deleted."""

import hashlib
import secrets
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.models import User
from patients.models import Coverage, Document, Patient
from patients.papers import BadPaper, Paper, read_paper
from patients.services import records


@transaction.atomic
def add_document(
    *,
    patient: Patient,
    kind: str,
    given: bytes,
    actor: User,
    now: datetime,
    title: str = "",
    dated_on: date | None = None,
    coverage: Coverage | None = None,
) -> Document:
    """File a paper. A card's picture takes the place of the one before it.

    Raises InvalidInput where the file cannot be made safe or the date lies ahead, Conflict where it is here already.
    """
    locked = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
    problems = records.future_days(Document, {"dated_on": dated_on}, ["dated_on"], locked.clinic.day_of(now))
    if problems:
        raise records.refusal(problems)
    paper = _read(given, is_card=kind in Document.CARDS)
    _refuse_known(locked, kind, paper)
    if coverage is not None:
        _replace(coverage, kind, actor, now)
    document = Document(
        patient=locked,
        coverage=coverage,
        kind=kind,
        title=title,
        dated_on=dated_on,
        content_type=paper.content_type,
        size=len(paper.content),
        pages=paper.pages,
        sha256=paper.sha256,
        given_sha256=paper.given_sha256,
        removed=list(paper.removed),
        uploaded_by=actor,
        uploaded_at=now,
    )
    # A name that tells nothing and cannot be guessed, whatever the storage makes of it.
    name = f"documents/{secrets.token_hex(16)}.{paper.extension}"
    document.file.save(name, ContentFile(paper.content), save=False)
    try:
        document.full_clean(exclude=["removed", "withdrawn_by"])
        document.save(force_insert=True)
        _record("document.added", document, actor, now, kind=kind, sha256=paper.sha256)
    except Exception:  # whatever failed is raised on; a file without its row must not stay
        document.file.storage.delete(document.file.name or "")
        raise
    return document


def _read(given: bytes, *, is_card: bool) -> Paper:
    try:
        return read_paper(given, pictures_only=is_card)
    except BadPaper as error:
        raise InvalidInput(str(error), code="bad_paper", fields={"file": [str(error)]}) from error


def _refuse_known(patient: Patient, kind: str, paper: Paper) -> None:
    same = (
        Document.objects.in_use().filter(patient=patient, given_sha256=paper.given_sha256, kind=kind).first()
    )
    if same is not None:
        sentence = gettext("This very file is here already, filed on %(day)s. It was not filed twice.") % {
            "day": f"{patient.clinic.local(same.uploaded_at):%d-%b-%Y}"
        }
        raise Conflict(sentence, code="filed_already", fields={"file": [sentence]})


def _replace(coverage: Coverage, kind: str, actor: User, now: datetime) -> None:
    earlier = Document.objects.in_use().filter(coverage=coverage, kind=kind)
    for document in earlier.select_for_update():
        _withdraw(document, gettext("A newer picture took its place"), actor, now)


@transaction.atomic
def withdraw_document(*, document: Document, reason: str, actor: User, now: datetime) -> Document:
    """Take a paper out of use; it stays, with the reason. Raises Conflict, InvalidInput."""
    locked = (
        Document.objects.select_for_update(of=("self",)).select_related("patient__clinic").get(pk=document.pk)
    )
    if locked.withdrawn_at is not None:
        raise Conflict(gettext("This document was withdrawn already; nothing was changed."), code="withdrawn")
    if not reason.strip():
        raise records.refusal({"reason": [gettext("Say why, for example: filed under the wrong patient.")]})
    _withdraw(locked, reason.strip(), actor, now)
    return locked


def _withdraw(document: Document, reason: str, actor: User, now: datetime) -> None:
    document.withdrawn_by, document.withdrawn_at, document.withdrawn_reason = actor, now, reason
    document.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    _record("document.withdrawn", document, actor, now)


@transaction.atomic
def open_document(*, document: Document, actor: User, now: datetime) -> bytes:
    """The stored bytes, verified against their hash; that they were given out is in the audit trail."""
    try:
        with document.file.storage.open(document.file.name or "") as stored:
            content: bytes = stored.read()
    except FileNotFoundError as error:
        raise NotFound(
            gettext("The file of this document is missing in the store. Tell your administrator."),
            code="file_missing",
        ) from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Conflict(
            gettext(
                "The file of this document is not the one that was filed: its hash differs. It is not given out. "
                "Tell your administrator."
            ),
            code="file_changed",
        )
    _record("document.downloaded", document, actor, now)
    return content


def _record(action: str, document: Document, actor: User, now: datetime, **data: str) -> None:
    audit.record(
        action,
        subject=f"document:{document.code}",
        actor=actor,
        clinic=document.patient.clinic,
        at=now,
        patient=document.patient.code,
        **data,
    )
