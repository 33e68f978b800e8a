"""A pytest plugin that is loaded first: real PostgreSQL and a real broker, before Django reads its settings.

With DATABASE_URL and REDIS_URL set those are used and nothing is started. Workers of pytest-xdist inherit the
addresses from the process that started them.
"""

import atexit
import contextlib
import os
import tempfile
from pathlib import Path

os.environ["ENVIRONMENT"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "eecp_clinic.settings"
os.environ.setdefault("EECP_SHARED", str(Path(__file__).resolve().parents[2] / "shared"))

if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
    from eecp_clinic.embedded.services import running

    _stack = contextlib.ExitStack()
    _var = _stack.enter_context(tempfile.TemporaryDirectory(prefix="eecp-tests-", ignore_cleanup_errors=True))
    _services = _stack.enter_context(running(Path(_var), durable=False))
    os.environ["EECP_VAR"] = _var
    os.environ["DATABASE_URL"] = _services.database_url
    os.environ["REDIS_URL"] = _services.redis_url
    atexit.register(_stack.close)
