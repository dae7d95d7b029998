"""Classes of relevance as sums: what a score tells of a car, so that one question gives the class of every hit (T3).

A word's score falls with its edits and with the field it is found in; the engine adds up the best of each word. Edits
are counted in the upper part of the sum, and below, how many words are found no better than in each field. The best
field in which all words stand is that of the worst word. Sums of at most `WORD_LIMIT` words are whole numbers far
below 2^24, up to which the engine's scores are exact.
"""

EDIT = 4096
PLACES = (0, 1, 16, 256)
"""What a word counts for the field it stands in, the best first."""
BEST = 2 * EDIT + 512
"""Score of a word without an edit in the best field."""


def score_of(edits: int, place: int) -> float:
    """Give the score of a word.

    Args:
        edits: 0 to 2.
        place: of the field in `documents.FIELDS`.
    """
    return float(BEST - edits * EDIT - PLACES[place])


def class_of(score: float, words: int) -> tuple[int, int]:
    """Give the class of a car: edits in all, and the place of the best field that holds all words with no more.

    Args:
        score: the sum over its words.
        words: how many.
    """
    missing = words * BEST - round(score)
    edits, rest = divmod(missing, EDIT)
    return edits, next((place for place in (3, 2, 1) if rest >= PLACES[place]), 0)
