"""What can go wrong with search."""


class SearchUnavailable(Exception):
    """The engine does not answer, or there is no index yet; never told as an empty success (SPEC 56)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Search service unavailable: {reason}")


class IndexMissing(SearchUnavailable):
    """The engine answers, and has no index of this release, or a broken one: making it anew is the remedy."""


class IndexBusy(Exception):
    """Another process is writing the index and did not finish in time; the job is tried again."""


class BadQuery(ValueError):
    """A query that cannot be meant; `field` names the parameter, the message says what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
