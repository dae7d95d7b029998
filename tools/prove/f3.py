"""F3: after `build`, our own check and the foreign judges find nothing on any host."""

from tools.prove.ground import report
from tools.prove.proof import Proof
from tools.prove.world import ask, demo_with_a_real_dealer

JUDGES = ["nu", "sitemaps", "links", "linkinator", "jsonld", "typed", "canonical", "hosts"]


def prove(proof: Proof, *, quick: bool) -> None:
    """Build the demo world and a real dealer, check them, and let the judges look."""
    with demo_with_a_real_dealer() as instance:
        checked, _ = report(instance, "check")
        for host in checked["hosts"]:
            problems = host["problems"]
            proof.hold(f"{host['host']} {host['pages']} pages", not problems, f"{host['host']}: {problems[:3]}")
        ask(proof, instance, JUDGES, "prove-f3")
