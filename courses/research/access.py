"""Fetching and authorising in one, for research exports."""

from django.utils.translation import gettext

from courses.access import payers_of
from courses.models import ResearchExport
from eecp_clinic.errors import NotFound
from eecp_clinic.models import Clinic


def get_export(clinic: Clinic, code: str) -> ResearchExport:
    """The clinic's export of that code with its course. Raises NotFound."""
    export = (
        ResearchExport.objects.of(clinic)
        .filter(code=code)
        .select_related("requested_by", "course__clinic", "course__order", "course__patient")
        .prefetch_related(payers_of("course__patient__coverages"))
        .first()
    )
    if export is None:
        raise NotFound(
            gettext("There is no such export at this clinic. Open it from the page of the course.")
        )
    return export
