"""The key of the sealed tokens is changed in passing: nothing is lost at any point where it may be interrupted."""

import dataclasses
import os
import re
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from models import AuditEntry, OAuthAttempt, database
from services import key_rotation, token_vault, xero_attempts, xero_connection, xero_tokens
from services.errors import Refused
from services.token_vault import CannotOpen
from tests.conftest import make_config
from tests.xero.consent_world import ANNA, BROWSER, ConsentWorld

OLD = "1:" + "ab" * 32


@pytest.fixture
def world(parts, tmp_path) -> ConsentWorld:
    """Connected and refreshed once (three tokens are sealed), a sign-in under way; keys in a file."""
    file = tmp_path / "data" / "token_keys"
    file.write_text(OLD)
    file.chmod(0o600)
    world = ConsentWorld(
        dataclasses.replace(parts, config=make_config(tmp_path / "data", token_keys_file=file)), tmp_path / "sandbox")
    world.connect()
    world.clock.advance(minutes=26)
    xero_tokens.keep_alive(world.parts)
    xero_connection.begin(world.parts, ANNA, BROWSER)
    return world


def ring(world: ConsentWorld) -> list[str]:
    return [entry.partition(":")[0] for entry in world.parts.config.token_keys_file.read_text().split(",")]


def tokens(world: ConsentWorld) -> list[str]:
    return [xero_tokens._open(world.parts, world.link, name) for name in ("access", "refresh", "previous_refresh")]


def is_whole(world: ConsentWorld, before: list[str]) -> bool:
    """Everything opens, and the connection still works."""
    xero_connection.client(world.parts).organisation()
    return tokens(world) == before


def test_everything_is_sealed_with_a_new_key_and_the_old_one_is_dropped(world):
    before = tokens(world)
    rotation = key_rotation.rotate(world.parts, ANNA)
    assert (rotation.resealed, rotation.newest, rotation.kept, rotation.unreadable) == (5, 2, (), 0)
    assert ring(world) == ["2"]
    assert OLD not in world.parts.config.token_keys_file.read_text()
    assert world.parts.config.token_keys_file.stat().st_mode & 0o077 == 0
    assert is_whole(world, before)
    assert {bytes(row.verifier_sealed)[0] for row in OAuthAttempt.select()} == {2}
    entry = AuditEntry.get(AuditEntry.action == "keys.rotated")
    assert (entry.actor, entry.facts) == ("anna@example.com", {"key": 2, "resealed": 5})


def test_a_sign_in_begun_before_it_ends_well_after_it(world):
    query = world.consent(xero_connection.begin(world.parts, ANNA, BROWSER))
    key_rotation.rotate(world.parts, ANNA)
    assert xero_connection.finish(world.parts, query, BROWSER, ANNA) == "connected"


def test_one_that_comes_back_in_the_middle_of_it_is_not_used_up_by_it(world, monkeypatch):
    """The callback's row was read before it was sealed anew, and the old key dropped after."""
    query = world.consent(xero_connection.begin(world.parts, ANNA, BROWSER))
    real, turned, pool = xero_attempts._hash, [], ThreadPoolExecutor(1)

    def rotate_meanwhile(value: str) -> str:
        if not turned and value == BROWSER:  # the row is in hand, it is not opened yet
            turned.append(pool.submit(rotated, world.parts))
            wait(turned, timeout=0.5)  # it is through, or waits for us
        return real(value)

    def rotated(parts) -> None:
        with database.connection_context():
            key_rotation.rotate(parts, ANNA)

    monkeypatch.setattr(xero_attempts, "_hash", rotate_meanwhile)
    with pool:
        assert xero_connection.finish(world.parts, query, BROWSER, ANNA) == "connected"
    turned[0].result()
    assert ring(world) == ["2"]


def test_one_whose_key_is_missing_just_now_can_be_opened_again_once_it_is_back(world):
    query = world.consent(xero_connection.begin(world.parts, ANNA, BROWSER))
    keys = world.parts.config.token_keys_file
    keys.write_text("9:" + "99" * 32)
    with pytest.raises(CannotOpen, match="TOKEN_KEYS"):
        xero_connection.finish(world.parts, query, BROWSER, ANNA)
    keys.write_text(OLD)
    assert xero_connection.finish(world.parts, query, BROWSER, ANNA) == "connected"


def test_the_server_that_is_running_meanwhile_needs_no_restart(world):
    link = xero_tokens.row()  # read before
    before = tokens(world)
    key_rotation.rotate(world.parts, ANNA)
    assert xero_tokens._open(world.parts, link, "access") == before[0]


@pytest.mark.parametrize(("ring_before", "next_number"), [
    (OLD, 2), ("7:" + "77" * 32 + "," + OLD, 8), ("255:" + "77" * 32 + "," + OLD, 2),
    (f"255:{'77' * 32},2:{'22' * 32},{OLD}", 3),
])  # fmt: skip
def test_a_new_key_gets_a_number_no_other_has(world, ring_before, next_number):
    before = tokens(world)
    world.parts.config.token_keys_file.write_text(ring_before)
    assert key_rotation.rotate(world.parts, ANNA).newest == next_number
    assert is_whole(world, before)


class Stop(BaseException):
    """The power goes."""


@pytest.mark.parametrize("n", range(1, 6))
@pytest.mark.parametrize("point", ["_put_in_front", "_resealed", "_keys_needed", "_drop_all_but", "_replace"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_whatever_it_is_interrupted_by_nothing_is_lost_and_the_next_one_ends_the_work(
    world, monkeypatch, point, when, n
):
    before, real, seen = tokens(world), getattr(key_rotation, point), []

    def interrupted(*given):
        seen.append(given)
        if len(seen) == n and when == "before":
            raise Stop
        came = real(*given)
        if len(seen) == n:
            raise Stop
        return came

    monkeypatch.setattr(key_rotation, point, interrupted)
    try:
        key_rotation.rotate(world.parts, ANNA)
    except Stop:
        pass
    monkeypatch.undo()
    assert is_whole(world, before)
    key_rotation.rotate(world.parts, ANNA)
    assert len(ring(world)) == 1
    assert is_whole(world, before)


def test_a_key_that_something_still_needs_is_not_dropped(world):
    """What cannot be opened here (a row put back from an older backup, say) keeps its key's number in the ring."""
    world.parts.config.token_keys_file.write_text(f"9:{'ef' * 32},{OLD}")
    foreign = token_vault.TokenVault("7:" + "77" * 32).seal("verifier", "elsewhere")
    OAuthAttempt.update(verifier_sealed=foreign).execute()
    rotation = key_rotation.reseal(world.parts, ANNA)
    assert (rotation.unreadable, rotation.kept) == (2, (7,))
    assert ring(world) == ["9"], "key 7 was never here; key 1 is needed by nothing"


def test_keys_from_the_environment_are_left_alone_with_words_on_what_to_do(world, tmp_path):
    given = dataclasses.replace(world.parts, config=make_config(tmp_path / "data"))
    with pytest.raises(Refused, match=r"TOKEN_KEYS comes from the environment.*restart.*keys reseal"):
        key_rotation.rotate(given, ANNA)
    assert ring(world) == ["1"]


def test_after_changing_them_by_hand_everything_is_resealed(world, tmp_path):
    before = tokens(world)
    both = dataclasses.replace(world.parts, config=make_config(tmp_path / "data", token_keys=f"2:{'cd' * 32},{OLD}"))
    assert key_rotation.reseal(both, ANNA).kept == ()
    world.parts = dataclasses.replace(both, config=make_config(tmp_path / "data", token_keys="2:" + "cd" * 32))
    assert is_whole(world, before)


def test_a_sign_in_begun_in_the_middle_of_it_keeps_the_key_it_was_sealed_with(world, monkeypatch):
    real = key_rotation._resealed

    def begin_meanwhile(parts, sealed, row_id):
        outcome = real(parts, sealed, row_id)
        stale = token_vault.TokenVault(OLD).seal("verifier", "of a process that was slow")
        OAuthAttempt.update(verifier_sealed=stale).execute()
        return outcome

    monkeypatch.setattr(key_rotation, "_resealed", begin_meanwhile)
    assert key_rotation.rotate(world.parts, ANNA).kept == (1,)
    assert ring(world) == ["2", "1"]


def test_no_key_shows_in_the_database_or_in_what_is_printed(world, capsys):
    key_rotation.rotate(world.parts, ANNA)
    key = re.search(r"[0-9a-f]{64}", world.parts.config.token_keys_file.read_text())[0]
    database.close()
    files = [path for path in world.parts.config.data.iterdir() if path.name.startswith("truebooks.db")]
    assert files and all(key.encode() not in path.read_bytes() for path in files)
    assert key not in repr(world.parts) + "".join(capsys.readouterr())
    assert not [name for name in os.listdir(world.parts.config.data) if name.startswith(".token_keys")]
