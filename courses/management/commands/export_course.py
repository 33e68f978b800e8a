"""``manage.py export_course CODE FOLDER``: one course for research, as a folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from courses.models import Course
from courses.research.making import write_course
from eecp_clinic import audit


class FolderSink:
    """Files of an export, each at its place in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


class Command(BaseCommand):
    help = (
        "Write one course with recordings, beats, readings and outcomes into an empty folder, de-identified."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="code of the course, as in its address")
        parser.add_argument("folder", type=Path, help="an empty folder, or one that is made")
        parser.add_argument("--reason", required=True, help="what it is for; without a name")
        parser.add_argument("--named", action="store_true", help="keep names, dates and free text")

    def handle(self, *, code: str, folder: Path, reason: str, named: bool, **_options: Any) -> None:
        course = Course.objects.select_related("clinic", "patient", "order").filter(code=code).first()
        if course is None:
            raise CommandError(f"There is no course {code}. Take the code from the address of its page.")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not an empty folder. Name another.")
        audit.record(
            "research.written_by_command",
            subject=f"course:{course.code}",
            actor=None,
            clinic=course.clinic,
            at=timezone.now(),
            deidentified=not named,
            reason=reason,
        )
        written = write_course(course, FolderSink(folder), deidentified=not named, progress=self._say)
        for sentence in written.missing:
            self.stderr.write(sentence)
        self.stdout.write(f"{written.sessions} sessions written to {folder}")

    def _say(self, done: int, of: int) -> None:
        self.stdout.write(f"session {done} of {of}")
