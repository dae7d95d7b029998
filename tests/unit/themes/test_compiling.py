"""Compiled templates say what Jinja says, fail where it fails, and know what they used."""

from dataclasses import dataclass, field
from typing import Any

import jinja2
import pytest
from markupsafe import Markup

from themes.compiling import NotCompilable, PlacedError, compiled
from themes.errors import ThemeError
from themes.ingredients import Log
from themes.words import Words


@dataclass
class Thing:
    """Whatever a template asks for."""

    title: Any = "Golf & <Co>"
    price: Any = None
    cars: Any = ("Golf", "Polo <1>", "Up")
    pairs: Any = (("a", 1), ("b", 2))
    markup: Any = field(default_factory=lambda: Markup("<b>bold</b>"))
    parts: Any = ("one", "two")
    tags: Any = field(default_factory=dict)
    number: int = 3


WORDS = Words(
    "test", "en", {"hello": "Hello & welcome", "rare": "Rarely", "n": {"one": "{n} car", "other": "{n} cars"}}
)
PARTS = {
    "parts/one.html": "<i>one {{ page.title }}</i>",
    "parts/two.html": "<i>two {{ site.title }}{{ extra }}</i>",
    "parts/item.html": "[{{ item }}{% if loop is defined %}{{ loop.index }}{% endif %}]",
    "layout.html": "<h1>{% block head %}top{% endblock %}</h1>{% block main %}{{ page.title }}{% endblock %}",
}


def environment(**templates: str) -> jinja2.Environment:
    """Make an environment as themes have it, with all of Jinja's filters."""
    sources = {**PARTS, **{name.replace("__", "/") + ".html": text for name, text in templates.items()}}
    return jinja2.Environment(
        loader=jinja2.DictLoader(sources),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def both(source: str, page: Thing | None = None, site: Thing | None = None) -> tuple[str, str]:
    """Render a template compiled and by Jinja."""
    made = environment(page=source)
    shared = {"site": site or Thing(title="Site & Sons"), "theme": Thing(), "t": WORDS}
    shown = page or Thing()
    ours = compiled(made, "page.html").bind(shared)(shown)
    return ours, made.get_template("page.html").render(page=shown, **shared)


SAME = [
    "{{ page.title }}|{{ page.title }}|{{ page.markup }}|{{ page.price }}|{{ page.number }}",
    "{{ t('hello') }} {{ site.title }}{{ t('n', n=page.number) }}{{ t('n', n=1) }}",
    "{% if page.price %}{{ page.price }}{% elif page.number > 2 and not page.price %}many{% else %}few{% endif %}",
    "{% if site.price %}a{% else %}{{ site.title }}{% endif %}",
    "{% for car in page.cars %}{{ loop.index }}/{{ loop.length }}{{ car }}"
    "{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for car in site.cars %}{{ car }}{{ page.number }}{% endfor %}{% for car in site.cars %}{{ car }}{% endfor %}",
    "{% for car in page.cars if car != 'Up' %}{{ loop.revindex }}{{ car }}{% else %}none{% endfor %}",
    "{% for car in page.cars if car == 'Trabant' %}{{ car }}{% else %}none {{ site.title }}{% endfor %}",
    "{% for name, n in page.pairs %}{{ name }}{{ n }}{% endfor %}",
    "{% for name, text in (('a', page.title), ('b', t('hello'))) if name != 'b' %}{{ name }}{{ text }}{% endfor %}",
    "{% with a = page.title, b = t('hello') %}{{ a }}{{ b }}{% with a = 1 %}{{ a }}{% endwith %}{{ a }}{% endwith %}",
    "{% with act = {'href': page.title, 'text': t('hello')} if page.number else none %}"
    "{% if act %}{{ act.href }}{% endif %}{% endwith %}",
    "{% with act = {'href': page.title} %}{% if act %}{{ act.href }}{{ act['href'] }}{% endif %}{% endwith %}",
    "{% with act = {} %}{% if act %}yes{% else %}no{% endif %}{{ 'x' if act else 'y' }}{{ not act }}{% endwith %}",
    "{% set a = 1 %}{% if page.number > 2 %}{% set a = page.title %}{% endif %}{{ a }}",
    "{% set a = 'old' %}{% if page.price %}{% set a = 'new' %}{% else %}{% if page.number %}"
    "{% set a = 'mid' %}{% endif %}{% endif %}{{ a }}",
    "{% if page.number %}{% set b = page.cars[0] %}{% endif %}{{ b }}{{ 'yes' if b is defined else 'no' }}",
    "{% set a = 'out' %}{% for car in page.cars %}{% set a = car %}{{ a }}{% endfor %}{{ a }}",
    "{% if page.price %}{% set c = 1 %}{% endif %}{{ 'there' if c is defined else 'missing' }}",
    "{% include 'parts/one.html' %}{% for item in page.cars %}{% include 'parts/item.html' %}{% endfor %}",
    "{% for part in page.parts %}{% with extra = '!' %}"
    "{% include 'parts/' ~ part ~ '.html' %}{% endwith %}{% endfor %}",
    "{% for part in ('one', 'two') %}{% with extra = page.number %}"
    "{% include 'parts/' ~ part ~ '.html' %}{% endwith %}{% endfor %}",
    "{{ page.cars | length }}{{ page.cars | join(', ') }}{{ page.title | upper }}"
    "{{ page.number | string | replace('3', '<') }}",
    "{{ page.markup | safe }}{{ page.title ~ page.markup ~ 1 }}{{ 'a' ~ site.title }}",
    "{{ page.cars[0] }}{{ page.cars[1:] | join }}{{ (page.cars + ('x',))[-1] }}{{ page.title.partition(' ')[2] }}",
    "{{ page.price or t('hello') }}{{ page.title if page.price is none else 'no' }}{{ page.number in (1, 3) }}",
    "{{ 1 < page.number < 5 }}{{ page.number * 2 - 1 }}{{ page.number // 2 }}"
    "{{ -page.number }}{{ page.number is odd }}",
    "{{ page.number % 2 }}",
    "{% extends 'layout.html' %}{% block main %}<p>{{ page.title }}{% block inner %}in{% endblock %}</p>{% endblock %}",
    "{% for n in range(3) %}{{ n }}{{ page.number }}{% endfor %}",
    "a\n{% if page.number %}\n  b\n{% endif %}\nc {# nothing #}\n",
]  # fmt: skip


@pytest.mark.parametrize("source", SAME)
def test_a_compiled_template_says_what_jinja_says(source: str) -> None:
    ours, theirs = both(source)
    assert ours == theirs


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{% macro m() %}x{% endmacro %}{{ m() }}", "Macro"),
        ("{% for car in page.cars recursive %}{{ car }}{% endfor %}", "recursive"),
        ("{{ nobody }}", "nobody gives nobody"),
        ("{{ page.title | wordcount2 }}", "no filter wordcount2"),
        ("{% filter upper %}x{% endfilter %}", "FilterBlock"),
        ("{% extends 'layout.html' %}{% set a = 1 %}", "outside the blocks"),
        ("{% import 'parts/one.html' as one %}", "Import"),
    ],
)
def test_what_it_does_not_know_is_left_to_jinja_with_a_reason_and_its_line(source: str, what: str) -> None:
    with pytest.raises(NotCompilable, match=what) as caught:
        compiled(environment(page=f"\n{source}"), "page.html")
    assert (caught.value.template, caught.value.line) == ("page.html", 2)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("\n\n{{ page.colour }}", "page.html, line 3: AttributeError"),
        ("\n{% include 'parts/bad.html' %}", "parts/bad.html, line 2: "),
        ("\n{{ t('unknown') }}", 'page.html, line 2: theme "test" has no word'),
        ("{% if page.number %}\n{{ t('n') }}{% endif %}", "page.html, line 2: "),
        ("{% for part in page.parts %}\n{% include 'parts/bad' ~ '.html' %}{% endfor %}", "parts/bad.html, line 2: "),
        ("\n{{ page.title | safe }}", "page.html, line 2: `safe` is for markup only"),
    ],
)
def test_an_error_names_the_template_and_the_line(source: str, place: str) -> None:
    made = environment(page=source, parts__bad="\n{{ page.number.nothing }}")
    run = compiled(made, "page.html").bind({"site": Thing(), "theme": Thing(), "t": WORDS})
    with pytest.raises(PlacedError) as caught:
        run(Thing())
    assert str(caught.value).startswith(place)
    assert isinstance(caught.value, ThemeError)


def test_an_error_in_a_branch_that_no_page_takes_hurts_nobody() -> None:
    source = "{% if page.price %}{{ t('unknown') }}{{ site.nothing }}{% endif %}{{ page.title }}"
    made = environment(page=source)
    run = compiled(made, "page.html").bind({"site": Thing(), "theme": Thing(), "t": WORDS})
    assert run(Thing(title="Golf")) == "Golf"
    with pytest.raises(PlacedError):
        run(Thing(price=1))


def used(source: str, page: Thing) -> set[str]:
    """Give the ingredients a page used."""
    log = Log()
    run = compiled(environment(page=source), "page.html").bind(
        {"site": Thing(), "theme": Thing(), "t": WORDS.heard(log)}, log
    )
    log.names = set()
    run(page)
    return log.names


BRANCHES = """{{ t('hello') }}{% if page.price %}{{ t('rare') }}{% include 'parts/one.html' %}{% endif %}
{{ page.title or t('n', n=1) }}"""


def test_a_page_uses_the_words_and_parts_of_the_branches_it_went_through() -> None:
    assert used(BRANCHES, Thing()) == {"part:page.html", "word:en:hello"}
    assert used(BRANCHES, Thing(price=1)) == {"part:page.html", "word:en:hello", "word:en:rare", "part:parts/one.html"}
    assert used(BRANCHES, Thing(title="")) == {"part:page.html", "word:en:hello", "word:en:n#one"}


def test_parents_and_computed_parts_are_used_too() -> None:
    source = (
        "{% extends 'layout.html' %}{% block main %}{% for part in page.parts %}"
        "{% include 'parts/' ~ part ~ '.html' %}{% endfor %}{% endblock %}"
    )
    assert used(source, Thing(parts=("one",))) == {"part:page.html", "part:layout.html", "part:parts/one.html"}
    assert used(source, Thing(parts=())) == {"part:page.html", "part:layout.html"}


def test_what_depends_on_the_site_alone_is_evaluated_once_a_site() -> None:
    asked: list[str] = []

    class Asked:
        def __getattr__(self, name: str) -> str:
            asked.append(name)
            return name

    made = environment(page="{{ site.name }}{{ page.title }}{% for x in (site.one, site.two) %}{{ x }}{% endfor %}")
    run = compiled(made, "page.html").bind({"site": Asked(), "theme": None, "t": WORDS})
    before = list(asked)
    assert run(Thing(title="-")) == run(Thing(title="-")) == "name-onetwo"
    assert asked == before


def test_other_names_may_be_shared_and_given() -> None:
    made = environment(row="{{ shop.title }}: {{ car }} {{ n }}")
    run = compiled(made, "row.html", shared=("shop",), params=("car", "n")).bind({"shop": Thing(title="S")})
    assert run("Golf", 2) == "S: Golf 2"


def test_environments_with_the_same_sources_share_what_was_compiled() -> None:
    one, two = environment(page="{{ page.title }} same"), environment(page="{{ page.title }} same")
    other = environment(page="{{ page.title }} other")
    assert compiled(one, "page.html").plan is compiled(two, "page.html").plan
    assert compiled(one, "page.html").plan is not compiled(other, "page.html").plan
