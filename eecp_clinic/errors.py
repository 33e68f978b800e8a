"""The one tree of expected refusals.

    ClinicError                a refusal that somebody can mend
    ├── InvalidInput      422  a value that cannot be taken as it is
    ├── NotAllowed        403  the role or the moment does not permit it
    ├── NotFound          404  not there, or not yours (the same answer on purpose)
    ├── Conflict          409  something else happened in between, or the slot is taken
    └── TooLarge          413  more than is accepted at once

A message is a whole sentence for staff: the rule, the fact and the way out, without patient data.
Whatever is not a ClinicError is a bug and is not caught.
"""

from typing import Any


class ClinicError(Exception):
    """An expected refusal: stable ``code`` for machines and logs, ``message`` for people."""

    status = 400
    default_code = "refused"

    def __init__(self, message: str, *, code: str | None = None, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.data = data


class InvalidInput(ClinicError):
    status = 422
    default_code = "invalid"


class NotAllowed(ClinicError):
    status = 403
    default_code = "not_allowed"


class NotFound(ClinicError):
    status = 404
    default_code = "not_found"


class Conflict(ClinicError):
    status = 409
    default_code = "conflict"


class TooLarge(ClinicError):
    status = 413
    default_code = "too_large"
