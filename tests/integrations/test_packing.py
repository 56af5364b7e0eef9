"""Files that leave the house: whole, or not there at all."""

from pathlib import Path

import pytest

from sgapp.integrations.packing import whole_or_gone


@pytest.mark.parametrize("folder", [True, False], ids=["folder", "file"])
def test_what_could_not_be_finished_is_taken_away_again(tmp_path: Path, folder: bool) -> None:
    place = tmp_path / "copy"

    def half_of_it() -> None:
        if folder:
            place.mkdir()
        (place / "copy.txt" if folder else place).write_text("half of it")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"), whole_or_gone(place):
        half_of_it()
    assert not place.exists()


def test_what_is_there_already_stays_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "copy"
    place.write_text("somebody else's")
    with pytest.raises(FileExistsError), whole_or_gone(place):
        place.write_text("ours")
    assert place.read_text() == "somebody else's"


def test_what_somebody_else_made_meanwhile_stays(tmp_path: Path) -> None:
    place = tmp_path / "copy"

    def somebody_was_first() -> None:
        place.write_text("somebody else's")
        place.open("x")

    with pytest.raises(FileExistsError), whole_or_gone(place):
        somebody_was_first()
    assert place.read_text() == "somebody else's"


def test_what_was_finished_is_there(tmp_path: Path) -> None:
    with whole_or_gone(tmp_path / "copy"):
        (tmp_path / "copy").write_text("all of it")
    assert (tmp_path / "copy").read_text() == "all of it"
