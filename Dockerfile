# One image for web, worker and beat; docker-compose.yml says which it is.
FROM python:3.13-slim-trixie AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir "uv>=0.9,<1"
WORKDIR /app
# The packages first: they change rarely, so this layer is kept.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-dev --extra server --no-install-project
COPY . .
RUN uv sync --frozen --no-dev --extra server

FROM python:3.13-slim-trixie
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin eecp \
    && install --directory --owner eecp --group eecp /srv/eecp /srv/eecp/media
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1
# Without bytecode the first start takes more than twice as long. The values below are for this step alone.
RUN python -m compileall -q eecp_clinic patients devices courses \
    && ENVIRONMENT=production \
       SECRET_KEY=only-to-collect-static-files-0123456789-abcdefghijklmnopqrstuvwxyz \
       ALLOWED_HOSTS=clinic.example.org \
       DATABASE_URL=postgres://clinic@db.example.org/eecp \
       REDIS_URL=redis://broker.example.org/0 \
       DEFAULT_FROM_EMAIL=clinic@example.org \
       python manage.py collectstatic --no-input --verbosity 0
USER eecp
ENV MEDIA_ROOT=/srv/eecp/media
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "scripts/healthcheck.py"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "16", "--workers-kill-timeout", "10", "eecp_clinic.wsgi:application"]
