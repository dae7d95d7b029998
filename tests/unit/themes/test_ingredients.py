"""What a page is made of is noted for the builder, and for nobody where a page is drawn once (docs/building.md)."""

from collections.abc import Mapping
from dataclasses import dataclass

from themes.ingredients import NOTHING, Log, made_by_field, whole
from themes.words import Words

WORDS = Words("sample", "de", {"price": "Preis {n}", "cars": {"one": "ein Auto", "other": "{n} Autos"}, "yes": "Ja"})


@dataclass(frozen=True)
class Label:
    """Something with a part that is made of words and a setting."""

    price: str
    said: str
    plain: int


def label(log: Log, settings: Mapping[str, str]) -> Label:
    t = WORDS.heard(log)
    watched = log.watched("setting", settings)
    fields: dict[str, object] = {
        "price": lambda: t("price", n=watched["amount"]),
        "said": lambda: f"{t('yes')}, {t('cars', n=2)}",
        "plain": 7,
    }
    return made_by_field(Label, log, fields)


def test_what_is_made_for_a_page_that_is_drawn_once_is_what_the_builder_makes() -> None:
    log, deaf = Log(), Log(deaf=True)
    for_the_builder, for_one_answer = label(log, {"amount": "5"}), label(deaf, {"amount": "5"})
    assert whole(for_the_builder) == for_one_answer == Label("Preis 5", "Ja, 2 Autos", 7)
    assert log.names == {"word:de:price", "setting:amount", "word:de:yes", "word:de:cars#other"}
    assert deaf.names == set()


def test_a_deaf_log_keeps_nothing_apart() -> None:
    assert Log(deaf=True).apart(lambda: WORDS("yes")) == ("Ja", NOTHING)
