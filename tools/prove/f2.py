"""F2: a real dealer's export, three days apart, and a dirty file of 18,705 private ads."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from tools.prove.ground import fresh_instance, marketplace, report, shared
from tools.prove.proof import Proof

FEEDS = "data/feeds/autoscout24-stx3"
IGNORED = ("consumption", "product_bookings", "delivery")
"""Elements whose text differs though nothing a buyer reads does: notation, booking state, delivery date."""
MOTORBIKE = "335220775"


def prove(proof: Proof, *, quick: bool) -> None:
    """Import the three files twice each, as the promise says, into an installation of two dealers."""
    before, after = shared(f"{FEEDS}/2018-03-10.xml.gz"), shared(f"{FEEDS}/2018-03-12.xml.gz")
    ads = shared("data/listings/kleinanzeigen-autos.csv.gz")
    with fresh_instance() as instance:
        marketplace(instance, "db", "upgrade")
        marketplace(instance, "dealer", "add", "roma", "--name", "Auto Roma", "--plan", "premium")
        marketplace(instance, "dealer", "add", "privat", "--name", "Privatmarkt", "--plan", "individual")
        _stock(proof, instance, before, after)
        _ads(proof, instance, ads)


def _stock(proof: Proof, instance: Path, before: Path, after: Path) -> None:
    first, ran = report(instance, "import", str(before), "--dealer", "roma")
    proof.expect("read", first["read"], 324)
    proof.expect("created", first["created"], 323)
    proof.hold(
        f"refused the motorbike: {first['refused'][0]['reason'] if first['refused'] else ''}",
        [row["id"] for row in first["refused"]] == [MOTORBIKE] and bool(first["refused"][0]["reason"]),
        f"refused {first['refused']}",
    )
    proof.figure(f"{ran.seconds:.1f} s")
    second, _ = report(instance, "import", str(after), "--dealer", "roma", "--full-sync")
    proof.expect("new", second["created"], 38)
    proof.expect("gone", second["withdrawn"], 52)
    proof.expect("prices changed", second.get("changed_fields", {}).get("price_cents"), 29)
    proof.expect("read of the second", second["read"], 310)
    proof.hold("the sums agree", all(map(_adds_up, (first, second))), "read is not the sum of its parts")
    most = len(list(_changed(before, after)))
    proof.hold(
        f"updated {second['updated']} of at most {most}", 29 <= second["updated"] <= most,
        f"updated {second['updated']}: the files differ in 29 to {most} cars",
    )  # fmt: skip
    third, _ = report(instance, "import", str(after), "--dealer", "roma", "--full-sync")
    proof.expect("again", [third["created"], third["updated"], third["withdrawn"]], [0, 0, 0])


def _ads(proof: Proof, instance: Path, ads: Path) -> None:
    words = ("import", str(ads), "--dealer", "privat", "--format", "kleinanzeigen", "--photos", "skip")
    first, ran = report(instance, *words)
    refused = first["refused"]
    explained = all(row["reason"] and row["row"] for row in refused)
    proof.expect("ads read", first["read"], 18_705)
    proof.hold(
        f"{len(refused)} ads refused, each with its reason", explained and 700 <= len(refused) <= 1100,
        f"{len(refused)} ads refused, {sum(not row['reason'] for row in refused)} without a reason",
    )  # fmt: skip
    proof.hold("the sums agree", _adds_up(first), "read is not the sum of its parts")
    proof.hold(
        f"{ran.peak_mib:.0f} MiB, {ran.seconds:.0f} s", ran.peak_mib < 512, f"{ran.peak_mib:.0f} MiB at its peak"
    )
    second, ran = report(instance, *words)
    proof.expect("second time", [second["created"], second["updated"]], [0, 0])
    proof.expect("refused again", len(second["refused"]), len(refused))
    proof.hold("under 512 MiB again", ran.peak_mib < 512, f"{ran.peak_mib:.0f} MiB at the second import")


def _adds_up(given: dict[str, Any]) -> bool:
    return bool(
        given["read"] == given["created"] + given["updated"] + given["unchanged"] + len(given["refused"])
    )  # fmt: skip


def _changed(before: Path, after: Path) -> Iterator[str]:
    """Cars in both files that differ in anything but notation: the most that an import may call changed."""
    old, new = _cars(before), _cars(after)
    yield from (name for name in old.keys() & new.keys() if old[name] != new[name])


def _cars(file: Path) -> dict[str, list[tuple[str, str]]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    vehicles = etree.fromstring(gzip.decompress(file.read_bytes()), parser).iter("vehicle")
    return {vehicle.findtext("vehicle_id") or "": list(_said(vehicle)) for vehicle in vehicles}


def _said(vehicle: etree._Element) -> Iterator[tuple[str, str]]:
    for part in vehicle:
        if part.tag not in IGNORED:
            yield from ((str(leaf.tag), " ".join((leaf.text or "").split())) for leaf in part.iter())
