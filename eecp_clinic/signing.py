"""Electronic signatures: the person re-enters the password, and the hash of what they saw is kept.

Medicare wants author, credentials and date with every order and note, and a system that protects what was
signed against change (CMS Program Integrity Manual, ch. 3, 3.3.2.4). The content signed is kept as canonical
JSON beside its SHA-256, so that anybody can compute the hash again years later.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import Clinic, Signature, User
from eecp_clinic.roles import Role, require_role

ATTEMPTS = 5
ATTEMPTS_WINDOW_S = 300


def canonical(content: dict[str, Any]) -> str:
    """``content`` as JSON with sorted keys and no spare space: the same content always gives the same text."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} has no canonical form: convert it before signing")


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sign(
    *,
    signer: User,
    password: str,
    clinic: Clinic,
    roles: tuple[Role, ...],
    meaning: str,
    subject: str,
    content: dict[str, Any],
    now: datetime,
) -> Signature:
    """Sign ``content`` as ``signer``. Raises NotAllowed without the role, InvalidInput on a wrong password."""
    (signature,) = sign_each(
        signer=signer,
        password=password,
        clinic=clinic,
        roles=roles,
        meaning=meaning,
        contents={subject: content},
        now=now,
    )
    return signature


def sign_each(
    *,
    signer: User,
    password: str,
    clinic: Clinic,
    roles: tuple[Role, ...],
    meaning: str,
    contents: Mapping[str, dict[str, Any]],
    now: datetime,
) -> list[Signature]:
    """Sign several contents by their subject with one password; each gets a signature of its own. Raises as ``sign``."""
    require_role(signer, clinic, *roles)
    if not signer.credentials:
        raise NotAllowed(
            gettext(
                "A signature needs your credentials (such as RN or MD). Ask an administrator to add them."
            ),
            code="credentials_missing",
        )
    check_password(signer, password)
    held = signer.roles_at(clinic)
    signatures = [
        Signature(
            clinic=clinic,
            signer=signer,
            name=signer.get_full_name() or signer.username,
            credentials=signer.credentials,
            role=next(role for role in roles if role in held),
            meaning=meaning,
            signed_at=now,
            authentication="password",
            subject=subject,
            content=text,
            content_sha256=sha256_of(text),
        )
        for subject, text in ((subject, canonical(content)) for subject, content in contents.items())
    ]
    for signature in signatures:
        signature.save(force_insert=True)
        audit.record(
            "signature.made",
            subject=signature.subject,
            actor=signer,
            clinic=clinic,
            at=now,
            signature=signature.code,
        )
    return signatures


def check_password(user: User, password: str) -> None:
    """Refuse a wrong password, and after five wrong ones in five minutes any, so that it cannot be guessed."""
    key = f"sign-attempts:{user.pk}"
    attempts = int(cache.get(key, 0))
    if attempts >= ATTEMPTS:
        raise NotAllowed(
            gettext("Too many wrong passwords. Wait five minutes and sign again; nothing you typed is lost."),
            code="too_many_attempts",
        )
    if not user.check_password(password):
        cache.set(key, attempts + 1, ATTEMPTS_WINDOW_S)
        raise InvalidInput(
            gettext("The password is not right. Type your own password to sign; nothing else was changed."),
            code="wrong_password",
        )
    cache.delete(key)


def is_intact(signature: Signature) -> bool:
    """Whether the stored content still has the hash that was signed."""
    return sha256_of(signature.content) == signature.content_sha256
