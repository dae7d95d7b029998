"""Console commands for what a dealer's site says beside its stock: team, questions, own pages (docs/pages.md)."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from storefront import commands as shared
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.errors import DomainError
from storefront.domain.dealers import legal
from storefront.domain.dealers.actions import dealer_by_slug, set_faq, set_team
from storefront.domain.dealers.countries import rules
from storefront.domain.dealers.models import Dealer
from storefront.domain.dealers.team import Member
from storefront.domain.stores.actions import Written, order_pages, remove_page, write_page
from storefront.domain.stores.queries import by_host, pages_written

ACTOR = "command"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PERSON = frozenset({"name", "consent", "role", "phone", "email", "languages"})


@click.command("show")
@click.argument("slug")
@shared.tenant_option
def show_dealer(slug: str) -> None:
    """Show what a dealer tells of itself, and what is missing in its legal notice."""
    shared.start(bell=False)
    with shared.tenant_scope():
        found = dealer_by_slug(slug)
        for line in _told(found):
            click.echo(line)


@click.command("team")
@click.argument("slug")
@click.argument("path", metavar="FILE", type=_FILE)
@shared.tenant_option
def team_command(slug: str, path: Path) -> None:
    """Say who works for a dealer, from a TOML file; it replaces what was there.

    \b
    [[person]]
    name = "Jette Brandt"
    consent = true                # she agreed to be named
    role = { de = "Verkauf", en = "Sales" }
    phone = "040 66969-123"       # this and what follows may be left out
    email = "brandt@north-cars.example"
    languages = ["de", "en"]
    """
    members = [_member(person) for person in _rows(_read(path), "person")]
    shared.start()
    with shared.tenant_scope():
        found = perform(set_team, dealer_by_slug(slug), members, now=clock.now(), actor=ACTOR).unwrap()
        click.echo(f"{found.name} names {len(found.team)} of its team.")


@click.command("faq")
@click.argument("slug")
@click.argument("path", metavar="FILE", type=_FILE)
@shared.tenant_option
def faq_command(slug: str, path: Path) -> None:
    """Say what a dealer answers to common questions, from a TOML file; it replaces what was there.

    \b
    [[de]]
    question = "Kann ich mein Auto in Zahlung geben?"
    answer = "Ja. **Bringen** Sie es mit."       # bold, italics, lists
    """
    tree = _read(path)
    asked = {lang: [_pair(lang, row) for row in _rows(tree, lang)] for lang in tree}
    shared.start()
    with shared.tenant_scope():
        found = perform(set_faq, dealer_by_slug(slug), asked, now=clock.now(), actor=ACTOR).unwrap()
        counted = ", ".join(f"{len(rows)} in {lang}" for lang, rows in found.faq.items())
        click.echo(f"{found.name} answers {counted or 'no questions'}.")


@click.group()
def store() -> None:
    """Sites."""


@store.group("page")
def page() -> None:
    """Pages the owner of a site wrote: /info/<slug>/."""


@page.command("write")
@click.argument("host")
@click.argument("slug")
@click.argument("texts", metavar="LANG=FILE...", nargs=-1, required=True)
@click.option("--menu", is_flag=True, help="Link it in the navigation, else in the foot.")
@shared.tenant_option
def write_command(host: str, slug: str, texts: tuple[str, ...], menu: bool) -> None:
    """Write a page of the site on HOST from Markdown files, one a language; the first line is its title.

    \b
    marketplace store page write north-cars.example garantie de=garantie.md en=warranty.md
    """
    pages = dict(_page(text) for text in texts)
    titles = {lang: title for lang, (title, _) in pages.items()}
    written = Written(slug, titles, {lang: body for lang, (_, body) in pages.items()}, in_menu=menu)
    shared.start()
    with shared.tenant_scope():
        perform(write_page, by_host(host), written, now=clock.now(), actor=ACTOR).unwrap()
    click.echo(f"/info/{slug}/ is written in {', '.join(pages)}.")


@page.command("remove")
@click.argument("host")
@click.argument("slug")
@shared.tenant_option
def remove_command(host: str, slug: str) -> None:
    """Take a page of the site on HOST away."""
    shared.start()
    with shared.tenant_scope():
        perform(remove_page, by_host(host), slug, now=clock.now(), actor=ACTOR).unwrap()
    click.echo(f"/info/{slug}/ is gone with the next build.")


@page.command("order")
@click.argument("host")
@click.argument("slugs", nargs=-1, required=True)
@shared.tenant_option
def order_command(host: str, slugs: tuple[str, ...]) -> None:
    """Put the pages of the site on HOST in this order."""
    shared.start()
    with shared.tenant_scope():
        perform(order_pages, by_host(host), slugs, now=clock.now(), actor=ACTOR).unwrap()


@page.command("list")
@click.argument("host")
@shared.tenant_option
def list_command(host: str) -> None:
    """List the pages of the site on HOST."""
    shared.start(bell=False)
    with shared.tenant_scope():
        for found in pages_written(by_host(host).id):
            titles = ", ".join(f"{lang}: {title}" for lang, title in found.titles.items())
            click.echo(f"{'menu' if found.in_menu else 'foot'}  /info/{found.slug}/  {titles}")


def _told(found: Dealer) -> list[str]:
    missing = legal.missing(found)
    law = rules(found.country).law.replace("\u00a0", " ")
    counted = ", ".join(f"{len(rows)} in {lang}" for lang, rows in found.faq.items())
    return [
        f"{found.name} ({found.slug}), {found.plan.name.lower()}, {found.status.name.lower()}",
        f"About: {', '.join(sorted(found.about)) or 'no text'}",
        f"Team: {len(found.team)} named",
        f"Questions: {counted or 'none'}",
        f"Legal notice{f' ({law})' if law else ''}: " + (f"missing: {', '.join(missing)}" if missing else "complete"),
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path.name} is not readable TOML: {error}") from error


def _rows(tree: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = tree.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise click.ClickException(f"Write each one below [[{name}]]")
    return rows


def _member(person: Mapping[str, Any]) -> Member:
    strange = set(person) - _PERSON
    if strange:
        raise click.ClickException(
            f"Nobody knows what {', '.join(sorted(strange))} is; see `marketplace dealer team -h`"
        )
    if not all(isinstance(person.get(name, ""), str) for name in ("name", "phone", "email")):
        raise click.ClickException("Names, telephone numbers and addresses are texts in quotes")
    role = person.get("role", {})
    return Member(
        name=person.get("name", ""),
        consent=person.get("consent") is True,
        role=role if isinstance(role, dict) else {"de": str(role)},
        phone=person.get("phone"),
        email=person.get("email"),
        languages=[str(code) for code in person.get("languages", [])],
    )


def _pair(lang: str, row: Mapping[str, Any]) -> tuple[str, str]:
    question, answer = row.get("question", ""), row.get("answer", "")
    if not isinstance(question, str) or not isinstance(answer, str):
        raise click.ClickException(f"A question and its answer in [[{lang}]] are texts in quotes")
    return question, answer


def _page(said: str) -> tuple[str, tuple[str, str]]:
    """Read `de=garantie.md`: the language, and the file's title and text.

    Raises:
        DomainError: no such file, or it does not begin with a title.
    """
    lang, _, name = said.partition("=")
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DomainError(f"{name!r} cannot be read; write LANG=FILE, like de=garantie.md") from error
    first, _, rest = text.lstrip("\ufeff \n\r\t").partition("\n")
    if not first.startswith("# "):
        raise DomainError(f"{name} has to begin with its title: # Garantie")
    return lang, (first.removeprefix("# ").strip(), rest)


dealer_commands = (show_dealer, team_command, faq_command)
"""They stand below `marketplace dealer`."""
