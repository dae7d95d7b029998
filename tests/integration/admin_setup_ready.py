"""What must be so before a route of joining and importing can be used: a letter's link, a file, a checked import."""

import io
from typing import Any

from PIL import Image

from storefront.core import clock, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.ids import new_id
from storefront.domain.accounts.actions import token_hash
from storefront.domain.dealers.joining import Registration, begin_onboarding
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings.import_files import import_files
from storefront.domain.listings.import_runs import ImportRun, ImportState

STOCK = b"Ref,Make,Model,Price\nA1,Ford,Fiesta,8995\n"


def setup_things(dealer: Dealer) -> dict[str, object]:
    """Make one of everything the routes name: an import that can be mapped, the link of a letter, a checklist."""
    run = ImportRun(
        id=new_id(),
        dealer_id=dealer.id,
        file_name="stock.csv",
        size=len(STOCK),
        state=ImportState.FAILED,
        failure="Line 2: a quotation mark is opened and not closed; is the file cut off?",
        counts={"rows": 1},
        refused=[],
        remarks=[],
        actor="test",
        created_at=clock.now(),
    )
    proof = f"proof-of-{dealer.id.hex}"
    asked = Registration(
        email=f"joins-{dealer.id.hex[:8]}@example.org",
        person="Nora Neu",
        firm="Autohaus Neu",
        country="DE",
        plan=Plan.PREMIUM,
        language="de",
        token_hash=token_hash(proof),
        created_at=clock.now(),
    )
    db.session.add_all([run, asked])
    perform(begin_onboarding, dealer, Plan.PREMIUM, now=clock.now()).unwrap()
    import_files(runtime.settings()).put(run.id, STOCK)
    return {"run_id": run.id, "proof": proof}


def with_stock_file(_desk: Any, town: Any, _person: Any) -> None:
    """Have a stock file to hand in."""
    town.mine["files"] = {"file": (io.BytesIO(STOCK), "stock.csv")}


def with_file_again(_desk: Any, town: Any, _person: Any) -> None:
    """Have the import's own file there, which another try may have forgotten."""
    import_files(runtime.settings()).put(town.mine["run_id"], STOCK)


def with_logo(_desk: Any, town: Any, _person: Any) -> None:
    """Have a logo to hand in."""
    file = io.BytesIO()
    Image.new("RGB", (60, 30), "navy").save(file, "PNG")
    town.mine["files"] = {"logo": (io.BytesIO(file.getvalue()), "logo.png")}


def readable(_desk: Any, town: Any, _person: Any) -> None:
    """Have said how the import's file is read."""

    def say() -> None:
        db.session.get_one(ImportRun, town.mine["run_id"]).format = "csv"

    perform(say).unwrap()


def checked(_desk: Any, town: Any, _person: Any) -> None:
    """Have checked the import's file."""

    def check() -> None:
        run = db.session.get_one(ImportRun, town.mine["run_id"])
        run.format, run.state = "csv", ImportState.CHECKED
        run.counts = {"read": 1, "created": 1, "updated": 0, "unchanged": 0, "withdrawn": 0, "refused": 0}

    perform(check).unwrap()


def complete_notice(_desk: Any, town: Any, _person: Any) -> None:
    """Have told everything the legal notice asks for."""

    def tell() -> None:
        dealer = db.session.get_one(Dealer, town.mine["dealer_id"])
        dealer.street, dealer.city, dealer.phone, dealer.email = "Weg 1", "Hamburg", "+494066969123", "a@example.org"
        dealer.vat_id = "DE136695976"
        dealer.legal = {"represented_by": "Ada Öz", "register": "HRB 1", "register_court": "Hamburg"}

    perform(tell).unwrap()
