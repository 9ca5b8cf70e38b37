"""R8: where a disk is full, a photo is refused with 507 and leaves nothing; a complaint is taken.

The disk is a tmpfs of one mebibyte, which only root can mount.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from backend.infrastructure.object_store import FolderStore
from mobile_api.services import Services
from tests.callers import Callers
from tests.complaint_bodies import complaint
from tests.photos import encoded, fetched, picture, upload


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one mebibyte."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"a disk of its own needs the right to mount: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def test_a_full_disk_refuses_the_photo_leaves_nothing_of_it_and_takes_the_complaint(
    callers: Callers, services: Services, app, tiny_disk: Path
):
    app.extensions["baitong-services"] = replace(services, objects=FolderStore(tiny_disk / "objects", services.clock))
    try:
        citizen = callers.citizen()
        large = encoded(Image.effect_noise((1_600, 1_600), 120).convert("RGB"), quality=95)
        before = upload(citizen, encoded(picture()))

        refused = upload(citizen, large)

        left = {name for _, _, names in os.walk(tiny_disk) for name in names}
        assert (refused.status_code, refused.json["code"]) == (507, "objects-full")
        assert refused.json["retryable"] is True
        assert len(left) == 2, "only the photo that was there"
        assert citizen.post("/complaints", complaint()).status_code == 201
        assert upload(citizen, encoded(picture())).status_code == 201, "small ones still fit, without a restart"
        assert fetched(citizen, before).status_code == 200
    finally:
        app.extensions["baitong-services"] = services


# The photo is taken in memory first; then it needs a file of its own, and its renditions another two.
@pytest.mark.parametrize("free_kib", [0, 100, 240])
def test_a_full_temporary_disk_tells_that_there_is_no_room_and_not_that_a_good_photo_is_broken(
    callers: Callers, tiny_disk: Path, monkeypatch, free_kib
):
    citizen = callers.citizen()
    photo = encoded(Image.effect_noise((520, 520), 120).convert("RGB"), quality=88)
    assert 150 < len(photo) / 1024 < 230
    fill(tiny_disk / "ballast", free_kib)
    monkeypatch.setattr(tempfile, "tempdir", str(tiny_disk))

    refused = upload(citizen, photo)
    monkeypatch.undo()

    assert (refused.status_code, refused.json["code"]) == (507, "objects-full")
    assert refused.json["retryable"] is True
    assert upload(citizen, photo).status_code == 201


def fill(file: Path, free_kib: int) -> None:
    """Fill the disk but for so many kibibytes."""
    room = os.statvfs(file.parent)
    file.write_bytes(bytes(room.f_bavail * room.f_frsize - free_kib * 1024))
