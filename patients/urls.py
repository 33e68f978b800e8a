"""Addresses of this room. The patient's code stands in every address about a patient."""

from django.urls import path

from patients.fhir import views as charts
from patients.views import coverage, decision, people, workup

app_name = "patients"
urlpatterns = [
    path("", people.index, name="list"),
    path("register/", people.register, name="register"),
    path("payers/", coverage.payers, name="payers"),
    path("payers/add/", coverage.payer_add, name="payer-add"),
    path("payers/<str:payer>/", coverage.payer_edit, name="payer-edit"),
    path("charts/", charts.upload, name="chart-upload"),
    path("charts/<str:chart>/", charts.chart, name="chart"),
    path("charts/<str:chart>/discard/", charts.discard, name="chart-discard"),
    path("<str:code>/", people.detail, name="detail"),
    path("<str:code>/edit/", people.edit, name="edit"),
    path("<str:code>/coverages/add/", coverage.add, name="coverage-add"),
    path("<str:code>/coverages/<str:coverage>/", coverage.edit, name="coverage-edit"),
    path("<str:code>/workups/add/", workup.add, name="workup-add"),
    path("<str:code>/workups/<str:workup>/", workup.detail, name="workup"),
    path("<str:code>/assess/", decision.assess, name="assess"),
    path("<str:code>/decisions/<str:assessment>/", decision.assessment, name="assessment"),
    path("<str:code>/decisions/<str:assessment>/sign/", decision.sign, name="assessment-sign"),
]
