"""What a process knows about its installation: the settings it was started with. Set once, by a door's entry point."""

from .acts import ring_with
from .config import Settings, load
from .db import db

_settings: list[Settings] = []


def settings() -> Settings:
    """Give the settings of this process; read from the environment when nothing was set."""
    if not _settings:
        start(load())
    return _settings[0]


def start(chosen: Settings, *, pooled: bool = True, bell: bool = True) -> Settings:
    """Bind this process to an installation: settings, database, queue's bell.

    Args:
        chosen: the settings.
        pooled: False for processes that fork.
        bell: False for commands that must not need a queue (`build`).
    """
    chosen.instance.mkdir(parents=True, exist_ok=True)
    _settings[:] = [chosen]
    db.bind(chosen.database, pooled=pooled)
    if bell:
        from .queue import bell as bell_of

        ring_with(bell_of(chosen))
    else:
        ring_with(None)
    return chosen
