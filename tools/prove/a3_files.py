"""Stock files full of payloads, in every format and through the mapping on screen (SECURITY B7, C8)."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lxml import etree, html

from admin import importing
from storefront import feeds
from storefront.core import clock
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.listings.import_runs import ImportRun
from storefront.domain.listings.models import Listing
from storefront.feeds import columns
from tests.integration.admin_desk import HOST, Desk
from tools.prove.a3_control import FORMULA
from tools.prove.a3_payloads import Payload
from tools.prove.a3_watch import Watcher, kept

STX3 = (
    *("type", "brand", "model", "version", "category", "body", "body_colorgroup", "body_color", "body_painting"),
    *("interior_color", "covering", "doors", "seats", "gear_type", "transmission", "gears", "capacity", "kilowatt"),
    *("cylinder", "consumption/liquid/combined", "consumption/liquid/urban", "emission/co2_liquid", "emission/class"),
    *("fuel_type", "mileage", "warranty_duration", "previous_owner", "accident_free", "initial_registration"),
    *("general_inspection", "notes", "equipments/equipment/text", "media/images/image/uri"),
)
CARDEALER = (
    *("title", "currency", "brand", "model", "version", "fuel", "gearbox", "category", "color", "door", "vin"),
    *("cubics", "seats", "owners", "warranty", "range", "battery", "power", "showroomId", "year", "month", "mileage"),
)
ADS = (
    *("dateCrawled", "name", "seller", "offerType", "price", "abtest", "vehicleType", "yearOfRegistration", "gearbox"),
    *("powerPS", "model", "odometer", "monthOfRegistration", "fuelType", "brand", "notRepairedDamage", "dateCreated"),
    *("nrOfPictures", "postalCode", "lastSeen"),
)
WIDTH = 30
"""Columns whose names are payloads, in one file."""


@dataclass
class Brought:
    """What came of the files."""

    cells: int = 0
    files: int = 0
    formats: set[str] = field(default_factory=set)
    cars: list[UUID] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    """Cells of exports that a spreadsheet would reckon."""
    broken: list[str] = field(default_factory=list)


class Files:
    """Brings files as the dealer's owner does, and looks at every page that shows something of them.

    Args:
        owner: at the desk.
        settings: of the installation.
        scope: tenant and dealer.
        watcher: sees the pages.
    """

    def __init__(self, owner: Desk, settings: Settings, scope: tuple[UUID, UUID], watcher: Watcher) -> None:
        self._owner, self._settings, self._scope, self._watcher = owner, settings, scope, watcher
        self.brought = Brought()

    def bring_all(self, payloads: list[Payload]) -> None:
        """Bring a file of each format with every payload in every column, then files whose headings are payloads."""
        texts = [one.text for one in payloads]
        with acting(*self._scope):
            before = {row[0] for row in db.session.query(Listing.id)}
        for name, content, width in _files(texts):
            self._bring(name, content, texts)
            self.brought.cells += width * len(texts)
        self._bring_to_map(texts)
        for start in range(0, len(texts), WIDTH):
            self._name_columns(texts[start : start + WIDTH])
        with acting(*self._scope):
            self.brought.cars = [row[0] for row in db.session.query(Listing.id) if row[0] not in before]
        self._show("/admin/imports/")

    # -- one file --

    def _bring(self, name: str, content: bytes, texts: list[str]) -> None:
        run_id = self._drop(name, content, texts[self.brought.files % len(texts)])
        if run_id is not None:
            self._carry_out(run_id)

    def _drop(self, name: str, content: bytes, called: str) -> UUID | None:
        form = {"csrf_token": self._owner.token(), "file": (io.BytesIO(content), _file_name(f"{called} {name}"))}
        answer = self._owner.client.post("/admin/imports/", data=form, base_url=f"http://{HOST}")
        self.brought.files += 1
        if answer.status_code != 303:
            self.brought.broken.append(f"{name} was answered by {answer.status_code}")
            self._keep(f"/admin/imports/ with {name}", "/admin/imports/", answer)
            return None
        return UUID(answer.headers["Location"].rstrip("/").rpartition("/")[2])

    def _carry_out(self, run_id: UUID) -> None:
        """Check, look, import, look again."""
        address = f"/admin/imports/{run_id}/"
        self._work(run_id)
        self._show(address)
        self._look_at_refused(address)
        self._owner.post(f"{address}import", {}).close()
        self._work(run_id)
        self._show(address)
        with acting(*self._scope):
            run = db.session.get_one(ImportRun, run_id)
            self.brought.formats.add((run.format or "").partition("-")[0])
            if run.failure:
                self.brought.broken.append(f"{run.format}: {run.failure}")

    def _work(self, run_id: UUID) -> None:
        with acting(*self._scope):
            importing.carry_out(run_id, settings=self._settings, now=clock.now())

    def _look_at_refused(self, address: str) -> None:
        answer = self._owner.get(f"{address}refused.csv")
        text = answer.get_data(as_text=True).removeprefix("\ufeff")
        answer.close()
        for row in csv.reader(io.StringIO(text), delimiter=";"):
            self.brought.formulas += [cell[:60] for cell in row if cell.startswith(FORMULA)]

    # -- the mapping on screen --

    def _bring_to_map(self, texts: list[str]) -> None:
        """Bring a layout nobody knows, answer the screen with payloads too, and import it."""
        names = [f"Feld {name}" for name in columns.COLUMNS]
        rows = [
            [_cell(name, n, texts, number) for number, name in enumerate(columns.COLUMNS)] for n in range(len(texts))
        ]
        run_id = self._drop("own.csv", _csv(names, rows), texts[0])
        if run_id is None:
            return
        self.brought.cells += len(names) * len(texts)
        address = f"/admin/imports/{run_id}/mapping"
        for text in texts[::5]:
            for answers in (self._answers(address, text), self._answers(address, text) | self._shape(address)):
                self._keep(f"{address} asked", address, self._owner.get(address, query_string=answers))
            refused = self._owner.post(address, answers)
            self._keep(f"{address} refused", address, refused)
        chosen = {f"c{number}": name for number, name in enumerate(columns.COLUMNS)}
        kept_so = self._owner.post(address, {**self._answers(address, ""), **chosen, "name": texts[1]})
        if kept_so.status_code != 303:
            self.brought.broken.append(f"the mapping was answered by {kept_so.status_code}")
            return
        self._carry_out(run_id)

    def _answers(self, address: str, text: str) -> dict[str, str]:
        """Give the fields of the mapping page, filled with a text where one is given."""
        answer = self._owner.get(address)
        page = html.fromstring(answer.get_data())
        form = page.xpath("//form[contains(@class, 'mapping')]")[0]
        values = {name: str(value or "") for name, value in form.form_values() if name != "csrf_token"}
        return {name: text or value for name, value in values.items()}

    def _shape(self, address: str) -> dict[str, str]:
        """Give what says that the answers are about the columns of this file."""
        return {"shape": self._answers(address, "")["shape"]}

    def _name_columns(self, texts: list[str]) -> None:
        """Bring a file whose headings, cells and own name are payloads, and look at its mapping page."""
        names = ["Make", "Price", *texts]
        run_id = self._drop(
            "headed.csv", _csv(names, [["Ford", "8995", *texts], *[["Seat", "7", *texts[::-1]]] * 3]), texts[0]
        )
        if run_id is not None:
            self.brought.cells += 3 * len(texts)
            self._show(f"/admin/imports/{run_id}/mapping")

    def _show(self, path: str) -> None:
        self._keep(path, path, self._owner.get(path, follow_redirects=True))

    def _keep(self, label: str, path: str, answer: Any) -> None:
        if answer.status_code >= 500:
            self.brought.broken.append(f"{label}: {answer.status_code}")
        if (shown := kept(label, HOST, path, answer)) is not None:
            self._watcher.show(shown)


def _files(texts: list[str]) -> Iterator[tuple[str, bytes, int]]:
    """Write a file of each known format: its name, its bytes, how many columns hold payloads."""
    ours = columns.COLUMNS
    rows = [[_cell(name, n, texts, number) for number, name in enumerate(ours)] for n in range(len(texts))]
    yield "ours.csv", _csv(ours, rows), len(ours)
    bad = [[_turned(texts, n, number) for number, _ in enumerate(ours)] for n in range(len(texts))]
    yield "refused.csv", _csv(ours, bad), len(ours)
    yield "stock.xml", _stx3(texts), len(STX3)
    yield "stock.json", _cardealer(texts), len(CARDEALER)
    valid = {"price": "$5,000", "yearOfRegistration": "2014", "offerType": "Angebot"}
    ads = [[valid.get(name) or _turned(texts, n, number) for number, name in enumerate(ADS)] for n in range(len(texts))]
    yield "ads.csv", _csv(ADS, ads), len(ADS)


def _file_name(text: str) -> str:
    """Write a file's name the way browsers put it into a form (HTML Standard, multipart/form-data)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _cell(name: str, row: int, texts: list[str], number: int) -> str:
    """Give a cell: what no car can be without is right, everything else a payload, another one in each column."""
    right = {"id": f"a3-{row} {_turned(texts, row, number)}", "price": "8995", "year": "2019", "month": "3"}
    right |= {"kind": "car", "currency": "EUR", "country": "DE", "make": "" if row % 3 else "Ford"}
    return right.get(name) or _turned(texts, row, number)


def _turned(texts: list[str], row: int, column: int) -> str:
    return texts[(row + 37 * column) % len(texts)]


def _csv(names: Sequence[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _stx3(texts: list[str]) -> bytes:
    root = etree.Element("stx3")
    vehicles = etree.SubElement(etree.SubElement(root, "vehicle_data"), "vehicles")
    for row in range(len(texts)):
        vehicle = etree.SubElement(vehicles, "vehicle")
        etree.SubElement(vehicle, "vehicle_id").text = f"x{row} {_allowed(texts[row])}"
        for number, path in enumerate(STX3):
            place = vehicle
            for tag in path.split("/"):
                found = place.find(tag)
                place = etree.SubElement(place, tag) if found is None else found
            place.text = "N" if path == "type" and row % 2 else _allowed(_turned(texts, row, number))
        price = etree.SubElement(etree.SubElement(vehicle, "prices"), "price")
        for tag, text in (
            ("type", "public"),
            ("value", "9995"),
            ("currency", _allowed(texts[row])),
            ("vat_type", "true"),
        ):
            etree.SubElement(price, tag).text = text
    content: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _allowed(text: str) -> str:
    """Leave out signs that no XML may hold."""
    return "".join(sign for sign in text if sign in "\t\n" or (sign >= " " and sign not in "\ufffe\uffff\x7f\x85"))


def _cardealer(texts: list[str]) -> bytes:
    cars = []
    for row in range(len(texts)):
        car: dict[str, object] = {name: _turned(texts, row, number) for number, name in enumerate(CARDEALER)}
        cars.append({**car, "url": f"d{row} {texts[row]}", "price": 7500, "year": 2018, "month": 4})
    dealers = {"name": "dealer", "data": [{"postcode": texts[0], "title": texts[1]}]}
    return json.dumps({"name": texts[2], "resources": [{"name": "car", "data": cars}, dealers]}).encode()


def every_format(found: set[str]) -> bool:
    """Ask whether every format there is was imported, and one through the mapping on screen."""
    return {*feeds.FORMATS, "mapped"} <= found
