"""Ready lines become claims, each in one; what keeps a line back is named."""

from datetime import timedelta
from decimal import Decimal

import pytest

from courses.billing.services import discard_claim, make_claims, refresh_line
from courses.billing.services.claim_making import Made
from courses.models import Claim, ClaimLine, ClaimMembership, FeeSchedule, PayerProfile
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed, NotFound
from eecp_clinic.models import AuditEvent, Clinic, User
from eecp_clinic.roles import Role
from patients.models import Document
from tests import factories
from tests.courses.billing.billing_given import make_billable, make_line
from tests.courses.courses_given import FIRST_HOUR, Given, a_report

NOW = FIRST_HOUR + timedelta(days=60)
State = Claim.State


@pytest.fixture
def billable(given: Given, biller: User) -> Given:
    make_billable(given, biller)
    return given


def make(given: Given, actor: User, *lines: ClaimLine, with_gz: bool = False) -> Made:
    keys = [line.pk for line in lines]
    return make_claims(clinic=given.clinic, lines=keys, actor=actor, now=NOW, with_gz=with_gz)


def test_lines_of_a_course_become_one_claim_that_is_ready(billable: Given, biller: User) -> None:
    lines = [make_line(billable, n) for n in range(3)]
    made = make(billable, biller, *reversed(lines))
    [claim] = made.claims
    assert (claim.state, claim.note, made.left_out) == (State.READY, "", ())
    members = list(claim.memberships.all())
    assert [member.line_id for member in members] == [line.pk for line in lines]
    assert {(m.hcpcs, m.units, m.charge, m.place_of_service) for m in members} == {
        ("G0166", 1, Decimal(150), "11")
    }
    assert {member.supervisor_id for member in members} == {billable.physician.pk}
    assert [step.event for step in claim.steps.all()] == ["make", "check"]
    actions = AuditEvent.objects.filter(subject=f"claim:{claim.code}").values_list("action", flat=True)
    assert set(actions) == {"claim.make", "claim.check"}


def test_asking_twice_makes_nothing_twice_and_says_where_the_line_stands(
    billable: Given, biller: User
) -> None:
    line = make_line(billable)
    [claim] = make(billable, biller, line).claims
    again = make(billable, biller, line)
    assert again.claims == ()
    assert again.left_out[0].code == "in_claim"
    assert claim.code in again.left_out[0].sentence


def test_line_that_is_blocked_is_left_out_with_the_finding(billable: Given, biller: User) -> None:
    good, bad = make_line(billable), make_line(billable, 1, supervised=False)
    made = make(billable, biller, good, bad)
    assert [member.line for member in made.claims[0].memberships.all()] == [good]
    assert [(left.line, bool(left.sentence)) for left in made.left_out] == [(bad, True)]


def test_second_session_of_a_day_goes_with_the_modifier_of_the_profile(billable: Given, biller: User) -> None:
    first = make_line(billable)
    later = FIRST_HOUR + timedelta(hours=3)
    factories.make_supervision(billable.clinic, billable.physician, later - timedelta(minutes=20), hours=2)
    recording = factories.make_recording(billable.device, later, gap_seconds=0.0)
    appointment = factories.make_appointment(billable.course, billable.device, later, state="done")
    session = factories.make_session(
        appointment,
        billable.nurse,
        "ended",
        recording=recording,
        gating_report=factories.make_report(recording, report=a_report()),
    )
    billable.chart(session)
    second = refresh_line(session=billable.sign(session), now=NOW)
    [claim] = make(billable, biller, first, second).claims
    assert [member.modifiers for member in claim.memberships.all()] == [[], ["76"]]


def test_refused_modifier_keeps_the_line_out(billable: Given, biller: User) -> None:
    not_covered(billable)
    PayerProfile.objects.update(refused_modifiers=["GZ"])
    made = make(billable, biller, make_line(billable), with_gz=True)
    assert (made.claims, made.left_out[0].code) == ((), "modifier_refused")


def not_covered(given: Given) -> None:
    """A later decision, signed before the first session, says that Medicare does not cover it."""
    earlier = given.course.order.assessment
    factories.make_assessment(
        given.course.patient,
        given.physician,
        workup=earlier.workup,
        supersedes=earlier,
        pathway="not_covered",
        made_at=earlier.made_at + timedelta(hours=1),
    )


def test_expected_denial_goes_with_gz_only_where_a_person_says_so(billable: Given, biller: User) -> None:
    line = make_line(billable)
    not_covered(billable)
    assert make(billable, biller, line).left_out[0].code == "not_covered"
    [claim] = make(billable, biller, line, with_gz=True).claims
    assert claim.memberships.get().modifiers == ["GZ"]


def test_without_a_charge_nothing_is_asked(billable: Given, biller: User) -> None:
    FeeSchedule.objects.all().delete()
    made = make(billable, biller, make_line(billable))
    assert (made.claims, made.left_out[0].code) == ((), "charge_missing")


def test_claim_that_cannot_be_written_stays_a_draft_that_says_why(billable: Given, biller: User) -> None:
    Document.objects.update(
        withdrawn_at=NOW, withdrawn_reason="Wrong paper", withdrawn_by=Document.objects.get().uploaded_by
    )
    [claim] = make(billable, biller, make_line(billable)).claims
    assert claim.state == State.DRAFT
    assert "Signature on file" in claim.note


def test_discarded_claim_frees_its_lines(billable: Given, biller: User) -> None:
    line = make_line(billable)
    [claim] = make(billable, biller, line).claims
    discard_claim(claim=claim, actor=biller, now=NOW)
    [again] = make(billable, biller, line).claims
    assert again != claim
    with pytest.raises(Conflict, match="in the state"):
        discard_claim(claim=claim, actor=biller, now=NOW)


def test_lines_beyond_fifty_stand_in_another_claim(
    billable: Given, biller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fifty signed sessions would take a minute to make; the limit itself is the database's too.
    monkeypatch.setattr("courses.billing.services.claim_making.MOST_LINES", 2)
    made = make(billable, biller, *(make_line(billable, n) for n in range(3)))
    assert [claim.memberships.count() for claim in made.claims] == [2, 1]


def test_nurse_makes_no_claim(billable: Given, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        make(billable, nurse, make_line(billable))


def test_empty_choice_is_refused(billable: Given, biller: User) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        make(billable, biller)


def test_line_of_another_clinic_is_not_there(billable: Given, biller: User) -> None:
    elsewhere: Clinic = factories.make_clinic(name="Elsewhere Example Clinic")
    factories.add_role(biller, elsewhere, Role.BILLING)
    line = make_line(billable)
    with pytest.raises(NotFound):
        make_claims(clinic=elsewhere, lines=[line.pk], actor=biller, now=NOW)
    assert not ClaimMembership.objects.exists()


def answered_notice(given: Given, by: User, *, option: str) -> None:
    answered = FIRST_HOUR - timedelta(days=5)
    values = {"option": option, "signed_on": answered.date(), "answered_at": answered, "answered_by": by}
    factories.make_notice(given.course.patient, by, **values)


def test_expected_denial_with_an_abn_goes_with_ga(billable: Given, biller: User) -> None:
    not_covered(billable)
    answered_notice(billable, biller, option="1")
    [claim] = make(billable, biller, make_line(billable)).claims
    assert claim.memberships.get().modifiers == ["GA"]


def test_abn_that_chose_no_claim_makes_none(billable: Given, biller: User) -> None:
    not_covered(billable)
    answered_notice(billable, biller, option="2")
    made = make(billable, biller, make_line(billable), with_gz=True)
    assert (made.claims, made.left_out[0].code) == ((), "abn_option_2")
