"""The HTTP side of our Meilisearch: requests in, answers out, and the faults a server can have (SECURITY E6)."""

import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.servers.meili_indexes import Refused


class Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        """Close the connections that are kept."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


def handler_of(server: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def do_PUT(self) -> None:
            self._serve("PUT")

        def do_PATCH(self) -> None:
            self._serve("PATCH")

        def do_DELETE(self) -> None:
            self._serve("DELETE")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def _serve(self, method: str) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            key = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            server.asked.append((method, self.path, key))
            if server.behave and server.behaves_towards(self.path):
                _misbehave(server, self)
                return
            try:
                with server.lock:
                    status, body = server.answer(method, self.path, key, json.loads(content) if content else None)
                    written = b"" if body is None else json.dumps(body).encode()
            except Refused as refusal:
                status, written = refusal.status, json.dumps(refusal.body).encode()
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                body = {"message": repr(error), "code": "bad_request", "type": "invalid_request", "link": ""}
                status, written = 400, json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

    return Handler


def _misbehave(server: Any, handler: BaseHTTPRequestHandler) -> None:
    said = {
        "500": b"<h1>Internal Server Error</h1>",
        "garbage": b"\x00\xff{]not json",
        "empty": b"",
        "nonsense": b'{"results": [{"hits": 7}, null], "status": ["?"]}',
    }
    handler.close_connection = True
    if server.behave == "hang":
        server.is_stopping(30)
    elif server.behave == "reset":
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()
    elif server.behave == "drip":
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(300):
            handler.wfile.write(b" ")
            if server.is_stopping(0.1):
                return
    else:
        handler.send_response(500 if server.behave == "500" else 200)
        handler.send_header("Content-Length", str(len(said[server.behave])))
        handler.end_headers()
        handler.wfile.write(said[server.behave])
