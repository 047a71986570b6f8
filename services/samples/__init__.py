"""The sample settlements that ship with TrueBooks: made up by generate.py, taken in like any others."""

from pathlib import Path

from services import audit, settlements
from services.audit import Actor
from services.database import write_txn
from services.parts import Parts
from services.settlements import Taken, Upload

FILES = Path(__file__).parent / "files"


def sample_files() -> list[Path]:
    """The shipped sample files, oldest period first."""
    return sorted(FILES.glob("*.txt"))


def load(parts: Parts, actor: Actor) -> list[Taken]:
    """Takes every sample in; those that are here already stay as they are."""
    streams = [path.open("rb") for path in sample_files()]
    try:
        uploads = [Upload(path.name, stream) for path, stream in zip(sample_files(), streams, strict=True)]
        taken = settlements.take_in(parts, uploads, actor)
    finally:
        for stream in streams:
            stream.close()
    with write_txn():
        audit.record(actor, "samples.loaded", "workspace", parts.clock.now(), settlements=len(taken))
    return taken
