"""Folders that a service synchronises and network shares are told from local ones."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from valueviz.store import check, doubt
from valueviz.store.workspace import Workspace

MOUNTS = r"""proc /proc proc rw 0 0
/dev/sda1 / ext4 rw,relatime 0 0
nas:/export /mnt/nas nfs4 rw 0 0
//server/share /mnt/our\040share cifs rw 0 0
/dev/sdb1 /mnt/nas/local ext4 rw 0 0
user@host: /mnt/far fuse.sshfs rw 0 0
C:\134 /mnt/c 9p rw 0 0
"""


@pytest.mark.skipif(sys.platform == "win32", reason="paths of another form")
@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/home/a/OneDrive/ws", ("sync_folder", "OneDrive")),
        ("/home/a/OneDrive - 某某公司/项目/ws", ("sync_folder", "OneDrive")),
        ("/home/a/Dropbox (Team)/ws", ("sync_folder", "Dropbox")),
        ("/Users/a/Library/Mobile Documents/com~apple~CloudDocs/ws", ("sync_folder", "iCloud")),
        ("/Users/a/Library/CloudStorage/GoogleDrive-a@b.c/My Drive/ws", ("sync_folder", "Google Drive")),
        ("/home/a/我的坚果云/ws", ("sync_folder", "坚果云 (Nutstore)")),
        ("/data/BaiduSyncdisk/ws", ("sync_folder", "百度网盘 (Baidu)")),
        ("/mnt/nas/ws", ("network_share", "nfs4")),
        ("/mnt/our share/ws", ("network_share", "cifs")),
        ("/mnt/far/ws", ("network_share", "fuse.sshfs")),
        ("//server/share/ws", ("network_share", "UNC")),
        ("/mnt/nas/local/ws", None),
        ("/mnt/c/Users/a/ws", None),
        ("/home/a/dropbox-exports/ws", None),
        ("/home/a/box/ws", None),
        ("/home/a/工作区", None),
    ],
)
def test_a_doubtful_place_is_named(path: str, found: tuple[str, str] | None) -> None:
    known = doubt(Path(path), mounts=MOUNTS, environment={})
    assert (known and (known.kind, known.name)) == found


def test_a_folder_that_a_service_marked_or_the_system_names_is_told(tmp_path: Path) -> None:
    here = tmp_path / "work" / "ws"
    assert doubt(here, mounts="", environment={}) is None
    named = doubt(here, mounts="", environment={"OneDriveCommercial": str(tmp_path)})
    assert named is not None
    assert named.name == "OneDrive"
    (tmp_path / ".stfolder").mkdir()
    marked = doubt(here, mounts="", environment={})
    assert marked is not None
    assert (marked.kind, marked.name) == ("sync_folder", "Syncthing")


def test_a_link_into_such_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "ws").symlink_to(tmp_path / "Dropbox", target_is_directory=True)
    found = doubt(tmp_path / "ws", mounts="", environment={})
    assert found is not None
    assert found.name == "Dropbox"


def test_the_check_of_a_workspace_names_the_service_and_changes_nothing(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "Dropbox" / "ws", create=True)
    before = sorted(workspace.path.rglob("*"))
    (place,) = [each for each in check(workspace.path) if each.check == "workspace_place"]
    assert (place.ok, place.found, place.repair) == (False, "Dropbox", "sync_folder")
    assert sorted(workspace.path.rglob("*")) == before
