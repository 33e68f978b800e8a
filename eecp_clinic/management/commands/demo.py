"""``manage.py demo``: the clinic on this machine, with invented people, or one thread from referral to packet."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from eecp_clinic.embedded.services import temporary


class Command(BaseCommand):
    help = "Start the clinic with invented people; --once walks one thread and ends."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-seed", action="store_true", help="an empty clinic instead of the demo's")
        parser.add_argument(
            "--once", action="store_true", help="one thread from referral to packet, then end"
        )
        parser.add_argument(
            "--out", type=Path, help="with --once: the folder for packet.pdf and summary.json"
        )
        parser.add_argument("--ecg", default="sample", help="with --once: 'sample' or 'wfdb:PATH'")
        parser.add_argument("--part", help="(used by the demo itself) run one of its programs")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo makes invented people with a known password: never in production.")
        if options["once"] and options["out"] is None:
            raise CommandError("Name the folder for the results: --once --out DIR")
        if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
            self.with_own_servers(once=options["once"])
        elif options["once"]:
            self.once(options["out"].resolve(), options["ecg"])
        elif options["part"]:
            from eecp_clinic.demo.serve import run_part

            run_part(options["part"], options["port"], self.say)
        else:
            from eecp_clinic.demo.serve import serve

            sys.exit(serve(port=options["port"], seed=not options["no_seed"], say=self.say))

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    @staticmethod
    def with_own_servers(*, once: bool) -> None:
        """Run this command again with a database and a broker of its own; --once leaves nothing of them."""
        again = [sys.executable, *sys.argv]
        if not once:
            runner = [sys.executable, "-m", "eecp_clinic.embedded", "run", "--", *again]
            os.execv(sys.executable, runner)  # noqa: S606  ourselves
        with temporary() as (var, services):
            environment = os.environ | services.environment() | {"EECP_VAR": str(var)}
            sys.exit(subprocess.run(again, env=environment, check=False).returncode)  # noqa: S603  ourselves

    def once(self, out: Path, ecg: str) -> None:
        """Web server and worker around one thread."""
        from django.core.management import call_command

        from eecp_clinic.demo.once import Once, OnceError
        from eecp_clinic.demo.programs import HOST, free_port, web, worker
        from eecp_clinic.embedded.supervisor import Supervisor

        call_command("migrate", verbosity=0)
        port = free_port()
        var = Path(settings.VAR_DIR)
        with Supervisor([web(port), worker(var)], var, say=self.say):
            try:
                server = f"http://{HOST}:{port}"
                Once(out=out, private=var, ecg=ecg, server=server, say=self.say).run(timezone.now())
            except (OnceError, subprocess.SubprocessError) as error:
                raise CommandError(str(error)) from error
