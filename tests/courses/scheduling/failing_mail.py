"""A mail server that refuses one address, as real ones do."""

from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused

from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import EmailMessage


class FailsForJoan(EmailBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if any("joan@example.org" in message.to for message in messages):
            raise SMTPRecipientsRefused({"joan@example.org": (550, b"no such user")})
        return super().send_messages(messages)


class FailsForAll(EmailBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise SMTPRecipientsRefused({to: (550, b"no such user") for message in messages for to in message.to})
