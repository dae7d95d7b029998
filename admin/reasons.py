"""Why a row of a stock file is refused, and what was remarked about one, in the reader's language.

Readers of files and the rules of acceptance word their reasons in English; the sentences are told apart here and
written from the words (`reason.…`). One that is not known stays as it is.
"""

import re

from .show import Pen

_PATTERNS = tuple(
    (key, re.compile(pattern, re.DOTALL))
    for key, pattern in (
        ("no_price", r"There is no price\."),
        ("price_zero", r"The price is 0\."),
        ("price_bounds", r"The price (?P<price>.+) is not between (?P<low>\S+) and (?P<high>\S+)\."),
        ("year_bounds", r"The registration year (?P<year>\d+) is not between (?P<low>\d+) and (?P<high>\d+)\."),
        ("wanted", r"A wanted ad: .*"),
        ("kind", r"Not a car: the file calls it a (?P<kind>.*)\."),
        ("make_empty", r"No make is named\."),
        ("no_make", r"No make is named that we know \(\"(?P<title>.*)\"\)\."),
        ("twice", r"The same car again as in row (?P<row>\d+)\."),
        ("no_key", r"The row has no (?:key|id), so .*"),
        ("many_cells", r"The row has (?P<n>\d+) cells too many; .*"),
        ("few_cells", r"The row has (?P<n>\d+) cells too few; .*"),
        ("near", r"\"(?P<word>.*)\" was taken for (?P<name>.*)\."),
        ("unknown_name", r"\"(?P<word>.*)\" is not known and was kept as written\."),
        ("unknown_word", r"The word \"(?P<word>.*)\" is not known; .*"),
        ("unknown_equipment", r"The equipment \"(?P<word>.*)\" is not known and was kept as written\."),
        ("no_date", r"[\"'](?P<word>.*)[\"'] is no date(?: and was left out\.|; it was left out\.)"),
        ("no_number", r"\"(?P<word>.*)\" is no number and was left out\."),
        ("no_vin", r"\"(?P<word>.*)\" is no vehicle identification number .*"),
        ("implausible", r"(?P<word>\S.*) is not (?:a )?plausible(?: value)? and was left out\."),
        ("no_address", r"Pictures without a web address: (?P<n>\d+); .*"),
        ("many_photos", r"Only the first (?P<most>\d+) of (?P<n>\d+) pictures were taken\."),
        ("yes_or_no", r"'(?P<word>.*)' is neither yes nor no; it was left out\."),
        ("cut_off", r"The file ends in the middle of this row; .*"),
        ("cut_off_file", r"The file is cut off, so no car was withdrawn\."),
        ("month", r"Month (?P<n>\S+) of the first registration does not exist; .*"),
        ("no_currency", r"\"(?P<word>.*)\" is no currency code .*"),
        ("file_one_column", r".*is no table: only one column was found\..*"),
        ("file_empty", r".*is empty\."),
        ("file_spreadsheet", r"This is a spreadsheet or an archive, no text file\..*"),
        ("file_encoding", r"Line (?P<n>\d+) is not written in (?P<name>[^:]+): .*"),
        ("file_quote", r"Line (?P<n>\d+): a quotation mark is opened and not closed; .*"),
        ("file_columns", r".*lacks the columns (?P<names>.+) of the mapping .*"),
        ("file_no_stock", r"The file offers no car at all, so all (?P<n>\d+) would go; .*"),
    )
)


def reason(pen: Pen, said: str) -> str:
    """Write a reason in the reader's language.

    Args:
        pen: of the reader.
        said: as the reader of the file or the rule worded it.
    """
    for key, pattern in _PATTERNS:
        if (found := pattern.fullmatch(said)) is not None:
            return pen.t(f"reason.{key}", **found.groupdict())
    return said


def unknown_word(said: str) -> str:
    """Give the word a remark says is not known; empty for another remark, and for a word that is told shortened."""
    found = dict(_PATTERNS)["unknown_word"].fullmatch(said)
    return "" if found is None or found["word"].endswith("…") else found["word"]
