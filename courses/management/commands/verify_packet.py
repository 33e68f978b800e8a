"""Whether a packet or session sheet on disk is the one that was made here, and whether the record still gives the same."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.billing.packet_document import make
from courses.billing.sheet_document import gather_sheet, lay_out
from courses.models import Packet, SessionSheet
from courses.treatment.verifying import verify
from eecp_clinic.pdf import Document


class Command(BaseCommand):
    help = (
        "Look up the PDF of a packet or of a session's sheet by its SHA-256, and make it again to compare. Ends with 0 where the file is known, "
        "whether or not the record has grown since; with 1 where it is not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the PDF")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        packet = (
            Packet.objects.filter(sha256=digest)
            .select_related("course__clinic", "course__patient", "course__order__assessment")
            .first()
        )
        self.stdout.write(f"SHA-256 {digest}")
        if packet is None:
            self._sheet(digest)
            return
        self.stdout.write(
            f"Known: packet {packet.code} of course {packet.course.code}, {packet.pages} pages."
        )
        self._compare(digest, make(packet).document)

    def _sheet(self, digest: str) -> None:
        sheet = (
            SessionSheet.objects.ready()
            .filter(sha256=digest)
            .select_related("session__course__clinic")
            .first()
        )
        if sheet is None:
            raise CommandError(
                "Not known: no packet and no sheet with these bytes was made here. It may have been changed."
            )
        self.stdout.write(
            f"Known: sheet of session {sheet.session.code}, version {sheet.version}, {sheet.pages} pages."
        )
        self.stdout.write(verify(sheet.session).sentence)
        self._compare(digest, lay_out(gather_sheet(sheet.session), sheet.version))

    def _compare(self, digest: str, document: Document) -> None:
        again = hashlib.sha256(document.content).hexdigest()
        if again == digest:
            self.stdout.write("Made again: the same bytes. The record still says what the file says.")
        else:
            self.stdout.write(
                "Made again: other bytes. The file is what was made; since then the record, the program or its "
                "fonts have changed."
            )
