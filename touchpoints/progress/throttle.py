"""A simple limit for people nobody has signed in: so many requests a minute from one address."""

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest

from cxorders.kit.client_ip import client_ip

WINDOW = 60
"""seconds"""
READS, WRITES, MISSES = 60, 10, 30
"""per window: pages of one token, posts to one token, tokens that open nothing"""


def too_many(request: HttpRequest, kind: str, most: int, about: str = "") -> bool:
    """Count one request of `kind` about `about` from this address; True beyond `most` in the running window."""
    who = f"{client_ip(request)} {about} {int(time.time() // WINDOW)}"
    key = f"progress:{kind}:{hashlib.sha256(who.encode()).hexdigest()}"
    if cache.add(key, 1, 2 * WINDOW):
        return most < 1
    try:
        return int(cache.incr(key)) > most
    except ValueError:  # thrown out of the cache between the two calls
        return False
