"""Logs of long-running processes: a JSON object a line on standard error, coloured text for a person at a terminal.

No access log is kept: addresses of visitors are personal data, and what is wrong shows in errors and figures.
"""

import logging
import sys

import structlog
from structlog.types import Processor

from storefront.core.config import Settings


def configure(settings: Settings, process: str) -> None:
    """Send this process's logs to standard error.

    Args:
        settings: `log_level`.
        process: name of the process, written into every line: `web`, `worker`, `scheduler`, `supervisor`.
    """
    first: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        lambda _logger, _name, event: {"process": process, **event},
    ]
    person = sys.stderr.isatty()
    last: list[Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if person
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=first, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for noisy in ("rq.worker", "rq.scheduler", "alembic", "limits", "flask-limiter"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
