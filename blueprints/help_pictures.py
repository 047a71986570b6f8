"""The pictures of the help: what each shows, and how large it is. They are made by bin/pictures."""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "static" / "help"


@dataclass(frozen=True)
class Picture:
    """One picture: its file under static, its words, and its size in CSS pixels (0 while it was never taken)."""

    file: str
    alt: str
    shows: tuple[str, ...]  # words that the page must still say where the picture is taken
    width: int = 0
    height: int = 0


@cache
def pictures(folder: Path = FOLDER) -> dict[str, Picture]:
    """Name → picture."""
    told = tomllib.loads((folder / "pictures.toml").read_text(encoding="utf-8"))
    sizes = _sizes(folder / "sizes.json")
    return {
        name: Picture(f"help/{name}.webp", each["alt"], tuple(each["shows"]), *sizes.get(name, (0, 0)))
        for name, each in told.items()
    }


def _sizes(path: Path) -> dict[str, list[int]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
