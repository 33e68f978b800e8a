"""Keys of agents: made by a person, got with a code that works once, replaced by the agent itself, revoked.

Whether a key is good is asked of the database with every request (``devices.access.get_agent_key`` and the statement
of ``devices.quick_store``), so what is decided here holds from the next request on.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from devices.access import get_agent_key
from devices.models import AgentKey, Device, EnrolmentCode
from eecp_clinic import audit
from eecp_clinic.codes import new_code
from eecp_clinic.errors import ClinicError, NotFound
from eecp_clinic.models import User

KEY_BEGINS = "eecp_"
_PREFIX_LENGTH = 12  # tells keys apart; the 36 characters that remain stay unknown
#: "Last used" is told to the minute; a write with every request would cost more than it tells.
LAST_USED_EVERY = timedelta(minutes=1)
#: So long a code can be typed in on the computer beside the device.
CODE_LIFE = timedelta(minutes=15)
#: So long a key that was replaced is good, should its agent never come to use the new one.
OVERLAP = timedelta(hours=24)


class CodeRefused(ClinicError):
    """A code for enrolment that is wrong, was used, or is too old."""

    status = 403
    default_code = "code_unknown"


@dataclass(frozen=True, slots=True)
class Made:
    """A key and its secret, which is kept nowhere and shown this once."""

    key: AgentKey
    secret: str


def make_key(*, device: Device, actor: User, now: datetime) -> tuple[AgentKey, str]:
    """A new key for a device's agent, and its secret, which is kept nowhere and shown this once."""
    with transaction.atomic():
        made = _new_key(device, now)
        _audit("device.key_made", device, actor, now, prefix=made.key.prefix)
    return made.key, made.secret


def _new_key(device: Device, now: datetime, replaces: AgentKey | None = None) -> Made:
    secret = f"{KEY_BEGINS}{secrets.token_urlsafe(32)}"
    key = AgentKey.objects.create(
        device=device,
        prefix=secret[:_PREFIX_LENGTH],
        sha256=hashlib.sha256(secret.encode()).hexdigest(),
        created_at=now,
        replaces=replaces,
    )
    return Made(key, secret)


def revoke_key(*, key: AgentKey, actor: User, now: datetime) -> None:
    """Refuse a key from now on, and one that its agent got for it and has not used yet; NotFound where it was
    revoked before.
    """
    with transaction.atomic():
        if not AgentKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            raise NotFound(_("This key was revoked before."))
        key.revoked_at = now
        # Who holds a stolen key could have had it replaced a moment ago.
        key.replacements.filter(revoked_at=None, last_used_at=None).update(revoked_at=now)
        _audit("device.key_revoked", key.device, actor, now, prefix=key.prefix)


def rotate_key(*, key: AgentKey, now: datetime) -> Made:
    """The agent asks for a key in the place of its own.

    The old one stays good until the new one is first used, and for ``OVERLAP`` at most. Whoever still asks with the
    old one did not get, or could not keep, what it was given before: that is then revoked, and the old one's end
    stays where it was. Raises UnknownKey where the key is no longer good.
    """
    with transaction.atomic():
        AgentKey.objects.select_for_update().get(pk=key.pk)  # two at once would leave two new keys
        old = get_agent_key(key.sha256, now)
        old.replacements.filter(revoked_at=None).update(revoked_at=now)
        old.expires_at = old.expires_at or now + OVERLAP
        old.save(update_fields=["expires_at"])
        made = _new_key(old.device, now, replaces=old)
        _audit("device.key_rotated", old.device, None, now, prefix=old.prefix, by=made.key.prefix)
    return made


def note_use(key_sha256: str, now: datetime) -> None:
    """Write when a key was last used, at most once a minute; its first use ends the key that it replaces."""
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - LAST_USED_EVERY)
    if not AgentKey.objects.filter(long_ago, sha256=key_sha256).update(last_used_at=now):
        return
    replaced = AgentKey.objects.filter(replacements__sha256=key_sha256, revoked_at=None)
    for old in replaced.select_related("device__clinic"):
        with transaction.atomic():
            if AgentKey.objects.filter(pk=old.pk, revoked_at=None).update(revoked_at=now):
                _audit("device.key_replaced", old.device, None, now, prefix=old.prefix)


def make_code(*, device: Device, actor: User, now: datetime) -> str:
    """A code with which one agent can get a key of this device, once and soon; a code that was made before ends."""
    code = new_code()
    with transaction.atomic():
        device.enrolment_codes.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
        EnrolmentCode.objects.create(
            device=device, made_by=actor, digest=_digest(code), made_at=now, expires_at=now + CODE_LIFE
        )
        _audit("device.enrolment_code_made", device, actor, now)
    return code


def in_groups(code: str) -> str:
    """As it is shown and typed: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def enrol(*, code: str, now: datetime) -> Made:
    """A key for the device of whose page the code was taken; raises CodeRefused."""
    typed = "".join(character for character in code.lower() if character.isalnum())
    with transaction.atomic():
        found = (
            EnrolmentCode.objects.select_for_update(of=("self",))
            .select_related("device__clinic", "made_by")
            .filter(digest=_digest(typed))
            .first()
        )
        if found is None:
            raise CodeRefused(
                _("This code is not known. Type it as the device's page shows it, or make a new one there.")
            )
        _refuse_spent(found, now)
        found.used_at = now
        found.save(update_fields=["used_at"])
        made = _new_key(found.device, now)
        _audit(
            "device.enrolled",
            found.device,
            None,
            now,
            prefix=made.key.prefix,
            code_made_by=found.made_by.username,
        )
    return made


def _refuse_spent(code: EnrolmentCode, now: datetime) -> None:
    if code.used_at is not None:
        raise CodeRefused(
            _("This code was used before. Make a new one on the device's page."), code="code_used"
        )
    if now >= code.expires_at:
        raise CodeRefused(
            _("This code is too old. Make a new one on the device's page; it is good for 15 minutes."),
            code="code_expired",
        )


def _digest(code: str) -> str:
    # A code is short, so its plain hash could be guessed back from a copy of the database; this takes the server's
    # secret too.
    return salted_hmac("devices.enrolment", code, algorithm="sha256").hexdigest()


def _audit(action: str, device: Device, actor: User | None, now: datetime, **data: object) -> None:
    subject = f"device:{device.code}"
    audit.record(action, subject=subject, actor=actor, clinic=device.clinic, at=now, **data)
