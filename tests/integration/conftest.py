"""What most tests of the admin stand on; a test file with limits or a web server in front has an `app` of its own."""

import pytest
from flask import Flask

from storefront.core.config import Settings
from tests.integration.admin_desk import open_admin


@pytest.fixture
def app(database: Settings) -> Flask:
    """Give an application with the admin alone."""
    return open_admin(database)
