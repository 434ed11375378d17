"""What is kept is read back only where nobody else could have written it."""

from pathlib import Path

from dlp.cache import TrustedFolder


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    folder = TrustedFolder(tmp_path / "cache")
    folder.write("a", b"kept")
    assert folder.read("a") == b"kept"
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["a"]


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert TrustedFolder(tmp_path / "cache").read("a") is None


def test_a_folder_others_can_enter_is_ignored(tmp_path: Path) -> None:
    folder = TrustedFolder(tmp_path / "cache")
    folder.write("a", b"kept")
    (tmp_path / "cache").chmod(0o755)
    assert folder.read("a") is None
    folder.write("b", b"new")
    assert not (tmp_path / "cache" / "b").exists()


def test_a_file_others_can_write_is_ignored(tmp_path: Path) -> None:
    folder = TrustedFolder(tmp_path / "cache")
    folder.write("a", b"kept")
    (tmp_path / "cache" / "a").chmod(0o666)
    assert folder.read("a") is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = TrustedFolder(tmp_path / "cache")
    folder.write("a", b"kept")
    (tmp_path / "cache" / "b").symlink_to(tmp_path / "cache" / "a")
    assert folder.read("b") is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = TrustedFolder(tmp_path / "file" / "cache")
    folder.write("a", b"kept")
    assert folder.read("a") is None
