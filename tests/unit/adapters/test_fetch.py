"""A stranger's address leads to the public internet or nowhere (SECURITY C7)."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from storefront.adapters.fetch import PUBLIC, FetchError, Rules, approve, fetch, is_public

NAMES = {
    "localhost": ["127.0.0.1"],
    "localhost.": ["127.0.0.1"],
    "ip6-localhost": ["::1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "intranet.example": ["10.1.2.3"],
    "mixed.example": ["93.184.216.34", "192.168.1.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "v6-mapped.example": ["::ffff:127.0.0.1"],
    "v6-6to4.example": ["2002:7f00:1::"],
    "v6-nat64.example": ["64:ff9b::7f00:1"],
    "v6-scoped.example": ["fe80::1%eth0"],
    "nothing.example": [],
    "pictures.example": ["93.184.216.34"],
    "xn--bcher-kva.example": ["93.184.216.34"],
    "v6.example": ["2606:2800:220:1:248:1893:25c8:1946"],
}


def resolver(host: str, port: int) -> list[str]:
    if host not in NAMES:
        raise socket.gaierror(f"unknown {host}")
    return NAMES[host]


PRETENDING = replace(PUBLIC, resolver=resolver)

REFUSED = [
    "http://127.0.0.1/",
    "http://127.0.0.1:80/",
    "https://127.1.2.3/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.01/",
    "http://00127.0.0.1/",
    "http://127.0.0.1./",
    "http://0/",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.254/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254.:80/",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://0251.0376.0251.0376/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.51.100.7/",
    "http://203.0.113.9/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:93.184.216.34]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a00:1::1]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456:789a::1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[::1/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://ip6-localhost/",
    "http://127.0.0.1.nip.example/",
    "http://intranet.example/",
    "http://mixed.example/",
    "http://metadata.google.internal/",
    "http://v6-mapped.example/",
    "http://v6-6to4.example/",
    "http://v6-nat64.example/",
    "http://v6-scoped.example/",
    "http://nothing.example/",
    "http://unknown.example/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://user@pictures.example/",
    "http://user:pass@pictures.example/",
    "http://pictures.example@127.0.0.1/",
    "http://127.0.0.1#@pictures.example/",
    "http://pictures.example:22/",
    "http://pictures.example:8080/",
    "http://pictures.example:0/",
    "http://pictures.example:65536/",
    "http://pictures.example:80:80/",
    "https://pictures.example:6379/",
    "ftp://pictures.example/",
    "file:///etc/passwd",
    "gopher://pictures.example:80/_x",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "dict://localhost:11211/",
    "jar:http://pictures.example!/",
    "//pictures.example/a.jpg",
    "pictures.example/a.jpg",
    "http:pictures.example",
    "http:///a.jpg",
    "http://",
    "",
    "http://pictures.example\\@127.0.0.1/",
    "http:\\\\127.0.0.1\\",
    "http://pictures.example/a b.jpg",
    "http://pictures.example/\r\nHost: 127.0.0.1",
    "http://pictures.example\x00.evil/",
    "http://pictures.example%2f@127.0.0.1/",
    "http://%6c%6f%63%61%6c%68%6f%73%74/",
    "http://pictures..example/",
    "http://.pictures.example/",
    "http://pictures.example/" + "a" * 3000,
]


def test_the_table_of_tricks_is_long_enough() -> None:
    assert len(set(REFUSED)) >= 60


@pytest.mark.parametrize("url", REFUSED)
def test_no_trick_leads_anywhere_but_the_public_internet(url: str) -> None:
    with pytest.raises(FetchError):
        approve(url, rules=PRETENDING)


@pytest.mark.parametrize(
    ("url", "address", "port", "path"),
    [
        ("http://pictures.example/a.jpg", "93.184.216.34", 80, "/a.jpg"),
        ("https://pictures.example", "93.184.216.34", 443, "/"),
        ("https://pictures.example:443/a.jpg?w=1#top", "93.184.216.34", 443, "/a.jpg?w=1"),
        ("HTTP://Pictures.Example/ä.jpg", "93.184.216.34", 80, "/%C3%A4.jpg"),
        ("http://bücher.example/", "93.184.216.34", 80, "/"),
        ("https://93.184.216.34/a.jpg", "93.184.216.34", 443, "/a.jpg"),
        ("http://[2606:2800:220:1:248:1893:25c8:1946]/", "2606:2800:220:1:248:1893:25c8:1946", 80, "/"),
        ("http://v6.example/a%20b.jpg", "2606:2800:220:1:248:1893:25c8:1946", 80, "/a%20b.jpg"),
    ],
)
def test_ordinary_addresses_are_approved_with_the_ip_they_had(url: str, address: str, port: int, path: str) -> None:
    target = approve(url, rules=PRETENDING)
    assert ([str(found) for found in target.addresses], target.port, target.path) == ([address], port, path)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2a00:1450:4001:81b::200e"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


Answer = Callable[[str, socket.socket], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], int]]:
    """Start a server on this machine that answers each request with a function of its path."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(answer: Answer) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def loop() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    request = connection.recv(4096).decode("latin-1")
                    try:
                        answer(request, connection)
                    except OSError:
                        continue

        threads.append(threading.Thread(target=loop, daemon=True))
        threads[-1].start()
        return int(listener.getsockname()[1])

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join(timeout=5)


def local(port: int, **changes: object) -> Rules:
    return replace(
        PUBLIC,
        ports=frozenset({80, 443, port}),
        also_allowed=(ipaddress.ip_network("127.0.0.0/8"),),
        **changes,  # type: ignore[arg-type]
    )


def says(head: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {head}\r\n\r\n".encode() + body


def test_a_picture_is_fetched_without_credentials(serve: Callable[[Answer], int]) -> None:
    asked: list[str] = []

    def answer(request: str, line: socket.socket) -> None:
        asked.append(request)
        line.sendall(says("200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 3", b"jpg"))

    port = serve(answer)
    got = fetch(f"http://127.0.0.1:{port}/car.jpg?size=1", rules=local(port))
    assert (got.content, got.content_type) == (b"jpg", "image/jpeg")
    assert asked[0].startswith("GET /car.jpg?size=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}\r\n" in asked[0]
    assert "authorization" not in asked[0].lower()
    assert "cookie" not in asked[0].lower()


def test_chunked_content_is_put_together(serve: Callable[[Answer], int]) -> None:
    port = serve(
        lambda _, line: line.sendall(says("200 OK\r\nTransfer-Encoding: chunked", b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"))
    )
    assert fetch(f"http://127.0.0.1:{port}/", rules=local(port)).content == b"abc"


def test_loopback_needs_the_explicit_argument(serve: Callable[[Answer], int]) -> None:
    port = serve(lambda _, line: line.sendall(says("200 OK\r\nContent-Length: 0")))
    with pytest.raises(FetchError, match="not a public address"):
        fetch(f"http://127.0.0.1:{port}/", rules=replace(PUBLIC, ports=frozenset({port})))


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "//10.0.0.1/",
        "file:///etc/passwd",
        "http://a@127.0.0.1/",
    ],
)
def test_a_redirect_into_the_inner_network_is_refused(serve: Callable[[Answer], int], location: str) -> None:
    port = serve(lambda _, line: line.sendall(says(f"302 Found\r\nLocation: {location}\r\nContent-Length: 0")))
    with pytest.raises(FetchError) as refused:
        fetch(f"http://127.0.0.1:{port}/", rules=local(port))
    assert refused.value.lasting


def test_three_redirects_are_followed_and_a_fourth_is_not(serve: Callable[[Answer], int]) -> None:
    def answer(request: str, line: socket.socket) -> None:
        step = int(request.split()[1].strip("/"))
        if step == 0:
            line.sendall(says("200 OK\r\nContent-Length: 4", b"done"))
        else:
            line.sendall(says(f"301 Moved\r\nLocation: /{step - 1}\r\nContent-Length: 0"))

    port = serve(answer)
    assert fetch(f"http://127.0.0.1:{port}/3", rules=local(port)).content == b"done"
    with pytest.raises(FetchError, match="More than 3 redirects"):
        fetch(f"http://127.0.0.1:{port}/4", rules=local(port))


def test_too_large_is_refused_whether_announced_or_not(serve: Callable[[Answer], int]) -> None:
    announced = serve(lambda _, line: line.sendall(says("200 OK\r\nContent-Length: 99999999", b"x")))
    with pytest.raises(FetchError, match="larger"):
        fetch(f"http://127.0.0.1:{announced}/", rules=local(announced))
    silent = serve(lambda _, line: line.sendall(says("200 OK", b"x" * 5000)))
    with pytest.raises(FetchError, match="larger"):
        fetch(f"http://127.0.0.1:{silent}/", rules=local(silent, max_bytes=4096))


def test_a_server_that_drips_is_cut_off(serve: Callable[[Answer], int]) -> None:
    stop = threading.Event()

    def drip(_: str, line: socket.socket) -> None:
        for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10_000:
            if stop.wait(0.05):
                return
            line.sendall(bytes([letter]))

    port = serve(drip)
    try:
        with pytest.raises(FetchError, match=r"longer than 0\.4 seconds"):
            fetch(f"http://127.0.0.1:{port}/", rules=local(port, seconds=0.4))
    finally:
        stop.set()


@pytest.mark.parametrize("head", ["200 OK\r\nContent-Length: 100000", "200 OK"])
def test_a_body_that_drips_is_cut_off_too(serve: Callable[[Answer], int], head: str) -> None:
    stop = threading.Event()

    def drip(_: str, line: socket.socket) -> None:
        line.sendall(says(head))
        while not stop.wait(0.05):
            line.sendall(b"x")

    port = serve(drip)
    try:
        with pytest.raises(FetchError, match=r"longer than 0\.4 seconds"):
            fetch(f"http://127.0.0.1:{port}/", rules=local(port, seconds=0.4))
    finally:
        stop.set()


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    released = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        released.wait(5)
        return []

    try:
        with pytest.raises(FetchError, match="in time"):
            fetch("http://pictures.example/", rules=replace(PUBLIC, resolver=hang, seconds=0.2))
    finally:
        released.set()


def test_a_name_is_resolved_once_and_the_checked_address_is_used(serve: Callable[[Answer], int]) -> None:
    asked: list[str] = []
    port = serve(lambda _, line: line.sendall(says("200 OK\r\nContent-Length: 2", b"ok")))

    def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    got = fetch(f"http://rebinding.example:{port}/", rules=local(port, resolver=rebinding))
    assert (got.content, asked) == (b"ok", ["rebinding.example"])


@pytest.mark.parametrize(("status", "lasting"), [(404, True), (410, True), (500, False), (503, False)])
def test_an_error_says_whether_to_try_again(serve: Callable[[Answer], int], status: int, lasting: bool) -> None:
    port = serve(lambda _, line: line.sendall(says(f"{status} No\r\nContent-Length: 0")))
    with pytest.raises(FetchError) as failed:
        fetch(f"http://127.0.0.1:{port}/", rules=local(port))
    assert failed.value.lasting is lasting


def test_broken_and_silent_servers_are_errors_for_people(serve: Callable[[Answer], int]) -> None:
    for reply in (b"", b"nonsense\r\n\r\n", says("200 OK\r\nContent-Length: 10", b"half")):
        port = serve(lambda _, line, reply=reply: line.sendall(reply))  # type: ignore[misc]
        with pytest.raises(FetchError):
            fetch(f"http://127.0.0.1:{port}/", rules=local(port))


def test_compressed_answers_are_refused(serve: Callable[[Answer], int]) -> None:
    port = serve(lambda _, line: line.sendall(says("200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2", b"xx")))
    with pytest.raises(FetchError, match="compressed"):
        fetch(f"http://127.0.0.1:{port}/", rules=local(port))
