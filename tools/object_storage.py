"""Real S3-compatible servers on this machine, for tests and proofs: nanio of the development tools, and versitygw.

versitygw is taken where `MARKETPLACE_TEST_VERSITYGW` names it or the PATH has it
(`go install github.com/versity/versitygw/cmd/versitygw@latest`). Each keeps its objects as files of a folder, checks
signatures, and listens on 127.0.0.1 alone.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ACCESS_KEY, SECRET_KEY = "delivery-test", "a secret of the tests alone"
REGION = "us-east-1"
SECONDS = 20.0


class NoServer(Exception):
    """The server is not on this machine; the message says how it comes there."""


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    name: str
    endpoint: str

    def target(self, bucket: str, **options: str) -> str:
        """Write a bucket of it as a target of `marketplace publish --to`."""
        said = {"endpoint": self.endpoint, "region": REGION} | options
        return f"s3://{bucket}?{'&'.join(f'{name}={value}' for name, value in said.items())}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings its credentials stand in."""
        return {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

    def make_bucket(self, name: str) -> None:
        """Make an empty bucket."""
        import boto3.session
        from botocore.config import Config

        session = boto3.session.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION)
        chosen = Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required")
        client = session.client("s3", endpoint_url=self.endpoint, config=chosen)
        client.create_bucket(Bucket=name)
        client.close()


def nanio() -> list[str]:
    """The command of nanio.

    Raises:
        NoServer: the development tools are not installed.
    """
    command = Path(sys.executable).with_name("nanio")
    if not command.is_file():
        raise NoServer("nanio is not installed: make setup")
    return [str(command)]


def versitygw() -> list[str]:
    """The command of versitygw.

    Raises:
        NoServer: it is neither named nor on the PATH.
    """
    named = os.environ.get("MARKETPLACE_TEST_VERSITYGW") or shutil.which("versitygw")
    if not named:
        raise NoServer(
            "no versitygw: go install github.com/versity/versitygw/cmd/versitygw@latest, then put it on the PATH or "
            "name it in MARKETPLACE_TEST_VERSITYGW"
        )
    return [named]


@contextmanager
def running(name: str) -> Iterator[Server]:
    """Start a server in a folder of its own, and end it.

    Args:
        name: `nanio` or `versitygw`.

    Raises:
        NoServer: it is not there, or does not begin to listen.
    """
    folder = Path(tempfile.mkdtemp(prefix="object-storage-"))
    (folder / "objects").mkdir()
    (folder / "metadata").mkdir()
    port = _free_port()
    words, environment = _command(name, folder, port)
    process = None
    try:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(words, env=os.environ | environment, stdout=log, stderr=log, cwd=folder)
        _wait(process, port, folder / "log")
        yield Server(name, f"http://127.0.0.1:{port}")
    finally:
        if process is not None:
            process.terminate()
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _command(name: str, folder: Path, port: int) -> tuple[list[str], dict[str, str]]:
    objects, metadata = str(folder / "objects"), str(folder / "metadata")
    if name == "nanio":
        words = [*nanio(), "serve", "--data-dir", objects, "--host", "127.0.0.1", "--port", str(port)]
        words += ["--region", REGION, "--no-access-log", "--log-level", "warning"]
        return words, {"NANIO_ACCESS_KEY": ACCESS_KEY, "NANIO_SECRET_KEY": SECRET_KEY}
    # Metadata beside the objects: not every file system of a test machine keeps extended attributes.
    words = [*versitygw(), "--port", f"127.0.0.1:{port}", "--region", REGION, "posix", "--sidecar", metadata, objects]
    return words, {
        "ROOT_ACCESS_KEY_ID": ACCESS_KEY,
        "ROOT_SECRET_ACCESS_KEY": SECRET_KEY,
        "ROOT_ACCESS_KEY": ACCESS_KEY,
        "ROOT_SECRET_KEY": SECRET_KEY,
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise NoServer(f"the server does not listen: {log.read_text('utf-8', 'replace')[-400:]}")
