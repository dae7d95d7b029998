"""The work behind the pages: what waits, what is at work, what failed for good, with the way to try it again."""

from uuid import UUID

from flask import Blueprint, Response, abort

from admin import operator_queries, work
from admin.access import needs, visitor
from admin.pages import back_to, done, page_number, pen, render
from storefront.core import clock
from storefront.core.acts import perform

bp = Blueprint("queues", __name__, url_prefix="/queues")


@bp.get("/")
@needs(operators=True)
def index() -> str:
    """Show queues, dead tasks and letters that were not taken."""
    now = clock.now()
    return render(
        "queues/index.html",
        queues=operator_queries.queues(),
        events=operator_queries.events_waiting(),
        dead=operator_queries.dead_tasks(page_number()),
        letters=operator_queries.letters_refused(),
        at_work=operator_queries.tasks_at_work(now),
    )


@bp.post("/tasks/<int:number>/again")
@needs(operators=True)
def again(number: int) -> Response:
    """Give a dead task another life."""
    task = operator_queries.task(number) or abort(404)
    result = perform(work.revive, task, now=clock.now(), actor=visitor().actor)
    done(pen().t("queues.again_done") if result else pen().refusal(result.error))  # type: ignore[arg-type]
    return back_to("admin.queues.index")


@bp.post("/tasks/again")
@needs(operators=True)
def all_again() -> Response:
    """Give all dead tasks another life."""
    revived = perform(work.revive_all, now=clock.now(), actor=visitor().actor).unwrap()
    done(pen().t("queues.all_again_done", n=revived))
    return back_to("admin.queues.index")


@bp.post("/letters/<uuid:letter_id>/again")
@needs(operators=True)
def send_again(letter_id: UUID) -> Response:
    """Try a letter again that was not taken."""
    letter = operator_queries.letter(letter_id) or abort(404)
    result = perform(work.send_again, letter, now=clock.now(), actor=visitor().actor)
    done(pen().t("queues.letter_done") if result else pen().refusal(result.error))  # type: ignore[arg-type]
    return back_to("admin.queues.index")
