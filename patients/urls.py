"""Addresses of this room. The patient's code stands in every address about a patient."""

from django.urls import path

from patients.views import (
    codes,
    coverage,
    decision,
    determinations,
    indications,
    notices,
    people,
    safety,
    workup,
)

app_name = "patients"
urlpatterns = [
    path("", people.index, name="list"),
    path("register/", people.register, name="register"),
    path("payers/", coverage.payers, name="payers"),
    path("payers/add/", coverage.payer_add, name="payer-add"),
    path("payers/<str:payer>/", coverage.payer_edit, name="payer-edit"),
    path("indications/", indications.index, name="indications"),
    path("diagnosis-codes/", codes.search, name="codes"),
    path("determinations/", determinations.index, name="determinations"),
    path("<str:code>/", people.detail, name="detail"),
    path("<str:code>/edit/", people.edit, name="edit"),
    path("<str:code>/coverages/add/", coverage.add, name="coverage-add"),
    path("<str:code>/coverages/<str:coverage>/", coverage.edit, name="coverage-edit"),
    path("<str:code>/workups/add/", workup.add, name="workup-add"),
    path("<str:code>/workups/<str:workup>/", workup.detail, name="workup"),
    path("<str:code>/assess/", decision.assess, name="assess"),
    path("<str:code>/decisions/<str:assessment>/", decision.assessment, name="assessment"),
    path("<str:code>/decisions/<str:assessment>/sign/", decision.sign, name="assessment-sign"),
    path("<str:code>/safety/", safety.safety, name="safety"),
    path("<str:code>/safety/add/", safety.add, name="safety-add"),
    path("<str:code>/safety/<str:screening>/<slug:rule>/", safety.override, name="safety-override"),
    path("<str:code>/notices/", notices.index, name="notices"),
    path("<str:code>/notices/add/", notices.add, name="notice-add"),
    path("<str:code>/notices/<str:notice>/", notices.notice, name="notice"),
    path("<str:code>/notices/<str:notice>/answer/", notices.answer, name="notice-answer"),
    path("<str:code>/notices/<str:notice>/abn.pdf", notices.sheet, name="notice-sheet"),
    path("<str:code>/determinations/add/", determinations.add, name="determination-add"),
    path(
        "<str:code>/determinations/<str:determination>/", determinations.answer, name="determination-answer"
    ),
]
