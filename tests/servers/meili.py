"""A Meilisearch of ours over real HTTP: indexes, tasks, keys, tenant tokens, and the ways a server can misbehave.

The calls it knows are those of the adapter; whatever else is asked is refused. Writes are tasks that are done later, in
order, as on the real one. `behave` makes it hang, break or lie (SECURITY E6).
"""

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.meili_http import Http, handler_of
from tests.servers.meili_indexes import Refused, Stored

FAULTS = ("hang", "500", "garbage", "empty", "reset", "drip", "nonsense")
"""What `behave` may be: no answer, an error page, no JSON, no content, a closed connection, a byte now and then, other
JSON."""
UID = re.compile(r"[a-zA-Z0-9_-]{1,400}")
PUBLIC = frozenset({"GET health"})
Answer = tuple[int, Any]


class Server:
    """A running server; use it as a context manager."""

    def __init__(self, master_key: str = "") -> None:
        self.master_key = master_key
        self.behave = ""
        self.behaves_towards: Callable[[str], bool] = lambda _path: True
        """Of which paths the misbehaviour is."""
        self.task_seconds = 0.0
        """How long each task takes."""
        self.fail_tasks: dict[str, str] = {}
        """Kind of task → why it fails."""
        self.asked: list[tuple[str, str, str]] = []
        """Method, path and identification of each request, oldest first."""
        self.indexes: dict[str, Stored] = {}
        self.tasks: list[dict[str, Any]] = []
        self.keys: dict[str, dict[str, Any]] = {}
        self.lock = threading.RLock()
        self._acts: list[Callable[[], dict[str, Any] | None]] = []
        self._wake = threading.Condition(self.lock)
        self._stopping = False
        self._released = threading.Event()
        self._http: Any = None
        self.port = 0

    @property
    def url(self) -> str:
        """Give its address."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Server":
        self._stopping = False
        self.listen()
        threading.Thread(target=self._work, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_listening()
        with self._wake:
            self._stopping = True
            self._wake.notify_all()

    def listen(self) -> None:
        """Begin to answer, on the port of before."""
        self._released.clear()
        self._http = Http(("127.0.0.1", self.port), handler_of(self))
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop_listening(self) -> None:
        """Refuse every connection from now on, and cut those there are."""
        self._released.set()
        self._http.shutdown()
        self._http.server_close()
        self._http.cut()

    def is_stopping(self, seconds: float) -> bool:
        """Wait so long, and say whether the server stops to answer meanwhile."""
        return self._released.wait(seconds)

    # -- tasks ---------------------------------------------------------------------------------------------------------

    def enqueue(self, kind: str, uid: str | None, act: Callable[[], dict[str, Any] | None]) -> Answer:
        """Take a task on and say its number."""
        with self._wake:
            task = {"uid": len(self.tasks), "indexUid": uid, "status": "enqueued", "type": kind, "canceledBy": None}
            task |= {"details": {}, "error": None, "duration": None, "enqueuedAt": _now()}
            task |= {"startedAt": None, "finishedAt": None}
            self.tasks.append(task)
            self._acts.append(act)
            self._wake.notify_all()
            said = {"taskUid": task["uid"], "indexUid": uid, "status": "enqueued", "type": kind}
            return 202, said | {"enqueuedAt": task["enqueuedAt"]}

    def _work(self) -> None:
        done = 0
        while True:
            with self._wake:
                while done == len(self._acts) and not self._stopping:
                    self._wake.wait()
                if self._stopping:
                    return
                task, act = self.tasks[done], self._acts[done]
                task["status"], task["startedAt"] = "processing", _now()
            time.sleep(self.task_seconds)
            with self._wake:
                self._do(task, act)
                done += 1

    def _do(self, task: dict[str, Any], act: Callable[[], dict[str, Any] | None]) -> None:
        try:
            if reason := self.fail_tasks.get(task["type"]):
                raise Refused(500, "internal", reason, "internal")
            task["details"] = act() or {}
            task["status"] = "succeeded"
        except Refused as refusal:
            task["status"], task["error"] = "failed", refusal.body
        task["finishedAt"], task["duration"] = _now(), "PT0.001S"

    # -- who may -------------------------------------------------------------------------------------------------------

    def allowed(self, key: str, action: str, uid: str | None) -> Any:
        """Check an identification, and give the filter it brings.

        Raises:
            Refused: nobody, somebody unknown, or one who may not.
        """
        if not self.master_key or action == "":
            return None
        if not key:
            raise Refused(401, "missing_authorization_header", "The Authorization header is missing.", "auth")
        if hmac.compare_digest(key, self.master_key):
            return None
        rule, made, indexes = None, next((made for made in self.keys.values() if made["key"] == key), None), ["*"]
        if made is None:
            made, rules = self._of_token(key, action)
            indexes = list(rules)
            rule = next((said["filter"] for name, said in rules.items() if said and uid and _covers([name], uid)), None)
        actions = made["actions"]
        may = any(known in ("*", action, action.partition(".")[0] + ".*") for known in actions)
        reaches = uid is None or (_covers(made["indexes"], uid) and _covers(indexes, uid))
        if not may or not reaches:
            raise Refused(403, "invalid_api_key", "The provided API key is invalid.", "auth")
        return rule

    def _of_token(self, token: str, action: str) -> tuple[dict[str, Any], dict[str, Any]]:
        try:
            head, payload, signature = token.split(".")
            said = json.loads(_unpacked(payload))
            made = self.keys[said["apiKeyUid"]]
            signed = hmac.new(made["key"].encode(), f"{head}.{payload}".encode(), hashlib.sha256).digest()
            good = hmac.compare_digest(signed, _unpacked(signature)) and json.loads(_unpacked(head))["alg"] == "HS256"
            fresh = said.get("exp") is None or said["exp"] > time.time()
            rules = said["searchRules"]
        except (ValueError, KeyError, TypeError) as error:
            raise Refused(403, "invalid_api_key", "The provided API key is invalid.", "auth") from error
        if not good or not fresh or action != "search":
            raise Refused(403, "invalid_api_key", "The provided API key is invalid.", "auth")
        return made, rules if isinstance(rules, dict) else dict.fromkeys(rules)

    # -- what is asked -------------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, key: str, body: Any) -> Answer:
        """Answer a request."""
        parts = urlsplit(path)
        place = parts.path.strip("/").split("/")
        match (method, *place):
            case ("GET", "health"):
                return 200, {"status": "available"}
            case ("GET", "version"):
                self.allowed(key, "version", None)
                return 200, {"commitSha": "ours", "commitDate": _now(), "pkgVersion": "0.0.0"}
            case (_, "keys", *rest):
                return self._keys(method, rest, key, body)
            case ("GET", "tasks", number):
                self.allowed(key, "tasks.get", None)
                task = self.tasks[int(number)] if int(number) < len(self.tasks) else None
                if task is None or (task["indexUid"] is None and key != self.master_key):
                    raise Refused(404, "task_not_found", f"Task `{number}` not found.")
                return 200, task
            case ("POST", "swap-indexes"):
                return self._swap(key, body)
            case ("POST", "multi-search"):
                if body.keys() - {"queries", "federation"} or body.get("federation") is not None:
                    raise Refused(400, "bad_request", "This server does not federate.")
                return 200, {
                    "results": [self._search(number, asked, key) for number, asked in enumerate(body["queries"])]
                }
            case ("POST", "indexes"):
                return self._create(key, body)
            case (_, "indexes", uid, *rest):
                return self._index(method, uid, rest, key, body, parse_qs(parts.query))
        raise Refused(404, "not_found", f"No such route: {method} {path}")

    def _keys(self, method: str, rest: list[str], key: str, body: Any) -> Answer:
        if not self.master_key:
            raise Refused(401, "missing_master_key", "Meilisearch is running without a master key.", "auth")
        self.allowed(key, "keys." + {"GET": "get", "POST": "create", "DELETE": "delete"}[method], None)
        if method == "POST":
            if body["uid"] in self.keys:
                raise Refused(
                    409, "api_key_already_exists", f"`uid` field value `{body['uid']}` is already an existing API key."
                )
            secret = hmac.new(self.master_key.encode(), body["uid"].encode(), hashlib.sha256).hexdigest()
            self.keys[body["uid"]] = {**body, "key": secret, "createdAt": _now(), "updatedAt": _now()}
            return 201, self.keys[body["uid"]]
        if rest[0] not in self.keys:
            raise Refused(404, "api_key_not_found", f"API key `{rest[0]}` not found.")
        if method == "DELETE":
            del self.keys[rest[0]]
            return 204, None
        return 200, self.keys[rest[0]]

    def _swap(self, key: str, body: Any) -> Answer:
        (pair,) = body
        first, second = pair["indexes"]
        for uid in (first, second):
            self.allowed(key, "indexes.swap", uid)

        def act() -> None:
            for uid in (first, second):
                self._stored(uid)
            self.indexes[first], self.indexes[second] = self.indexes[second], self.indexes[first]
            for uid in (first, second):
                self.indexes[uid].uid = uid

        return self.enqueue("indexSwap", None, act)

    def _create(self, key: str, body: Any) -> Answer:
        uid = body["uid"]
        self.allowed(key, "indexes.create", uid)
        if not UID.fullmatch(uid):
            raise Refused(400, "invalid_index_uid", f"`{uid}` is not a valid index uid.")

        def act() -> None:
            if uid in self.indexes:
                raise Refused(409, "index_already_exists", f"Index `{uid}` already exists.")
            self.indexes[uid] = Stored(uid, body.get("primaryKey"), created=_now(), updated=_now())

        return self.enqueue("indexCreation", uid, act)

    def _search(self, number: int, asked: Any, key: str) -> dict[str, Any]:
        try:
            rule = self.allowed(key, "search", asked["indexUid"])
            return {"indexUid": asked["indexUid"], **self._stored(asked["indexUid"]).search(asked, rule)}
        except Refused as refusal:
            refusal.body["message"] = f"Inside `.queries[{number}]`: {refusal.body['message']}"
            raise

    def _index(
        self, method: str, uid: str, rest: list[str], key: str, body: Any, query: dict[str, list[str]]
    ) -> Answer:
        match (method, *rest):
            case ("GET",):
                self.allowed(key, "indexes.get", uid)
                found = self._stored(uid)
                said = {"uid": uid, "primaryKey": found.primary_key}
                return 200, said | {"createdAt": found.created, "updatedAt": found.updated}
            case ("DELETE",):
                self.allowed(key, "indexes.delete", uid)
                return self.enqueue("indexDeletion", uid, lambda: self._dropped(uid))
            case ("GET", "settings"):
                self.allowed(key, "settings.get", uid)
                return 200, self._stored(uid).settings
            case ("PATCH", "settings"):
                self.allowed(key, "settings.update", uid)
                return self.enqueue("settingsUpdate", uid, lambda: self._stored(uid).change_settings(body))
            case ("POST", "search"):
                return 200, self._stored(uid).search(body, self.allowed(key, "search", uid))
            case ("GET", "documents", name):
                self.allowed(key, "documents.get", uid)
                if name not in self._stored(uid).documents:
                    raise Refused(404, "document_not_found", f"Document `{name}` not found.")
                return 200, self._stored(uid).documents[name]
            case ("POST", "documents", "fetch"):
                self.allowed(key, "documents.get", uid)
                return 200, self._fetched(uid, body)
            case ("POST" | "PUT", "documents"):
                self.allowed(key, "documents.add", uid)
                return self.enqueue("documentAdditionOrUpdate", uid, lambda: self._put(uid, body, query))
            case ("POST", "documents", "delete"):
                self.allowed(key, "documents.delete", uid)
                self._test(uid, body["filter"])
                return self.enqueue(
                    "documentDeletion", uid, lambda: {"deletedDocuments": self._remove(uid, body["filter"])}
                )
            case ("POST", "documents", "delete-batch"):
                self.allowed(key, "documents.delete", uid)
                return self.enqueue("documentDeletion", uid, lambda: self._remove_ids(uid, body))
        raise Refused(404, "not_found", f"No such route: {method} {rest}")

    def _stored(self, uid: str) -> Stored:
        if uid not in self.indexes:
            raise Refused(404, "index_not_found", f"Index `{uid}` not found.")
        return self.indexes[uid]

    def _dropped(self, uid: str) -> None:
        self._stored(uid)
        del self.indexes[uid]

    def _test(self, uid: str, expression: Any) -> None:
        if uid in self.indexes:
            self.indexes[uid].test(expression, "invalid_document_filter")

    def _put(self, uid: str, documents: Any, query: dict[str, list[str]]) -> dict[str, Any]:
        if uid not in self.indexes:
            self.indexes[uid] = Stored(uid, created=_now())
        found = self.indexes[uid]
        found.primary_key = found.primary_key or query.get("primaryKey", [None])[0]
        found.updated = _now()
        return {"receivedDocuments": len(documents), "indexedDocuments": found.put(documents)}

    def _remove(self, uid: str, expression: Any) -> int:
        found = self._stored(uid)
        found.updated = _now()
        return found.remove(expression)

    def _remove_ids(self, uid: str, ids: list[str]) -> dict[str, Any]:
        known = self._stored(uid).documents
        return {"deletedDocuments": sum(known.pop(str(one), None) is not None for one in ids)}

    def _fetched(self, uid: str, asked: dict[str, Any]) -> dict[str, Any]:
        if unknown := asked.keys() - {"filter", "offset", "limit", "fields"}:
            raise Refused(400, "bad_request", f"Unknown field `{sorted(unknown)[0]}`")
        stored, start, size = self._stored(uid), asked.get("offset", 0), asked.get("limit", 20)
        test = stored.test(asked.get("filter"), "invalid_document_filter")
        found = [document for document in stored.documents.values() if test(document)]
        names = asked.get("fields") or ["*"]
        shown = [document if "*" in names else {name: document[name] for name in names if name in document}
                 for document in found[start:start + size]]  # fmt: skip
        return {"results": shown, "offset": start, "limit": size, "total": len(found)}


def _covers(patterns: list[str], uid: str) -> bool:
    return any(uid == known or (known.endswith("*") and uid.startswith(known[:-1])) for known in patterns)


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
