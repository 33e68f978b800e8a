"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.progress import (
    diary_views,
    exception_views,
    figure_views,
    supervision_log_views,
    supervision_views,
    views,
    work_mail_views,
)

urlpatterns: list[URLPattern] = [
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/mail/", work_mail_views.switch, name="work-mail"),
    path("courses/<str:code>/", views.detail, name="detail"),
    path("courses/<str:code>/review/", views.review, name="review"),
    path("courses/<str:code>/outcomes/<str:point>/", views.outcome, name="outcome"),
    path("courses/<str:code>/diary/", diary_views.diary, name="diary"),
    path("courses/<str:code>/diary/paper/", diary_views.printed, name="diary-paper"),
    path("courses/<str:code>/diary/link/", diary_views.link_make, name="diary-link-make"),
    path("courses/<str:code>/diary/link/revoke/", diary_views.link_revoke, name="diary-link-revoke"),
    path("diary/<str:secret>/", diary_views.own, name="diary-own"),
    path("exceptions/", exception_views.month, name="exceptions"),
    path("exceptions/<str:code>/<str:parameter>/", exception_views.explain, name="explain"),
    path("figures/", figure_views.figures, name="figures"),
    path("figures/table.csv", figure_views.figure_csv, name="figure-csv"),
    path("figures/<slug:figure>/rows/", figure_views.figure_rows, name="figure-rows"),
    path("outcomes/", exception_views.due, name="outcomes-due"),
    path("supervision/", supervision_views.supervision, name="supervision"),
    path("supervision/begin/", supervision_views.begin, name="supervision-begin"),
    path("supervision/end/", supervision_views.end, name="supervision-end"),
    path("supervision/note/", supervision_views.note, name="supervision-note"),
    path("supervision/gaps/<str:code>/", supervision_log_views.gap, name="supervision-gap"),
    path("supervision/logs/<str:username>/", supervision_log_views.logs, name="supervision-logs"),
    path("supervision/<str:day>/<str:username>/", supervision_log_views.log, name="supervision-log"),
    path(
        "supervision/<str:day>/<str:username>/<int:version>.pdf",
        supervision_log_views.printed,
        name="supervision-log-file",
    ),
]
