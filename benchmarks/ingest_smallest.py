"""The smallest Django view that keeps what it is sent: the limit that ingest is measured against.

No middleware, no key, no check: the body is read, inserted by one statement, committed and acknowledged.
"""

import os

import environ
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    DEBUG=False,
    SECRET_KEY="only for this benchmark",  # noqa: S106
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    DATABASES={
        "default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 60},
    },
)


def keep(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_smallest (data) VALUES (%s)", [request.body])
    return HttpResponse(b"{}", content_type="application/json", headers={"Content-Length": "2"})


urlpatterns = [path("keep", keep)]


def make_application() -> WSGIHandler:
    import django

    django.setup(set_prefix=False)
    return WSGIHandler()


application = make_application()
