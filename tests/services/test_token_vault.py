"""Tokens are sealed for one place in the database and open nowhere else."""

import pytest

from services import token_vault
from services.errors import BadSetting
from services.token_vault import CannotOpen, TokenVault
from tests.conftest import make_config

OLD, NEW = "ab" * 32, "cd" * 32
PLACE = "xero_connection:1:refresh"


def test_what_is_sealed_opens_at_its_place():
    vault = TokenVault(f"1:{OLD}")
    assert vault.open(vault.seal("a secret", PLACE), PLACE) == "a secret"


def test_a_sealed_token_shows_its_key_and_nothing_else():
    vault = TokenVault(f"7:{OLD}")
    first, second = vault.seal("a secret", PLACE), vault.seal("a secret", PLACE)
    assert first[0] == 7
    assert b"secret" not in first
    assert first[1:13] != second[1:13], "each sealing has a nonce of its own"
    assert len(first) == 1 + 12 + len("a secret") + 16


@pytest.mark.parametrize("place", ["xero_connection:2:refresh", "xero_connection:1:access", "other:1:refresh", ""])
def test_a_token_moved_to_another_row_or_column_does_not_open(place):
    vault = TokenVault(f"1:{OLD}")
    with pytest.raises(CannotOpen):
        vault.open(vault.seal("a secret", PLACE), place)


def test_a_single_changed_bit_is_noticed_wherever_it_is():
    vault = TokenVault(f"1:{OLD}")
    sealed = vault.seal("a secret", PLACE)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(CannotOpen):
            vault.open(bytes(changed), PLACE)


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x01" + b"0" * 12, b"\x01" + b"0" * 20])
def test_a_stump_is_refused_in_words(broken):
    with pytest.raises(CannotOpen, match="Settings → Account"):
        TokenVault(f"1:{OLD}").open(broken, PLACE)


def test_keys_are_changed_without_losing_what_the_old_one_sealed():
    sealed = TokenVault(f"1:{OLD}").seal("a secret", PLACE)
    both = TokenVault(f"2:{NEW},1:{OLD}")
    assert both.open(sealed, PLACE) == "a secret"
    again = both.seal("a secret", PLACE)
    assert (sealed[0], again[0]) == (1, 2), "the first key seals"
    assert TokenVault(f"2:{NEW}").open(again, PLACE) == "a secret"
    with pytest.raises(CannotOpen, match="TOKEN_KEYS"):
        TokenVault(f"2:{NEW}").open(sealed, PLACE)


@pytest.mark.parametrize("keys", ["", "1:abc", f"256:{OLD}", f"1:{OLD},1:{NEW}", OLD])
def test_a_wrong_key_ring_names_the_variable(keys):
    with pytest.raises(BadSetting, match="TOKEN_KEYS"):
        TokenVault(keys)


def test_neither_the_key_nor_the_secret_shows_in_what_is_printed():
    vault = TokenVault(f"1:{OLD}")
    with pytest.raises(CannotOpen) as raised:
        vault.open(vault.seal("a secret", PLACE), "elsewhere")
    printed = f"{vault!r} {raised.value!r} {raised.value.__context__!r}"
    assert OLD not in printed
    assert "a secret" not in printed


@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), lambda file: file.write_bytes(b"\xff\xfe\x00")])
def test_a_missing_or_damaged_file_of_keys_is_told_in_words(tmp_path, spoil):
    file = tmp_path / "token_keys"
    file.write_text("1:" + "ab" * 32)
    config = make_config(tmp_path, token_keys_file=file)
    token_vault.of(config)
    spoil(file)
    with pytest.raises(CannotOpen, match="token_keys in the data folder is missing or damaged"):
        token_vault.of(config)
