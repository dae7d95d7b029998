"""What several tests look at: sample sites of the themes, and the small world, each made once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.drawn import DESK, PHONE, chromium, drawn
from tests.browser.small import small

__all__ = ["browser", "site_of", "small"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser; a module's own, since Playwright does not run twice at once."""
    with chromium() as started:
        yield started


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """Give a visitor at a desk, with a mouse."""
    context = browser.new_context(viewport=DESK, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """Give a visitor with a phone."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture(scope="session")
def site_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Give the origin of a theme's sample site, drawing it the first time somebody asks."""
    origins: dict[str, str] = {}
    pictures = tmp_path_factory.mktemp("pictures")
    with ExitStack() as open_sites:

        def origin(theme: str) -> str:
            if theme not in origins:
                folder = tmp_path_factory.mktemp(theme)
                (folder / "i").symlink_to(pictures, target_is_directory=True)
                origins[theme] = open_sites.enter_context(drawn(theme, folder))
            return origins[theme]

        yield origin
