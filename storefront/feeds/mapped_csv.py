"""Any other CSV, read through a mapping file that says how its columns become ours (docs/importing.md)."""

import codecs
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Any

from storefront.domain.listings.stock import Refused, StockItem
from storefront.domain.vehicles import vocabulary
from storefront.feeds import columns, text, values
from storefront.feeds.draft import Draft, Told
from storefront.feeds.errors import FeedError
from storefront.feeds.source import Limits
from storefront.feeds.table import Row, rows
from storefront.feeds.values import Notation

AMOUNTS = frozenset({"price", "mileage_km", "displacement_ccm"})
"""Nobody writes three decimals here: `37.000` is thirty-seven thousand in any notation."""
_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0)?")


@dataclass(frozen=True, slots=True)
class Search:
    """Words of a make or model column that say nothing (`other`), and the column whose text may name the real one."""

    words: frozenset[str] = frozenset()
    column: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a foreign CSV becomes ours; the parts are those of the mapping file."""

    name: str
    columns: Mapping[str, str]
    """Our column -> theirs."""
    key: tuple[str, ...]
    """Their columns that together tell one car from another, where there is no id column."""
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    titled: bool = True
    """The first line names the columns; else they are called `1`, `2` …"""
    notation: Notation = field(default_factory=Notation)
    date_format: str = ""
    date_columns: tuple[str, ...] = ()
    """Their columns that hold dates in `date_format`, mapped or not: a broken last one shows where the file was cut."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Our column -> their word -> our word."""
    units: Mapping[str, str] = field(default_factory=dict)
    separators: Mapping[str, str] = field(default_factory=dict)
    """Our column of several things (`features`, `photos`) -> what stands between them."""
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Our column -> from and to, in their unit: outside, the value is left out and reported."""
    constants: Mapping[str, str] = field(default_factory=dict)
    pads: Mapping[str, int] = field(default_factory=dict)
    """Our column -> digits, for numbers that lost their leading zeros."""
    wanted_column: str = ""
    wanted_words: frozenset[str] = frozenset()
    wanted_title: str = ""
    wanted_pattern: re.Pattern[str] | None = None
    other_makes: Search = field(default_factory=Search)
    other_models: Search = field(default_factory=Search)


def shipped() -> dict[str, Scheme]:
    """Give the mappings that come with the product, by name."""
    folder = resources.files(__package__).joinpath("mappings")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    found = [_parsed(tomllib.loads(entry.read_text("utf-8")), entry.name) for entry in files]
    return {mapping.name: mapping for mapping in found}


def load(path: Path) -> Scheme:
    """Read a mapping file.

    Raises:
        FeedError: no TOML, or it names columns that we do not have.
    """
    try:
        source = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FeedError(f"{path.name}: cannot be read as a mapping file ({error}).") from error
    return scheme_of(source, path.name)


def scheme_of(source: Mapping[str, Any], name: str) -> Scheme:
    """Read a mapping that lies elsewhere than in a file: the same parts as a mapping file has.

    Args:
        source: its parts (docs/importing.md).
        name: what it is called in a refusal.

    Raises:
        FeedError: it names columns that we do not have, or something in it is wrong.
    """
    try:
        return _parsed(source, name)
    except FeedError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, LookupError, re.error) as error:
        raise FeedError(f"{name}: wrong in a mapping file: {error} (see docs/importing.md).") from error


def fits(mapping: Scheme, names: list[str]) -> bool:
    """Ask whether a file with these column names is what the mapping is for."""
    return _needed(mapping) <= set(names)


def _needed(mapping: Scheme) -> set[str]:
    """Give their columns that a file must have."""
    asked = (mapping.wanted_column, mapping.wanted_title, mapping.other_makes.column, mapping.other_models.column)
    return {*mapping.columns.values(), *mapping.key, *asked} - {""}


def read(path: Path, mapping: Scheme, limits: Limits) -> Iterator[StockItem]:
    """Read the cars of a foreign CSV.

    Raises:
        FeedError: wrong encoding, columns missing, over a limit.
    """
    told = Told()
    for row in rows(path, limits, encoding=mapping.encoding, delimiter=mapping.delimiter, titled=mapping.titled):
        absent = _needed(mapping) - set(row.cells)
        if absent:
            raise FeedError(f"{path.name} lacks the columns {', '.join(sorted(absent))} of the mapping {mapping.name}.")
        yield from _items(row, mapping, told)


def _items(row: Row, mapping: Scheme, told: Told) -> list[StockItem]:
    source_id = _key(row.cells, mapping)
    if not source_id:
        return [Refused(row.line, None, "id", "The row has no key, so the car could not be found again.")]
    if row.extra or (row.missing and not row.cut_off):
        wrong = f"{row.extra} cells too many" if row.extra else f"{row.missing} cells too few"
        return [Refused(row.line, source_id, "row", f"The row has {wrong}; check its quotation marks.")]
    draft = Draft(row.line, source_id, told)
    ours = {column: row.cells[theirs].strip() for column, theirs in mapping.columns.items()}
    draft.keep("name", ours.get("version", ""))
    if row.cut_off and (row.missing or _broken_dates(row.cells, mapping)):
        draft.cut_off()
    draft.put("wanted", _is_wanted(row.cells, mapping))
    _dates(draft, ours, mapping)
    _words(ours, mapping)
    _numbers(draft, ours, mapping)
    _lists(ours, mapping)
    _makes(ours, row.cells, mapping)
    for column, digits in mapping.pads.items():
        if ours.get(column, "").isdigit():
            ours[column] = ours[column].zfill(digits)
    return columns.items(draft, {**mapping.constants, **ours}, Notation(".", ""))


def _key(cells: Mapping[str, str], mapping: Scheme) -> str:
    """Name the car by its id column, or by a digest of the key columns: the same car has the same key in every file."""
    if "id" in mapping.columns:
        return cells[mapping.columns["id"]].strip()
    content = "\x1f".join(" ".join(cells[name].split()) for name in mapping.key)
    return blake2b(content.encode(), digest_size=12).hexdigest()


def _is_wanted(cells: Mapping[str, str], mapping: Scheme) -> bool:
    if mapping.wanted_column and vocabulary.folded(cells[mapping.wanted_column]) in mapping.wanted_words:
        return True
    pattern = mapping.wanted_pattern
    return pattern is not None and bool(pattern.search(cells[mapping.wanted_title].replace("_", " ")))


def _broken_dates(cells: Mapping[str, str], mapping: Scheme) -> bool:
    for name in mapping.date_columns:
        try:
            values.day_in(cells.get(name, ""), mapping.date_format)
        except ValueError:
            return True
    return False


def _dates(draft: Draft, ours: dict[str, str], mapping: Scheme) -> None:
    if _YEAR.fullmatch(ours.get("first_registered", "")):
        ours["year"] = ours.get("year") or ours.pop("first_registered")[:4]
    for column in ("first_registered", *columns.DATES):
        if not mapping.date_format or not ours.get(column):
            continue
        try:
            found = _day(ours[column], mapping.date_format)
        except ValueError:
            draft.note(column, f'"{ours[column][:40]}" is no date and was left out.')
            found = None
        ours[column] = found.isoformat() if found else ""


def _day(written: str, pattern: str) -> date | None:
    """Read a date in the file's notation, else in one of those that are read without being told."""
    try:
        return values.day_in(written, pattern)
    except ValueError:
        return values.day(written)


def _words(ours: dict[str, str], mapping: Scheme) -> None:
    for column, known in mapping.values.items():
        word = ours.get(column, "")
        ours[column] = known.get(word) or known.get(text.plain(word), word)


def _numbers(draft: Draft, ours: dict[str, str], mapping: Scheme) -> None:
    for column in ("price", "year", "month", *columns.NUMBERS):
        value = _number(ours[column], column, mapping) if ours.get(column) else None
        if value is None:
            continue
        low, high = mapping.limits.get(column, (value, value))
        if not low <= value <= high:
            written = f"{value:f} {mapping.units.get(column, '')}".strip()
            draft.note(columns.NUMBERS.get(column, column), f"{written} is not plausible and was left out.")
            ours[column] = ""
        else:
            ours[column] = f"{value * values.UNITS[mapping.units.get(column, 'EUR')]:f}"


def _number(written: str, column: str, mapping: Scheme) -> Decimal | None:
    """Read a number in the file's notation; amounts that never have three decimals in any (`37.000` and `37,000`)."""
    if column in AMOUNTS and mapping.units.get(column) != "l":
        return values.amount(written)
    return values.number(written, mapping.notation)


def _lists(ours: dict[str, str], mapping: Scheme) -> None:
    """Put our own sign between several things in one cell."""
    for column, separator in mapping.separators.items():
        if ours.get(column):
            ours[column] = "|".join(part.strip() for part in ours[column].split(separator))


def _makes(ours: dict[str, str], cells: Mapping[str, str], mapping: Scheme) -> None:
    """Put the make and model that the title names where their own columns only say "other"."""
    makes, models = mapping.other_makes, mapping.other_models
    if ours.get("make", "") in makes.words:
        ours["make"] = vocabulary.find_make(cells[makes.column]) or "" if makes.column else ""
    if ours.get("model", "") in models.words:
        series = ours.get("model", "")
        make = vocabulary.normalise_make(ours.get("make", "")).name
        found = vocabulary.find_model(make, cells[models.column]) if models.column else None
        known = vocabulary.normalise_model(make, series)
        ours["model"] = found or (known.name if known.how is vocabulary.Matched.EXACT else "")


def _parsed(source: Mapping[str, Any], file_name: str) -> Scheme:
    mapped = source.get("columns", {})
    unknown = [name for name in (*mapped, *source.get("constants", {})) if name not in columns.COLUMNS]
    if unknown:
        raise FeedError(f"{file_name}: not a column of ours: {', '.join(unknown)} (see docs/importing.md).")
    key = tuple(source.get("key", {}).get("columns", ()))
    if not key and "id" not in mapped:
        raise FeedError(f"{file_name}: name the id column, or the key columns that tell one car from another.")
    wrong = [unit for unit in source.get("units", {}).values() if unit not in values.UNITS]
    if wrong:
        raise FeedError(f"{file_name}: unknown units: {', '.join(wrong)} (known: {', '.join(values.UNITS)}).")
    codecs.lookup(source.get("encoding", "utf-8"))
    _refuse_wrong_types(source, file_name)
    notation, dates, wanted = source.get("numbers", {}), source.get("dates", {}), source.get("wanted", {})
    return Scheme(
        name=source["name"],
        columns=mapped,
        key=key,
        encoding=source.get("encoding", "utf-8-sig"),
        delimiter=source.get("delimiter", ","),
        notation=Notation(notation.get("decimal", "."), notation.get("group", ",")),
        date_format=dates.get("format", ""),
        date_columns=tuple(dates.get("columns", ())),
        values=source.get("values", {}),
        units=source.get("units", {}),
        titled=source.get("header", True),
        separators=source.get("lists", {}),
        limits={name: (low, high) for name, (low, high) in source.get("limits", {}).items()},
        constants={name: str(value) for name, value in source.get("constants", {}).items()},
        pads=source.get("pad", {}),
        wanted_column=wanted.get("column", ""),
        wanted_words=frozenset(vocabulary.folded(word) for word in wanted.get("words", ())),
        wanted_title=wanted.get("title", ""),
        wanted_pattern=re.compile(wanted["pattern"], re.IGNORECASE) if "pattern" in wanted else None,
        other_makes=_search(source.get("other_makes", {})),
        other_models=_search(source.get("other_models", {})),
    )


def _refuse_wrong_types(source: Mapping[str, Any], file_name: str) -> None:
    """Refuse what would only fail in the middle of a file."""
    wanted = source.get("wanted", {})
    checks = {
        "delimiter is one sign": len(source.get("delimiter", ",")) == 1,
        "columns are texts": all(isinstance(theirs, str) for theirs in source.get("columns", {}).values()),
        "header is true or false": isinstance(source.get("header", True), bool),
        "lists are divided by a text": all(isinstance(sign, str) and sign for sign in source.get("lists", {}).values()),
        "key columns are a list": isinstance(source.get("key", {}).get("columns", []), list),
        "pad has whole numbers": all(isinstance(digits, int) for digits in source.get("pad", {}).values()),
        "limits have two numbers": all(
            isinstance(bound, (int, float)) for bounds in source.get("limits", {}).values() for bound in bounds
        ),
        "values are tables of words": all(
            isinstance(code, str) for known in source.get("values", {}).values() for code in known.values()
        ),
        "wanted has a column with its words": "words" not in wanted or "column" in wanted,
        "wanted has a title with its pattern": "pattern" not in wanted or "title" in wanted,
    }
    wrong = [rule for rule, holds in checks.items() if not holds]
    if wrong:
        raise FeedError(f"{file_name}: wrong in a mapping file: {', '.join(wrong)} (see docs/importing.md).")


def _search(source: Mapping[str, Any]) -> Search:
    return Search(frozenset(source.get("words", ())), source.get("column", ""))
