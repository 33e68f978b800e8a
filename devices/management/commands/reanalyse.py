"""Judge stored recordings again by the engine that is installed."""

import logging
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from devices.gating.config import ENGINE_VERSION
from devices.models import Recording
from devices.reanalysis import Reanalysis, is_done, preview, reanalyse, recordings_since

logger = logging.getLogger(__name__)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no date; write it as 2026-11-30.") from error


class Command(BaseCommand):
    help = (
        "Puts a report of the engine that is installed beside the older ones of every recording since a day, and "
        "lists which grades and figures changed. Signed sessions keep the report they were signed with. It may "
        "be stopped and run again: what is done is not done twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--engine", required=True, help="the version that should judge")
        parser.add_argument(
            "--since", required=True, type=day, help="first day, in the clinic's zone: 2026-11-30"
        )
        parser.add_argument("--dry-run", action="store_true", help="list what would change and keep nothing")

    def handle(self, *, engine: str, since: date, dry_run: bool, **options: Any) -> None:
        if engine != ENGINE_VERSION:
            raise CommandError(
                f"Engine {engine} is not installed; here is {ENGINE_VERSION}. "
                f"Install the version that has it, or ask for --engine {ENGINE_VERSION}."
            )
        count: Counter[str] = Counter()
        for recording in recordings_since(since):
            count[self._one(recording, dry_run=dry_run)] += 1
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{count.total()} recordings since {since:%d-%b-%Y}: {count['new'] + count['changed'] + count['same']} "
            f"{would}judged by engine {engine} ({count['changed']} changed, {count['same']} as before, "
            f"{count['new']} for the first time), {count['done']} had its report, {count['failed']} failed."
        )
        if count["failed"]:
            raise CommandError(f"{count['failed']} recordings could not be judged; the others are done.")

    def _one(self, recording: Recording, *, dry_run: bool) -> str:
        """Judge one recording, whatever becomes of the others; gives the word it is counted under."""
        try:
            if is_done(recording):
                return "done"
            found = preview(recording) if dry_run else reanalyse(recording=recording, now=timezone.now())
        except Exception as error:  # one damaged recording must not keep the rest from being judged
            logger.exception("recording was not reanalysed", extra={"recording": str(recording.pk)})
            self.stderr.write(f"{_name(recording)}: not judged: {error or type(error).__name__}")
            return "failed"
        return self._told(recording, found)

    def _told(self, recording: Recording, found: Reanalysis) -> str:
        if found.before is None:
            self.stdout.write(f"{_name(recording)}: {found.after}, the first report")
            return "new"
        grade = found.after if found.before == found.after else f"{found.before} -> {found.after}"
        lines = "".join(f"\n    {change.sentence}" for change in found.changes)
        self.stdout.write(f"{_name(recording)}: {grade}{lines or ', every figure as before'}")
        return "changed" if lines or found.before != found.after else "same"


def _name(recording: Recording) -> str:
    local = recording.started_at.astimezone(recording.device.clinic.zone)
    return f"{local:%a %d-%b-%Y %H:%M} {recording.device} {recording.pk}"
