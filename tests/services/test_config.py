"""Configuration: what is left out is found, what is wrong is refused with a sentence naming the variable."""

import pytest

from services.config import load_config
from services.errors import BadSetting

NAMES = (
    "PUBLIC_URL PORT HOST DATABASE_URL TRUEBOOKS_DATA SECRET_KEY TOKEN_KEYS XERO_CLIENT_ID XERO_CLIENT_SECRET "
    "XERO_LOGIN_URL XERO_IDENTITY_URL XERO_API_URL"
).split()


@pytest.fixture
def load(tmp_path, monkeypatch):
    """``load(PORT="9000")``: the configuration of a machine where only these variables are set."""
    for name in NAMES:
        monkeypatch.setenv(name, "")  # so that what a .env file sets is undone too
        monkeypatch.delenv(name)

    def with_variables(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return load_config(tmp_path)

    return with_variables


def test_nothing_set_means_the_built_in_sandbox_on_this_machine(load, tmp_path):
    config = load()
    assert (config.mode, config.built_in_sandbox, config.public_url) == ("sandbox", True, "http://localhost:8000")
    assert config.redirect_uri == "http://localhost:8000/xero/callback"
    assert config.data == tmp_path / "var"
    assert config.host == "127.0.0.1"


def test_credentials_mean_live_xero_in_a_data_folder_of_its_own(load, tmp_path):
    config = load(XERO_CLIENT_ID="ABC", XERO_CLIENT_SECRET="s3cret", PUBLIC_URL="https://books.example.com/")
    assert (config.mode, config.built_in_sandbox) == ("live", False)
    assert config.data == tmp_path / "var" / "live"
    assert config.xero_api_url == "https://api.xero.com"
    assert config.public_url == "https://books.example.com"


def test_addresses_on_this_machine_name_a_sandbox_served_alone(load):
    base = "http://localhost:9000"
    config = load(XERO_LOGIN_URL=base, XERO_IDENTITY_URL=base, XERO_API_URL=base + "/")
    assert (config.mode, config.built_in_sandbox, config.xero_api_url) == ("sandbox", False, base)


def test_a_dotenv_file_is_read(load, tmp_path):
    (tmp_path / ".env").write_text("PORT=9123\n")
    assert load().port == 9123


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"PUBLIC_URL": "books.example.com"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://books.example.com"}, "PUBLIC_URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"TOKEN_KEYS": "secret"}, "TOKEN_KEYS"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"TOKEN_KEYS": "300:" + "ab" * 32}, "TOKEN_KEYS"),
        ({"TOKEN_KEYS": f"1:{'ab' * 32},1:{'cd' * 32}"}, "TOKEN_KEYS"),
        ({"XERO_CLIENT_ID": "A", "XERO_CLIENT_SECRET": "s", "PUBLIC_URL": "http://127.0.0.1:8000"}, "PUBLIC_URL"),
        ({"TRUEBOOKS_DATA": "/dev/null/x"}, "TRUEBOOKS_DATA"),
        ({"XERO_CLIENT_ID": "ABC"}, "XERO_CLIENT_SECRET"),
        ({"XERO_LOGIN_URL": "http://localhost:9000"}, "XERO_IDENTITY_URL"),
        (dict.fromkeys(NAMES[-3:], "https://xero.example.com"), "XERO_CLIENT_ID"),
    ],
)
def test_a_bad_value_stops_the_start_with_a_sentence_that_names_it(load, variables, named):
    with pytest.raises(BadSetting, match=named):
        load(**variables)


def test_a_bad_secret_is_not_repeated_in_the_sentence(load):
    with pytest.raises(BadSetting) as refused:
        load(TOKEN_KEYS="1:deadbeef-not-enough")
    assert "deadbeef" not in refused.value.message


def test_missing_secrets_are_made_once_and_readable_by_their_owner_alone(load, tmp_path):
    first, second = load(), load()
    assert first.secret_key == second.secret_key and len(first.secret_key) == 64
    assert first.token_keys == second.token_keys
    for name in ("secret_key", "token_keys"):
        assert (tmp_path / "var" / name).stat().st_mode & 0o077 == 0


def test_a_damaged_file_of_keys_stops_the_start_with_a_sentence(load, tmp_path):
    load()
    (tmp_path / "var" / "token_keys").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSetting, match=r"TOKEN_KEYS: the file .*token_keys cannot be read"):
        load()


def test_a_configuration_does_not_show_its_secrets(load):
    config = load(XERO_CLIENT_ID="ABC", XERO_CLIENT_SECRET="very-secret-indeed")
    shown = repr(config)
    assert "very-secret-indeed" not in shown and config.secret_key not in shown and config.token_keys not in shown


def test_the_demo_uses_the_sandbox_whatever_is_set(load, tmp_path, monkeypatch):
    load(XERO_CLIENT_ID="ABC", XERO_CLIENT_SECRET="s", PUBLIC_URL="https://books.example.com", DATABASE_URL=f"sqlite:///{tmp_path}/real.db")
    config = load_config(tmp_path, demo_data=tmp_path / "demo")
    assert (config.mode, config.data, config.database_path.parent) == ("sandbox", tmp_path / "demo", tmp_path / "demo")
