"""The door to stored objects keeps one promise in a folder and in a bucket that speaks S3."""

from __future__ import annotations

import io
import os
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from backend.infrastructure.object_store import (
    BucketStore,
    FolderStore,
    ObjectExists,
    ObjectMissing,
    ObjectStore,
    ObjectsUnavailable,
)
from backend.infrastructure.settings import BucketSettings
from backend.kernel.clock import SystemClock

PHOTO = os.urandom(3_000_000)


@pytest.fixture(scope="module")
def bucket() -> Iterator[BucketSettings]:
    """A bucket that speaks S3, on this machine."""
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    client.create_bucket(Bucket="photos")
    client.close()
    yield BucketSettings(name="photos", endpoint=endpoint, region="us-east-1", access_key_id="k", secret_key="s")
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """Each kind of store in turn."""
    if request.param == "folder":
        return FolderStore(tmp_path / "objects", SystemClock())
    return BucketStore(request.getfixturevalue("bucket"), SystemClock())


@pytest.fixture
def key() -> str:
    """A key that no other test has."""
    return f"evidence/{os.urandom(1).hex()}/{os.urandom(16).hex()}"


def test_what_was_put_comes_back_byte_for_byte(store: ObjectStore, key):
    store.put(key, io.BytesIO(PHOTO))

    with store.get(key) as content:
        assert content.read() == PHOTO


def test_an_object_is_written_once_and_never_changed(store: ObjectStore, key):
    store.put(key, io.BytesIO(b"first"))

    with pytest.raises(ObjectExists):
        store.put(key, io.BytesIO(b"second"))

    with store.get(key) as content:
        assert content.read() == b"first"


def test_a_deleted_object_is_gone_and_may_be_deleted_again(store: ObjectStore, key):
    store.put(key, io.BytesIO(b"x"))

    store.delete(key)
    store.delete(key)

    with pytest.raises(ObjectMissing):
        store.get(key)


def test_a_listing_shows_the_objects_of_its_folder_with_size_and_instant(store: ObjectStore):
    folder = f"evidence/{os.urandom(4).hex()}"
    begun = datetime.now(UTC)
    store.put(f"{folder}/a", io.BytesIO(b"12345"))
    store.put(f"{folder}/b", io.BytesIO(b"1"))
    store.put("elsewhere/c" + os.urandom(4).hex(), io.BytesIO(b"1"))

    found = sorted(store.listed(folder), key=lambda one: one.key)

    assert [(one.key, one.size) for one in found] == [(f"{folder}/a", 5), (f"{folder}/b", 1)]
    assert all(abs(one.written_at - begun) < timedelta(minutes=1) for one in found)


def test_a_folder_may_be_entered_by_its_owner_alone(tmp_path):
    FolderStore(tmp_path / "objects", SystemClock()).put("evidence/ab/x", io.BytesIO(b"1"))

    assert (tmp_path / "objects").stat().st_mode & 0o777 == 0o700


def test_what_a_killed_writer_left_half_written_is_cleared_and_a_present_one_is_not(tmp_path):
    store = FolderStore(tmp_path / "objects", SystemClock())
    store.put("evidence/ab/whole", io.BytesIO(b"1"))
    half = tmp_path / "objects" / "evidence" / "ab" / "half#1"
    half.write_bytes(b"ha")

    kept = store.clear_unfinished(before=datetime.now(UTC) - timedelta(hours=1))
    removed = store.clear_unfinished(before=datetime.now(UTC) + timedelta(hours=1))

    assert (kept, removed) == (0, 1)
    assert not half.exists()
    assert [one.key for one in store.listed("evidence")] == ["evidence/ab/whole"]


def test_a_bucket_that_takes_the_call_and_says_nothing_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings = BucketSettings(
            name="photos", endpoint=f"http://127.0.0.1:{port}", region="r", access_key_id="k", secret_key="s"
        )
        begun_s = time.monotonic()

        with pytest.raises(ObjectsUnavailable):
            BucketStore(settings, SystemClock()).put("evidence/ab/x", io.BytesIO(b"1"))

    # The limit is 3 s; a busy machine may take longer, and a missing limit takes 30.
    assert time.monotonic() - begun_s < 15


def test_a_bucket_that_is_away_is_left_alone_after_a_few_tries():
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    settings = BucketSettings(
        name="photos", endpoint=f"http://127.0.0.1:{port}", region="r", access_key_id="k", secret_key="s"
    )
    store = BucketStore(settings, SystemClock())

    waits = []
    for _ in range(7):
        with pytest.raises(ObjectsUnavailable) as refused:
            store.get("evidence/ab/x")
        waits.append(refused.value.retry_after_s)

    assert waits[:5] == [None] * 5
    assert all(wait is not None and wait > 20 for wait in waits[5:])


def test_the_keys_to_a_bucket_do_not_show_when_it_is_printed():
    shown = repr(BucketSettings(name="n", endpoint="e", region="r", access_key_id="AKIA1", secret_key="hidden"))

    assert "AKIA1" not in shown
    assert "hidden" not in shown
