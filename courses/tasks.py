"""Tasks of the courses: what a lost announcement would have done is done by the sweep."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from courses.billing import services
from courses.billing.services import evidence_checks
from courses.billing.services.answer_folder import read_folders
from courses.billing.services.packets import TASK
from courses.billing.sheet.due_sheets import due_sheets
from courses.hints import enqueue
from courses.models import Packet, ResearchExport
from courses.progress import work_mail
from courses.research import services as research
from courses.scheduling import reminders
from courses.treatment import hold_mail
from courses.treatment.binding import bind_all_unbound
from eecp_clinic.making import take_over


@shared_task
def sweep() -> None:
    """Bind recordings, make lines and packets that no announcement has reached; each in a task of its own."""
    refresh_due_lines.delay()
    enqueue(TASK, take_over(Packet.objects.all(), now=timezone.now()))
    make_due_sheets.delay()
    enqueue(evidence_checks.TASK, evidence_checks.checks_not_done(now=timezone.now()))
    for hold in hold_mail.due_holds(timezone.now()):
        hold_mail.enqueue(hold)
    enqueue(research.TASK, take_over(ResearchExport.objects.all(), now=timezone.now()))
    bind_all_unbound(timezone.now())


@shared_task
def send_reminders() -> None:
    """Remind patients of their hours, two days and one day before."""
    reminders.send_due(timezone.now())


@shared_task
def send_work_mail() -> None:
    """Once a morning tell each physician and nurse how much waits for them."""
    work_mail.send_due(timezone.now())


@shared_task
def tell_of_holds(holds: list[int]) -> None:
    """Tell the physicians of sessions that were held."""
    hold_mail.send_due(timezone.now(), holds)


@shared_task
def refresh_lines(sessions: list[int]) -> None:
    """Make or check the claim lines of signed sessions."""
    services.refresh_lines(sessions=sessions, now=timezone.now())


@shared_task
def refresh_due_lines() -> None:
    """Signed sessions without a line, and lines that were not looked at for a while."""
    services.refresh_due_lines(now=timezone.now())


@shared_task
def read_answer_folders() -> None:
    """Answers of payers that a clearing house's program has put into the watched folders."""
    read_folders(root=settings.CLAIM_ANSWERS_DIR, now=timezone.now())


@shared_task
def make_sheets(sessions: list[int]) -> None:
    """Ask for the sheets of those sessions, and make what waits of them."""
    render_sheets(services.request_sheets(sessions=sessions, now=timezone.now()))


@shared_task
def make_due_sheets() -> None:
    """Signed sessions without a sheet that shows all of them; a few at a time."""
    render_sheets(due_sheets(now=timezone.now()))


@shared_task
def render_sheets(keys: list[int]) -> None:
    """Make the sheets that wait; one that another worker has is left to it."""
    for key in keys:
        services.render_sheet(sheet_id=key, now=timezone.now())


@shared_task
def check_evidence(keys: list[int]) -> None:
    """Prove what stands behind those claim lines."""
    for key in keys:
        services.check_line(line_id=key, now=timezone.now())


@shared_task
def render_packets(keys: list[int]) -> None:
    """Make the packets that wait; one that another worker has is left to it."""
    for key in keys:
        services.render_packet(packet_id=key, now=timezone.now())


@shared_task(soft_time_limit=840, time_limit=900)
def make_research_exports(keys: list[int]) -> None:
    """Make the research exports that wait; one that another worker has is left to it."""
    for key in keys:
        research.make_export(export_id=key, clock=timezone.now)
