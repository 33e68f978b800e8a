"""What payers answer: a file is read, kept as it came, and tied to our files, claims and lines by our own numbers.

Nothing is dropped: a claim that we do not know and a code without words are kept and listed, and a file whose sums do
not agree waits for a biller.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.billing.services import acknowledging, remitting
from courses.billing.services.answer_file import AnswerFile
from courses.billing.services.posting import post_by_itself
from courses.billing.x12.acknowledgements import interchange_acks, syntax_ack
from courses.billing.x12.claim_status import claim_acks
from courses.billing.x12.reading import Finding, Interchange, X12Malformed, read
from courses.billing.x12.remittance import remittance
from courses.models import Acknowledgement, Remittance
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role


@dataclass(frozen=True, slots=True)
class Taken:
    """What one file held, and what is to be told of it as a whole."""

    acknowledgements: tuple[Acknowledgement, ...]
    remittances: tuple[Remittance, ...]
    told: tuple[str, ...] = ()


def take_answers(*, clinic: Clinic, content: bytes, actor: User | None, now: datetime) -> Taken:
    """Read a file of TA1, 999, 277CA or 835, all of it or nothing; ``actor`` None: the watched folder.

    What balances is posted by itself. Raises NotAllowed, InvalidInput where it cannot be read (with the segment),
    Conflict where these bytes were read before.
    """
    if actor is not None:
        require_role(actor, clinic, Role.BILLING)
    digest = hashlib.sha256(content).hexdigest()
    _refuse_again(clinic, digest)
    try:
        interchanges = read(content)
        with transaction.atomic():
            return _take(AnswerFile(clinic, _kept(clinic, digest, content), digest, actor, now), interchanges)
    except X12Malformed as error:
        raise InvalidInput(str(error), code="not_readable", segment=error.segment) from error
    except IntegrityError as error:
        raise _read_already() from error


def _take(file: AnswerFile, interchanges: tuple[Interchange, ...]) -> Taken:
    acknowledgements: list[Acknowledgement] = []
    remittances: list[Remittance] = []
    told: list[str] = []
    for one in interchanges:
        acknowledgements += _acknowledgements(file, one)
        for transaction_set in one.transactions:
            if transaction_set.kind == "835":
                paid = remittance(transaction_set)
                remittances.append(remitting.store(file, paid, _of_envelope(one), len(remittances) + 1))
            elif transaction_set.kind not in {"999", "277"}:
                said = gettext("Transaction %(kind)s is none that is read here; it is kept in the file.")
                told.append(said % {"kind": transaction_set.kind[:6]})
        if one.is_test:
            told.append(gettext("The file says that it is a test."))
    if not acknowledgements and not remittances:
        raise InvalidInput(
            gettext("The file holds no TA1, 999, 277CA or 835. Choose another."), code="no_answer"
        )
    for found in remittances:
        if post_by_itself(remittance=found, now=file.now):
            found.refresh_from_db()
    return Taken(tuple(acknowledgements), tuple(remittances), tuple(dict.fromkeys(told)))


def _of_envelope(one: Interchange) -> tuple[Finding, ...]:
    """What speaks against every payment of an interchange: a test pays nothing, so none is posted by itself."""
    test = Finding("is_test", gettext("The file says that it is a test. Post it only if money came."))
    return (*one.findings, test) if one.is_test else tuple(one.findings)


def _acknowledgements(file: AnswerFile, one: Interchange) -> Iterator[Acknowledgement]:
    for ack in interchange_acks(one):
        yield acknowledging.store_interchange(file, one, ack)
    for transaction_set in one.transactions:
        if transaction_set.kind == "999":
            yield acknowledging.store_syntax(file, one, syntax_ack(transaction_set))
        elif transaction_set.kind == "277":
            yield acknowledging.store_claims(file, one, transaction_set, claim_acks(transaction_set))


def _kept(clinic: Clinic, digest: str, content: bytes) -> str:
    """The file under its hash; the same bytes are kept once."""
    name = f"answers/{clinic.code}/{digest}.x12"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(content))


def _refuse_again(clinic: Clinic, digest: str) -> None:
    kept = (Acknowledgement.objects.of(clinic), Remittance.objects.of(clinic))
    if any(rows.filter(sha256=digest).exists() for rows in kept):
        raise _read_already()


def _read_already() -> Conflict:
    return Conflict(
        gettext("This file was read already: nothing was taken twice. Look at the list of answers."),
        code="read_already",
    )
