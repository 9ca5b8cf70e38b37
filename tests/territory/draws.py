"""How the request of each operation is drawn: mostly sound, now and then slightly broken. Knows nothing but HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.territory.dice import Dice
from tests.territory.oracle import Ref, Step

API = "/api/v1"
DATA_REQUEST = f"{API}/me/data-requests/{{request_id}}"


def inbox(dice: Dice) -> Step:
    """Draw: a page of the inbox."""
    operation = f"GET {API}/notifications"
    unread_only = dice.rarely("perhaps", dice.one_of("true", "false"))
    return Step(actor=dice.reader(), operation=operation, query=dice.page(operation, unread_only=unread_only))


def unread(dice: Dice) -> Step:
    """Draw: the unread count."""
    return Step(actor=dice.reader(), operation=f"GET {API}/notifications/unread-count")


def read(dice: Dice) -> Step:
    """Draw: a read mark."""
    operation = f"PUT {API}/notifications/{{notification_id}}/read"
    return Step(actor=dice.reader(), operation=operation, ref=dice.thing("notification"))


def read_marks(dice: Dice) -> Step:
    """Draw: a read mark on all up to one."""
    body = dice.odd({"up_to_id": dice.thing("notification")})
    return Step(actor=dice.reader(), operation=f"POST {API}/notifications/read-marks", body=body)


def register(dice: Dice) -> Step:
    """Draw: a phone registered."""
    body = {
        "platform": dice.rarely("telegraph", "android"),
        "app_version": "1.0.0",
        "address": {"kind": "fcm_fid", "value": f"our-address-{dice.random.randrange(4)}"},
    }
    # A new phone is none of those that nobody ever has: what is asked of them later must find nothing.
    kind, source = dice.one_of(("device", "own"), ("device", "own"), ("new_device", "unissued"))
    device = Ref(kind=kind, source=source, place=dice.random.randrange(5))
    return Step(actor=dice.citizen(), operation=f"PUT {API}/devices/{{device_id}}", ref=device, body=dice.odd(body))


def forget(dice: Dice) -> Step:
    """Draw: a phone removed."""
    return Step(actor=dice.citizen(), operation=f"DELETE {API}/devices/{{device_id}}", ref=dice.thing("device"))


def sessions(dice: Dice) -> Step:
    """Draw: one's own sessions."""
    return Step(actor=dice.random.choice([*dice.cast.everybody, *dice.cast.leavers]), operation=f"GET {API}/sessions")


def end_session(dice: Dice) -> Step:
    """Draw: the end of one session; of one's own, only by those who leave."""
    source = dice.one_of("own", "foreign", "foreign", "unissued")
    ref = Ref(kind="session", source=source, place=dice.random.randrange(50))
    actor = dice.random.choice(dice.cast.leavers if source == "own" else dice.cast.citizens)
    return Step(actor=actor, operation=f"DELETE {API}/sessions/{{session_id}}", ref=ref)


def end_sessions(dice: Dice) -> Step:
    """Draw: the end of all sessions."""
    keep = dice.rarely("perhaps", dice.one_of("true", "true", "false"))
    actor = dice.random.choice(dice.cast.leavers)
    return Step(actor=actor, operation=f"DELETE {API}/sessions", query={"keep_current": keep})


def leave(dice: Dice) -> Step:
    """Draw: the end of the session that asks."""
    return Step(actor=dice.random.choice([*dice.cast.leavers, "nobody"]), operation=f"DELETE {API}/sessions/current")


def code(dice: Dice) -> Step:
    """Draw: a sign-in code."""
    phone = dice.one_of("13100000001", "13100000002", "12")
    body = dice.odd({"phone": phone, "device_id": "device-of-a-script"})
    return Step(actor="nobody", operation=f"POST {API}/sessions/codes", body=body)


def sign_in(dice: Dice) -> Step:
    """Draw: a sign-in with a code that nobody was sent."""
    body = {
        "challenge_id": Ref(kind="session", source=dice.one_of("foreign", "unissued"), place=dice.random.randrange(9)),
        "phone": "13100000001",
        "code": "000000",
        "device": {"id": "device-of-a-script"},
    }
    return Step(actor="nobody", operation=f"POST {API}/sessions", body=dice.odd(body))


def sign_in_operator(dice: Dice) -> Step:
    """Draw: a sign-in with a password that nobody has."""
    login = Ref(kind="login", source=dice.one_of("foreign", "unissued"), place=dice.random.randrange(9))
    body = {"login_name": login, "password": "not-the-password", "device_id": "device-of-a-script"}
    return Step(actor="nobody", operation=f"POST {API}/sessions/operator", body=dice.odd(body))


def refresh(dice: Dice) -> Step:
    """Draw: a new pair of tokens."""
    ref = Ref(kind="refresh", source=dice.one_of("own", "unissued"), place=dice.random.randrange(9))
    return Step(actor="nobody", operation=f"POST {API}/sessions/refresh", body=dice.odd({"refresh_token": ref}))


def agree(dice: Dice) -> Step:
    """Draw: an answer to a consent."""
    body = {"purpose": dice.rarely("fun", "precise_location"), "version": dice.rarely("1999-01", "2026-11")}
    body |= {"given": dice.one_of(True, False)}
    return Step(actor=dice.citizen(), operation=f"POST {API}/me/consents", body=dice.odd(body))


def upload(dice: Dice) -> Step:
    """Draw: an upload of what is no picture."""
    boundary = "----photo"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    body = f"{head}no picture\r\n--{boundary}--\r\n".encode()
    media = dice.rarely("application/json", f"multipart/form-data; boundary={boundary}")
    return Step(actor=dice.citizen(), operation=f"POST {API}/evidence", body=body, key=dice.key(), media=media)


def photo(dice: Dice) -> Step:
    """Draw: a photo that waits."""
    operation = f"GET {API}/evidence/{{evidence_id}}"
    return Step(actor=dice.citizen(), operation=operation, ref=dice.thing("evidence"))


def photo_file(dice: Dice) -> Step:
    """Draw: the file of a photo."""
    # A neighbour's link is a key to a neighbour's photo by itself: whoever was given it may look.
    ref = Ref(kind="link", source=dice.one_of("own", "unissued"), place=dice.random.randrange(9))
    return Step(actor="nobody", operation=f"GET {API}/evidence/files/{{token}}", ref=ref)


def ask_for_data(dice: Dice) -> Step:
    """Draw: a request for one's own data, or to be forgotten."""
    actor, kind = dice.rarely((dice.random.choice(dice.cast.leavers), "erasure"), (dice.citizen(), "export"))
    body = dice.odd({"kind": kind})
    return Step(actor=actor, operation=f"POST {API}/me/data-requests", body=body, key=dice.key())


def data_request(dice: Dice) -> Step:
    """Draw: how such a request stands."""
    return Step(actor=dice.citizen(), operation=f"GET {DATA_REQUEST}", ref=dice.thing("data_request"))


def second_factor(dice: Dice) -> Step:
    """Draw: the second step of an operator's sign-in."""
    body = {"challenge": "A" * 43, "code": "123456", "device": {"id": "device-of-a-script"}}
    return Step(actor="nobody", operation=f"POST {API}/sessions/operator/second-factor", body=dice.odd(body))


def propose(dice: Dice) -> Step:
    """Draw: a grid cell proposed for a position."""
    body = {"longitude": dice.one_of(120.5734, 121.2, 0), "latitude": dice.one_of(32.3708, 31.9), "system": "WGS-84"}
    actor = dice.random.choice(dice.cast.everybody)
    return Step(actor=actor, operation=f"POST {API}/grid/proposals", body=dice.odd(body))


def only(operation: str, draw: Callable[[Dice], Step]) -> Callable[[Dice], Step]:
    """Return the draw of an operation whose request looks like another's."""

    def drawn(dice: Dice) -> Step:
        return replace(draw(dice), operation=operation)

    return drawn


def plain(path: str, *queries: Mapping[str, str]) -> Callable[[Dice], Step]:
    """Return the draw of a read without a thing in its path, with one of these queries."""

    def draw(dice: Dice) -> Step:
        query = dice.random.choice(queries or ({},))
        return Step(actor=dice.random.choice(dice.cast.everybody), operation=f"GET {API}{path}", query=query)

    return draw
