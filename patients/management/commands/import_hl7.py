"""Take patients over from HL7 version 2 files."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from eecp_clinic.models import Clinic
from patients.hl7v2.adt import decode, read_messages
from patients.hl7v2.services import apply_adt


class Command(BaseCommand):
    help = (
        "Registers and updates patients by MRN from ADT^A04 and ADT^A08 messages, and says of each message what "
        "became of it. The same file again changes nothing. Ends with status 1 if a file could not be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--clinic", help="the clinic's code; may be left out where there is only one")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument(
            "--accept-tests", action="store_true", help="take messages that are marked as tests"
        )

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        clinic = self._clinic(options["clinic"])
        counts: Counter[str] = Counter()
        unread = 0
        with transaction.atomic():
            for file in files:
                try:
                    counts += self._file(file, clinic, accept_tests=options["accept_tests"])
                except (OSError, ValueError) as error:
                    unread += 1
                    reason = error.strerror if isinstance(error, OSError) else error
                    self.stderr.write(f"{file.name}: {reason}")
            if options["dry_run"]:
                transaction.set_rollback(True)
        said = ", ".join(f"{count} {what}" for what, count in sorted(counts.items())) or "no message"
        self.stdout.write(f"{said}.{' Nothing was saved.' if options['dry_run'] else ''}")
        if unread:
            raise CommandError(f"{unread} of {len(files)} files could not be read.")

    def _file(self, file: Path, clinic: Clinic, *, accept_tests: bool) -> "Counter[str]":
        counts: Counter[str] = Counter()
        for number, message in enumerate(read_messages(decode(file.read_bytes())), start=1):
            outcome = apply_adt(message=message, clinic=clinic, now=timezone.now(), accept_tests=accept_tests)
            counts[outcome.what] += 1
            name = " ".join(part for part in (message.event, message.control_id) if part)
            self.stdout.write(f"{file.name} message {number} ({name}): {outcome.what}: {outcome.says}")
        return counts

    def _clinic(self, code: str | None) -> Clinic:
        clinics = list(Clinic.objects.filter(code=code) if code else Clinic.objects.all()[:2])
        if len(clinics) == 1:
            return clinics[0]
        if code:
            raise CommandError(f"There is no clinic {code!r}.")
        raise CommandError("Say which clinic: --clinic CODE." if clinics else "There is no clinic yet.")
