"""The ASGI application, for event streams beside the WSGI one."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eecp_clinic.settings")
application = get_asgi_application()
