"""What Meilisearch alone is asked for: keys, tenants, tasks, migration, outages (SPEC 11, 56, 59, SECURITY A3, E6)."""

import base64
import json
import logging
import multiprocessing
import random
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from meilisearch.errors import MeilisearchApiError

from search import meili, meili_documents
from search.errors import IndexBusy, IndexMissing, SearchUnavailable
from search.index import Progress, index_name
from search.meili import MeiliIndex
from search.meili_access import SEARCHER, TOKEN_SECONDS, WRITER, Access
from search.meili_wire import Client
from search.query import Facet, Near, Query, Range, Sort
from tests.engines import MASTER_KEY, UNHURRIED, on_server, real_server
from tests.servers.meili import FAULTS, Server
from tests.unit.search.documents import TENANT, document

OTHER = UUID(int=0xA2 << 96)


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a running server of ours."""
    with Server(MASTER_KEY) as running:
        yield running


@pytest.fixture
def index(server: Server, tmp_path: Path) -> MeiliIndex:
    """Give a tenant's index with three cars."""
    made = on_server(server.url, MASTER_KEY, TENANT, tmp_path)
    fill(made, 3)
    return made


def fill(index: MeiliIndex, number: int) -> None:
    """Put that many Golfs in an index."""
    with index.exclusive():
        index.rebuild([document(n, model="Golf", tenant_id=index.tenant_id) for n in range(1, number + 1)])


def again(index: MeiliIndex, server: Server, tmp_path: Path, seconds: float = UNHURRIED) -> MeiliIndex:
    """Give the index as another process has it."""
    return on_server(server.url, MASTER_KEY, index.tenant_id, tmp_path, seconds)


def total(index: MeiliIndex, text: str = "golf") -> int:
    """Count what is found."""
    return index.search(Query(text=text)).total


# -- a search --------------------------------------------------------------------------------------------------------


def test_hits_counts_and_bounds_come_in_one_round_trip(index: MeiliIndex, server: Server) -> None:
    total(index)
    server.asked.clear()
    for sort in (Sort.PRICE, Sort.NEWEST, Sort.RELEVANCE):
        index.search(Query("golf", ((Facet.MAKE, ("bmw",)),), facets=tuple(Facet), bounds=tuple(Range), sort=sort))
    assert [path for _, path, _ in server.asked] == ["/multi-search"] * 3


def test_a_car_with_new_words_is_found_at_once_by_a_process_that_knew_the_old_ones(
    index: MeiliIndex, server: Server, tmp_path: Path
) -> None:
    reader = again(index, server, tmp_path)
    assert total(reader, "xylophon") == 0
    with index.exclusive():
        index.apply([document(9, model="Xylophon")], [])
    assert total(reader, "xylopohn") == 1


def test_a_price_alone_makes_nobody_read_all_words_again(index: MeiliIndex, server: Server, tmp_path: Path) -> None:
    reader = again(index, server, tmp_path)
    total(reader)
    with index.exclusive():
        index.apply([document(1, model="Golf", price_cents=1)], [])
    server.asked.clear()
    assert reader.search(Query("golf", sort=Sort.PRICE)).ids[0] == document(1).id
    assert len(server.asked) == 1


def test_new_places_are_known_at_once(index: MeiliIndex, server: Server, tmp_path: Path) -> None:
    reader = again(index, server, tmp_path)
    near = Near(52.52, 13.405, 10)
    assert reader.search(Query(near=near)).total == 0
    with index.exclusive():
        index.apply([document(5, location="52.5200,13.4050")], [])
    assert reader.search(Query(near=near)).km == (0.0,)


def test_values_that_mean_something_to_the_server_are_only_values(index: MeiliIndex) -> None:
    odd = ('"', "\\", '\\" OR tenant EXISTS', "a' OR 1=1", "TÜV neu", "ABS", "abs", "~61", " abs", "x" * 700, "\x00")
    with index.exclusive():
        index.apply([document(20 + n, features=(value,)) for n, value in enumerate(odd)], [])
    for number, value in enumerate(odd):
        if len(value) < 100:
            found = index.search(Query(chosen=((Facet.FEATURE, (value,)),), facets=(Facet.FEATURE,)))
            assert found.ids == (document(20 + number).id,), value
            assert found.facets[Facet.FEATURE] == ((value, 1),)
    for text in ('" OR kind EXISTS', "golf) OR (kind EXISTS", 'kind = "state"'):
        assert index.search(Query(text)).total == 0


def test_filters_hold_in_every_class_of_relevance(index: MeiliIndex) -> None:
    with index.exclusive():
        index.apply([document(8, model="Golf", market=False), document(9, model="Golv", price_cents=9)], [])
    dear = index.search(Query("golf", ranges=((Range.PRICE, 10, None),), sort=Sort.RELEVANCE))
    assert sorted(dear.ids) == [document(number).id for number in (1, 2, 3)]


def test_deep_pages_hold_every_car_once(index: MeiliIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.meili_search.DEEP", 2)
    with index.exclusive():
        index.rebuild(
            [document(n, model=("Golf", "Gold", "Golv")[n % 3], description="golf" * (n % 2)) for n in range(1, 15)]
        )
    whole = index.search(Query("golf", sort=Sort.RELEVANCE, size=100)).ids
    pages = [index.search(Query("golf", sort=Sort.RELEVANCE, size=2, page=page)).ids for page in range(1, 9)]
    assert [hit for page in pages for hit in page] == list(whole)
    assert len(whole) == 14


def test_many_threads_and_processes_search_over_one_index(index: MeiliIndex) -> None:
    found: list[int] = []
    threads = [Thread(target=lambda: found.extend(total(index) for _ in range(10))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3] * 80
    context = multiprocessing.get_context("fork")
    child = context.Process(target=_searches, args=(index,))
    child.start()
    assert [total(index) for _ in range(20)] == [3] * 20
    child.join(30)
    assert child.exitcode == 0


def _searches(index: MeiliIndex) -> None:
    assert [total(index) for _ in range(20)] == [3] * 20


# -- outages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("known", [True, False], ids=["running", "fresh"])
def test_whatever_the_server_does_the_outage_is_told_in_time(
    index: MeiliIndex, server: Server, tmp_path: Path, fault: str, known: bool
) -> None:
    if known:
        total(index)
    server.behave = fault
    index._seconds = index._search.http.seconds = index._access._client.http.seconds = 0.3
    reader = index if known else again(index, server, tmp_path, 0.3)
    # A server that hangs or drips does so for half a minute.
    began = time.monotonic()
    with pytest.raises(SearchUnavailable) as told:
        total(reader)
    assert time.monotonic() - began < 20
    assert not isinstance(told.value, IndexMissing)
    server.behave = ""
    assert total(again(index, server, tmp_path)) == 3


def test_a_server_that_is_gone_and_comes_back_is_no_matter_of_kept_connections(
    index: MeiliIndex, server: Server
) -> None:
    assert total(index) == 3
    server.stop_listening()
    with pytest.raises(SearchUnavailable):
        total(index)
    server.listen()
    assert total(index) == 3


def test_an_answer_without_its_results_is_no_empty_success(index: MeiliIndex, server: Server) -> None:
    total(index)
    whole = server.answer

    def forgetful(method: str, path: str, key: str, body: Any) -> Any:
        status, said = whole(method, path, key, body)
        return status, {"results": said["results"][:1]} if path == "/multi-search" else said

    server.answer = forgetful  # type: ignore[method-assign]
    with pytest.raises(SearchUnavailable):
        total(index)


def test_words_that_take_long_to_read_are_read_beside_the_search(
    index: MeiliIndex, server: Server, tmp_path: Path
) -> None:
    whole = server.answer

    def slow(method: str, path: str, key: str, body: Any) -> Any:
        if path == "/multi-search" and any("location" in asked.get("facets", ()) for asked in body["queries"]):
            time.sleep(1)
        return whole(method, path, key, body)

    server.answer = slow  # type: ignore[method-assign]
    reader = again(index, server, tmp_path)
    reader._access.token(TENANT)
    reader._seconds = 0.2
    with pytest.raises(SearchUnavailable, match="being read"):
        reader.search(Query("golf"))
    reader._seconds = UNHURRIED
    fetch = reader._fetch
    assert fetch is not None
    fetch.join(30)
    assert reader.search(Query("golf")).total == 3


# -- writing ---------------------------------------------------------------------------------------------------------


def test_a_change_is_there_when_apply_returns_however_long_the_server_takes(index: MeiliIndex, server: Server) -> None:
    server.task_seconds = 0.1
    with index.exclusive():
        index.apply([document(7, model="Golf")], [document(1).id], Progress(12, "2026-11-25"))
    assert total(index) == 3
    assert document(1).id not in index.search(Query()).ids
    assert index.progress() == Progress(12, "2026-11-25")


def test_a_task_that_fails_is_told_with_the_servers_reason(index: MeiliIndex, server: Server) -> None:
    server.fail_tasks["documentAdditionOrUpdate"] = "no space left on device"
    with index.exclusive(), pytest.raises(SearchUnavailable, match=r"no space left on device \(internal\)"):
        index.apply([document(7)], [])


def test_a_task_that_never_ends_is_told(index: MeiliIndex, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meili, "APPLY_SECONDS", 0.05)
    server.task_seconds = 0.5
    with index.exclusive(), pytest.raises(SearchUnavailable, match="in time: task"):
        index.apply([document(7)], [])


def test_a_server_that_is_busy_for_a_moment_is_asked_again(index: MeiliIndex, server: Server) -> None:
    whole, left = server.answer, [2]

    def busy(method: str, path: str, key: str, body: Any) -> Any:
        if left[0] and path.startswith(f"/indexes/{index.name}/documents?"):
            left[0] -= 1
            return 503, {"message": "too many tasks", "code": "too_many_requests", "type": "system", "link": ""}
        return whole(method, path, key, body)

    server.answer = busy  # type: ignore[method-assign]
    with index.exclusive():
        index.apply([document(7, model="Golf")], [])
    assert total(index) == 4


def test_a_writer_whose_server_is_gone_says_so_after_some_tries(index: MeiliIndex, server: Server) -> None:
    server.stop_listening()
    with index.exclusive(), pytest.raises(SearchUnavailable, match="does not answer"):
        index.apply([document(7)], [])
    server.listen()


def test_many_cars_are_put_with_few_calls(index: MeiliIndex, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.asked.clear()
    with index.exclusive():
        index.apply((document(n, model="Golf") for n in range(1, 500)), [])
    assert sum("documents?" in path for _, path, _ in server.asked) == 1
    assert total(index) == 499


def test_without_an_index_nothing_is_written_and_the_remedy_is_named(server: Server, tmp_path: Path) -> None:
    index = on_server(server.url, MASTER_KEY, TENANT, tmp_path)
    with pytest.raises(IndexMissing, match="rebuild"):
        index.search(Query())
    with index.exclusive(), pytest.raises(IndexMissing, match="rebuild"):
        index.apply([document(1)], [])
    assert server.indexes == {}


def test_the_old_index_answers_until_the_new_one_is_whole_and_nothing_stays_beside_it(
    index: MeiliIndex, server: Server
) -> None:
    def stumbling() -> Iterator[Any]:
        yield document(8)
        assert total(index) == 3
        raise OSError("power cut")

    with index.exclusive(), pytest.raises(OSError, match="power cut"):
        index.rebuild(stumbling())
    assert total(index) == 3
    fill(index, 5)
    assert total(index) == 5
    assert list(server.indexes) == [index_name(TENANT)]


def test_settings_of_another_release_are_migrated_by_a_rebuild(
    index: MeiliIndex, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meili_documents, "SCHEMA", meili_documents.SCHEMA + 1)
    newer = again(index, server, tmp_path)
    with pytest.raises(IndexMissing, match="of this release"):
        total(newer)
    assert server.indexes[index.name].settings["rankingRules"] == ["sort"]
    server.indexes[index.name].settings["rankingRules"] = ["words"]
    fill(newer, 4)
    assert total(newer) == 4
    assert server.indexes[index.name].settings["rankingRules"] == ["sort"]


def test_a_writer_that_waits_too_long_says_so(
    index: MeiliIndex, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meili, "WAIT_SECONDS", 0.0)
    with index.exclusive(), pytest.raises(IndexBusy), again(index, server, tmp_path).exclusive():
        pass


def test_writing_outside_the_lock_and_for_others_are_faults_of_the_program(index: MeiliIndex) -> None:
    with pytest.raises(RuntimeError, match="exclusive"):
        index.apply([document(1)], [])
    with index.exclusive(), pytest.raises(RuntimeError, match="another tenant"):
        index.apply([document(1, tenant_id=OTHER)], [])


# -- who may ---------------------------------------------------------------------------------------------------------


def test_the_master_key_makes_keys_and_is_used_for_nothing_else(index: MeiliIndex, server: Server) -> None:
    total(index)
    assert {path.split("/")[1] for _, path, key in server.asked if key == MASTER_KEY} == {"keys"}
    assert server.keys[SEARCHER.uid]["actions"] == ["search"]
    assert all(made["indexes"] == ["vehicles-*"] for made in server.keys.values())
    used = {key for _, path, key in server.asked if path == "/multi-search"}
    assert used
    assert used.isdisjoint({made["key"] for made in server.keys.values()} | {MASTER_KEY})


def test_an_installation_with_the_two_keys_needs_no_master_key(server: Server, tmp_path: Path) -> None:
    writer, searcher = Access(server.url, MASTER_KEY, "", UNHURRIED).made()
    server.asked.clear()
    access = Access(server.url, writer.secret, f"{searcher.uid}:{searcher.secret}", UNHURRIED)
    index = MeiliIndex(TENANT, server.url, access, tmp_path / "lock", UNHURRIED)
    fill(index, 2)
    assert total(index) == 2
    assert MASTER_KEY not in {key for _, _, key in server.asked}
    with pytest.raises(SearchUnavailable, match="master key"):
        access.made()


def test_a_writing_key_alone_says_what_is_missing_for_a_search(server: Server, tmp_path: Path) -> None:
    writer, _ = Access(server.url, MASTER_KEY, "", UNHURRIED).made()
    index = MeiliIndex(
        TENANT, server.url, Access(server.url, writer.secret, "", UNHURRIED), tmp_path / "lock", UNHURRIED
    )
    fill(index, 2)
    with pytest.raises(SearchUnavailable, match="MEILISEARCH_SEARCH_KEY"):
        total(index)


def test_keys_that_were_deleted_are_made_anew(index: MeiliIndex, server: Server) -> None:
    assert total(index) == 3
    server.keys.clear()
    assert total(index) == 3


def test_a_token_that_ran_out_by_a_jump_of_the_clock_is_replaced(
    index: MeiliIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    total(index)
    with monkeypatch.context() as patch:
        patch.setattr("search.meili_access.TOKEN_SECONDS", 1)
        index._access.forget()
        index._access.token(TENANT)
    until, token = index._access._tokens[TENANT]
    index._access._tokens[TENANT] = (until + 3600, token)
    time.sleep(2)
    assert total(index) == 3


def test_a_server_without_keys_is_used_without_any(tmp_path: Path) -> None:
    with Server() as server:
        index = MeiliIndex(TENANT, server.url, Access(server.url, "", "", UNHURRIED), tmp_path / "lock", UNHURRIED)
        fill(index, 2)
        assert total(index) == 2
        assert {key for _, _, key in server.asked} == {""}


def test_no_key_is_ever_logged_or_told(index: MeiliIndex, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    total(index)
    told = []
    for fault in ("500", "garbage", "reset"):
        server.behave = fault
        with pytest.raises(SearchUnavailable) as error:
            total(index)
        told.append(repr(error.value) + str(error.value))
    server.behave = ""
    server.answer = _unknown  # type: ignore[method-assign]
    with pytest.raises(SearchUnavailable, match="KEY") as error:
        total(index)
    told.append(str(error.value))
    for secret in {MASTER_KEY, *(key for _, _, key in server.asked if key)}:
        assert secret not in caplog.text + "".join(told)


def _unknown(*_: Any) -> Any:
    return 403, {"message": "The provided API key is invalid.", "code": "invalid_api_key", "type": "auth", "link": ""}


@pytest.fixture(params=["protocol", "meilisearch"])
def two_tenants(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[MeiliIndex, MeiliIndex, str]]:
    """Give the indexes of two tenants with 40 cars each, and the address of their server."""
    if request.param == "protocol":
        running = request.getfixturevalue("server")
        url, key = running.url, MASTER_KEY
    else:
        url, key = real_server()
    ours, theirs = (on_server(url, key, tenant, tmp_path) for tenant in (TENANT, OTHER))
    for index, first in ((ours, 1), (theirs, 1001)):
        index.drop()
        fill(index, 0)
        with index.exclusive():
            index.apply([document(first + n, tenant_id=index.tenant_id, model="Golf") for n in range(40)], [])
    yield ours, theirs, url
    ours.drop()
    theirs.drop()


def test_a_tenants_token_finds_no_foreign_car_in_a_thousand_random_queries(
    two_tenants: tuple[MeiliIndex, MeiliIndex, str],
) -> None:
    """SECURITY A3: whoever gets hold of a token reaches one tenant, whatever index and filter he names."""
    ours, theirs, url = two_tenants
    client = Client(url, lambda: ours._access.token(ours.tenant_id), 10)
    # A car of theirs that got into our index, as by a fault of ours: the filter in the token hides it.
    stranger = meili_documents.record(document(1500, tenant_id=OTHER, model="Golf"))
    meili.done(ours._writing, ours._put(ours.name, [stranger]), "to slip in", time.monotonic() + 30)
    random.seed(3)
    own = {document(number).id.hex for number in range(1, 41)} | {meili_documents.STATE}
    hits = refused = 0
    for _ in range(1000):
        asked = {
            "indexUid": random.choice([ours.name, ours.name, ours.name, theirs.name, f"{theirs.name}-next"]),
            "q": "",
            "filter": random.choice([
                None, f'tenant = "{OTHER.hex}"', "tenant EXISTS", f'tenant = "{TENANT.hex}" OR tenant EXISTS',
                f'NOT tenant = "{TENANT.hex}"', [["market = true", f'tenant = "{OTHER.hex}"']], 'id STARTS WITH "0"',
            ]),
            "limit": random.choice([1, 20, 1000]), "offset": random.choice([0, 0, 5]),
            "sort": random.choice([[], ["price:asc"], ["id:asc"]]),
        }  # fmt: skip
        found, refusal = _reached(client, asked)
        assert refusal in ("", "invalid_api_key", "index_not_found")
        assert set(found) <= own
        hits, refused = hits + len(found), refused + bool(refusal)
    assert hits > 1000
    assert refused > 100
    assert theirs.search(Query("golf", size=100)).total == 40


def _reached(client: Client, asked: dict[str, Any]) -> tuple[list[str], str]:
    """Search, and give the hits and the server's word when it refuses."""
    try:
        (result,) = client.multi_search([asked])["results"]
    except MeilisearchApiError as error:
        return [], str(error.code)
    return [hit["id"] for hit in result["hits"]], ""


def test_a_token_may_not_write_read_records_or_see_keys(two_tenants: tuple[MeiliIndex, MeiliIndex, str]) -> None:
    ours, _, url = two_tenants
    client = Client(url, lambda: ours._access.token(ours.tenant_id), 10)
    index = client.index(ours.name)
    for act in (
        lambda: index.add_documents([{"id": "x"}]),
        lambda: index.get_documents({"limit": 1}),
        lambda: index.delete_documents(filter="id EXISTS"),
        lambda: client.swap_indexes([{"indexes": [ours.name, f"{ours.name}-next"]}]),
        lambda: client.get_keys(),
        lambda: client.get_task(0),
    ):
        with pytest.raises(MeilisearchApiError) as refused:
            act()
        assert refused.value.status_code in (401, 403)


def test_a_token_is_of_one_tenant_and_runs_out_soon(index: MeiliIndex) -> None:
    said = json.loads(base64.urlsafe_b64decode(index._access.token(TENANT).split(".")[1] + "=="))
    assert list(said["searchRules"]) == [index_name(TENANT)]
    assert TENANT.hex in said["searchRules"][index_name(TENANT)]["filter"]
    assert said["exp"] - time.time() <= TOKEN_SECONDS


def test_an_index_of_another_tenant_under_the_same_name_is_left_alone(server: Server, tmp_path: Path) -> None:
    """Names have eight digits of the id; two tenants could share them."""
    ours, twin = UUID(int=0xAAAAAAAA << 96 | 1), UUID(int=0xAAAAAAAA << 96 | 2)
    assert index_name(ours) == index_name(twin)
    first, second = (on_server(server.url, MASTER_KEY, tenant, tmp_path) for tenant in (ours, twin))
    fill(first, 3)
    with second.exclusive(), pytest.raises(SearchUnavailable, match="another tenant"):
        second.rebuild([])
    with second.exclusive(), pytest.raises(SearchUnavailable, match="another tenant"):
        second.apply([], [document(1).id])
    with pytest.raises(SearchUnavailable):
        second.search(Query())
    assert total(first) == 3


def test_the_keys_we_ask_for_reach_our_indexes_only() -> None:
    for role in (SEARCHER, WRITER):
        assert role.wanted()["indexes"] == ["vehicles-*"]
        assert not any(action.startswith(("*", "keys")) for action in role.wanted()["actions"])
