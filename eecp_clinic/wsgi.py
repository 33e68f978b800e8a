"""The WSGI application: pages and the device API."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eecp_clinic.settings")
application = get_wsgi_application()

# Views and all they need are loaded now and not by the first nurse of the day. What is there by now stays as long as the
# process, some 400,000 objects: the collector need not look through them in the middle of a page.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
