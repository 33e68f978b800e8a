"""``manage.py reassess --as-of DATE``: whose decision in force would come out otherwise on another day.

The stored facts are judged anew by the policy that holds on that day (or by ``--policy ID --policy-version VERSION``).
Nothing is written: a decision is made by a person.
"""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eecp_clinic.models import Clinic
from patients.reassessment import Reassessed, reassess


class Command(BaseCommand):
    help = "List whose coverage decision in force would come out otherwise by the policy of another day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", required=True, metavar="YYYY-MM-DD", help="date of service to judge for"
        )
        parser.add_argument(
            "--policy-version", default="", help="judge by this version, whatever the day says"
        )
        parser.add_argument("--clinic", default="", metavar="CODE", help="only this clinic's patients")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            as_of = date.fromisoformat(options["as_of"])
        except ValueError:
            raise CommandError(
                f"--as-of must be a date such as 2026-10-01, not {options['as_of']!r}."
            ) from None
        clinics = Clinic.objects.filter(code=options["clinic"]) if options["clinic"] else Clinic.objects.all()
        if not clinics:
            raise CommandError(f"There is no clinic {options['clinic']!r}.")
        looked_at = changed = 0
        for clinic in clinics:
            for found in reassess(clinic, as_of, version=options["policy_version"]):
                looked_at += 1
                if found.is_changed:
                    changed += 1
                    self.stdout.write(_line(clinic, found))
        self.stdout.write(
            f"{looked_at} decisions in force looked at for {as_of}; {changed} would come out otherwise."
        )


def _line(clinic: Clinic, found: Reassessed) -> str:
    before = (
        f"{found.assessment.verdict} ({found.assessment.pathway}), version {found.assessment.policy_version}"
    )
    return f"{clinic.code} patient {found.assessment.patient.code} decision {found.assessment.code}: {before} -> {found.after}"
