"""What the crash harness tried is told at the end of every run: pytest asks only the topmost conftest under xdist."""

from tests.crash.summary import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
