"""Settings that an import writes over are kept beside it, however often it is run."""

from __future__ import annotations

from heliograph import config
from heliograph.desk.importing import written


def test_what_the_owner_wrote_is_still_there_after_a_second_import(tmp_path):
    path, library = tmp_path / "heliograph.toml", tmp_path / "photos"
    library.mkdir()
    fresh = config.starter(library, tmp_path / "site")
    path.write_text("# by hand\n", encoding="utf-8")
    said = [written(path, fresh)[1], written(path, fresh)[1]]
    kept = [tmp_path / "heliograph.toml.before", tmp_path / "heliograph.toml.before-2"]
    assert [one.read_text(encoding="utf-8") for one in kept] == ["# by hand\n", fresh]
    assert all(str(name) in sentence for name, sentence in zip(kept, said, strict=True))
