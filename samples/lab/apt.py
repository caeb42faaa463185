# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages of any Debian suite, through the machine's own mirror.

apt does the work (indexes, signatures, proxies, downloads, hashes) in a root
of its own inside the cache, so the machine's own package state is not
touched. The mirror's address is taken from the machine's apt configuration.
With VGPU_OFFLINE in the environment nothing is fetched: what is in the cache has to do.
"""

import os
import pathlib
import re
import shutil
import time

import cache
import proc
from steps import Failed, note, step

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DAY = 24 * 3600
INDEX_LIMIT = 180
QUERY_LIMIT = 60


def mirrors() -> tuple[str, str]:
    """URIs of the main and the security archive this machine uses."""
    targets = proc.run(
        ["apt-get", "indextargets", "--format",
         "$(RELEASE) $(COMPONENT) $(REPO_URI)", "Identifier: Packages"],
        "the machine's apt sources", QUERY_LIMIT)
    uris: dict[str, str] = {}
    for line in targets.splitlines():
        release, component, uri = line.split()[:3]
        if component == "main":
            uris.setdefault(release, uri)
    # Other archives have a "main" too; only Debian's has a security suite.
    for release, uri in uris.items():
        if release + "-security" in uris:
            return uri, uris[release + "-security"]
    raise Failed("the machine's apt sources name no Debian archive with a "
                 "security suite")


def offline() -> bool:
    return bool(os.environ.get("VGPU_OFFLINE"))


class Suites:
    """A set of suites seen as one archive."""

    def __init__(self, *names: str, arch: str = "amd64"):
        self.names = names
        folder = "+".join(names) + ("" if arch == "amd64" else f":{arch}")
        self.dir = cache.root() / "apt" / folder
        self.stamp = self.dir / "updated"
        options = {
            "Dir::State": self.dir, "Dir::State::status": self.dir / "status",
            "Dir::Cache": self.dir / "cache",
            "Dir::Etc::sourcelist": self.dir / "sources.list",
            "Dir::Etc::sourceparts": self.dir / "no-parts",
            "APT::Sandbox::User": "root", "Acquire::Languages": "none",
            "APT::Architecture": arch, "APT::Architectures": arch,
            # A suite whose support has ended keeps its last Release file for
            # ever; an old index can only offer an old kernel.
            "Acquire::Check-Valid-Until": "false", "Acquire::Retries": "2",
        }
        self.options = [f"-o{key}={value}" for key, value in options.items()]

    def update(self, refresh: bool = False) -> None:
        """Fetch the indexes, at most once a day."""
        with cache.lock("apt-" + self.dir.name):
            if self.stamp.exists() and (offline() or not refresh and
                                        time.time() - self.stamp.stat().st_mtime < DAY):
                return
            if offline():
                raise Failed(f"VGPU_OFFLINE is set, and no package index of "
                             f"{', '.join(self.names)} is in the cache")
            with step(f"package index of {', '.join(self.names)}"):
                self._write_root()
                proc.run(["apt-get", *self.options, "update"],
                         "package index", INDEX_LIMIT)
                self.stamp.touch()

    def _write_root(self) -> None:
        main, security = mirrors()
        for part in ("lists/partial", "cache/archives/partial", "no-parts"):
            (self.dir / part).mkdir(parents=True, exist_ok=True)
        (self.dir / "status").touch()
        cache.write(self.dir / "sources.list", "".join(
            f"deb [signed-by={KEYRING}] "
            f"{security if name.endswith('-security') else main} {name} main\n"
            for name in self.names))

    def query(self, *arguments: str) -> str:
        return proc.run(["apt-cache", *self.options, *arguments],
                        "package query", QUERY_LIMIT)

    def names_like(self, pattern: str) -> list[str]:
        lines = self.query("search", "--names-only", pattern).splitlines()
        return [line.split()[0] for line in lines]

    def versions(self, packages: list[str]) -> list[tuple[str, str]]:
        """Every (package, version) the indexes hold of these packages."""
        if not packages:
            return []
        found = []
        for line in self.query("madison", *packages).splitlines():
            name, version, source = (x.strip() for x in line.split("|"))
            if source.endswith("Packages"):
                found.append((name, version))
        return found

    def with_libraries(self, packages: list[str]) -> list[str]:
        """These packages and the shared libraries they need.

        Only libraries are followed: the programs run from their own folder,
        so maintainer scripts and what those need are of no use.
        """
        depends = self._depends(packages)
        wanted, todo = set(), list(packages)
        while todo:
            name = todo.pop()
            if name in wanted:
                continue
            wanted.add(name)
            todo += [other for other in depends.get(name, [])
                     if re.match(r"lib|zlib1g", other)]
        return sorted(wanted)

    def _depends(self, packages: list[str]) -> dict[str, list[str]]:
        text = self.query("depends", "--recurse", "--no-recommends",
                          "--no-suggests", "--no-conflicts", "--no-breaks",
                          "--no-replaces", "--no-enhances", *packages)
        depends: dict[str, list[str]] = {}
        current: list[str] = []
        for line in text.splitlines():
            match = re.match(r"\s*\|?(?:Pre)?Depends: (\S+)$", line)
            if match:
                current.append(match.group(1))
            elif line and not line[0].isspace():
                current = depends.setdefault(line.strip(), [])
        return depends

    def download(self, packages: list[str], folder: pathlib.Path, what: str,
                 limit: float) -> list[pathlib.Path]:
        """Fetch and verify packages ("name" or "name=version")."""
        if offline():
            raise Failed(f"VGPU_OFFLINE is set, and {what} not in the cache")
        fetching = folder / "fetching"
        shutil.rmtree(fetching, ignore_errors=True)
        fetching.mkdir(parents=True)

        def progress():
            try:
                size = sum(file.stat().st_size for file in fetching.iterdir())
            except FileNotFoundError:
                return
            note(what, f"{size >> 20} MB")

        proc.run(["apt-get", *self.options, "download", *packages], what,
                 limit, progress, cwd=fetching)
        done = []
        for file in sorted(fetching.glob("*.deb")):
            done.append(file.rename(folder / file.name))
        fetching.rmdir()
        return done


def unpack(deb: pathlib.Path, folder: pathlib.Path, what: str,
           limit: float = 120) -> None:
    proc.run(["dpkg-deb", "-x", deb, folder], what, limit)


def unpacked(suites: Suites, name: str, packages: list[str],
             refresh: bool = False) -> pathlib.Path:
    """A folder with programs and the libraries they need, unpacked."""
    folder = cache.root() / "programs" / name
    with cache.lock("programs-" + name):
        if folder.exists() and not refresh:
            return folder
        suites.update(refresh)
        what = f"programs: {' '.join(packages)}"
        with step(what), cache.building(folder) as new:
            debs = suites.download(suites.with_libraries(packages), new,
                                   what, 120)
            for deb in debs:
                unpack(deb, new, what)
                deb.unlink()
    return folder


def loader(folder: pathlib.Path, triplet: str = "x86_64-linux-gnu") -> list[str]:
    """What stands before a program that runs with the libraries of that folder."""
    # Not the one in lib64, which may be a link to this machine's.
    [found, *_] = [*folder.glob(f"**/{triplet}/ld-linux-*.so.*"), None]
    if not found:
        raise Failed(f"{folder} holds no dynamic loader")
    libraries = sorted({str(file.parent) for file in folder.rglob("*.so*")
                        if file.parent.name == triplet})
    return [str(found), "--library-path", ":".join(libraries)]
