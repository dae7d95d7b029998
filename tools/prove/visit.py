"""Visits to a running installation over plain HTTP: following links, filling the inquiry form as a browser would."""

import re
import time
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

from tools.judges.serving import Answer, Server
from tools.prove.proof import CannotProve

DEALER = "north-cars.localhost"
VEHICLE = re.compile(r"/vehicles/[a-z0-9-]+-[0-9a-z]{13}/")
PATIENCE = 4.0
"""Seconds a person needs at the least to write an inquiry; a faster one may be taken for a machine's."""


def follow(server: Server, host: str, path: str) -> Answer:
    """Ask for a page and follow its redirects on the same host, as `/admin/` leads to the login."""
    for _ in range(4):
        answer = server.get(host, path)
        if answer.status not in {301, 302, 303, 307, 308}:
            return answer
        target = urlsplit(urljoin(path, answer.headers["location"]))
        path = target.path + (f"?{target.query}" if target.query else "")
    return answer


def a_vehicle(server: Server, host: str = DEALER) -> str:
    """Find the address of a car on a host, from its home page or its list."""
    for path in ("/", "/vehicles/"):
        if found := VEHICLE.search(server.get(host, path).text):
            return found[0]
    raise CannotProve(f"no vehicle page is linked on {host}")


def inquiry_form(server: Server, host: str, path: str) -> tuple[str, dict[str, str]]:
    """Read the inquiry form of a vehicle page: where it posts to, and its fields as a visitor would fill them."""
    document = html.document_fromstring(server.get(host, path).text)
    for form in document.iter("form"):
        assert isinstance(form, html.FormElement)
        names = {field.get("type", field.tag): field.get("name") for field in form.iterfind(".//*[@name]")}
        if form.method == "POST" and "/-/" in (form.action or "") and names.get("email"):
            return urlsplit(form.action).path, _filled(form)
    raise CannotProve(f"{host}{path} has no inquiry form")


def _filled(form: html.FormElement) -> dict[str, str]:
    filled = {name: value for name, value in form.form_values() if value}
    answers = {"email": "jana@example.org", "tel": "+49 30 1234567", "textarea": "Is the car still for sale?"}
    for field in form.iterfind(".//*[@name]"):
        kind = field.tag if field.tag == "textarea" else field.get("type", "text")
        if kind == "checkbox" and field.get("required") is not None:
            filled[field.get("name")] = field.get("value", "on")
        elif kind in answers:
            filled.setdefault(field.get("name"), answers[kind])
        elif kind == "text" and field.get("required") is not None:
            filled.setdefault(field.get("name"), "Jana Nováková")
    return filled


def inquire(
    server: Server, host: str, path: str, message: str = "Is the car still for sale?", number: int = 1
) -> Answer:
    """Send an inquiry about a car without JavaScript, after the time a person takes."""
    action, fields = inquiry_form(server, host, path)
    fields |= {name: message for name in fields if "message" in name or "text" in name}
    fields |= {name: f"jana{number}@example.org" for name, value in fields.items() if value == "jana@example.org"}
    time.sleep(PATIENCE)
    return server.post(host, action, urlencode(fields), {"Referer": f"http://{host}:{server.port}{path}"})
