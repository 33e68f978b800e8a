"""The demo's claims: a course that is over, billed week by week, in the states that a biller meets."""

from datetime import timedelta

from courses.billing.worklist.attention import alarms
from courses.models import Claim, ClaimLine, Deposit, Remittance
from eecp_clinic.demo import claims
from eecp_clinic.demo.clinic import DemoClinic
from eecp_clinic.models import User
from tests.courses.billing.billing_given import make_line
from tests.courses.courses_given import FIRST_HOUR, Given

NOW = FIRST_HOUR + timedelta(days=52)


def test_course_is_billed_by_weeks_in_several_states_and_only_once(
    given: Given, biller: User, front_desk: User
) -> None:
    for n in range(35):
        make_line(given, n)
    payer = given.course.patient.coverages.get().payer
    staff = {"billing": biller, "desk": front_desk, "physician": given.physician, "nurse": given.nurse}
    demo = DemoClinic(given.clinic, staff, {payer.name: payer}, [given.device])
    claims.set_up(demo, NOW)
    claims.set_up(demo, NOW)
    made = claims.bill(demo, given.course, NOW)
    states = [claim.state for claim in Claim.objects.filter(pk__in=[c.pk for c in made]).order_by("pk")]
    assert states == ["paid", "appealed", "denied", "rejected", "accepted", "sent", "ready"]
    [second] = Claim.objects.filter(rank=2)
    assert (second.passed_on, second.state, second.payer.name) == (True, "paid", claims.SUPPLEMENT)
    assert Deposit.objects.count() == 3
    assert not Remittance.objects.filter(posted_at__isnull=True).exists()
    assert [alarm.code for alarm in alarms(given.clinic, NOW)] == ["no_277ca"]
    assert claims.bill(demo, given.course, NOW) == []
    assert ClaimLine.objects.count() == 35
