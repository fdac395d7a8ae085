"""Settings of the test suite: the embedded set-up (or DATABASE_URL / REDIS_URL), made quick and quiet.

Every run keeps its files in a folder of its own, so that several runs, and the workers of one run, never meet.
"""

import os
import tempfile
from pathlib import Path

if "CX_TEST_DIR" not in os.environ:  # workers of a parallel run inherit the folder of the run
    os.environ["CX_TEST_DIR"] = tempfile.mkdtemp(prefix="cxorders-test-")
os.environ["CX_VAR_DIR"] = os.environ["CX_TEST_DIR"]

from cxorders.settings import *  # noqa: E402, F403
from cxorders.settings import DATABASES, LOGGING, STATIC_ROOT, VAR_DIR  # noqa: E402

SECRET_KEY = "a key for tests only, long enough to satisfy every check of the framework"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # its absence would be a warning, and warnings fail
MEDIA_ROOT = VAR_DIR / "media"
AXES_ENABLED = False  # the fixture `throttled` turns it on
CONN_MAX_AGE = 0
DATABASES["default"] |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}  # refusals are what many tests ask for
