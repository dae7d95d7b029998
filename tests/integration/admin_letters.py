"""Letters of the admin in tests: written by their own jobs, without a worker and without all else that follows."""

import re
from importlib import import_module

from sqlalchemy import select

from storefront.core import clock, outbox, tasks
from storefront.core.db import db
from storefront.core.tasks import Task
from storefront.core.tenancy import everywhere
from storefront.notices.models import Letter

WRITE, SEND = "storefront.notices.jobs:write_", "storefront.notices.jobs:send_"


def write_letters(*, send: bool = False) -> None:
    """Write the letters that are due, and send them where that is asked for; their text is there until then."""
    import_module("storefront.notices.listeners")
    for job in (WRITE, SEND) if send else (WRITE,):
        while outbox.relay(clock.now()):
            pass
        with everywhere():
            open_ones = select(Task.id).where(Task.job.startswith(job), Task.done_at.is_(None)).order_by(Task.id)
            numbers = list(db.session.scalars(open_ones))
        for number in numbers:
            assert tasks.run_task(number, clock.now())


def link_of(template: str) -> str:
    """Give the path of the link in the newest letter of a kind."""
    with everywhere():
        wanted = select(Letter).where(Letter.template == template).order_by(Letter.created_at.desc(), Letter.key.desc())
        letter = db.session.scalars(wanted).first()
    assert letter is not None
    found = re.search(r"http://localhost:8000(/admin/\S+)", letter.body_text)
    assert found is not None, letter.body_text
    return found[1]
