"""Coverage-guided fuzzing of the reader with atheris: bin/fuzz. Arguments are libFuzzer's."""

import sys

import atheris

with atheris.instrument_imports(include=["services.core", "zipfile", "gzip"]):
    from tests.fuzz.target import check

if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
