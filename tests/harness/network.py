"""Sockets beyond this machine are refused."""

import ipaddress
import socket
from typing import Any

import pytest


class BeyondLoopback(AssertionError):
    """A test tried to talk to another machine."""


def _check(sock: socket.socket, address: Any) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0]
    if host == "localhost":
        return
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near:
        raise BeyondLoopback(f"connection to {host} refused: tests stay on this machine")


def install(patch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves loopback."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        _check(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return connect_ex(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)
