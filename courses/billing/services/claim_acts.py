"""What a biller does to single claims beside making and correcting them: mails them on paper, appeals a denial."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.services.claim_moving import Why, locked, move
from courses.claim_states import Event
from courses.models import Claim, PayerProfile
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role


@transaction.atomic
def mail_claim(*, claim: Claim, actor: User, now: datetime) -> Claim:
    """The printed forms have gone out. Raises NotAllowed, Conflict where the payer takes files or it is not ready."""
    require_role(actor, claim.course.clinic, Role.BILLING)
    [found] = locked(Claim.objects.filter(pk=claim.pk))
    if not PayerProfile.objects.filter(payer=found.payer, form=PayerProfile.Form.PAPER).exists():
        raise Conflict(
            gettext("This payer takes files. Make an 837P and mark that as sent."), code="electronic"
        )
    return move(found, Event.SEND, Why(now=now, actor=actor, note=gettext("Mailed on paper.")))


@transaction.atomic
def appeal_claim(
    *, claim: Claim, on: date, note: str, lines: Collection[str], actor: User, now: datetime
) -> Claim:
    """An appeal about these of its lines (codes) was sent on that day.

    Raises NotAllowed, InvalidInput with the field, Conflict where nothing is denied.
    """
    clinic = claim.course.clinic
    require_role(actor, clinic, Role.BILLING)
    if not note.strip():
        sentence = gettext("Write what the appeal says and how it was sent.")
        raise InvalidInput(sentence, fields={"note": [sentence]})
    if on > clinic.day_of(now):
        sentence = gettext("This day lies in the future. Enter it once the appeal was sent.")
        raise InvalidInput(sentence, fields={"on": [sentence]})
    [found] = locked(Claim.objects.filter(pk=claim.pk))
    about = lines_of(found, lines)
    return move(found, Event.APPEAL, Why(now=now, actor=actor, on=on, note=note.strip(), lines=about))


def lines_of(claim: Claim, codes: Collection[str]) -> tuple[str, ...]:
    """Those of its lines in their order on the claim. Raises InvalidInput where there is none, or one is another's."""
    own = list(claim.memberships.order_by("position").values_list("line__code", flat=True))
    if not codes or not set(codes) <= set(own):
        sentence = gettext("Tick the lines that it is about.")
        raise InvalidInput(sentence, fields={"lines": [sentence]})
    return tuple(code for code in own if code in codes)
