"""A2: nobody reaches what is not theirs, every act leaves one entry, and the tests of SECURITY A and B pass.

The routes are those of the running application, the roles and what each may are `tests/integration/admin_routes.py`: a
route without a line there is a shortfall. What changes something is tried in a town of its own, a copy of one database.
"""

import random
import re
import resource
import shutil
import sqlite3
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from redis import Redis

from admin.entrance import safe_next
from storefront.core import config, embedded, runtime
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import found_small_world
from storefront.domain.accounts.models import Role
from storefront.migrations import runner
from tests.conftest import NOW, SECRET
from tests.integration.admin_desk import PASSWORD, Desk, desk_of, open_admin
from tests.integration.admin_matrix import (
    Town,
    build_town,
    call,
    is_unsafe,
    leaks,
    path_of,
    rules,
    shown,
    told,
    unknown,
    use,
)
from tests.integration.admin_routes import ROUTES
from tools.prove.a2_fields import stray_changes
from tools.prove.ground import fresh_instance
from tools.prove.proof import CannotProve, Proof

STRANGE = (
    {"Origin": "https://evil.example"},
    {"Origin": "http://north-cars.localhost"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
)
MOST_MIB = 400
"""That 200 logins at once may take: two hashes of 64 MiB, and their threads."""
MOST_MS = 20.0
"""Between the medians of a known and an unknown address (SECURITY B3)."""


@dataclass
class Ground:
    """A town in a database, and a way back to how it was."""

    settings: Settings
    town: Town
    kept: Path

    @property
    def file(self) -> Path:
        """Give the database in use."""
        return self.settings.instance / "marketplace.sqlite3"

    def again(self) -> Town:
        """Put everything back to how it was, built sites and limits too."""
        db.unbind()
        shutil.rmtree(self.settings.sites, ignore_errors=True)
        for one in self.file.parent.glob(f"{self.file.name}*"):
            one.unlink()
        shutil.copy(self.kept, self.file)
        runtime.start(self.settings, bell=False, pooled=False)
        self.forget_tries()
        return replace(self.town, mine=dict(self.town.mine))

    def forget_tries(self) -> None:
        """Empty the limits' store."""
        connection: Any = Redis.from_url(self.settings.redis_url)
        connection.flushall()
        connection.close()


def prove(proof: Proof, *, quick: bool) -> None:
    """Try every route as everybody with everybody's things, then every guard."""
    with _ground() as ground:
        app = open_admin(ground.settings)
        known, there = set(ROUTES), {rule.endpoint for rule in rules(app)}
        proof.hold(f"{len(there)} routes, each with a line", known == there, f"without a line: {sorted(there ^ known)}")
        if known != there:
            raise CannotProve("tests/integration/admin_routes.py does not name what there is")
        _matrix(proof, app, ground)
        _entries(proof, app, ground)
        _foreign_forms(proof, app, ground)
        _limits(proof, app, ground)
        _fields(proof, app, ground)
        _ways_on(proof, app)
        _headers(proof, app, ground)
        _enumeration(proof, app, ground, tries=40 if quick else 500)
        if not quick:
            _crowd(proof, app, ground)


@contextmanager
def _ground() -> Iterator[Ground]:
    with fresh_instance() as folder:
        plain = config.load({}, marketplace_instance=folder, secret_key=SECRET)
        valkey = embedded.start(plain)
        try:
            url = embedded.socket_url(plain)
            settings = config.load({}, marketplace_instance=folder, secret_key=SECRET, redis_url=url)
            runtime.start(settings, bell=False, pooled=False)
            runner.upgrade(db.engine)
            with everywhere():
                ids = found_small_world(NOW, settings=settings)
            with acting(ids.tenant_id):
                town = build_town(ids.load())
            kept = folder / "before.sqlite3"
            with sqlite3.connect(folder / "marketplace.sqlite3") as source, sqlite3.connect(kept) as copy:
                source.backup(copy)
            yield Ground(settings, town, kept)
        finally:
            db.unbind()
            embedded.stop(valkey)


def _matrix(proof: Proof, app: Flask, ground: Ground) -> None:
    """Every route, as every role and as nobody, with own, foreign and unknown ids."""
    calls, wrong = 0, []
    town = ground.town
    for role in (None, *Role):
        for rule in rules(app):
            route = ROUTES[rule.endpoint]
            if is_unsafe(rule) or role is None:
                ground.again()
            desk = desk_of(app, None if role is None else town.people[role])
            if role is None:
                calls += 1
                if None not in route.who and call(app, desk, rule, town.mine).status_code != 303:
                    wrong.append(f"{rule.endpoint} opens for nobody")
                continue
            calls += 1
            answer = call(app, desk, rule, town.mine)
            if role not in route.who and answer.status_code not in (403, 404):
                wrong.append(f"{rule.endpoint} as {role.value}: {answer.status_code}")
            if not is_unsafe(rule):
                wrong += [f"{rule.endpoint} as {role.value} shows {name}" for name in _leaks(town, answer, role)]
            if not rule.arguments or None in route.who:
                continue
            nobodys = shown(call(app, desk, rule, unknown(town.mine)))
            for ids in [town.foreign] if role is Role.SYSTEM_ADMIN else [town.foreign, town.theirs]:
                calls += 1
                foreign = shown(call(app, desk, rule, ids))
                if foreign[0] not in (403, 404) or foreign != nobodys:
                    wrong.append(f"{rule.endpoint} as {role.value} knows a foreign thing: {foreign[0]}")
    roles = len(Role)
    proof.hold(f"{calls} calls by {roles} roles and by nobody, 0 leaks", not wrong, "; ".join(wrong[:8]))


def _leaks(town: Town, answer: Any, role: Role) -> list[str]:
    return leaks(town, answer.data.decode("utf-8", "replace"), role)


def _entries(proof: Proof, app: Flask, ground: Ground) -> None:
    """Every route that changes something, used the way it works, leaves one audit entry."""
    wrong, tried = [], 0
    for rule in rules(app):
        if not is_unsafe(rule):
            continue
        tried, route = tried + 1, ROUTES[rule.endpoint]
        answer, entries = use(app, ground.again(), rule.endpoint)
        if answer.status_code not in route.answers:
            wrong.append(f"{rule.endpoint} answered {answer.status_code} {told(answer)}")
        elif entries != route.entries:
            wrong.append(f"{rule.endpoint} left {entries} entries, not {route.entries}")
    others = sorted(name for name, route in ROUTES.items() if route.entries != 1)
    proof.hold(f"{tried} routes change something, one entry each (other numbers with a reason: {len(others)})",
               not wrong, "; ".join(wrong[:8]))  # fmt: skip


def _foreign_forms(proof: Proof, app: Flask, ground: Ground) -> None:
    """No form is taken without its token, with another's, or from another origin."""
    ground.again()
    desk, tried, wrong = desk_of(app, ground.town.people[Role.SYSTEM_ADMIN]), 0, []
    token = desk.token()
    for rule in rules(app):
        if not is_unsafe(rule):
            continue
        path = path_of(app, rule, ground.town.mine)
        forged: list[tuple[dict[str, str], dict[str, str]]] = [({}, {}), ({"csrf_token": "x" * 80}, {})]
        forged += [({"csrf_token": token}, headers) for headers in STRANGE]
        for form, headers in forged:
            tried += 1
            if desk.post(path, form, token=False, headers=headers).status_code != 403:
                wrong.append(f"{rule.endpoint} takes {headers or 'no token'}")
    proof.hold(f"{tried} forged forms refused", not wrong, "; ".join(wrong[:8]))


def _limits(proof: Proof, app: Flask, ground: Ground) -> None:
    """Passwords, codes and letters can be tried a few times only, by account and by network."""
    owner = ground.again().people[Role.DEALER_OWNER]
    wrong = {"email": owner.email, "password": "not the password"}
    by_account = [_status(app, "/admin/login", wrong, f"198.51.100.{number}") for number in range(6)]
    ground.forget_tries()
    spread = [{**wrong, "email": f"guess{number}@example.org"} for number in range(6)]
    by_network = [_status(app, "/admin/login", form, "198.51.100.1") for form in spread]
    ground.forget_tries()
    letters = [_status(app, "/admin/password/forgotten", {"email": owner.email}, "198.51.100.1") for _ in range(4)]
    desk = desk_of(app, owner)
    steps = [desk.post("/admin/confirm/", {"password": "not the password"}).status_code for _ in range(6)]
    proof.expect("6 wrong passwords of an account", by_account, [422] * 5 + [429])
    proof.expect("of a network", by_network, [422] * 5 + [429])
    proof.expect("4 letters", letters, [303] * 3 + [429])
    proof.expect("6 wrong step-ups", steps, [422] * 5 + [429])


def _status(app: Flask, path: str, form: dict[str, str], address: str) -> int:
    return desk_of(app, None).post(path, form, environ_overrides={"REMOTE_ADDR": address}).status_code


def _fields(proof: Proof, app: Flask, ground: Ground) -> None:
    """Posting every column of every table beside a form changes nothing more than the form alone."""
    wrong, tried = [], 0
    for rule in rules(app):
        if not is_unsafe(rule) or ROUTES[rule.endpoint].answers == (200,):
            continue
        tried += 1
        stray = stray_changes(app, ground, rule.endpoint)
        wrong += [f"{rule.endpoint} also sets {name}" for name in stray]
    proof.hold(f"{tried} forms with every field of every table beside: only their own fields change",
               not wrong, "; ".join(wrong[:8]))  # fmt: skip


def _ways_on(proof: Proof, app: Flask) -> None:
    """Nothing one can type behind `next` leads out of the admin (SECURITY B9)."""
    dice, letters = random.Random(9), "/\\.:@%?#&=adminleads\t\n\x00httpsevil"
    starts = ("", "/", "//", "/admin/", "/admin", "http:", "\\", "/\\", "/admin/leads/", "/admin/../")
    wrong = []
    with app.test_request_context():
        for _ in range(10_000):
            typed = dice.choice(starts) + "".join(dice.choice(letters) for _ in range(dice.randrange(24)))
            found = safe_next(typed)
            if found is not None and not re.fullmatch(r"/admin/(?!/)[^\\\x00-\x20]*", found):
                wrong.append(typed)
    proof.hold("10000 ways on, none leads out", not wrong, f"leads out: {wrong[:5]}")


def _headers(proof: Proof, app: Flask, ground: Ground) -> None:
    """Every page keeps its secrets, and every cookie belongs to this host alone (SECURITY B4, B6, B8)."""
    ground.again()
    wrong, pages = [], 0
    for role in (Role.SYSTEM_ADMIN, Role.DEALER_OWNER):
        desk = desk_of(app, ground.town.people[role])
        for rule in rules(app):
            if is_unsafe(rule):
                continue
            answer, pages = call(app, desk, rule, ground.town.mine), pages + 1
            policy = answer.headers.get("Content-Security-Policy", "")
            if "unsafe" in policy or "frame-ancestors 'none'" not in policy or "default-src 'none'" not in policy:
                wrong.append(f"{rule.endpoint}: policy")
            if (
                answer.headers.get("X-Content-Type-Options") != "nosniff"
                or "Access-Control-Allow-Origin" in answer.headers
            ):
                wrong.append(f"{rule.endpoint}: headers")
            for cookie in answer.headers.getlist("Set-Cookie"):
                if "Domain" in cookie or "SameSite=Lax" not in cookie or "HttpOnly" not in cookie:
                    wrong.append(f"{rule.endpoint}: cookie")
    proof.hold(f"headers and cookies of {pages} answers", not wrong, "; ".join(wrong[:8]))


def _crowd(proof: Proof, app: Flask, ground: Ground) -> None:
    """200 logins at once take turns at hashing, so that memory stays bounded (SECURITY B1)."""
    ground.again()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    def one(number: int) -> int:
        return _status(
            app, "/admin/login", {"email": f"p{number}@example.org", "password": PASSWORD}, f"203.0.113.{number}"
        )

    with ThreadPoolExecutor(200) as crowd:
        answers = set(crowd.map(one, range(200)))
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 - before
    proof.hold(
        f"200 logins at once {more} MiB more", more <= MOST_MIB and answers <= {422, 303}, f"{more} MiB, {answers}"
    )


def _enumeration(proof: Proof, app: Flask, ground: Ground, tries: int) -> None:
    """A known address and an unknown one are told apart neither by words nor by time."""
    owner = ground.again().people[Role.DEALER_OWNER]
    desk, spent = desk_of(app, None), {owner.email: [], "nobody@example.org": []}  # type: dict[str, list[float]]
    words: dict[str, set[tuple[int, bytes]]] = {email: set() for email in spent}
    asked: dict[str, set[tuple[int, bytes]]] = {email: set() for email in spent}
    _strengthen(app, desk, owner.email)
    for _ in range(tries):
        for email in spent:
            ground.forget_tries()
            token = desk.token()
            form = {"email": email, "password": "not the password", "csrf_token": token}
            began = time.process_time()
            answer = desk.post("/admin/login", form, token=False)
            spent[email].append(1000 * (time.process_time() - began))
            words[email].add((answer.status_code, shown(answer)[1].replace(email.encode(), b"")))
    for email in spent:
        ground.forget_tries()
        answer = desk.post("/admin/password/forgotten", {"email": email})
        asked[email].add((answer.status_code, answer.data))
    first, second = (statistics.median(figures) for figures in spent.values())
    apart = abs(first - second)
    proof.hold("a known and an unknown address read alike", len({*map(frozenset, words.values())}) == 1)
    proof.hold("asking for a letter too", len({*map(frozenset, asked.values())}) == 1)
    proof.hold(f"medians of {tries} tries {apart:.1f} ms apart", apart <= MOST_MS)


def _strengthen(app: Flask, desk: Desk, email: str) -> None:
    """Log in once, so that the account's hash costs what hashes cost."""
    desk_of(app, None).post("/admin/login", {"email": email, "password": PASSWORD})
