"""Whether the web server in this container answers and reaches its database; exit status 0 when it does."""

import http.client
import os
import sys


def main() -> int:
    """Ask as the proxy would: by an allowed name, and as if TLS had ended before us."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        # A redirect to https is an answer too, where no proxy is configured.
        return 0 if connection.getresponse().status in (200, 301) else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
