"""Addresses of the courses, stage by stage."""

from courses.billing.urls import urlpatterns as billing
from courses.ordering.urls import urlpatterns as ordering
from courses.progress.urls import urlpatterns as progress
from courses.research.urls import urlpatterns as research
from courses.scheduling.urls import urlpatterns as scheduling
from courses.treatment.urls import urlpatterns as treatment

app_name = "courses"
urlpatterns = [*ordering, *scheduling, *treatment, *progress, *research, *billing]
