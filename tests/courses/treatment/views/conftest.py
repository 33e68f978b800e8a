"""The pages of the hour look at the clock themselves."""

import pytest
from django.utils import timezone

from eecp_clinic.demo.calendar import zone_for
from eecp_clinic.models import Clinic


@pytest.fixture
def mid_morning(clinic: Clinic) -> None:
    """At the clinic it is mid-morning whenever the tests run: what was half an hour ago was on the same day."""
    clinic.time_zone = zone_for(timezone.now())
    clinic.save(update_fields=["time_zone"])
