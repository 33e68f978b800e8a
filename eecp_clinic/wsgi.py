"""The WSGI application: pages and the device API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eecp_clinic.settings")
application = get_wsgi_application()
