"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.billing import other_services_views, packet_views, sheet_views, views
from courses.billing.books import account_views, day_views, line_views, override_views
from courses.billing.setup import fee_views
from courses.billing.setup import views as setup_views

urlpatterns: list[URLPattern] = [
    path("claims/", views.claims, name="claims"),
    path("claims/lines.csv", line_views.lines_csv, name="claim-lines-csv"),
    path("claims/lines/<str:code>/", views.line, name="claim-line"),
    path("claims/lines/<str:code>/decide/", views.decide, name="claim-decide"),
    path("courses/<str:code>/claims/check/", views.check, name="claims-check"),
    path("courses/<str:code>/other-services/", other_services_views.index, name="other-services"),
    path(
        "courses/<str:code>/other-services/<str:service>/strike/",
        other_services_views.strike,
        name="other-service-strike",
    ),
    path("courses/<str:code>/packets/", packet_views.request_one, name="packet-request"),
    path("packets/<str:code>/", packet_views.packet, name="packet"),
    path("packets/<str:code>/retry/", packet_views.retry, name="packet-retry"),
    path("packets/<str:code>/file/", packet_views.download, name="packet-file"),
    path("billing/setup/", setup_views.index, name="setup"),
    path("billing/setup/provider/", setup_views.provider, name="setup-provider"),
    path("billing/setup/practitioners/", setup_views.practitioners, name="setup-practitioners"),
    path("billing/setup/payers/<str:payer>/", setup_views.profile, name="setup-profile"),
    path("billing/setup/payers/<str:payer>/confirm/", setup_views.confirm, name="setup-confirm"),
    path("billing/setup/fees/", fee_views.fees, name="setup-fees"),
    path("billing/setup/fees/keep/", fee_views.keep, name="setup-fees-keep"),
    path("billing/setup/fees/<str:code>/", fee_views.schedule, name="fee-schedule"),
    path("courses/<str:code>/account/", account_views.account, name="account"),
    path("courses/<str:code>/account/payments/", account_views.pay, name="account-pay"),
    path(
        "courses/<str:code>/account/payments/<str:payment>/withdraw/",
        account_views.withdraw,
        name="account-withdraw",
    ),
    path("courses/<str:code>/account/estimate/", account_views.estimate, name="account-estimate"),
    path("courses/<str:code>/account/statement/", account_views.statement, name="account-statement"),
    path("courses/<str:code>/account/invoice/", account_views.invoice, name="account-invoice"),
    path("papers/<str:code>/", account_views.paper, name="billing-paper"),
    path("papers/<str:code>/cancel/", account_views.cancel, name="billing-paper-cancel"),
    path("billing/day/", day_views.day, name="day-sheet"),
    path("billing/overrides/", override_views.overrides, name="overrides"),
    path("billing/overrides.csv", override_views.overrides_csv, name="overrides-csv"),
    path("billing/rules/", setup_views.rules, name="billing-rules"),
    path("sessions/<str:code>/sheet/", sheet_views.status, name="sheet"),
    path("sessions/<str:code>/sheet/retry/", sheet_views.retry, name="sheet-retry"),
    path("sessions/<str:code>/sheet/<int:version>/", sheet_views.download, name="sheet-file"),
]
