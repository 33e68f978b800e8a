"""A pytest plugin that is loaded first: real PostgreSQL and a real broker, before Django reads its settings.

With DATABASE_URL and REDIS_URL set those are used and nothing is started. Workers of pytest-xdist inherit the
addresses from the process that started them.
"""

import atexit
import contextlib
import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

os.environ["ENVIRONMENT"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "eecp_clinic.settings"
os.environ.setdefault("EECP_SHARED", str(Path(__file__).resolve().parents[2] / "shared"))

if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
    from eecp_clinic.embedded.services import temporary

    _stack = contextlib.ExitStack()
    _var, _services = _stack.enter_context(temporary())
    os.environ["EECP_VAR"] = str(_var)
    os.environ.update(_services.environment())
    atexit.register(_stack.close)

# Each worker has a database of the broker to itself: clearing the cache in one must not clear it in another.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")
_address = urlsplit(os.environ["REDIS_URL"])
os.environ["REDIS_URL"] = urlunsplit(_address._replace(path=f"/{(int(_worker) + 1) % 16}"))
