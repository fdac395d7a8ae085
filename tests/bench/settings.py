"""Real settings, plus one bare page to measure against."""

from cxorders.settings import *  # noqa: F403
from cxorders.settings import ALLOWED_HOSTS as HOSTS

ALLOWED_HOSTS = [*HOSTS, "testserver"]
ROOT_URLCONF = "tests.bench.urls"
LOGGING_CONFIG = None
