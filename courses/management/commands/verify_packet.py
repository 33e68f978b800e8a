"""Whether a packet or session sheet on disk is the one that was made here, and whether the record still says what it says."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.billing.packet.links import Verdict
from courses.billing.packet.proof import NotAPacket, prove
from courses.billing.sheet.sheet_document import gather_sheet, lay_out
from courses.models import SessionSheet
from courses.treatment.verifying import verify

_WORDS = {Verdict.GROWN: "CHANGED SINCE", Verdict.ABSENT: "NONE", Verdict.FAILS: "FAILS"}


class Command(BaseCommand):
    help = (
        "Prove the PDF of a packet against the database and the stored files: its bytes, each signed session, sheet, "
        "recording and report, each signature and claim line. Ends with 0 where everything holds, whether or not the "
        "record has lawfully grown since; with 1 and the lines that fail where it does not. Also takes a session's sheet."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the PDF")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        digest = hashlib.sha256(content).hexdigest()
        self.stdout.write(f"SHA-256 {digest}")
        sheet = (
            SessionSheet.objects.ready()
            .filter(sha256=digest)
            .select_related("session__course__clinic")
            .first()
        )
        if sheet is not None:
            self._sheet(sheet)
        else:
            self._packet(content)

    def _packet(self, content: bytes) -> None:
        try:
            found = prove(content)
        except NotAPacket as error:
            raise CommandError(str(error)) from error
        for one in found:
            if one.verdict in _WORDS:
                self.stdout.write(f"{_WORDS[one.verdict]}: {one.where}: {one.sentence}")
        failing = sum(one.verdict is Verdict.FAILS for one in found)
        if failing:
            raise CommandError(f"{failing} of {len(found)} checks fail. The lines above name them.")
        self.stdout.write(f"{len(found)} checks were made, and none fails.")

    def _sheet(self, sheet: SessionSheet) -> None:
        self.stdout.write(
            f"Known: sheet of session {sheet.session.code}, version {sheet.version}, {sheet.pages} pages."
        )
        found = verify(sheet.session)
        self.stdout.write(found.sentence)
        if not found.is_good:
            raise CommandError("The session is not as it was signed.")
        document = lay_out(gather_sheet(sheet.session), sheet.version)
        if hashlib.sha256(document.content).hexdigest() == sheet.sha256:
            self.stdout.write("Made again: the same bytes. The record still says what the file says.")
        else:
            self.stdout.write(
                "Made again: other bytes. The file is what was made; since then the record, the program or its "
                "fonts have changed."
            )
