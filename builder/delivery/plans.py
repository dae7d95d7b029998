"""What a delivery has to do: the exact difference between what is at a target and the release that is served.

Two ways lead to it. The quick one takes the deltas between the release that was delivered last and the one that is
served now, and costs what changed. The full one compares everything; it is taken when the deltas are not all there,
when names or headers are decided otherwise now, after a delivery that never ended, and when somebody asks to verify.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from builder import compress
from builder.manifest import Entry
from builder.store import Store

from .notes import Files, Head, Notes
from .objects import Object, keys_of, lasts, objects_of
from .targets import Target

LINGER_DAYS = 30
"""How long a file named by its content stays after nothing that was delivered refers to it any more (SEO.md §15)."""

Steps = Mapping[str, Entry | None]
"""Path → what is to be there, None for nothing."""


@dataclass(slots=True)
class Plan:
    """What is to be put and deleted."""

    put: list[Object] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    """Of these, keys that may hold just this already: they are asked first."""
    delete: list[str] = field(default_factory=list)
    leaving: dict[str, str] = field(default_factory=dict)
    """See `Head.leaving`."""
    rules: dict[str, str] = field(default_factory=dict)
    at: Files | None = None
    """Every file that is there, when the way was the full one."""
    strangers: int = 0
    """Files below the host's root that are none of ours; they are left alone."""

    @property
    def keys(self) -> set[str]:
        """Give every key that is touched."""
        return {wanted.key for wanted in self.put} | set(self.delete)


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans one delivery."""

    target: Target
    store: Store
    rules: list[Object]
    today: date

    def quick(self, head: Head, steps: Steps) -> Plan:
        """Plan from what changed between two releases.

        Args:
            head: how the host stands at the target.
            steps: what leads from that release to the one that is served.
        """
        plan = Plan(leaving=dict(head.leaving))
        for path, entry in sorted(steps.items()):
            if entry is None:
                self._leave(plan, keys_of(path, self.target.encoding))
                continue
            wanted = list(objects_of(entry, self.store, self.target.encoding))
            plan.put += wanted
            self._heed_gone(plan, entry, wanted, asked=True)
            if self._may_have_lost_copies(entry):
                plan.delete += keys_of(path, self.target.encoding)[1:]
        plan.put += [rule for rule in self.rules if head.rules.get(rule.key) != rule.mark]
        self._finish(plan, head.rules.keys())
        return plan

    def full(self, notes: Notes, entries: Iterable[Entry], listed: Mapping[str, str] | None) -> Plan:
        """Plan by comparing everything.

        Args:
            notes: of the host.
            entries: all files of the release that is served.
            listed: what really lies below the host's root, key → tag; None when nobody looked.
        """
        plan = Plan(leaving=dict(notes.head.leaving))
        at, planned = notes.files() or {}, notes.planned() or set()
        doubtful = set(planned)
        if listed is not None:
            doubtful |= {key for key, noted in at.items() if listed.get(key) != noted.tag} | (listed.keys() - at.keys())
            at = {key: noted for key, noted in at.items() if key in listed}
        wanted: dict[str, Object] = {}
        for entry in entries:
            if entry.gone is not None and self._is_over(entry.gone):
                continue
            objects = list(objects_of(entry, self.store, self.target.encoding))
            wanted.update((each.key, each) for each in objects)
            self._heed_gone(plan, entry, objects, asked=False)
        wanted.update((rule.key, rule) for rule in self.rules)
        plan.put = [each for key, each in wanted.items() if key in doubtful or not _is_noted(at, each)]
        plan.doubtful = doubtful & wanted.keys()
        plan.at = at
        self._leave(plan, sorted((at.keys() | planned) - wanted.keys()))
        plan.strangers = len((listed or {}).keys() - at.keys() - wanted.keys() - planned)
        self._finish(plan, ())
        return plan

    def withdrawal(self, notes: Notes) -> Plan:
        """Plan to take everything of ours away at once: the site is not served any more."""
        at = notes.files() or {}
        return Plan(delete=sorted(at.keys() | (notes.planned() or set())), at=at)

    def _heed_gone(self, plan: Plan, entry: Entry, objects: list[Object], *, asked: bool) -> None:
        """Note since when nothing refers to a file that is still served for a while."""
        for each in objects:
            if entry.gone is None:
                plan.leaving.pop(each.key, None)
            else:
                plan.leaving.setdefault(each.key, self.today.isoformat())
                if asked:
                    plan.doubtful.add(each.key)

    def _may_have_lost_copies(self, entry: Entry) -> bool:
        """Ask whether a file is too small for compressed copies, so that those of a larger one before may lie there."""
        return self.target.encoding == "twins" and compress.is_text(entry.path) and not entry.encodings

    def _leave(self, plan: Plan, keys: Iterable[str]) -> None:
        """Delete what a release no longer has, or let it linger first."""
        for key in keys:
            if lasts(key):
                plan.leaving.setdefault(key, self.today.isoformat())
            else:
                plan.delete.append(key)

    def _finish(self, plan: Plan, ruled: Collection[str]) -> None:
        """Delete what has lingered long enough, and rule files there are no more."""
        wanted = {each.key for each in plan.put}
        due = [
            key for key, since in plan.leaving.items() if (self.today - date.fromisoformat(since)).days > LINGER_DAYS
        ]
        for key in due:
            del plan.leaving[key]
        plan.rules = {rule.key: rule.mark for rule in self.rules}
        plan.delete = [*plan.delete, *sorted(due), *(key for key in ruled if key not in plan.rules)]
        plan.put = [each for each in plan.put if each.key not in due]
        plan.delete = list(dict.fromkeys(key for key in plan.delete if key not in wanted or key in due))

    def _is_over(self, since: str) -> bool:
        return (self.today - date.fromisoformat(since)).days > LINGER_DAYS


def _is_noted(at: Files, wanted: Object) -> bool:
    noted = at.get(wanted.key)
    return noted is not None and (noted.mark, noted.size) == (wanted.mark, wanted.size)


def by_phase(objects: Iterable[Object]) -> Iterator[list[Object]]:
    """Give objects phase by phase, in the order of their keys."""
    phases: dict[int, list[Object]] = {}
    for each in objects:
        phases.setdefault(each.phase, []).append(each)
    for phase in sorted(phases):
        yield sorted(phases[phase], key=lambda each: each.key)
