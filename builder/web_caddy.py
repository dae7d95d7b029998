"""A Caddyfile for all hosts of an installation: one site that looks up its host's folder, certificates on demand.

Caddy asks the live layer whether it may get a certificate (`/-/ask`); nothing has to be reloaded for a new site.
"""

from http import HTTPStatus

from seo import headers
from seo.headers import Kind
from storefront.core.config import Settings

from . import web_config, web_rules
from .web_config import Front, Frontage

_HEAD = """\
# Made by `marketplace web-config caddy`; changes are lost with the next one (docs/operations.md).
"""


def files(settings: Settings, known: Frontage, front: Front) -> dict[str, bytes]:
    """Write the Caddyfile and what it imports: name in its folder → content."""
    made = {"Caddyfile": _caddyfile(settings, known, front)}
    for number, served in enumerate(known.served):
        names = [served.host, *(found.host for found in known.forwards if found.to == served.host)]
        if text := web_rules.caddy_moves(number, names, served.moves):
            made[f"hosts/{served.host}.caddy"] = _HEAD + text
    return {name: text.encode() for name, text in made.items()}


def _caddyfile(settings: Settings, known: Frontage, front: Front) -> str:
    tls = settings.site_scheme == "https"
    parts = [_HEAD, _options(front, tls), _live(front), _headers(settings, known, tls), _missing(front)]
    parts += [_site(settings, known), _errors(settings)]
    if tls:
        parts.append(_secure_site(known, front))
        port = "" if front.listen_tls == 443 else f":{front.listen_tls}"
        parts.append(f"http://:{front.listen} {{\n\tredir https://{{host}}{port}{{uri}} 301\n}}\n")
    else:
        parts.append(f"http://:{front.listen} {{\n\timport marketplace\n}}\n")
    if front.live:
        scheme = "https" if tls else "http"
        parts += [f"{scheme}://{host} {{\n\timport marketplace_live\n}}\n" for host in web_config.named_hosts(settings)]
    return "\n".join(parts)


def _secure_site(known: Frontage, front: Front) -> str:
    """All hosts with certificates on demand; where nobody can be asked for them, the hosts of today by name."""
    port = "" if front.listen_tls == 443 else f":{front.listen_tls}"
    if front.live:
        return f"https://{port} {{\n\ttls {{\n\t\ton_demand\n\t}}\n\timport marketplace\n}}\n"
    names = [served.host for served in known.served] + [found.host for found in known.forwards]
    addresses = ", ".join(f"https://{name}{port}" for name in names)
    return f"{addresses} {{\n\timport marketplace\n}}\n" if names else ""


def _options(front: Front, tls: bool) -> str:
    lines = [f"\thttp_port {front.listen}"]
    if tls:
        lines.append(f"\thttps_port {front.listen_tls}")
    if tls and front.live:
        # The live layer is asked on its own address: the ask endpoint answers nobody who comes through a proxy.
        lines += ["\ton_demand_tls {", f"\t\task http://{front.live}/-/ask", "\t}"]
    lines += ["\tservers {", "\t\ttimeouts {", "\t\t\tread_header 10s", "\t\t\tidle 60s", "\t\t}", "\t}"]
    return "{\n" + "\n".join(lines) + "\n}\n"


def _live(front: Front) -> str:
    if not front.live:
        return '(marketplace_live) {\n\terror "no live layer" 503\n}\n'
    return f"(marketplace_live) {{\n\treverse_proxy {front.live}\n}}\n"


def _headers(settings: Settings, known: Frontage, tls: bool) -> str:
    kinds = "\n".join(f'\t\t~^{pattern}$ "{value}"' for pattern, value in web_config.cache_rules())
    types = "\n".join(f'\t\t~^{pattern}$ "{value}"' for pattern, value in web_config.type_rules())
    secure = "\n".join(f'\theader {name} "{value}"' for name, value in _secure(settings))
    unlisted = " ".join(f"/{folder}*" for folder in headers.UNLISTED)
    promise = "\theader Strict-Transport-Security {marketplace_transport}\n" if tls else ""
    hosts = "\n".join(f'\t\t{served.host} "{served.transport}"' for served in known.served if served.transport)
    transport = f"\tmap {{host}} {{marketplace_transport}} {{\n{hosts}\n\t\tdefault max-age=300\n\t}}\n" if tls else ""
    return (
        f"(marketplace_security) {{\n{transport}{promise}{secure}\n}}\n\n"
        "(marketplace_file) {\n"
        f"\tmap {{path}} {{marketplace_cache}} {{\n{kinds}\n\t}}\n"
        f"\tmap {{path}} {{marketplace_type}} {{\n{types}\n\t\tdefault application/octet-stream\n\t}}\n"
        "\theader Cache-Control {marketplace_cache}\n"
        "\theader Content-Type {marketplace_type}\n"
        "\theader X-Content-Type-Options nosniff\n"
        f"\t@unlisted path {unlisted}\n"
        "\theader @unlisted X-Robots-Tag noindex\n"
        "\tfile_server {\n\t\tprecompressed br gzip\n\t}\n"
        "}\n"
    )


def _missing(front: Front) -> str:
    """What answers where no file and no move is known: the live layer, which knows what moved a moment ago.

    No snippet in here imports another: Caddy 2.6 loses its way in files that import so.
    """
    last = f"reverse_proxy {front.live}" if front.live else "error 404"
    brief = f'header Cache-Control "{Kind.MISSING.value}"'
    lost = (
        "\t@elsewhere not vars {marketplace_elsewhere} -\n"
        f"\thandle @elsewhere {{\n\t\t{brief}\n\t\tredir {{marketplace_elsewhere}}{{uri}} 301\n\t}}\n"
        f"\thandle {{\n\t\t{last}\n\t}}\n"
    )
    return (
        f"(marketplace_missing) {{\n{lost}}}\n\n"
        "(marketplace_moved) {\n"
        f"\t@gone vars {{moved}} {web_rules.GONE}\n"
        "\terror @gone 410\n"
        "\t@moved not vars {moved} -\n"
        "\thandle @moved {\n"
        f"\t\t{brief}\n"
        "\t\tredir {marketplace_home}{moved}{marketplace_query} 301\n"
        "\t}\n"
        f"\thandle {{\n{lost}\t}}\n"
        "}\n"
    )


def _site(settings: Settings, known: Frontage) -> str:
    root = web_config.check_root(settings)
    dynamic = " ".join(f"{path}*" if path.endswith("/") else path for path in web_config.dynamic_paths(settings))
    away = "\n".join(f"\t\t\t{found.host} {settings.origin(found.to)}" for found in known.forwards)
    brief = Kind.MISSING.value
    return f"""\
(marketplace) {{
	root * {root}/{{host}}/current
	route {{
		@unfit not vars_regexp {{host}} ^{web_config.HOST}$
		respond @unfit "404 Not Found" 404

		@ask path /-/ask
		respond @ask 404
		@live path {dynamic}
		handle @live {{
			import marketplace_live
		}}

		map {{query}} {{marketplace_query}} {{
			~^(.+)$ "?${{1}}"
			default ""
		}}
		map {{host}} {{marketplace_elsewhere}} {{
{away}
			default -
		}}
		map {{marketplace_elsewhere}} {{marketplace_home}} {{
			- ""
			default {{marketplace_elsewhere}}
		}}

		@method not method GET HEAD
		handle @method {{
			header Allow "GET, HEAD"
			respond "405 Method Not Allowed" 405
		}}
		@copy path *.br *.gz
		error @copy 404

		@index path_regexp index ^(.*/)index\\.html$
		handle @index {{
			header Cache-Control "{brief}"
			redir {{re.index.1}}{{marketplace_query}} 301
		}}
		@folder {{
			not path */
			file {{path}}/index.html
		}}
		handle @folder {{
			header Cache-Control "{brief}"
			redir {{path}}/{{marketplace_query}} 301
		}}
		@page {{
			path */ *.html
			file {{path}}index.html {{path}}
		}}
		handle @page {{
			import marketplace_security
			import marketplace_file
		}}
		@file {{
			not path */ *.html
			file {{path}}
		}}
		handle @file {{
			import marketplace_file
		}}

		import hosts/*.caddy
		handle {{
			import marketplace_missing
		}}
	}}
	import marketplace_errors
}}
"""


def _errors(settings: Settings) -> str:
    """The page for what is not there, in the language of the address; 503 for forms while the live layer is away."""
    dynamic = " ".join(f"{path}*" if path.endswith("/") else path for path in web_config.dynamic_paths(settings))
    return f"""\
(marketplace_errors) {{
	handle_errors {{
		root * {web_config.check_root(settings)}/{{host}}/current
		route {{
			@live path {dynamic}
			handle @live {{
				header Cache-Control no-store
				header Retry-After 30
				respond "503 Service Unavailable" 503
			}}
			map {{path}} {{marketplace_lang}} {{
				~^(/{web_config.LANGUAGE})(?:/.*)?$ "${{1}}"
				default ""
			}}
			@gone expression {{err.status_code}} == 410
			handle @gone {{
				import marketplace_answer_410
			}}
			handle {{
				import marketplace_answer_404
			}}
		}}
	}}
}}

{_answer(404)}
{_answer(410)}"""


def _answer(status: int) -> str:
    pages = "".join(_page(status, name, page) for name, page in (("spoken", "{marketplace_lang}"), ("other", "")))
    brief = f'\theader Cache-Control "{Kind.MISSING.value}"\n'
    plain = f'\thandle {{\n\t{brief}\t\trespond "{status} {HTTPStatus(status).phrase}" {status}\n\t}}\n'
    return f"(marketplace_answer_{status}) {{\n{pages}{plain}}}\n"


def _page(status: int, name: str, folder: str) -> str:
    return f"""\
	@{name}{status} file {folder}/404.html
	handle @{name}{status} {{
		rewrite * {folder}/404.html
		import marketplace_security
		header Cache-Control "{Kind.MISSING.value}"
		header Content-Type "{headers.content_type("404.html")}"
		file_server {{
			precompressed br gzip
			status {status}
		}}
	}}
"""


def _secure(settings: Settings) -> headers.Headers:
    return headers.security_headers(web_rules.policy(settings))
