"""The bench's templates in our build: the baselines' own files, compiled the way themes are (themes/compiling)."""

from functools import cached_property
from typing import Any

from markupsafe import Markup

from themes.compiling import Render, compiled

from . import jinja
from .pages import Shop
from .reading import CardRow

SHARED = ("site", "theme")


class Drawing:
    """Renders pages; templates know it as `theme`. What a dealer's pages share is bound once, a card rendered once."""

    def __init__(self) -> None:
        """Compile nothing yet."""
        self._environment = jinja.environment()
        self._cards: dict[int, Markup] = {}
        self._bound: dict[tuple[str, int], Render] = {}

    @cached_property
    def _card(self) -> Render:
        return compiled(self._environment, "card.html", shared=(), params=("card",)).bind({})

    def warm(self) -> None:
        """Compile the templates of nearly all pages."""
        self._card  # noqa: B018 - made when it is asked for
        for template in ("car.html", "cars.html"):
            compiled(self._environment, template, shared=SHARED)

    def card(self, card: CardRow) -> Markup:
        """Render a card, once."""
        kept = self._cards.get(card.id)
        if kept is None:
            kept = self._cards[card.id] = Markup(self._card(card))  # noqa: S704 - escaped by the template
        return kept

    def page(self, template: str, shop: Shop | None, page: Any) -> bytes:
        """Render a page."""
        key = (template, -1 if shop is None else shop.id)
        render = self._bound.get(key)
        if render is None:
            made = compiled(self._environment, template, shared=SHARED)
            render = self._bound[key] = made.bind({"site": shop, "theme": self})
        return render(page).encode()
