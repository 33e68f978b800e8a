"""How long the packet of a course of 35 sessions takes: ``make bench-documents``.

A course is made up in a database of its own: 35 signed sessions of an hour with charts, and the gating report of one
drawn and analysed hour with its beats under each. Then, each in a process of its own:

- ``packet_s``: a packet put together from kept sheets, the best of three (limit 6 s);
- ``full_over_bare``: everything from nothing (35 sheets gathered, rendered, stored; packet) over WeasyPrint alone on the
  same HTML and pictures with the same kind of PDF, taken in turn (limit 1.3);
- ``peak_mb``: the most memory that either process held (limit 400 MB).

``packet_cpu_s`` and ``full_over_bare_cpu`` are of the process alone, which says more where other programs use the machine
(the database's share is not in them). The last line is JSON. Options: ``--sessions 35``, ``--minutes 60``.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.ingest_place import database

if TYPE_CHECKING:
    from courses.models import Packet
    from devices.models import GatingReport

LIMITS = {"packet_s": 6.0, "full_over_bare": 1.3, "peak_mb": 400.0}
NOW = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
ROUNDS = 3


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def fill(sessions: int, minutes: int) -> None:
    """One course with its packet asked for; the report of one analysed hour stands under every session."""
    from courses.models import Packet
    from devices.analysis import report_of
    from eecp_clinic.roles import Role
    from tests import factories
    from tests.courses.billing.packets_given import file_consent, reviewed
    from tests.courses.courses_given import FIRST_HOUR, course_given
    from tests.devices.gating.synthetic import Session, draw
    from tests.devices.stored import store_waveform

    clinic = factories.make_clinic()
    nurse = factories.make_user(clinic, Role.NURSE, "nurse", "Nora", "Nurse-Example", "RN")
    physician = factories.make_user(
        clinic, Role.PHYSICIAN, "physician", "Petra", "Physician-Example", "MD", npi="1234567893"
    )
    given = course_given(clinic, nurse, physician)
    file_consent(given)
    waves = draw(Session(minutes=minutes))
    report = None
    for index in range(sessions):
        start = FIRST_HOUR + timedelta(days=index + 2 * (index // 5))
        if report is None:
            recording = store_waveform(given.device, waves, start, gap_seconds=0.0)
            report = report_of(recording=recording, now=start)
            given.session(index, recording=recording, gating_report=report)
        else:
            recording = factories.make_recording(given.device, start, gap_seconds=0.0)
            given.session(index, recording=recording, gating_report=copy_of(report, recording))
    reviewed(given)
    packet = Packet(course=given.course, requested_by=physician, requested_at=NOW)
    packet.save(force_insert=True)


def copy_of(report: "GatingReport", recording: Any) -> "GatingReport":
    from tests import factories

    return factories.make_report(
        recording,
        report=report.report,
        report_sha256=report.report_sha256,
        beats_file=report.beats_file.name,
        beats_sha256=report.beats_sha256,
        config=report.config,
        config_sha256=report.config_sha256,
        engine_version=report.engine_version,
        grade=report.grade,
    )


def packet() -> "Packet":
    from courses.models import Packet

    related = ("course__clinic", "course__patient", "course__order__assessment__workup", "claim")
    return Packet.objects.select_related(*related, "records_request__claim").get()


def seconds(work: Callable[[], Any]) -> tuple[float, float]:
    """By the clock, and of this process on a processor."""
    started, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - busy


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def warm() -> None:
    """As a worker is that has made a document before: libraries, fonts and the table of addresses are read in."""
    from django.urls import get_resolver

    from eecp_clinic import pdf

    pdf.render("<html lang='en'><title>Warm</title><h1>Warm</h1></html>")
    get_resolver().url_patterns  # noqa: B018 (this reads them in)


def measure_full() -> dict[str, Any]:
    """Everything from nothing, then WeasyPrint alone on what was laid out, once each."""
    from weasyprint import HTML

    from courses.billing.packet import packet_document
    from courses.billing.services.packets import make
    from courses.billing.sheet import sheet_document
    from eecp_clinic import pdf
    from eecp_clinic.pdf_engine import BASE, Fetcher

    warm()
    laid_out: list[tuple[str, dict[str, str], pdf.Kind]] = []

    def kept(html: str, *, pictures: Any = None, kind: pdf.Kind = pdf.Kind.ACCESSIBLE) -> pdf.Document:
        laid_out.append((html, dict(pictures or {}), kind))
        return pdf.render(html, pictures=pictures, kind=kind)

    # What is laid out is kept on its way, to be rendered again alone.
    with patch.object(sheet_document, "render", kept), patch.object(packet_document, "render", kept):
        full, full_cpu = seconds(lambda: make(packet(), now=NOW))
    sheets = [one for one in laid_out if one[2] is pdf.Kind.ACCESSIBLE]
    archival = [one for one in laid_out if one[2] is pdf.Kind.ARCHIVAL]
    frame = [archival[0], archival[-1]]  # the body, and the contents as they came out in the end
    peak = peak_mb()

    def alone(html: str, own: dict[str, str], kind: pdf.Kind) -> None:
        """As its manual has it: a document by itself, with nothing kept from the one before."""
        HTML(string=html, base_url=BASE, url_fetcher=Fetcher(own)).write_pdf(pdf_variant=kind.value)

    bare, bare_cpu = seconds(lambda: [alone(*one) for one in sheets + frame])
    return {"full_s": full, "bare_s": bare, "full_over_bare_cpu": full_cpu / bare_cpu, "peak_mb": peak}


def measure_packet() -> dict[str, Any]:
    from courses.billing.services.packets import make

    warm()
    made = []
    best, best_cpu = min(seconds(lambda: made.append(make(packet(), now=NOW))) for _ in range(ROUNDS))
    document = made[-1].document
    return {
        "packet_s": best,
        "packet_cpu_s": best_cpu,
        "peak_mb": peak_mb(),
        "pages": document.pages,
        "size_mb": len(document.content) / 1e6,
        "same_bytes": len({one.document.content for one in made}) == 1,
    }


def apart(name: str) -> dict[str, Any]:
    """The measurement in a process of its own, which holds nothing of what made the course up."""
    command = [sys.executable, "-m", "benchmarks.documents", "--measure", name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=35)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--measure", choices=("full", "packet"))
    asked = parser.parse_args()
    if asked.measure:
        import django

        django.setup()
        say(json.dumps({"full": measure_full, "packet": measure_packet}[asked.measure]()))
        return 0
    with database():
        fill(asked.sessions, asked.minutes)
        full, assembled = apart("full"), apart("packet")
    ratio = full["full_s"] / full["bare_s"]
    say(
        f"everything from nothing {full['full_s']:.1f} s, WeasyPrint alone {full['bare_s']:.1f} s: {ratio:.2f}"
    )
    say(
        f"from kept sheets {assembled['packet_s']:.2f} s: {assembled['pages']} pages, {assembled['size_mb']:.1f} MB, "
        + ("the same bytes each time" if assembled["same_bytes"] else "OTHER BYTES each time")
    )
    result = {
        "benchmark": "documents",
        "sessions": asked.sessions,
        "packet_s": round(assembled["packet_s"], 2),
        "full_over_bare": round(ratio, 3),
        "packet_cpu_s": round(assembled["packet_cpu_s"], 2),
        "full_over_bare_cpu": round(full["full_over_bare_cpu"], 3),
        "peak_mb": round(max(full["peak_mb"], assembled["peak_mb"]), 1),
        "pages": assembled["pages"],
        "same_bytes": assembled["same_bytes"],
    }
    say(json.dumps(result))
    met = assembled["same_bytes"] and all(result[name] <= limit for name, limit in LIMITS.items())
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
