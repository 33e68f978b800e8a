"""Who supervised the clinic around sessions, read once for all of them."""

from collections.abc import Sequence

from django.db.models import Q

from courses.billing.supervision import SupervisionMode
from courses.billing.supervision import SupervisionPeriod as Supervision
from courses.models import Session, SupervisionPeriod
from eecp_clinic.models import Membership
from eecp_clinic.roles import Role


class Supervised:
    """The periods of supervision that reach into the days of ``sessions``, and who of the clinics is a physician."""

    def __init__(self, sessions: Sequence[Session]) -> None:
        clinics = {s.course.clinic_id for s in sessions}
        self.physicians = set(
            Membership.objects.filter(clinic__in=clinics, role=Role.PHYSICIAN).values_list(
                "clinic_id", "user_id"
            )
        )
        self.periods = self._periods(sessions, clinics)

    @staticmethod
    def _periods(sessions: Sequence[Session], clinics: set[int]) -> list[SupervisionPeriod]:
        starts = [s.started_at for s in sessions if s.started_at]
        ends = [s.ended_at for s in sessions if s.ended_at]
        if not starts or not ends:
            return []
        around = Q(ended_at__isnull=True) | Q(ended_at__gt=min(starts))
        return list(
            SupervisionPeriod.objects.filter(around, clinic__in=clinics, started_at__lt=max(ends))
            .select_related("practitioner")
            .order_by("started_at")
        )

    def supervision(self, session: Session) -> tuple[Supervision, ...]:
        if session.started_at is None or session.ended_at is None:
            return ()
        clinic_id = session.course.clinic_id
        return tuple(
            Supervision(
                practitioner=period.practitioner.signing_name,
                npi=period.practitioner.npi,
                is_physician=(clinic_id, period.practitioner_id) in self.physicians,
                mode=SupervisionMode(period.mode),
                start=period.started_at,
                end=period.ended_at,
                written_late=period.written_late,
            )
            for period in self.periods
            if period.clinic_id == clinic_id
            and period.started_at < session.ended_at
            and (period.ended_at is None or period.ended_at > session.started_at)
        )
