"""Secrets: in the keyring, else in a private file; never shown."""

import os
import sys

import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest

from heliograph.config import Secret, Vault
from heliograph.errors import Mistake

CANARY = "kanarienvogel-97"


class MemoryRing(keyring.backend.KeyringBackend):
    priority = 1
    name = "memory"

    def __init__(self):
        super().__init__()
        self.kept = {}
        self.locked = False

    def _open(self):
        if self.locked:
            raise keyring.errors.KeyringLocked(CANARY)

    def get_password(self, service, username):
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._open()
        del self.kept[service, username]


@pytest.fixture
def ring(monkeypatch):
    made = MemoryRing()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    return made


@pytest.fixture
def no_ring(monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)


def test_a_secret_goes_into_the_keyring_and_no_file_is_made(tmp_path, ring):
    vault = Vault(tmp_path / "state", {})
    assert vault.get("flickr", "token") is None
    assert "system's keyring" in vault.set("flickr", "token", CANARY)
    assert vault.get("flickr", "token") == CANARY
    assert ring.kept == {("heliograph", "flickr/token"): CANARY}
    assert not (tmp_path / "state" / "secrets.toml").exists()
    assert "memory" in vault.place()
    vault.delete("flickr", "token")
    vault.delete("flickr", "token")
    assert vault.get("flickr", "token") is None


def test_without_a_keyring_a_private_file_keeps_it_and_that_is_said(tmp_path, no_ring):
    vault = Vault(tmp_path / "state", {})
    said = vault.set("flickr", "token", 'a"b\\c\n\u007fdüne')
    assert "secrets.toml" in said
    assert "secrets.toml" in vault.place()
    assert "düne" not in said
    vault.set("pixelfed", "token", "other")
    assert vault.get("flickr", "token") == 'a"b\\c\n\u007fdüne'
    if os.name == "posix":
        assert (tmp_path / "state" / "secrets.toml").stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    vault.delete("flickr", "token")
    assert (vault.get("flickr", "token"), vault.get("pixelfed", "token")) == (None, "other")
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["secrets.toml"]


def test_a_locked_keyring_is_passed_by_and_its_older_value_never_comes_back(tmp_path, ring):
    vault = Vault(tmp_path, {})
    vault.set("flickr", "token", "old")
    ring.locked = True
    assert "private file" in vault.set("flickr", "token", "new")
    ring.locked = False
    assert vault.get("flickr", "token") == "new"
    vault.set("flickr", "token", "newest")
    assert vault.get("flickr", "token") == "newest"
    assert "new" not in (tmp_path / "secrets.toml").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="Windows protects the user's profile by access lists")
def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path, no_ring):
    vault = Vault(tmp_path, {})
    vault.set("flickr", "token", CANARY)
    (tmp_path / "secrets.toml").chmod(0o644)
    with pytest.raises(Mistake, match="chmod 600") as caught:
        vault.get("flickr", "token")
    assert CANARY not in caught.value.sentence


def test_a_damaged_private_file_is_a_mistake(tmp_path, no_ring):
    (tmp_path / "secrets.toml").write_text(f"{CANARY} = = 1", encoding="utf-8")
    (tmp_path / "secrets.toml").chmod(0o600)
    with pytest.raises(Mistake, match="sign in again") as caught:
        Vault(tmp_path, {}).get("flickr", "token")
    assert CANARY not in caught.value.sentence


def test_the_environment_wins_over_keyring_and_file_also_by_a_file_of_its_own(tmp_path, ring):
    Vault(tmp_path, {}).set("my-flickr", "token", "kept")
    assert Vault(tmp_path, {"HELIOGRAPH_SECRET_MY_FLICKR_TOKEN": "given"}).get("my-flickr", "token") == "given"
    (tmp_path / "mounted").write_text("mounted\n", encoding="utf-8")
    env = {"HELIOGRAPH_SECRET_MY_FLICKR_TOKEN_FILE": str(tmp_path / "mounted")}
    assert Vault(tmp_path, env).get("my-flickr", "token") == "mounted"
    env = {"HELIOGRAPH_SECRET_MY_FLICKR_TOKEN_FILE": str(tmp_path / "gone")}
    with pytest.raises(Mistake, match="TOKEN_FILE cannot be read"):
        Vault(tmp_path, env).get("my-flickr", "token")


def test_a_secret_does_not_show_itself(tmp_path, ring):
    vault = Vault(tmp_path, {})
    vault.set("flickr", "token", CANARY)
    secret = vault.get("flickr", "token")
    assert isinstance(secret, Secret)
    assert CANARY not in repr(secret) + repr([secret]) + repr(vault) + f"{secret!r}"
    assert f"Bearer {secret}" == f"Bearer {CANARY}"


def test_settings_are_read_without_importing_keyring(tmp_path):
    import subprocess

    code = "import sys, heliograph.config; assert 'keyring' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
