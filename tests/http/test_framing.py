"""Requests as bytes on a socket, to the server as ``make run`` starts it: one reading, or 400 and the end (S21)."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from tests.web_process import HOST, web_process

MIB = 1024 * 1024
BODY = b'{"phone":"13900000000","device_id":"x"}'
LENGTH = str(len(BODY)).encode()
WRITE = b"POST /api/v1/sessions/codes HTTP/1.1\r\nHost: baitong\r\nContent-Type: application/json\r\n"
READ = b"GET /livez HTTP/1.1\r\nHost: baitong\r\n"
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
# A whole request that stands where a body should: answered, it would be a request that nobody sent.
SMUGGLED = b"GET /livez HTTP/1.1\r\nHost: smuggled\r\n\r\n"

AMBIGUOUS = {
    "a length and chunks": WRITE + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED + SMUGGLED,
    "chunks and a length": WRITE + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + CHUNKED + SMUGGLED,
    "chunks alone": WRITE + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED + SMUGGLED,
    "chunks under two codings": WRITE + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKED,
    "chunked twice": WRITE + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED,
    "a coding nobody knows": WRITE + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED,
    "chunked, then identity": WRITE + b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED,
    "a coding on a folded line": WRITE + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + CHUNKED,
    "a coding before a space": WRITE + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED,
    "a chunk size that is none": WRITE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY + b"\r\n0\r\n\r\n",
    "a negative chunk size": WRITE + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + BODY + b"\r\n0\r\n\r\n",
    "a chunk size past 64 bits": WRITE + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 18 + b"\r\n" + BODY,
    "a chunk size with 0x": WRITE + b"Transfer-Encoding: chunked\r\n\r\n0x27\r\n" + BODY + b"\r\n0\r\n\r\n",
    "two lengths": WRITE + b"Content-Length: " + LENGTH + b"\r\nContent-Length: 5\r\n\r\n" + BODY,
    "a list of lengths": WRITE + b"Content-Length: " + LENGTH + b", " + LENGTH + b"\r\n\r\n" + BODY,
    "a length with a sign": WRITE + b"Content-Length: +" + LENGTH + b"\r\n\r\n" + BODY,
    "a negative length": WRITE + b"Content-Length: -5\r\n\r\n" + BODY,
    "a length in hex": WRITE + b"Content-Length: 0x27\r\n\r\n" + BODY,
    "an empty length": WRITE + b"Content-Length: \r\n\r\n" + BODY,
    "a length past 64 bits": WRITE + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n" + BODY,
    "a length before a space": WRITE + b"Content-Length : " + LENGTH + b"\r\n\r\n" + BODY,
    "a bare CR in a header": WRITE + b"X: a\rContent-Length: 0\r\nContent-Length: " + LENGTH + b"\r\n\r\n" + BODY,
    "NUL in a header": WRITE + b"X: a\x00b\r\nContent-Length: " + LENGTH + b"\r\n\r\n" + BODY,
    "chunks in HTTP/1.0": WRITE.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED,
    "two hosts": READ + b"Host: other\r\n\r\n",
    "no host": READ.replace(b"Host: baitong\r\n", b"") + b"\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n",
}


@dataclass(frozen=True)
class Heard:
    """What came back on one connection."""

    said: bytes
    closed: bool

    @property
    def statuses(self) -> list[int]:
        """The status of each answer."""
        return [int(part[2:5]) for part in self.said.split(b"HTTP/1.")[1:]]


@pytest.fixture(scope="module")
def port(environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A web server of this module."""
    with web_process(environment, tmp_path_factory.mktemp("web")) as number:
        yield number


def say(port: int, *pieces: bytes, then_stop: bool = False) -> Heard:
    """Send bytes, and listen until the server closes or has nothing more to say."""
    with socket.create_connection((HOST, port), timeout=20) as connection:
        said = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
            if then_stop:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                said += piece
        except ConnectionError:
            # Closed while we still sent: the answer may have come before.
            return Heard(said, closed=True)
        except TimeoutError:
            return Heard(said, closed=False)
        return Heard(said, closed=True)


@pytest.mark.parametrize("request_bytes", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_a_request_of_two_readings_is_refused_once_and_its_connection_closed(port, request_bytes):
    heard = say(port, request_bytes)

    assert heard.closed
    assert heard.statuses == [400], heard.said


def test_chunks_of_two_mebibytes_are_not_waited_for(port):
    """Who still sends when the connection closes may not hear the answer; nothing is read of it all the same."""
    head = WRITE + b"Transfer-Encoding: chunked\r\n\r\n"

    heard = say(port, head, b"200000\r\n" + b"x" * 2 * MIB + b"\r\n0\r\n\r\n" + SMUGGLED)

    assert heard.closed
    assert heard.statuses in ([], [400])


def test_a_body_of_its_length_is_answered_and_the_connection_stays(port):
    request = WRITE + b"Content-Length: " + LENGTH + b"\r\n\r\n" + BODY
    last = WRITE + b"Connection: close\r\nContent-Length: " + LENGTH + b"\r\n\r\n" + BODY

    heard = say(port, request, last)

    assert heard.statuses == [422, 422]


def test_a_length_that_lies_gives_no_second_request(port):
    """What is left of a body that is longer than its length is no request: refused, and the connection closed."""
    heard = say(port, WRITE + b"Content-Length: 5\r\n\r\n" + BODY)

    assert heard.closed
    assert heard.statuses == [400, 400]


@pytest.mark.parametrize("sent", [b"", BODY[:10], BODY], ids=["nothing", "a part", "a whole document"])
def test_a_body_that_breaks_off_before_its_length_is_no_body(port, sent):
    heard = say(port, WRITE + b"Content-Length: 500\r\n\r\n" + sent, then_stop=True)

    assert heard.closed
    assert heard.statuses in ([], [400])


def test_a_mebibyte_is_taken_and_a_byte_more_is_not(port):
    whole = BODY + b" " * (MIB - len(BODY))
    taken = say(port, WRITE + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % MIB, whole)
    refused = say(port, WRITE + b"Content-Length: %d\r\n\r\n" % (MIB + 1))

    assert taken.statuses == [422]
    assert refused.statuses == [413]
    assert refused.closed


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {414, 431}),
        (READ + b"X-Long: " + b"a" * 500_000 + b"\r\n\r\n", {431}),
        (READ + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n", {431}),
    ],
    ids=["a long path", "a long header", "many headers"],
)
def test_paths_and_headers_have_an_end(port, request_bytes, statuses):
    heard = say(port, request_bytes)

    assert heard.closed
    assert set(heard.statuses) <= statuses
    assert len(heard.statuses) <= 1


@pytest.mark.parametrize(
    "name", [b"Authorization", b"Idempotency-Key", b"If-Match", b"X-Request-Id", b"Accept-Language"]
)
@pytest.mark.parametrize("value", [b"\xff\xfe", b"\xed\xa0\x80", "井".encode(), b"\xe2\x80\xae", b"a" * 7000])
def test_a_header_of_any_bytes_is_no_error_of_ours(port, name, value):
    request = b"POST /api/v1/complaints HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n"

    heard = say(port, request + name + b": " + value + b"\r\n\r\n")

    assert heard.statuses == [401]


@pytest.mark.parametrize(
    "path", ["井".encode(), b"%00", b"%ff", b"%ed%a0%80", b"..%2f..%2fetc", b"a" * 8000, b"%", b"\xff"]
)
def test_a_path_of_any_bytes_is_no_error_of_ours(port, path):
    heard = say(port, b"GET /problems/" + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert set(heard.statuses) <= {400, 404}
    assert len(heard.statuses) == 1


@pytest.mark.parametrize("query", ["公积金".encode(), b"%E5%85%AC", b"%00", b"%ff", b"%ed%a0%80", b"a" * 8000, b"%"])
@pytest.mark.parametrize("path", [b"/api/v1/catalogue/services?q=", b"/api/v1/reference/request-types?", b"/livez?"])
def test_a_query_of_any_bytes_is_no_error_of_ours(port, path, query):
    heard = say(port, b"GET " + path + query + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert len(heard.statuses) == 1
    # The catalogue of this server is not loaded, and says so.
    assert set(heard.statuses) <= {200, 400, 414, 422, 503}


def test_a_query_is_read_alike_whether_its_chinese_is_escaped_or_not(port):
    name = "名"

    answers = [
        say(
            port, b"GET /api/v1/catalogue/services?" + asked + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        ).said
        for asked in (f"{name}=1".encode(), quote(name).encode() + b"=1")
    ]

    assert [f'"{name}":["未知字段。"]'.encode() in answer for answer in answers] == [True, True]
