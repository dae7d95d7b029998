"""What can be wrong with a theme or with the settings a dealer gave it."""


class ThemeError(Exception):
    """A theme cannot be used; the message says which one and why, fit for the person who wrote it."""


class SettingsError(ValueError):
    """Some settings are refused: `problems` holds a sentence for each field (SECURITY C2)."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in problems.items()))
