"""What fuzzing has taught stays learnt: every file of its small corpus ends in settlements or in words."""

from pathlib import Path

import pytest

from tests.fuzz.target import check

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_no_file_of_the_corpus_upsets_the_reader(path):
    check(path.read_bytes())
