"""A signed log as PDF: made from the content of its signature alone, so that it is always the same."""

import json

from django.template.loader import render_to_string
from django.utils import timezone, translation

from courses.models import SupervisionLog
from courses.progress.supervision_log import log_from
from eecp_clinic.pdf import Document, render
from eecp_clinic.signing import is_intact

#: Documents are written in the language of the claims that they are shown for.
LANGUAGE = "en-us"


def file_of(signed: SupervisionLog) -> Document:
    """The pages of one signed version; clinic, practitioner and signature must be fetched."""
    content = json.loads(signed.signature.content)
    with timezone.override(signed.clinic.zone), translation.override(LANGUAGE):
        html = render_to_string(
            "packet/supervision_log.html",
            {
                "signed": signed,
                "head": content,
                "log": log_from(content),
                "is_intact": is_intact(signed.signature),
                "language": LANGUAGE,
            },
        )
        return render(html)
