"""Where a workspace lies: a folder that a service copies to and fro, or a network share, protects nobody's writes.

A synchronised folder may take files away while they are written, and a lock on a share may hold in one machine only.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

FOLDERS = (
    ("OneDrive", r"onedrive( - .+|-personal)?"),
    ("Dropbox", r"dropbox( \(.+\))?"),
    ("iCloud", r"mobile documents|com~apple~clouddocs|icloud ?drive"),
    ("Google Drive", r"google ?drive(-.+@.+)?|my drive|我的云端硬盘"),
    ("坚果云 (Nutstore)", r"(我的)?坚果云.*|nutstore( files)?|\.nutstore_.+"),
    ("百度网盘 (Baidu)", r"baidusyncdisk|baidunetdiskworkspace|百度网盘同步空间|百度云同步盘"),
    ("Nextcloud", r"nextcloud|owncloud"),
    ("Box", r"box( sync|-box)"),
    ("Synology Drive", r"synologydrive|cloudstation"),
    ("WPS", r"wps ?云盘|wpsdrive"),
    ("CloudStorage", r"cloudstorage"),
)
"""What sync services call their folders, and how the folders are written (whatever the case)."""

MARKS = ((".stfolder", "Syncthing"), (".dropbox", "Dropbox"), (".dropbox.cache", "Dropbox"), (".sync", "Resilio Sync"))
"""What such services leave in the folders they keep."""

NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|afs|ceph|davfs\d?|fuse\.(sshfs|rclone|glusterfs|s3fs|davfs\d?)|lustre|beegfs"
)
"""Kinds of mounts behind which another machine keeps the files."""

REMOTE_DRIVE = 4
"""What Windows answers about a drive letter that stands for a share."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a place is doubtful, and the service or kind of share."""

    kind: Literal["sync_folder", "network_share"]
    name: str


def doubt(path: Path, *, mounts: str | None = None, environment: Mapping[str, str] | None = None) -> Doubt | None:
    """What speaks against a place for a workspace, None where nothing does.

    Args:
        path: the workspace's folder; it need not exist.
        mounts: the text of /proc/mounts; the system's where not given.
        environment: the process's where not given.
    """
    places = dict.fromkeys((path.absolute(), path.resolve()))
    known = os.environ if environment is None else environment
    for place in places:
        name = _service(place, known)
        if name is not None:
            return Doubt("sync_folder", name)
    for place in places:
        share = _share(place, mounts)
        if share is not None:
            return Doubt("network_share", share)
    return None


def _service(path: Path, environment: Mapping[str, str]) -> str | None:
    for variable in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial"):
        root = environment.get(variable)
        if root and path.is_relative_to(root):
            return "OneDrive"
    for name, pattern in FOLDERS:
        if any(re.fullmatch(pattern, part, re.IGNORECASE) for part in path.parts):
            return name
    for folder in (path, *path.parents):
        for mark, name in MARKS:
            if os.access(folder / mark, os.F_OK):
                return name
    return None


def _share(path: PurePath, mounts: str | None) -> str | None:
    if str(path).startswith(("\\\\", "//")) and not str(path).startswith("\\\\?\\"):
        return "UNC"
    if sys.platform == "win32":
        import ctypes

        remote = ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == REMOTE_DRIVE
        return "SMB" if remote else None
    if mounts is None:
        table = Path("/proc/self/mounts")
        mounts = table.read_text(encoding="utf-8", errors="replace") if table.is_file() else ""
    kind = _mounted(path, mounts)
    return kind if kind is not None and NETWORK.fullmatch(kind) else None


def _mounted(path: PurePath, mounts: str) -> str | None:
    """The kind of the innermost mount that holds a path."""
    inner, kind = -1, None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < len(("device", "point", "kind")):
            continue
        point = PurePath(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))
        if path.is_relative_to(point) and len(point.parts) >= inner:
            inner, kind = len(point.parts), fields[2]
    return kind
