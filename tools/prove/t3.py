"""T3: any string given for any token is refused or yields exactly the expected CSS; `{{7*7}}` and its kin stay text.

Thousands of strings go through every kind of setting, against an expectation written by hand; what template engines
would reckon is written into every text a dealer may give, drafted, drawn in every theme, and looked for in the pages.
"""

import html as escaping
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from lxml import html

from builder.studio import fitting, showing
from storefront.core import clock, config
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import found_small_world
from storefront.domain.stores import drafts, looks
from storefront.domain.stores.actions import TITLE_LENGTH
from storefront.domain.stores.models import Store
from tests.unit.themes import test_token_strings as tokens
from themes.settings import Setting
from tools.prove.a3_payloads import PRODUCT, payloads
from tools.prove.ground import fresh_instance
from tools.prove.proof import Proof
from tools.prove.small_world import bound

STRINGS, QUICK = 4000, 400
"""Strings for each kind of setting."""
FORTY_NINE = ("{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{%print(7*7)%}", "{{7*'7'}}")
_SPACE = re.compile(r"\s+")


def prove(proof: Proof, *, quick: bool) -> None:
    """Try strings on every kind of setting, then templates in every text."""
    _strings(proof, QUICK if quick else STRINGS)
    _texts(proof, quick=quick)


def _strings(proof: Proof, number: int) -> None:
    verdicts: Counter[str] = Counter()
    for setting in tokens.EVERY:
        try:
            _try(setting, number, verdicts)
        except AssertionError as wrong:
            proof.hold(setting.id, False, f"{setting.id}: {' '.join(str(wrong).split())[:200]}")
    tried = verdicts.total()
    kinds = len({setting.kind for setting in tokens.EVERY})
    proof.hold(f"{tried} strings over {kinds} kinds", tried >= number, f"only {tried} strings were tried")
    proof.hold(f"{verdicts['refused']} refused", verdicts["refused"] > 0, "nothing was refused")
    proof.hold(f"{verdicts['taken']} taken, each exactly its CSS", verdicts["taken"] > 0, "nothing was taken")


def _try(setting: Setting, number: int, verdicts: "Counter[str]") -> None:
    @hypothesis_settings(max_examples=number, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(text=tokens.TOKENS)
    def every_string(text: str) -> None:
        verdicts[tokens.judge(setting, text)] += 1

    every_string()


def _texts(proof: Proof, *, quick: bool) -> None:
    """Write templates into every text of a draft, a batch at a time, and draw the pages in every theme."""
    found = [one.text for one in payloads() if one.place == "template"] + list(FORTY_NINE)
    texts = list(dict.fromkeys(text for text in found if "\0" not in text))
    with fresh_instance() as instance:
        settings = config.load({}, marketplace_instance=instance)
        with bound(settings):
            with everywhere():
                world = found_small_world(clock.now(), settings=settings, cars=4)
            with acting(world.tenant_id):
                store_id = db.session.query(Store.id).filter(Store.host == "north-cars.localhost").scalar()
                ran, missing, pages = _drawn(store_id, texts[:6] if quick else texts, settings)
    proof.hold(f"{len(texts)} templates in every text of {pages} pages: 0 reckoned", not ran, "; ".join(ran[:4]))
    proof.hold("each stands there letter by letter", not missing, f"not shown as written: {missing[:4]}")


def _drawn(store_id: Any, texts: list[str], settings: Any) -> tuple[list[str], list[str], int]:
    ran, missing, pages = [], [], 0
    names = [theme.name for theme in fitting.offered("dealer")]
    seen = showing.overview(db.session.get_one(Store, store_id), lang="de", settings=settings, now=clock.now())
    car = next(path for lang, name, path in seen.pages if (lang, name) == ("de", "vehicle"))
    for at, text in enumerate(texts):
        store = db.session.get_one(Store, store_id)
        theme = names[at % len(names)]
        values = _values(theme, text)
        perform(drafts.change, store, values, now=clock.now(), actor="proof").unwrap()
        for path in ("/", "/vehicles/", car, "/info/kin/", "/en/info/kin/"):
            page = showing.page(store_id, path, settings=settings, now=clock.now())
            assert page is not None
            pages += 1
            content = page.content.decode()
            if PRODUCT in content or (text in FORTY_NINE and _reckoned(content)):
                ran.append(f"{theme}{path}: {text[:40]}")
            if path.endswith("/info/kin/") and not _shows(content, text):
                missing.append(f"{theme}{path}: {text[:40]}")
    return ran, missing, pages


def _values(theme: str, text: str) -> dict[str, Any]:
    """Give a draft whose every text is this one, as long as it may be."""
    found: dict[str, Any] = {looks.THEME: theme}
    for setting in fitting.theme_of(found).settings:
        if setting.kind in ("text", "longtext"):
            short = text[: setting.max or 120]
            found[f"{looks.SETTING}{setting.id}"] = {"de": short, "en": short} if setting.translated else short
    titles = {lang: f"{lang} {text}"[:TITLE_LENGTH] for lang in ("de", "en")}
    page = {"titles": titles, "bodies": dict.fromkeys(("de", "en"), f"Kin: {text}"), "in_menu": True, "position": 1}
    found |= {key: {"de": text, "en": text} for key in looks.TEMPLATES.values()}
    return found | {f"{looks.PAGE}kin": page}


def _reckoned(content: str) -> bool:
    return any(text == "49" or "Kin: 49" in text for text in _said(content))


def _shows(content: str, text: str) -> bool:
    """Ask whether a page shows a text as it was written; Markdown takes asterisks and underscores for emphasis."""
    plain = _bare(" ".join(_said(content)))
    return _bare(text) in plain


def _bare(text: str) -> str:
    return re.sub(r"[*_\\\s]|^#", "", escaping.unescape(_SPACE.sub("", text)))


def _said(content: str) -> Iterator[str]:
    for piece in html.fromstring(content.encode()).find(".//main").itertext():  # type: ignore[union-attr]
        yield str(piece).strip()
