"""A course with nothing given yet, for the tests of progress and billing."""

import pytest

from eecp_clinic.models import Clinic, User
from tests.courses.courses_given import Given, course_given


@pytest.fixture
def given(clinic: Clinic, nurse: User, physician: User) -> Given:
    return course_given(clinic, nurse, physician)
