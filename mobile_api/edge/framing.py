"""Where a request says that it ends: at its Content-Length, or without a body; else it is refused (S21, ADR 0028).

The server in front of us drops the Content-Length of a request that has a Transfer-Encoding too before we see it, takes
``gzip, chunked`` for chunked, and hands over a chunked body that breaks off as if it were whole. So no
Transfer-Encoding is taken at all: what two programs could read in two ways reaches neither.
"""

from __future__ import annotations

from backend.kernel.errors import Malformed
from mobile_api.edge.environ import Scope


class FramingRefused(Malformed):
    """The request does not say in one way where it ends, or whom it is for."""

    code = "framing-refused"
    default_detail = "请求须以一个 Content-Length 说明长度，且只有一个 Host。"


def is_ambiguous(scope: Scope) -> bool:
    """Tell whether another program on the way might find the end, or the host, of this request elsewhere."""
    names = [name for name, _ in scope.headers.items()]
    if "transfer-encoding" in names or names.count("content-length") > 1:
        return True
    # Every request of HTTP/1.1 names its host once (RFC 9112, 3.2).
    hosts = names.count("host")
    return hosts > 1 or (hosts == 0 and scope.http_version != "1.0")
