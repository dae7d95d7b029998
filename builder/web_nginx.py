"""Configuration of nginx for all hosts of an installation: one server that looks up its host's folder.

New sites, releases and rollbacks need no reload. Moved and gone addresses stand in maps, one file a host; until nginx
reads them again the live layer answers for what is newer.
"""

from pathlib import Path

from seo import headers
from seo.headers import Kind
from storefront.core.config import Settings

from . import web_config, web_rules
from .web_config import Front, Frontage

_HEAD = """\
# Made by `marketplace web-config nginx`; changes are lost with the next one (docs/operations.md).
"""
_PROXY = """\
		proxy_pass http://marketplace_live;
		proxy_http_version 1.1;
		proxy_set_header Connection "";
		proxy_set_header Host $http_host;
		proxy_set_header X-Forwarded-For $remote_addr;
		proxy_set_header X-Forwarded-Proto $scheme;
"""
# A location with a header of its own inherits none: what the live layer says is not said twice.
_LIVE = """\
	location @live_away {
		add_header Cache-Control no-store always;
		add_header Retry-After 30 always;
		return 503;
	}
	location = /-/ask {
		return 404;
	}
	location @live {
		error_page 502 504 =404 @missing;
		add_header Alt-Svc "";
"""
_FORWARDED = """\
		error_page 502 504 = @live_away;
		add_header Alt-Svc "";
"""


def files(settings: Settings, known: Frontage, front: Front, folder: Path) -> dict[str, bytes]:
    """Write what nginx's `http` block includes, and the maps of the hosts: name in its folder → content.

    Args:
        settings: of the installation.
        known: its hosts.
        front: how nginx stands in front of it.
        folder: where the files will lie, since nginx wants whole paths.
    """
    made = {"marketplace.conf": _conf(settings, known, front, folder)}
    for served in known.served:
        if text := web_rules.nginx_moves(served.host, served.moves):
            made[f"hosts/{served.host}.map"] = _HEAD + text
    return {name: text.encode() for name, text in made.items()}


def _conf(settings: Settings, known: Frontage, front: Front, folder: Path) -> str:
    tls = settings.site_scheme == "https"
    parts = [_HEAD, _maps(settings, known, folder), _header_maps(settings, known)]
    if front.live:
        parts.append(f"upstream marketplace_live {{\n\tserver {front.live};\n\tkeepalive 16;\n}}\n")
    if tls:
        parts.append(_to_https(front))
    parts.append(_server(settings, front, tls))
    if front.live and (named := web_config.named_hosts(settings)):
        parts.append(_live_server(front, tls, named))
    return "\n".join(parts)


def _map(source: str, name: str, lines: list[str]) -> str:
    return f"map {source} ${name} {{\n" + "".join(f"\t{line}\n" for line in lines) + "}\n"


def _maps(settings: Settings, known: Frontage, folder: Path) -> str:
    away = [f'"{found.host}" "{settings.origin(found.to)}";' for found in known.forwards]
    led = [f'"{found.host}" "{found.to}";' for found in known.forwards]
    paths = web_config.dynamic_paths(settings)
    dynamic = "|".join(path if path.endswith("/") else f"{path}$" for path in paths)
    return "".join(
        (
            "map_hash_bucket_size 2048;\nmap_hash_max_size 262144;\nserver_tokens off;\n\n",
            _map("$host", "marketplace_site", [f'"~^{web_config.HOST}$" $host;', 'default "-";']),
            _map("$host", "marketplace_home", [*away, 'default "";']),
            _map("$host", "marketplace_from", [*led, "default $host;"]),
            _map("$marketplace_from$uri", "marketplace_moved", [f"include {folder}/hosts/*.map;", 'default "";']),
            _map(
                "$marketplace_moved",
                "marketplace_there",
                ['"" $request_uri;', f"{web_rules.GONE} $request_uri;", "default $marketplace_moved$is_args$args;"],
            ),
            _map("$uri", "marketplace_dynamic", [f'"~^(?:{dynamic})" 1;', 'default "";']),
            _map(
                "$marketplace_dynamic:$marketplace_home",
                "marketplace_elsewhere",
                ['"~^:(?<there>.+)$" $there;', 'default "";'],
            ),
            _map(
                "$marketplace_dynamic:$request_method",
                "marketplace_refused",
                ['"~^1:" "";', '"~^:(?:GET|HEAD)$" "";', "default 1;"],
            ),
            _map("$uri", "marketplace_lang", [f'"~^(?<spoken>/{web_config.LANGUAGE})/" $spoken;', 'default "";']),
        )
    )


def _header_maps(settings: Settings, known: Frontage) -> str:
    brief = Kind.MISSING.value
    cache = [f'"~^(?:301|404|405|410):" "{brief}";']
    cache += [f'"~^\\d+:{pattern}$" "{value}";' for pattern, value in web_config.cache_rules()]
    feeds = "|".join(headers.UNLISTED)
    made = _map("$status:$uri", "marketplace_cache", cache)
    made += _map("$uri", "marketplace_robots", [f'"~^/(?:{feeds})" noindex;', 'default "";'])
    made += _map("$status", "marketplace_allow", ['405 "GET, HEAD";', 'default "";'])
    for name, value in headers.security_headers(web_rules.policy(settings)):
        if name != "X-Content-Type-Options":
            lines = [f'"~^text/html" "{value}";', 'default "";']
            made += _map("$sent_http_content_type", _variable(name), lines)
    promises = [f'"{served.host}" "{served.transport}";' for served in known.served if served.transport]
    otherwise = '"max-age=300"' if settings.site_scheme == "https" else '""'
    return made + _map("$host", "marketplace_transport", [*promises, f"default {otherwise};"])


def _server(settings: Settings, front: Front, tls: bool) -> str:
    root = web_config.check_root(settings)
    types = "\n".join(f'\t\t"{kind}" {ending};' for ending, kind in sorted(headers.TYPES.items()))
    added = [("Cache-Control", "$marketplace_cache"), ("X-Robots-Tag", "$marketplace_robots")]
    added += [("Allow", "$marketplace_allow"), ("X-Content-Type-Options", "nosniff")]
    added += [
        (name, f"${_variable(name)}") for name, _ in headers.security_headers("") if name != "X-Content-Type-Options"
    ]
    added.append(("Strict-Transport-Security", "$marketplace_transport"))
    adding = "\n".join(f"\tadd_header {name} {value} always;" for name, value in added)
    brotli = "\tbrotli_static on;\n" if front.brotli else ""
    rss = headers.content_type("rss.xml")
    return f"""\
server {{
{_listening(front, tls)}
	server_name _;
	root {root}/$marketplace_site/current;
	absolute_redirect off;
	etag on;
	gzip off;
	gzip_static on;
	gzip_vary on;
{brotli}	recursive_error_pages on;
	client_max_body_size 20m;
	types {{
{types}
	}}
	default_type application/octet-stream;
{adding}

	error_page 404 @missing;
	error_page 410 @missing;
	if ($marketplace_elsewhere) {{
		return 301 $marketplace_elsewhere$marketplace_there;
	}}
	if ($marketplace_refused) {{
		return 405;
	}}

	location ~ /$ {{
		try_files ${{uri}}index.html @away;
	}}
	location ~ /index\\.html$ {{
		rewrite ^(.*/)index\\.html$ $1 permanent;
	}}
	location ~ \\.(?:br|gz)$ {{
		return 404;
	}}
	location ~ /rss\\.xml$ {{
		types {{
		}}
		default_type "{rss}";
		try_files $uri @away;
	}}
	location / {{
		try_files $uri @away;
	}}
	location @away {{
		if (-f $document_root$uri/index.html) {{
			return 301 $uri/$is_args$args;
		}}
		if ($marketplace_moved = "{web_rules.GONE}") {{
			return 410;
		}}
		if ($marketplace_moved) {{
			return 301 $marketplace_moved$is_args$args;
		}}
{_last(front)}	}}
	location @missing {{
		error_page 599 @missing;
		try_files $marketplace_lang/404.html /404.html =404;
	}}
{_dynamic(settings, front)}}}
"""


def _last(front: Front) -> str:
    """What answers where no file and no move is known: the live layer, which knows what moved a moment ago."""
    if not front.live:
        return "\t\treturn 404;\n"
    return "\t\terror_page 404 = @live;\n\t\treturn 404;\n"


def _dynamic(settings: Settings, front: Front) -> str:
    if not front.live:
        return "".join(f"\tlocation {_match(path)} {{\n\t\treturn 503;\n\t}}\n" for path in _paths(settings))
    each = "".join(f"\tlocation {_match(path)} {{\n{_FORWARDED}{_PROXY}\t}}\n" for path in _paths(settings))
    return f"{_LIVE}{_PROXY}\t}}\n{each}"


def _paths(settings: Settings) -> tuple[str, ...]:
    return web_config.dynamic_paths(settings)


def _match(path: str) -> str:
    return f"^~ {path}" if path.endswith("/") else f"= {path}"


def _listening(front: Front, tls: bool) -> str:
    if not tls:
        return f"\tlisten {front.listen} default_server;\n\tlisten [::]:{front.listen} default_server;"
    return (
        f"\tlisten {front.listen_tls} ssl http2 default_server;\n"
        f"\tlisten [::]:{front.listen_tls} ssl http2 default_server;\n"
        f"\tssl_certificate {front.certificates}/$ssl_server_name.crt;\n"
        f"\tssl_certificate_key {front.certificates}/$ssl_server_name.key;\n"
        "\tssl_protocols TLSv1.2 TLSv1.3;"
    )


def _to_https(front: Front) -> str:
    port = "" if front.listen_tls == 443 else f":{front.listen_tls}"
    return f"""\
server {{
	listen {front.listen} default_server;
	listen [::]:{front.listen} default_server;
	server_name _;
	location ^~ /.well-known/acme-challenge/ {{
		root /var/www/acme;
	}}
	location / {{
		return 301 https://$host{port}$request_uri;
	}}
}}
"""


def _live_server(front: Front, tls: bool, named: list[str]) -> str:
    listening = _listening(front, tls).replace(" default_server", "")
    return (
        f"server {{\n{listening}\n\tserver_name {' '.join(named)};\n\tclient_max_body_size 20m;\n"
        f"\tlocation = /-/ask {{\n\t\treturn 404;\n\t}}\n\tlocation / {{\n{_PROXY}\t}}\n}}\n"
    )


def _variable(header: str) -> str:
    return "marketplace_" + header.lower().replace("-", "_")
