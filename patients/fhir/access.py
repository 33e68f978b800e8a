"""Fetching and authorising charts from elsewhere."""

from datetime import datetime

from django.utils.translation import gettext

from eecp_clinic.errors import NotFound
from eecp_clinic.models import Clinic
from patients.models import ChartImport


def get_chart(clinic: Clinic, code: str, now: datetime) -> ChartImport:
    """A chart of this clinic that waits, or that became part of a patient's record. Raises NotFound."""
    found = (
        ChartImport.objects.of(clinic)
        .exclude(pk__in=ChartImport.objects.forgotten(now))
        .select_related("clinic", "patient__clinic", "uploaded_by")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise NotFound(
            gettext("There is no such file. It was discarded, or waited for a day; upload it again.")
        )
    return found
