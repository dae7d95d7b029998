"""A5: files of layouts nobody knows go through the mapping on screen, over HTTP, and every field arrives.

A real installation with its worker; six layouts, each in three encodings, at a dealer of its own per encoding, and two
layouts of other alphabets. What a browser without scripts sends is sent; what the screen guesses wrongly is corrected
by an answer on the screen, and counted. At last a file of 10,000 rows, 300 of them bad.
"""

import csv
import http.client
import io
import json
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from lxml import html

from tools.judges.serving import Answer, Server, serving
from tools.prove.ground import fresh_instance, marketplace
from tools.prove.proof import CannotProve, Proof

PHRASE = "four words of our own making"
ENCODINGS = ("utf-8", "cp1252", "utf-16")
FUELS = ("petrol", "diesel", "electric", "hybrid")
_MODELS = (
    ("Volkswagen", "Golf"),
    ("BMW", "X3"),
    ("Škoda", "Octavia"),
    ("Citroën", "C3"),
    ("Ford", "Fiesta"),
    ("Audi", "A4"),
)
_MILE, _PS, _HP = 1.609344, 0.73549875, 0.74569987
_WAIT = 900.0


@dataclass(frozen=True)
class Car:
    """A car as it stands on the lot; a layout writes it in its own way."""

    key: str
    make: str
    model: str
    price: int
    distance: int
    power: int
    year: int
    month: int
    day: int
    fuel: str
    automatic: bool
    title: str = "1.5 Größe „Élégance“"


@dataclass(frozen=True)
class Written:
    """A layout: how a file is written, what its numbers count, and what a person has to answer differently."""

    name: str
    rows: Callable[[list[Car]], str]
    currency: str = "EUR"
    miles: bool = False
    power: str = "PS"
    answers: Mapping[str, str] = field(default_factory=dict)
    has_day: bool = True
    has_month: bool = True


def cars(number: int) -> list[Car]:
    """Make cars of one kind or another, the same each time."""
    return [
        Car(
            f"K{n:05}", *_MODELS[n % len(_MODELS)], 8_950 + 317 * n % 60_000, 12_345 + 733 * n % 140_000,
            75 + 13 * n % 200, 2012 + n % 12, 1 + n % 12, 1 + n % 28, FUELS[n % 4], n % 3 == 0,
        )
        for n in range(number)
    ]  # fmt: skip


def _table(header: list[str] | None, lines: Iterator[list[str]], delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([*([header] if header else []), *lines])
    return text.getvalue()


def _british(found: list[Car]) -> str:
    names = {"petrol": "Petrol", "diesel": "Diesel", "electric": "Electric", "hybrid": "Petrol/Electric"}
    header = ["Stock No", "Registration", "Make", "Model", "Derivative", "Retail Price (£)", "Mileage", "Fuel Type"]
    header += ["Transmission", "Date First Registered", "BHP", "Café note"]
    return _table(header, ([
        c.key, f"AB{c.key}", c.make, c.model, c.title, f"£{c.price:,}", f"{c.distance:,} miles", names[c.fuel],
        "Automatic" if c.automatic else "Manual", f"{c.day:02}/{c.month:02}/{c.year}", str(c.power), "é",
    ] for c in found), ",")  # fmt: skip


def _german(found: list[Car]) -> str:
    names = {"petrol": "Benzin", "diesel": "Diesel", "electric": "Elektro", "hybrid": "Hybrid (Benzin/Elektro)"}
    header = ["Interne Nummer", "Hersteller", "Modell", "Bezeichnung", "Bruttopreis", "Kilometerstand", "EZ"]
    header += ["Kraftstoff", "Getriebe", "Leistung (PS)", "Außenfarbe"]
    return _table(header, ([
        c.key, c.make, c.model, c.title, f"{c.price:,}".replace(",", ".") + ",00 €",
        f"{c.distance:,}".replace(",", "."), f"{c.month:02}/{c.year}", names[c.fuel],
        "Automatik" if c.automatic else "Schaltgetriebe", str(c.power), "weiß",
    ] for c in found), ";")  # fmt: skip


def _french(found: list[Car]) -> str:
    names = {"petrol": "Essence", "diesel": "Gazole", "electric": "Électrique", "hybrid": "Hybride"}
    header = ["Référence", "Marque", "Modèle", "Version", "Prix TTC", "Kilométrage", "Mise en circulation", "Énergie"]
    header += ["Boîte de vitesses", "Puissance DIN"]
    return _table(header, ([
        c.key, c.make, c.model, c.title, f"{c.price:,}".replace(",", " ") + " €",
        f"{c.distance:,}".replace(",", " ") + " km", f"{c.day:02}-{c.month:02}-{c.year}", names[c.fuel],
        "Automatique" if c.automatic else "Manuelle", f"{c.power} ch",
    ] for c in found), "\t")  # fmt: skip


def _titles(found: list[Car]) -> str:
    names = {"petrol": "Super", "diesel": "Diesel", "electric": "Strom", "hybrid": "Hybrid"}
    header = ["Titel", "Preis in Euro", "km", "Baujahr", "Kennzeichen", "Antriebsart", "Getriebe", "kW", "Türen"]
    return _table(header, ([
        f"{c.make} {c.model} {c.title}", str(c.price), str(c.distance), str(c.year), c.key, names[c.fuel],
        "Automatik" if c.automatic else "manuell", str(c.power), "5",
    ] for c in found), "|")  # fmt: skip


def _nameless(found: list[Car]) -> str:
    names = {"petrol": "Benzin", "diesel": "Diesel", "electric": "Elektro", "hybrid": "Hybrid"}
    return _table(None, ([
        c.key, c.make, c.model, c.title, f"{c.price} EUR", f"{c.distance} km", names[c.fuel],
        "Automatik" if c.automatic else "Schaltgetriebe", str(c.year), str(c.power),
    ] for c in found), ",")  # fmt: skip


def _pence(found: list[Car]) -> str:
    names = {"petrol": "petrol", "diesel": "diesel", "electric": "electric", "hybrid": "hybrid"}
    header = [
        "vehicle_id",
        "brand",
        "range",
        "headline",
        "price_pence",
        "odometer_miles",
        "reg_date",
        "fuel",
        "gearbox",
    ]
    header += ["power_kw", "currency", "naïve"]
    return _table(header, ([
        c.key, c.make, c.model, c.title, str(c.price * 100), str(c.distance), f"{c.year}-{c.month:02}-{c.day:02}",
        names[c.fuel], "auto" if c.automatic else "manual", str(c.power), "GBP", "ï",
    ] for c in found), ";")  # fmt: skip


def _polish(found: list[Car]) -> str:
    names = {"petrol": "benzyna", "diesel": "olej napędowy", "electric": "elektryczny", "hybrid": "hybryda"}
    header = ["Numer oferty", "Marka", "Model", "Tytuł", "Cena brutto (zł)", "Przebieg", "Rok produkcji", "Paliwo"]
    header += ["Skrzynia biegów", "Moc (KM)"]
    return _table(header, ([
        c.key, c.make, c.model, "Świetny stan", str(c.price), f"{c.distance} km", str(c.year), names[c.fuel],
        "automatyczna" if c.automatic else "manualna", str(c.power),
    ] for c in found), ";")  # fmt: skip


LAYOUTS = (
    Written("British, commas, £, miles, bhp, 21/03/2017", _british, "GBP", miles=True, power="hp"),
    Written("German, semicolons, 21.990,00 €, PS, 03/2021", _german, has_day=False),
    Written("French, tabs, 14 990 €, ch, 15-06-2020", _french),
    Written("title alone, bars, plate as key, kW", _titles, power="kW", has_day=False, has_month=False),
    Written(
        "no header, commas", _nameless, power="kW", answers={"10": "power_kw", "unit_power_kw": "kW"},
        has_day=False, has_month=False,
    ),
    Written("pence, miles, ISO dates, currency column", _pence, "GBP", miles=True, power="kW"),
)  # fmt: skip
POLISH = Written("Polish, KM, zł", _polish, "PLN", has_day=False, has_month=False)


@dataclass
class Browser:
    """A dealer's browser without scripts."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path)

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded")

    def drop(self, name: str, content: bytes) -> Answer:
        """Drop a file."""
        mark = secrets.token_hex(16)
        token = html.fromstring(self.get("/admin/imports/").text).xpath("//input[@name='csrf_token']/@value")[0]
        body = (
            f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        ).encode() + content + f"\r\n--{mark}--\r\n".encode()  # fmt: skip
        return self._ask("POST", "/admin/imports/", body, f"multipart/form-data; boundary={mark}")

    def log_in(self, email: str) -> None:
        """Log in as a dealer's owner."""
        page = html.fromstring(self.get("/admin/login").text)
        token = page.xpath("//input[@name='csrf_token']/@value")[0]
        answer = self.post("/admin/login", {"csrf_token": token, "email": email, "password": PHRASE})
        if answer.status != 303:
            raise CannotProve(f"logging in answered {answer.status}")

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=_WAIT)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": f"localhost:{self.server.port}", "Cookie": cookies, "Accept-Language": "en"}
        try:
            connection.request(method, path, body, {**headers, **({"Content-Type": kind} if kind else {})})
            response = connection.getresponse()
            for said in response.headers.get_all("Set-Cookie", ()):
                name, _, value = said.partition(";")[0].partition("=")
                self.cookies[name.strip()] = value
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, response.read())
        finally:
            connection.close()


def prove(proof: Proof, *, quick: bool) -> None:
    """Found a marketplace with a dealer per encoding, and bring every layout to each."""
    with fresh_instance() as instance:
        for encoding in (*ENCODINGS, "cp1250"):
            slug = f"dealer-{encoding}"
            country = "PL" if encoding == "cp1250" else "DE"
            marketplace(instance, "dealer", "add", slug, "--name", slug, "--plan", "individual", "--country", country)
            marketplace(
                instance, "user", "add", f"{encoding}@example.org", "--name", "Ada", "--role", "owner", "--dealer",
                slug, "--password", PHRASE,
            )  # fmt: skip
        with serving(instance) as server:
            _bring(proof, server, instance)
            _many(proof, server, instance, 1_000 if quick else 10_000)


def _bring(proof: Proof, server: Server, instance: Path) -> None:
    found, files, right, answered = cars(24), 0, 0, 0
    wrong: list[str] = []
    for encoding in ENCODINGS:
        browser = Browser(server)
        browser.log_in(f"{encoding}@example.org")
        for layout in LAYOUTS:
            fields, faults, changed = _through(browser, instance, layout, found, encoding)
            files, right, answered = files + 1, right + fields, answered + changed
            wrong += [f"{layout.name} in {encoding}: {fault}" for fault in faults]
    central = Browser(server)
    central.log_in("cp1250@example.org")
    fields, faults, changed = _through(central, instance, POLISH, found, "cp1250")
    wrong += [f"{POLISH.name}: {fault}" for fault in faults]
    proof.hold(
        f"{files + 1} files of {len(LAYOUTS) + 1} layouts in {len(ENCODINGS) + 1} encodings through the screen, "
        f"{right + fields} fields right, {answered + changed} answers corrected by hand",
        not wrong, "; ".join(wrong[:6]),
    )  # fmt: skip
    again = Browser(server)
    again.log_in("utf-8@example.org")
    address = _location(again.drop("again.csv", LAYOUTS[0].rows(found).encode("cp1252")))
    said = _finished(again, address, instance)
    proof.hold(
        "the next file of a layout needs no answer, in another encoding either, and changes nothing",
        said["unchanged"] == len(found) and said["created"] == 0, f"the next file of a layout: {said}",
    )  # fmt: skip


def _through(
    browser: Browser, instance: Path, layout: Written, found: list[Car], encoding: str
) -> tuple[int, list[str], int]:
    """Drop a file, answer the screen, import; gives how many fields are right, the others, what was corrected."""
    address = _location(browser.drop("stock.csv", layout.rows(found).encode(encoding)))
    page = html.fromstring(browser.get(f"{address}mapping").text)
    form = page.xpath("//form[contains(@class, 'mapping')]")[0]
    typed = {name: str(value) for name, value in form.form_values()}
    labels = {str(label.get("for")): label.text_content().strip() for label in form.xpath(".//th//label")}
    changes = {
        next(
            (name for name, label in labels.items() if label in (said, f"Column {said}", f"Spalte {said}")), said
        ): value
        for said, value in layout.answers.items()
    }
    corrected = {name: value for name, value in changes.items() if typed.get(name) != value}
    typed |= corrected | {"csrf_token": str(form.xpath(".//button[@name='csrf_token']/@value")[0])}
    kept = browser.post(f"{address}mapping", typed)
    if kept.status != 303:
        return 0, [f"the mapping was answered by {kept.status}"], len(corrected)
    _finished(browser, address, instance)
    return *_judged(instance, address, layout, found), len(corrected)


def _finished(browser: Browser, address: str, instance: Path) -> dict[str, int]:
    """Wait for the check, import, wait again; gives the counts."""
    _await(instance, address, 3)
    token = html.fromstring(browser.get(address).text).xpath("//input[@name='csrf_token']/@value")[0]
    browser.post(f"{address}import", {"csrf_token": str(token)})
    return _await(instance, address, 5)


def _await(instance: Path, address: str, state: int) -> dict[str, int]:
    """Wait until a worker has brought an import to a state: 3 checked, 5 done."""
    until = time.monotonic() + _WAIT
    while time.monotonic() < until:
        with _database(instance) as database:
            run = database.execute(
                "select state, counts, failure from import_runs where id = ?", (_id(address),)
            ).fetchone()
        if run is not None and run[0] == state:
            counts: dict[str, int] = json.loads(run[1])
            return counts
        if run is not None and run[0] == 6:
            raise CannotProve(f"the import failed: {run[2]}")
        time.sleep(0.3)
    raise CannotProve(f"no worker brought the import to state {state} within {_WAIT:.0f} s: {run}")


def _judged(instance: Path, address: str, layout: Written, found: list[Car]) -> tuple[int, list[str]]:
    """Compare what lies in the database with what the file meant."""
    with _database(instance) as database:
        name = database.execute("select format from import_runs where id = ?", (_id(address),)).fetchone()[0]
        rows = database.execute(
            "select l.source_id, v.make, v.model, l.price_cents, l.currency, v.mileage_km, v.power_kw, v.year, "
            "v.first_registered, v.fuel, v.transmission from listings l join vehicles v on v.id = l.vehicle_id "
            "where l.source = ?", (name,),
        ).fetchall()  # fmt: skip
    by_key = {row[0]: row[1:] for row in rows}
    right, faults = 0, []
    for car in found:
        wanted = _meant(car, layout)
        got = dict(zip(_FIELDS, by_key.get(car.key, ()), strict=False))
        for field_name, value in wanted.items():
            if got.get(field_name) == value:
                right += 1
            else:
                faults.append(f"{car.key} {field_name} is {got.get(field_name)!r}, not {value!r}")
    return right, faults


_FIELDS = (
    *("make", "model", "price_cents", "currency", "mileage_km", "power_kw"),
    *("year", "first_registered", "fuel", "transmission"),
)


def _meant(car: Car, layout: Written) -> dict[str, object]:
    factor = {"PS": _PS, "hp": _HP, "kW": 1.0}[layout.power]
    meant: dict[str, object] = {
        "make": car.make,
        "model": car.model,
        "price_cents": car.price * 100,
        "currency": layout.currency,
        "mileage_km": int(car.distance * (_MILE if layout.miles else 1) + 0.5),
        "power_kw": int(car.power * factor + 0.5),
        "year": car.year,
        "fuel": car.fuel,
        "transmission": "automatic" if car.automatic else "manual",
    }
    if layout.has_month:
        meant["first_registered"] = f"{car.year}-{car.month:02}-{car.day if layout.has_day else 1:02}"
    return meant


def _many(proof: Proof, server: Server, instance: Path, number: int) -> None:
    bad = number * 3 // 100
    lines = [["Ref", "Make", "Model", "Title", "Price", "Mileage"]]
    lines += [
        [f"M{n}", "Ford", "Fiesta", "Trend", "0" if n < bad else str(5_000 + n % 9_000), str(n)] for n in range(number)
    ]
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    browser = Browser(server)
    browser.log_in("utf-8@example.org")
    began = time.monotonic()
    address = _location(browser.drop("many.csv", text.getvalue().encode()))
    form = html.fromstring(browser.get(f"{address}mapping").text).xpath("//form[contains(@class, 'mapping')]")[0]
    typed = {name: str(value) for name, value in form.form_values()}
    typed["csrf_token"] = str(form.xpath(".//button[@name='csrf_token']/@value")[0])
    kept = browser.post(f"{address}mapping", typed)
    if kept.status != 303:
        raise CannotProve(f"the mapping of {number} rows was answered by {kept.status}")
    counts = _finished(browser, address, instance)
    rows = list(
        csv.reader(io.StringIO(browser.get(f"{address}refused.csv").text.removeprefix("\ufeff")), delimiter=";")
    )
    explained = sum(bool(row[2]) for row in rows[1:])
    proof.hold(
        f"of {number} rows {bad} are explained and can be had as CSV, {counts['created']} cars are in "
        f"({time.monotonic() - began:.0f} s)",
        (counts["refused"], explained, counts["created"]) == (bad, bad, number - bad),
        f"of {number} rows {counts['refused']} refused, {explained} explained, {counts['created']} in",
    )


def _database(instance: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{instance}/marketplace.sqlite3?mode=ro", uri=True, timeout=30)


def _location(answer: Answer) -> str:
    if answer.status != 303:
        said = html.fromstring(answer.text).xpath("//*[@role='alert']")
        raise CannotProve(f"dropping a file answered {answer.status}: {said[0].text_content() if said else ''}")
    return re.sub(r"^https?://[^/]+", "", answer.headers["location"])


def _id(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2].replace("-", "")
