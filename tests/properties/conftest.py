"""Property tests stay on this machine: a test that opens a socket fails."""

from __future__ import annotations

from pytest_socket import disable_socket


def pytest_runtest_setup() -> None:
    """Before each test of this folder; pytest-socket itself lifts the ban after it."""
    disable_socket()
