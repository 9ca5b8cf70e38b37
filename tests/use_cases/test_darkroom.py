"""The child that develops a photo is confined: little memory, little time, no secrets, and it ends with its parent."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from backend.evidence import headers
from backend.evidence.darkroom import Darkroom
from backend.evidence.errors import EvidenceBusy, PhotoUnreadable
from backend.evidence.headers import Header
from backend.evidence.rules import PhotoType
from tests.faults.processes import Seen, descendants, environment_of
from tests.photos import bomb_png, encoded, picture

ROOT = Path(__file__).resolve().parents[2]
CHILD = "backend.evidence.developing"
PATIENT_S = 120.0


def photo_file(photo: bytes):
    """Return the photo as the file that an upload is."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by who asked for it
    file.write(photo)
    return file


def develop(darkroom: Darkroom, photo: bytes) -> int:
    """Develop the photo and return its width."""
    with photo_file(photo) as file, darkroom.develop(file, header_of(photo)) as developed:
        return developed.width


def header_of(photo: bytes) -> Header:
    """Return what the photo says of itself."""
    file = io.BytesIO(photo)
    return headers.read_header(file, headers.type_of(file))


def children() -> list[Seen]:
    """Return the children of this process that develop a photo."""
    return [seen for seen in descendants(os.getpid()) if CHILD in seen.command]


def wait_for(true, what: str) -> None:
    """Poll until it is so."""
    deadline_s = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline_s, what
        time.sleep(0.005)


def confined(body: str) -> subprocess.CompletedProcess[bytes]:
    """Run these lines in a confined process."""
    script = f"import os\nfrom backend.evidence.developing import confinement\n{body}"
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def slow_photo() -> bytes:
    """A photo that takes a while: 49 megapixels of noise."""
    return encoded(Image.effect_noise((7_000, 7_000), 60).convert("RGB"), "JPEG", quality=60)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("RGBA", "PNG"), ("RGBA", "WEBP")],
)
def test_a_photo_of_fifty_megapixels_fits_into_the_memory_of_the_child(mode, kind):
    photo = encoded(picture(8_192, 6_100, mode), kind, **({"method": 0} if kind == "WEBP" else {}))

    with photo_file(photo) as file, Darkroom(wall_s=PATIENT_S).develop(file, header_of(photo)) as developed:
        assert (developed.width, developed.height) == (4_096, 3_050)


def test_a_bomb_just_below_the_limit_is_a_photo_like_another():
    photo = bomb_png(7_071, 7_071)

    with photo_file(photo) as file, Darkroom(wall_s=PATIENT_S).develop(file, header_of(photo)) as developed:
        assert (developed.width, developed.height) == (4_096, 4_096)


def test_a_child_that_sees_another_size_than_the_header_told_decodes_nothing():
    header = Header(type=PhotoType.PNG, width=10, height=10)

    with photo_file(bomb_png(12_815, 12_815)) as file, pytest.raises(PhotoUnreadable), Darkroom().develop(file, header):
        pass


def test_a_child_takes_no_more_memory_than_it_may():
    ended = confined("confinement.confine(os.getppid())\nx = bytearray(confinement.MEMORY_BYTES)")

    assert b"MemoryError" in ended.stderr


def test_a_child_takes_no_more_time_than_it_may():
    ended = confined("confinement.CPU_S = 1\nconfinement.confine(os.getppid())\nwhile True: pass")

    assert ended.returncode < 0


def test_a_child_writes_no_more_than_it_may(tmp_path):
    body = f"""
confinement.FILE_BYTES = 1000
confinement.confine(os.getppid())
open({str(tmp_path / "out")!r}, "wb", buffering=0).write(bytes(5000))
open({str(tmp_path / "out")!r}, "ab", buffering=0).write(bytes(5000))
"""
    ended = confined(body)

    assert ended.returncode != 0
    assert (tmp_path / "out").stat().st_size <= 1000


def test_a_photo_that_takes_too_long_is_given_up_and_its_child_ended(slow_photo):
    with pytest.raises(EvidenceBusy):
        develop(Darkroom(wall_s=0.2), slow_photo)

    assert children() == []


def test_no_more_than_so_many_are_developed_at_once_and_the_next_is_told_to_come_again(slow_photo):
    darkroom = Darkroom(at_once=1, slot_wait_s=0.05, wall_s=PATIENT_S)
    slow = threading.Thread(target=develop, args=(darkroom, slow_photo))
    slow.start()
    wait_for(children, "no child")

    with pytest.raises(EvidenceBusy) as refused:
        develop(darkroom, encoded(picture()))
    slow.join()

    assert refused.value.retry_after_s == 2
    assert develop(darkroom, encoded(picture())) == 320


def test_a_child_knows_no_setting_and_holds_no_file_of_its_parent(slow_photo, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    with (tmp_path / "ours").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        developing = threading.Thread(target=develop, args=(Darkroom(wall_s=PATIENT_S), slow_photo))
        developing.start()
        wait_for(children, "no child")
        [child] = children()
        environment = environment_of(child.pid)
        held = {os.readlink(link) for link in Path(f"/proc/{child.pid}/fd").iterdir()}
        developing.join()

    assert b"secret" not in environment
    assert not [name for name in held if "ours" in name or "socket" in name]


def test_a_child_ends_with_its_parent_even_after_kill_9(slow_photo, tmp_path):
    (tmp_path / "photo").write_bytes(slow_photo)
    script = f"""
from backend.evidence import headers
from backend.evidence.darkroom import Darkroom
photo = open({str(tmp_path / "photo")!r}, "rb")
with Darkroom(wall_s=60).develop(photo, headers.read_header(photo, headers.type_of(photo))): pass
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    wait_for(lambda: [seen for seen in descendants(parent.pid) if CHILD in seen.command], "no child")
    [child] = [seen for seen in descendants(parent.pid) if CHILD in seen.command]

    parent.kill()
    parent.wait(30)

    wait_for(lambda: not child.runs(), "the child lives on")


@pytest.mark.parametrize("module", ["mobile_api.app, mobile_api.edge.server", "mobile_api.worker_table"])
def test_neither_web_nor_worker_carries_a_decoder(module):
    script = f"import sys, {module}; sys.exit(bool({{'PIL', 'pi_heif'}} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, timeout=60).returncode == 0
