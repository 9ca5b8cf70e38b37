"""What the server knows of a request, in the words of WSGI (PEP 3333)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, Protocol


class Headers(Protocol):
    """The headers of a request, names in lower case, repeated ones apart."""

    def get(self, name: str) -> str | None:
        """Return the first value of a header."""
        ...

    def items(self) -> Iterable[tuple[str, str]]:
        """Return all of them."""
        ...


class Scope(Protocol):
    """A request as granian's RSGI describes it (version 1.5), as far as we ask."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Headers


Environ = dict[str, Any]  # PEP 3333: text but for the streams and flags


def environ_of(scope: Scope, body: object) -> Environ:
    """Return the environment that a WSGI application is called with."""
    server_name, _, server_port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _bytes_of(scope.path),
        "QUERY_STRING": _bytes_of(scope.query_string),
        "SERVER_NAME": server_name.strip("[]"),
        "SERVER_PORT": server_port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = _key(name)
        before = environ.get(key)
        environ[key] = value if before is None else f"{before}{'; ' if name == 'cookie' else ','}{value}"
    return environ


def _bytes_of(text: str) -> str:
    """Return the bytes of a part of the address, each as one character. Not every client escapes its Chinese."""
    return text if text.isascii() else text.encode().decode("latin-1")


def _key(header: str) -> str:
    key = header.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
