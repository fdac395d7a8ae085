"""The WSGI entry point (gunicorn: ``cxorders.wsgi:application``). There is no ASGI entry; see docs/decisions."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxorders.settings")

application = get_wsgi_application()
