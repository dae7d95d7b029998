"""Templates lose the white space nobody sees, and no other; their lines keep their numbers."""

import jinja2
import pytest

import themes
from tests.unit.themes.test_theme_pages import CASES, html
from themes.compact import compact


def shown(source: str) -> str:
    """Render a template that was made compact."""
    made = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(compact(source)).render(x="X", yes=True)


@pytest.mark.parametrize(
    ("source", "want"),
    [
        ("<div>\n  <p>one</p>\n  <p>two</p>\n</div>", "<div><p>one</p><p>two</p></div>"),
        ("<nav>\n<a>one</a>\n<a>two</a>\n</nav>", "<nav><a>one</a><a>two</a></nav>"),
        ("<p>\n<b>one</b>\n<b>two</b>\n</p>", "<p><b>one</b>\n<b>two</b></p>"),
        ("<p>one\n  two <b>3</b>\nfour {{ x }}\n<i>5</i></p>", "<p>one\ntwo <b>3</b>\nfour X\n<i>5</i></p>"),
        ("<li>{{ x }}</li>\n{% if yes %}\n<li>   a  b</li>\n{% endif %}\n\n<li>", "<li>X</li><li> a b</li><li>"),
        ("<pre>\n a  b\n</pre>\n<p>c</p>", "<pre>\n a  b\n</pre><p>c</p>"),
        ("<p><textarea>\n{{ x }}\n</textarea>\n</p>", "<p><textarea>\nX\n</textarea></p>"),
        ("<script>\nlet a = 1;\n\nb()\n</script>\n<div></div>", "<script>\nlet a = 1;\n\nb()\n</script><div></div>"),
        ('<a href="a  b"\n  title="{{ x }}\n y">z</a>', '<a href="a  b"\n  title="X\n y">z</a>'),
        ("<div title='>'>\n<p>1</p></div>", "<div title='>'><p>1</p></div>"),
        ("<svg>\n<path d=''/>\n<path d=''/>\n</svg>\n<h1>x</h1>", "<svg><path d=''/><path d=''/></svg><h1>x</h1>"),
        ("<!doctype html>\n<html>\n<body>\n</body>\n</html>\n", "<!doctype html><html><body></body></html>"),
    ],
)  # fmt: skip
def test_white_space_that_is_never_shown_goes_and_other_stays(source: str, want: str) -> None:
    assert shown(source) == want


def test_a_line_has_the_same_number_as_in_the_file() -> None:
    source = "<div>\n\n\n<p>\n</p>\n{% if yes %}\n<b>1</b>\n\n<b>2</b>\n{% endif %}\n{{ nothing.at.all }}</div>"
    made = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    tree = made.parse(compact(source))
    [line] = {name.lineno for name in tree.find_all(jinja2.nodes.Name) if name.name == "nothing"}
    assert line == source[: source.index("nothing")].count("\n") + 1


@pytest.mark.parametrize("name", themes.available())
def test_no_template_changes_once_it_is_compact(name: str) -> None:
    theme = themes.load(name)
    environment = theme.environment()
    assert environment.loader is not None
    for template in environment.list_templates():
        source = environment.loader.get_source(environment, template)[0]
        assert compact(source) == source, template


@pytest.mark.parametrize(("theme", "kind", "lang", "name"), CASES[::7])
def test_a_page_has_no_empty_lines_and_no_line_breaks_between_blocks(
    theme: str, kind: str, lang: str, name: str
) -> None:
    text = html(theme, kind, lang, name)
    assert "\n\n" not in text
    assert "</div>\n<div" not in text
    assert "</li>\n<li" not in text
