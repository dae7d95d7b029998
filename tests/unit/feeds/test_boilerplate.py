"""What a dealer repeats in every car is found once and does not move between imports."""

from storefront.feeds.boilerplate import Recurring, split

MERITS = "Wir sprechen Deutsch und Englisch.\n\nFinanzierung ohne Anzahlung möglich."


def lot(size: int, text: str = MERITS) -> list[str]:
    return [f"Auto Nummer {number} mit eigenem Satz.\n\n{text}" for number in range(size)]


def counted(texts: list[str], known: tuple[str, ...] = ()) -> Recurring:
    recurring = Recurring(known)
    for text in texts:
        recurring.count(text)
    return recurring


def test_paragraphs_of_nearly_every_car_are_parted_from_the_cars_own() -> None:
    texts = lot(10)
    own, repeated = split(texts[3], counted(texts).found())
    assert (own, repeated) == ("Auto Nummer 3 mit eigenem Satz.", MERITS)


def test_a_small_lot_has_no_boilerplate() -> None:
    texts = lot(4)
    assert split(texts[0], counted(texts).found()) == (texts[0], "")


def test_a_line_that_most_lists_have_stays_in_them() -> None:
    texts = [f"Klima\nNavi {number}\nSitze {number}" for number in range(10)]
    assert split(texts[0], counted(texts).found())[1] == ""


def test_a_sentence_of_half_the_cars_is_their_own() -> None:
    texts = lot(5) + lot(5, "Anderer Satz.")
    assert split(texts[0], counted(texts).found())[1] == ""


def test_what_was_boilerplate_stays_boilerplate_in_a_smaller_file() -> None:
    texts = lot(2)
    own, repeated = split(texts[0], counted(texts, known=(MERITS,)).found())
    assert (own, repeated) == ("Auto Nummer 0 mit eigenem Satz.", MERITS)


def test_between_two_repeated_blocks_a_rarer_one_goes_along() -> None:
    with_more = "Wir sprechen Deutsch und Englisch.\n\nAuch Jaguar auf Wunsch.\n\nFinanzierung ohne Anzahlung möglich."
    texts = lot(30) + lot(5, with_more)
    own, repeated = split(texts[-1], counted(texts).found())
    assert own == "Auto Nummer 4 mit eigenem Satz."
    assert "Jaguar" in repeated


def test_layout_and_case_do_not_hide_a_repetition() -> None:
    texts = [*lot(8), "**WIR SPRECHEN DEUTSCH UND ENGLISCH**\n\nNur hier."]
    assert split(texts[-1], counted(texts).found())[0] == "Nur hier."
