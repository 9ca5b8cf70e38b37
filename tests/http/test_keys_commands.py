"""`flask keys`: what an operator reads before and after a rotation, and of personal data at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from backend.data_protection.fields import FIELDS
from backend.infrastructure.crypto import Algorithm, Sealer
from mobile_api.cli.keys import keys
from mobile_api.cli.spoken import spoken
from mobile_api.services import Services, install

MORE_KEYS = {"old": bytes([3] * 32), "new": bytes([4] * 32)}


def runner_over(services: Services, key_id: str, cipher: Algorithm) -> FlaskCliRunner:
    """Return a terminal whose process has this key and this cipher as its current ones."""
    settings = replace(
        services.settings, personal_data_keys=MORE_KEYS, personal_data_key_id=key_id, cipher=cipher
    )  # fmt: skip
    sealer = Sealer(MORE_KEYS, current_key_id=key_id, blind_index_key=settings.blind_index_key, algorithm=cipher)
    app = Flask("commands")
    install(app.extensions, replace(services, settings=settings, sealer=sealer))
    app.cli.add_command(spoken(keys))
    return app.test_cli_runner()


@pytest.fixture
def one_citizen(services, callers) -> None:
    """A citizen whose phone the old key seals."""
    sealer = Sealer(MORE_KEYS, current_key_id="old", blind_index_key=services.settings.blind_index_key)
    callers.services = replace(services, sealer=sealer)
    callers.citizen()


def test_a_rotation_is_announced_done_and_leaves_the_old_key_free_to_go(services, one_citizen):
    terminal = runner_over(services, "new", Algorithm.SM4_GCM)

    before = terminal.invoke(args=["keys", "status"])
    announced = terminal.invoke(args=["keys", "rotate", "--dry-run"])
    still = terminal.invoke(args=["keys", "status"])
    done = terminal.invoke(args=["keys", "rotate"])
    after = terminal.invoke(args=["keys", "status"])

    assert "person.phone_sealed\told\taes-256-gcm\t1" in before.stdout
    assert "移除" not in before.stdout
    assert "需要重新加密 1 个值" in announced.stdout
    assert still.stdout == before.stdout
    assert "person.phone_sealed\t1/1" in done.stdout
    assert (done.exit_code, "已重新加密 1 个值" in done.stdout) == (0, True)
    assert "person.phone_sealed\tnew\tsm4-gcm\t1" in after.stdout
    assert "密钥 old 不再加密任何数据" in after.stdout


def test_a_value_that_no_key_opens_ends_the_command_with_a_word(services, one_citizen, owner_database):
    with owner_database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE person SET phone_key_id = 'lost'")
    terminal = runner_over(services, "new", Algorithm.AES_256_GCM)

    ended = terminal.invoke(args=["keys", "rotate"])

    assert ended.exit_code == 1
    assert "BAITONG_PERSONAL_DATA_KEYS" in ended.stderr
    assert "缺少密钥 lost" in terminal.invoke(args=["keys", "status"]).stderr


def test_every_field_of_personal_data_is_shown_with_its_purpose_and_its_time(services):
    shown = runner_over(services, "new", Algorithm.AES_256_GCM).invoke(args=["keys", "fields"]).stdout

    assert [line.split("\t")[0] for line in shown.splitlines()] == [field.name for field in FIELDS]
    assert "person.phone_sealed\t登录与联系\t账号存续期间\t注销时清除\t加密" in shown
