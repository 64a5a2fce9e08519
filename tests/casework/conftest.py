"""The same doors as the cockpit's tests."""

from tests.cockpit.conftest import database, people, served

__all__ = ["database", "people", "served"]
