"""Configuration from the environment (and a .env file): refused with a sentence when it is wrong."""

import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, EnvError

from services.errors import BadSetting

XERO_LOGIN_URL = "https://login.xero.com"
XERO_IDENTITY_URL = "https://identity.xero.com"
XERO_API_URL = "https://api.xero.com"

SANDBOX_CLIENT_ID = "TRUEBOOKS-SANDBOX"  # the sandbox takes any client id and secret
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Config:
    """All that can be set from outside. ``mode`` is "sandbox" or "live" (product.md section 3)."""

    public_url: str  # no trailing slash
    port: int
    host: str  # the address to listen on
    data: Path
    database_path: Path
    mode: str
    secret_key: str = field(repr=False)
    token_keys: str = field(repr=False)  # "id:64 hex digits[,id:…]"; the first seals, all open
    xero_client_id: str
    xero_client_secret: str = field(repr=False)
    xero_login_url: str  # three bases without a trailing slash
    xero_identity_url: str
    xero_api_url: str
    built_in_sandbox: bool  # the three bases lead to the sandbox inside this process
    token_keys_file: Path | None = None  # where token_keys are kept, unless the environment gave them

    @property
    def redirect_uri(self) -> str:
        return self.public_url + "/xero/callback"

    @property
    def sandbox_state(self) -> Path:
        return self.data / "sandbox" / "xero"


def load_config(root: Path, demo_data: Path | None = None) -> Config:
    """Reads ``root/.env`` and the environment. Raises BadSetting naming the variable that is wrong.

    With ``demo_data`` it is the demo's: always the built-in sandbox, in that folder.
    """
    env = Env()
    if (root / ".env").is_file():
        env.read_env(str(root / ".env"), recurse=False)
    try:
        return _read(env, root, demo_data)
    except EnvError as error:
        raise BadSetting(f"A setting in the environment or the .env file is wrong: {error}.") from error


def _read(env: Env, root: Path, demo_data: Path | None) -> Config:
    port = env.int("PORT", 8000)
    if not 1 <= port <= 65535:
        raise BadSetting(f"PORT is {port}; it must be a number from 1 to 65535.")
    public_url = _url("PUBLIC_URL", env.str("PUBLIC_URL", "") or f"http://localhost:{port}")
    client_id = "" if demo_data else env.str("XERO_CLIENT_ID", "").strip()
    names = ("XERO_LOGIN_URL", "XERO_IDENTITY_URL", "XERO_API_URL")
    bases = {name: "" if demo_data else env.str(name, "").strip() for name in names}
    mode, built_in = _mode(client_id, bases)
    login, identity, api = _bases(bases, mode, built_in, public_url)
    folder = demo_data or _data_folder(env.str("TRUEBOOKS_DATA", ""), root, mode)
    _make(folder)
    if mode == "live" and urlsplit(public_url).scheme == "http" and urlsplit(public_url).hostname != "localhost":
        raise BadSetting(f"PUBLIC_URL is {public_url}; Xero takes plain http for localhost only, use https otherwise.")
    if mode == "live" and not env.str("XERO_CLIENT_SECRET", ""):
        raise BadSetting("XERO_CLIENT_SECRET is missing: make one on the Configuration page of your app at Xero.")
    return Config(
        public_url=public_url,
        port=port,
        host=env.str("HOST", "127.0.0.1"),
        data=folder,
        database_path=_database_path("" if demo_data else env.str("DATABASE_URL", ""), folder),
        mode=mode,
        secret_key=_secret_key(env.str("SECRET_KEY", ""), folder),
        token_keys=_token_keys(env.str("TOKEN_KEYS", ""), folder),
        xero_client_id=client_id or SANDBOX_CLIENT_ID,
        xero_client_secret=env.str("XERO_CLIENT_SECRET", ""),
        xero_login_url=login,
        xero_identity_url=identity,
        xero_api_url=api,
        built_in_sandbox=built_in,
        token_keys_file=None if env.str("TOKEN_KEYS", "") else folder / "token_keys",
    )


def _mode(client_id: str, bases: dict[str, str]) -> tuple[str, bool]:
    """Sandbox without credentials, or while the bases name a sandbox on this machine."""
    given = [url for url in bases.values() if url]
    if given and len(given) < len(bases):
        missing = ", ".join(name for name, url in bases.items() if not url)
        raise BadSetting(f"XERO_LOGIN_URL, XERO_IDENTITY_URL and XERO_API_URL go together; {missing} is missing.")
    if given and all(urlsplit(url).hostname in _LOOPBACK for url in given):
        return "sandbox", False
    if given and not client_id:
        raise BadSetting(
            "XERO_CLIENT_ID is missing: without it the Xero addresses can only name a sandbox on this machine."
        )
    return ("live", False) if client_id else ("sandbox", True)


def _bases(bases: dict[str, str], mode: str, built_in: bool, public_url: str) -> tuple[str, str, str]:
    if built_in:
        return public_url, public_url, public_url
    own = {"XERO_LOGIN_URL": XERO_LOGIN_URL, "XERO_IDENTITY_URL": XERO_IDENTITY_URL, "XERO_API_URL": XERO_API_URL}
    login, identity, api = (_url(name, bases[name] or own[name]) for name in own)
    return login, identity, api


def _url(name: str, value: str) -> str:
    parts = urlsplit(value.strip().rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadSetting(f"{name} is “{value}”; it must be an address such as https://books.example.com.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise BadSetting(f"{name} is “{value}”; plain http is only for this machine itself, use https.")
    return parts.geturl()


def _data_folder(given: str, root: Path, mode: str) -> Path:
    if given:
        return Path(given).expanduser().resolve()
    return root / "var" / "live" if mode == "live" else root / "var"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"TRUEBOOKS_DATA names {folder}, which cannot be made a folder ({error.strerror}).") from error


def _database_path(url: str, folder: Path) -> Path:
    if not url:
        return folder / "truebooks.db"
    if not url.startswith("sqlite:///"):
        raise BadSetting("DATABASE_URL must begin with sqlite:/// for now; other databases come later.")
    return Path(url.removeprefix("sqlite:///")).expanduser().resolve()


def _secret_key(given: str, folder: Path) -> str:
    if given and len(given) < 32:
        raise BadSetting("SECRET_KEY is too short: it must have at least 32 characters, chosen at random.")
    return given or made_once(folder / "secret_key", lambda: secrets.token_hex(32))


def _token_keys(given: str, folder: Path) -> str:
    try:
        keys = given or made_once(folder / "token_keys", lambda: f"1:{secrets.token_hex(32)}")
    except (OSError, UnicodeDecodeError):
        raise BadSetting(f"TOKEN_KEYS: the file {folder / 'token_keys'} cannot be read. Put it back from a backup; or "
                         "take it away, start again, and reconnect Xero under Settings → Account.") from None
    if not re.fullmatch(r"\d{1,3}:[0-9a-fA-F]{64}(,\d{1,3}:[0-9a-fA-F]{64})*", keys):
        raise BadSetting("TOKEN_KEYS must look like 1:<64 hex digits>, several separated by commas, newest first.")
    ids = [int(key.partition(":")[0]) for key in keys.split(",")]
    if max(ids) > 255 or len(set(ids)) < len(ids):
        raise BadSetting("TOKEN_KEYS: each key needs an id of its own, from 0 to 255.")
    return keys


def made_once(path: Path, make: Callable[[], str]) -> str:
    """What is kept in ``path`` (a secret, the mode); made there on first use, readable by its owner alone.

    Two processes starting together agree: the file is linked into place whole, and the first wins.
    """
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text().strip()
