"""Addresses of this room. The patient's code stands in every address about a patient."""

from django.urls import path

from patients.views import (
    benefits,
    coverage,
    decision,
    documents,
    importing,
    merging,
    payers,
    people,
    registering,
    workup,
)

app_name = "patients"
urlpatterns = [
    path("", people.index, name="list"),
    path("register/", registering.register, name="register"),
    path("imports/", importing.index, name="imports"),
    path("imports/<str:taken>/", importing.detail, name="import"),
    path("imports/<str:taken>/discard/", importing.discard, name="import-discard"),
    path("payers/", payers.index, name="payers"),
    path("payers/add/", payers.add, name="payer-add"),
    path("payers/<str:payer>/", payers.edit, name="payer-edit"),
    path("<str:code>/", people.detail, name="detail"),
    path("<str:code>/edit/", registering.edit, name="edit"),
    path("<str:code>/merge/", merging.choose, name="merge-choose"),
    path("<str:code>/merge/<str:other>/", merging.merge, name="merge"),
    path("<str:code>/merges/<str:merge>/undo/", merging.undo, name="merge-undo"),
    path("<str:code>/coverages/add/", coverage.add, name="coverage-add"),
    path("<str:code>/coverages/<str:coverage>/", coverage.detail, name="coverage"),
    path("<str:code>/coverages/<str:coverage>/edit/", coverage.edit, name="coverage-edit"),
    path("<str:code>/coverages/<str:coverage>/card/", documents.card, name="coverage-card"),
    path("<str:code>/coverages/<str:coverage>/verify/", benefits.verify, name="coverage-verify"),
    path(
        "<str:code>/coverages/<str:coverage>/authorizations/add/",
        benefits.authorization_add,
        name="authorization-add",
    ),
    path(
        "<str:code>/coverages/<str:coverage>/authorizations/<str:authorization>/",
        benefits.authorization_edit,
        name="authorization-edit",
    ),
    path("<str:code>/documents/add/", documents.add, name="document-add"),
    path("<str:code>/documents/<str:document>/", documents.file, name="document"),
    path("<str:code>/documents/<str:document>/withdraw/", documents.withdraw, name="document-withdraw"),
    path("<str:code>/workups/add/", workup.add, name="workup-add"),
    path("<str:code>/workups/<str:workup>/", workup.detail, name="workup"),
    path("<str:code>/assess/", decision.assess, name="assess"),
    path("<str:code>/decisions/<str:assessment>/", decision.assessment, name="assessment"),
    path("<str:code>/decisions/<str:assessment>/sign/", decision.sign, name="assessment-sign"),
]
