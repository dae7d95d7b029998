"""Whatever moves: one hop, no loop, every end is there (SEO.md §7)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from builder import web_rules
from seo import redirects
from seo.redirects import KEPT_DAYS, Moves, Past
from storefront.domain.stores import hosts

DAY = date(2026, 11, 25)
ADDRESSES = st.sampled_from([f"/info/page-{number}/" for number in range(9)])
PAST = st.dictionaries(ADDRESSES, st.builds(Past, st.none() | ADDRESSES, st.just(DAY)))


@given(PAST, st.frozensets(ADDRESSES))
def test_whatever_moved_there_is_no_chain_no_loop_and_every_end_is_there(
    past: dict[str, Past], alive: frozenset[str]
) -> None:
    found = redirects.settled(past, alive.__contains__)
    assert found.keys() == past.keys() - alive
    for address, noted in found.items():
        assert noted.to is None or (noted.to in alive and noted.to not in found and noted.to != address)


@given(PAST, st.frozensets(ADDRESSES))
def test_the_rule_files_say_exactly_that(past: dict[str, Past], alive: frozenset[str]) -> None:
    found = redirects.settled(past, alive.__contains__)
    moved = {address: noted.to for address, noted in found.items() if noted.to}
    gone = {address for address, noted in found.items() if noted.to is None}
    lines = [line.split() for line in web_rules.redirects_file(found).decode().splitlines()]
    assert {line[0]: line[1] for line in lines} == moved
    assert {line[2] for line in lines} <= {"301"}
    nginx = dict(line.rstrip(";").split() for line in web_rules.nginx_moves("a.example", found).splitlines())
    told = {address.strip('"').removeprefix("a.example"): to.strip('"') for address, to in nginx.items()}
    assert told == {**moved, **dict.fromkeys(gone, web_rules.GONE)}
    caddy = web_rules.caddy_moves(0, ["a.example"], found).splitlines()
    pairs = [line.split() for line in caddy if line.strip().startswith("/")]
    assert {pair[0]: pair[1] for pair in pairs} == told


@given(PAST)
def test_a_chain_ends_where_its_last_step_led(past: dict[str, Past]) -> None:
    moves = {address: noted.to for address, noted in past.items() if noted.to}
    for start, end in redirects.flattened(moves).items():
        at, seen = start, {start}
        while at in moves:
            at = moves[at]
            assert at not in seen
            seen.add(at)
        assert at == end


@given(PAST, st.integers(0, 10**12), st.none() | st.just("https://new.example"))
def test_the_file_of_moves_says_what_was_written_into_it(past: dict[str, Past], build: int, origin: str | None) -> None:
    written = redirects.to_bytes(Moves(past, origin, build))
    assert redirects.from_bytes(written) == Moves(past, origin, build)
    assert redirects.build_of(written[: redirects.HEAD]) == (build if origin is None else None)


def test_what_happened_more_than_a_year_ago_is_forgotten() -> None:
    at_the_border = DAY - timedelta(days=KEPT_DAYS)
    past = {"/a/": Past(None, at_the_border), "/b/": Past("/c/", at_the_border - timedelta(days=1))}
    assert set(redirects.forgotten(past, DAY)) == {"/a/"}
    assert timedelta(days=KEPT_DAYS) == hosts.KEPT >= timedelta(days=366)


def test_an_address_that_could_mean_something_in_a_configuration_is_left_out() -> None:
    odd = '/a/" /b/;\n}'
    past = {odd: Past("/c/", DAY), "/d/": Past(odd, DAY), "/e/": Past("https://new.example/e/", DAY)}
    assert list(web_rules.moved(past)) == [("/e/", "https://new.example/e/")]
    assert odd not in web_rules.nginx_moves("a.example", {odd: Past(None, DAY)})


def test_no_two_rules_of_a_headers_file_give_one_address_the_same_header() -> None:
    text = web_rules.headers_file(["en"], policy="default-src 'none'", transport="max-age=300").decode()
    rules: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if line.startswith("/"):
            rule = rules.setdefault(line, {})
            assert rule == {}
        else:
            name, value = line.strip().split(": ", 1)
            rule[name] = value
    for path in (
        "/",
        "/vehicles/",
        "/a/site.3f0c9a1b2c3d4e5f.css",
        "/en/rss.xml",
        "/feeds/x/google.tsv",
        "/status.json",
    ):
        fitting = [given for rule, given in rules.items() if _fits(rule, path)]
        names = [name for given in fitting for name in given]
        assert len(names) == len(set(names)), path
        assert "Content-Security-Policy" in names
    assert rules["/a/*"] == {"Cache-Control": "public, max-age=31536000, immutable"}


def _fits(rule: str, path: str) -> bool:
    return path.startswith(rule[:-1]) if rule.endswith("*") else path == rule
