"""Check every stored recording, and the reports on it, against their hashes."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from devices import report_files, storage
from devices.models import Recording


class Command(BaseCommand):
    help = (
        "Reads the file and the chunks of every stored recording again, and each report on it with its beats, and "
        "compares them with their SHA-256. Names what fails and ends with status 1 if anything does."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("uuid", nargs="*", type=UUID, help="only these recordings")

    def handle(self, *, uuid: list[UUID], **options: Any) -> None:
        recordings = Recording.objects.filter(stored_at__isnull=False).order_by("started_at")
        if uuid:
            recordings = recordings.filter(pk__in=uuid)
        checked = failed = 0
        for recording in recordings.iterator():
            found = _damages(recording)
            checked += 1
            failed += bool(found)
            for sentence in found:
                self.stderr.write(f"{recording.pk}: {sentence}")
        if uuid and checked < len(set(uuid)):
            raise CommandError(f"{len(set(uuid)) - checked} of the named recordings are not stored here.")
        if failed:
            raise CommandError(f"{failed} of {checked} recordings failed.")
        self.stdout.write(f"{checked} recordings checked, every hash as it was stored.")


def _damages(recording: Recording) -> list[str]:
    found = storage.damages(recording)
    for report in recording.reports.order_by("made_at").iterator(chunk_size=20):
        found += report_files.damages(report)
    return found
