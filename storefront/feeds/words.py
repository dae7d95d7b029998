"""Foreign words for our codes (`words.toml`): what a portal calls a thing, looked up without regard to spelling."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from storefront.domain.vehicles import vocabulary

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "body": vocabulary.BODIES,
    "fuel": vocabulary.FUELS,
    "transmission": vocabulary.TRANSMISSIONS,
    "drive": vocabulary.DRIVES,
    "colour": vocabulary.COLOURS,
    "interior_colour": vocabulary.COLOURS,
    "interior_material": vocabulary.INTERIOR_MATERIALS,
    "condition": vocabulary.CONDITIONS,
    "vat": vocabulary.VAT,
    "emission_class": vocabulary.EMISSION_CLASSES,
    "emission_sticker": vocabulary.EMISSION_STICKERS,
    "feature": vocabulary.FEATURES,
}
"""The kinds of words and the codes each may become."""


def code_for(section: str, word: str) -> str | None:
    """Give the code that a foreign word stands for, itself if it is a code already, or nothing."""
    return _lexicon()[_SHARED.get(section, section)].get(vocabulary.folded(word))


_SHARED = {"interior_colour": "colour"}


@lru_cache(maxsize=1)
def _lexicon() -> Mapping[str, Mapping[str, str]]:
    source = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))
    return {section: _by_word(codes) for section, codes in source.items()}


def _by_word(codes: Mapping[str, list[str]]) -> Mapping[str, str]:
    return {vocabulary.folded(word): code for code, words in codes.items() for word in (code, *words)}
