"""Which records a domain needs, and what resolvers' answers come to (SECURITY D1, D2)."""

import pytest

from storefront.core.edge import Edge
from storefront.domain.stores import domain_names
from storefront.domain.stores.dns import Answer, Outcome
from storefront.domain.stores.dns_records import PREFIX, Found, Verdict, judged, wanted

FOUR, SIX, TOKEN = "203.0.113.80", "2001:db8::80", "t0ken"
EDGE = Edge((FOUR, SIX), "edge.markt.de", (), None, frozenset())
OWN = "c1.edge.markt.de"
PROOF = Answer(Outcome.FOUND, (PREFIX + TOKEN,))
NOTHING, GONE = Answer(Outcome.NONE), Answer(Outcome.NXDOMAIN)
BROKEN, SILENT = Answer(Outcome.REFUSED), Answer(Outcome.SILENT)


def proof(*answers: Answer) -> Found:
    """Judge what was said of the proof."""
    return judged({"proof": answers, "host": [NOTHING] * 2}, token=TOKEN, target=OWN, edge=EDGE).proof


def host(*answers: Answer) -> Found:
    """Judge what was said of the host."""
    return judged({"proof": [NOTHING] * 2, "host": answers}, token=TOKEN, target=OWN, edge=EDGE).host


def test_an_apex_gets_addresses_its_www_a_name_and_both_one_proof() -> None:
    made = wanted(domain_names.read("autohaus.de"), token=TOKEN, target=OWN, edge=EDGE)
    assert [(one.role, one.kind, one.label, one.value) for one in made] == [
        ("proof", "TXT", "_marketplace-challenge", PREFIX + TOKEN),
        ("host", "A", "@", FOUR),
        ("host", "AAAA", "@", SIX),
        ("twin", "CNAME", "www", OWN),
    ]


def test_a_name_below_a_domain_gets_labels_as_its_registrar_wants_them() -> None:
    made = wanted(domain_names.read("autos.haus.co.uk"), token=TOKEN, target=OWN, edge=EDGE)
    assert [(one.kind, one.label) for one in made] == [("TXT", "_marketplace-challenge.autos"), ("CNAME", "autos")]


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ((PROOF, PROOF), Verdict.FOUND),
        ((PROOF, PROOF, NOTHING), Verdict.FOUND),
        ((PROOF, NOTHING), Verdict.UNSURE),
        ((PROOF, BROKEN, SILENT), Verdict.UNSURE),
        ((NOTHING, GONE), Verdict.MISSING),
        ((NOTHING, BROKEN), Verdict.UNSURE),
        ((BROKEN, SILENT), Verdict.UNSURE),
        ((Answer(Outcome.FOUND, ("v=spf1",)), Answer(Outcome.FOUND, ("v=spf1",))), Verdict.OTHER),
        ((Answer(Outcome.FOUND, (PREFIX + "other",)),) * 2, Verdict.OTHER),
    ],
)
def test_two_resolvers_have_to_see_the_proof(answers: tuple[Answer, ...], verdict: Verdict) -> None:
    assert proof(*answers).verdict is verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(Outcome.FOUND, (FOUR,)), Verdict.FOUND),
        (Answer(Outcome.FOUND, (FOUR, SIX)), Verdict.FOUND),
        (Answer(Outcome.FOUND, (FOUR, "198.51.100.1")), Verdict.OTHER),
        (Answer(Outcome.FOUND, (FOUR,), (OWN,)), Verdict.FOUND),
        (Answer(Outcome.FOUND, (FOUR,), ("c2.edge.markt.de",)), Verdict.FOREIGN),
        (Answer(Outcome.FOUND, (FOUR,), ("cdn.example.net", "c2.edge.markt.de")), Verdict.FOREIGN),
        (Answer(Outcome.NXDOMAIN, (), ("gone.hoster.net",)), Verdict.OTHER),
        (Answer(Outcome.LOOP, (), ("a.de", "b.de")), Verdict.OTHER),
        (NOTHING, Verdict.MISSING),
        (SILENT, Verdict.UNSURE),
    ],
)
def test_a_host_leads_here_with_every_address_and_by_no_target_of_others(answer: Answer, verdict: Verdict) -> None:
    assert host(answer, answer).verdict is verdict


def test_one_resolver_that_sees_anothers_target_is_not_outvoted_by_silence() -> None:
    here, foreign = Answer(Outcome.FOUND, (FOUR,)), Answer(Outcome.FOUND, (FOUR,), ("c2.edge.markt.de",))
    assert host(foreign, foreign, here).verdict is Verdict.FOREIGN
    assert host(foreign, here).verdict is Verdict.UNSURE


def test_a_cname_to_ones_own_target_is_a_proof_that_lasts() -> None:
    here = Answer(Outcome.FOUND, (FOUR,), (OWN,))
    given = {"token": TOKEN, "target": OWN, "edge": EDGE}
    by_name = judged({"proof": [NOTHING] * 2, "host": [here] * 2}, **given)
    by_address = judged({"proof": [NOTHING] * 2, "host": [Answer(Outcome.FOUND, (FOUR,))] * 2}, **given)
    unheard = judged({"proof": [BROKEN] * 2, "host": [BROKEN] * 2}, **given)
    assert (by_name.is_kept, by_name.proof_is_gone) == (True, False)
    assert (by_address.is_kept, by_address.proof_is_gone) == (False, True)
    assert (unheard.is_kept, unheard.proof_is_gone) == (False, False)
