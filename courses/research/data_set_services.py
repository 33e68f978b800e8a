"""The clinic's data set: counted for the page, and handed out with a line in the audit trail."""

import hashlib
import io
import random
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from courses.progress.figure_facts import Period
from courses.research.columns import dictionary_of
from courses.research.data_set import TABLES, Told, TooFew, told_coarsely
from courses.research.data_set_rows import data_rows
from courses.research.packing import Counted, ZipSink, plain_csv, to_csv
from courses.research.readme import data_set_readme
from courses.research.services import MAKES
from eecp_clinic import audit
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import require_role

NAME = "eecp-data-set"


@dataclass(frozen=True, slots=True)
class DataSet:
    """A zip in memory (some 40 KB a hundred courses) with what it is."""

    data: bytes
    sha256: str
    courses: int
    sessions: int
    told: Told


@transaction.atomic
def make_data_set(
    *, period: Period, reason: str, actor: User, now: datetime, chance: random.Random | None = None
) -> DataSet:
    """Every course that ended in the period, de-identified. ``chance`` draws the numbers of its rows: the system's own
    unless a test gives another, so that no second data set has the same.

    Raises NotAllowed, and InvalidInput without a reason or with too few courses.
    """
    require_role(actor, period.clinic, *MAKES)
    if not reason.strip():
        raise InvalidInput(gettext("Say what the data set is for: it stands in the audit trail."))
    courses, sessions = data_rows(period, chance or random.SystemRandom())
    try:
        told = told_coarsely(courses)
    except TooFew as error:
        raise InvalidInput(str(error), code="too_few") from error
    packed = io.BytesIO()
    with closing(ZipSink(packed, NAME)) as sink:
        counted = Counted(sink)
        counted.put("courses.csv", to_csv(TABLES["courses.csv"], told.rows))
        counted.put("sessions.csv", to_csv(TABLES["sessions.csv"], sessions))
        counted.put("data-dictionary.csv", plain_csv(dictionary_of(TABLES)))
        counted.put("README.md", data_set_readme(len(told.rows), told.least, told.grain.words).encode())
        counted.finish({"deidentified": True, "courses": len(told.rows), "k": told.least})
    data = packed.getvalue()
    made = DataSet(data, hashlib.sha256(data).hexdigest(), len(told.rows), len(sessions), told)
    _record(made, period, reason, actor, now)
    return made


def _record(made: DataSet, period: Period, reason: str, actor: User, now: datetime) -> None:
    audit.record(
        "research.data_set",
        subject=f"clinic:{period.clinic.pk}",
        actor=actor,
        clinic=period.clinic,
        at=now,
        months=[f"{period.months[0]:%Y-%m}", f"{period.months[-1]:%Y-%m}"],
        reason=reason.strip(),
        courses=made.courses,
        sessions=made.sessions,
        k=made.told.least,
        sha256=made.sha256,
    )
