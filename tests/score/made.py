# SPDX-License-Identifier: GPL-2.0-or-later
"""Cores and debuginfo written down byte by byte, and a run of vgpu-score on them."""
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SCORE = os.path.join(TOP, "extension", "vgpu-score")
PACKAGES = os.path.join(TOP, "extension", "score")  # where vgpu_score lies
REL = "5.10.0-1-amd64"
BID = "9bcfc2361bcccd68de7f4941e069bb6910665236"
BLOCK = 4096


# ---- cores -------------------------------------------------------------------


def vmcoreinfo(release=REL, build_id=BID):
    lines = [f"OSRELEASE={release}"] if release else []
    lines += [f"BUILD-ID={build_id}"] if build_id else []
    return ("\n".join(lines + ["PAGESIZE=4096", "NUMBER(x)=1"]) + "\n").encode()


def kdump(host="score=50", release=REL, info=None, pages=(b"a" * BLOCK, b"b" * BLOCK),
          machine="x86_64", split=0, status=1, version=6, compress=True):
    """A core in makedumpfile's compressed format: one block of each thing."""
    names = ["Linux", host, release, "#1 SMP Debian 5.10.1-1", machine, "(none)"]
    utsname = b"".join(n.encode().ljust(65, b"\0") for n in names)
    head = struct.pack("<8si", b"KDUMP   ", version) + utsname
    head = head.ljust(424, b"\0") + struct.pack("<IIIII", status, BLOCK, 1, 2, 64)
    info = vmcoreinfo(release) if info is None else info
    info_at = BLOCK + 512
    sub = struct.pack("<Qiiqqq", 0, 31, split, 0, 64, info_at if info else 0)
    sub += struct.pack("<Q", len(info)) + bytes(40) + struct.pack("<Q", 64)
    bits = ((1 << len(pages)) - 1).to_bytes(BLOCK, "little")
    out = head.ljust(BLOCK, b"\0") + (sub.ljust(512, b"\0") + info).ljust(BLOCK, b"\0")
    out += bits * 2
    at = len(out) + 24 * len(pages)
    table, data, zero = bytearray(), bytearray(), b""
    for page in pages:
        packed = zlib.compress(page) if compress else page
        one = struct.pack("<qIIQ", at + len(data), len(packed), int(compress), 0)
        if not page.strip(b"\0"):  # all pages of zeros share the first one
            packed, one = (b"", zero) if zero else (packed, one)
            zero = one
        table += one
        data += packed
    return bytes(out + table + data)


def flat(core, step=1000, end=True):
    """The same core as makedumpfile -F writes it."""
    out = bytearray(struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0"))
    for at in range(0, len(core), step):
        part = core[at : at + step]
        out += struct.pack(">qq", at, len(part)) + part
    return bytes(out + (struct.pack(">qq", -1, -1) if end else b""))


def note(name, number, desc):
    pad = lambda b: b + bytes(-len(b) % 4)
    return struct.pack("<III", len(name) + 1, len(desc), number) + pad(name + b"\0") + pad(desc)


def elf(notes, memory=b"m" * 8192, machine=62, many=False):
    """An ELF core: notes, then one PT_LOAD.  many: its count is in section 0."""
    at = 64 + 2 * 56 + 64
    head = b"\x7fELF\2\1\1".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 4, machine, 1, 0, 64, 64 + 2 * 56 if many else 0, 0, 64, 56,
        0xFFFF if many else 2, 64, 1 if many else 0, 0)
    load_at = at + len(notes)
    head += struct.pack("<IIQQQQQQ", 4, 0, at, 0, 0, len(notes), len(notes), 0)
    head += struct.pack("<IIQQQQQQ", 1, 0, load_at, 0xffff888000000000, 0, len(memory),
                        len(memory), 0)
    section = bytearray(64)
    struct.pack_into("<I", section, 44, 2)
    return head + bytes(section) + notes + memory


def kernel_elf(**more):
    return elf(note(b"CORE", 1, bytes(336)) + note(b"VMCOREINFO", 0, vmcoreinfo()), **more)


def vmlinux(build_id=BID, release=REL, debug=True):
    """An ELF with the sections that are looked at."""
    sections = [(b".notes", note(b"GNU", 3, bytes.fromhex(build_id)) if build_id else b""),
                (b".rodata", b"xx Linux version %s (someone) #1" % release.encode())]
    return elf_file(sections + ([(b".debug_info", b"dwarf")] if debug else []))


def module(release=REL):
    return elf_file([(b".modinfo", b"license=GPL\0vermagic=%s SMP mod_unload \0"
                      % release.encode())])


def elf_file(sections):
    sections = [(b"", b""), *sections]
    names = b"\0".join(n for n, _ in sections) + b"\0.shstrtab\0"
    sections.append((b".shstrtab", names))
    data, table = b"", b""
    for name, contents in sections:
        table += struct.pack("<IIQQQQIIQQ", names.index(name + b"\0") if name else 0, 1, 0, 0,
                             64 + len(data), len(contents), 0, 0, 1, 0)
        data += contents
    head = b"\x7fELF\2\1\1".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, 0, 0, 64 + len(data), 0, 64, 56, 0, 64, len(sections),
        len(sections) - 1)
    return head + data + table


def alive(pid):
    """Whether it still runs; what only waits for its parent to look does not."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# ---- a run -------------------------------------------------------------------


class Case(unittest.TestCase):
    """A test with a folder of its own: cores, a fake crash and a fake vgpu, results."""

    doors: tuple = ("crash",)  # through which cores are opened
    before: tuple = ()  # of a command line: a program that runs the rest

    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="vgpu-score-test.")
        self.addCleanup(shutil.rmtree, self.top, True)
        self.cores = os.path.join(self.top, "cores")
        self.out = os.path.join(self.top, "out")
        os.makedirs(self.cores)
        self.crash = self.fake("bin")
        self.vgpu = os.path.join(self.top, "bin", "vgpu")
        shutil.copy(os.path.join(self.top, "bin", "fake_crash"), self.vgpu)
        self.put(os.path.join(self.top, "debug/boot/vmlinux-" + REL), vmlinux())

    def fake(self, folder, version="8.0.2", built_for=None):
        """A crash with a vgpu.so, built for it or another; returns CRASH:SO."""
        place = os.path.join(self.top, folder)
        os.makedirs(place)
        path = os.path.join(place, "fake_crash")
        with open(os.path.join(HERE, "fake_crash"), encoding="utf-8") as f:
            text = f.read().replace('"8.0.2"', f'"{version}"')
        # This very Python: `env python3` may be a slow wrapper.
        self.put(path, text.replace("/usr/bin/env python3", sys.executable + " -S", 1).encode())
        os.chmod(path, 0o755)
        self.put(os.path.join(place, "vgpu.so"), b"not really\0vgpu: built for crash " +
                 (built_for or version).encode() + b"\0")
        return f"{path}:{os.path.join(place, 'vgpu.so')}"

    def put(self, path, data):
        path = os.fsencode(path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def core(self, name, data=None, **about):
        return self.put(os.path.join(os.fsencode(self.cores), os.fsencode(name)),
                        kdump(**about) if data is None else data)

    def command(self, *options, crash=None):
        words = [*self.before, sys.executable, "-B", SCORE, "-o", self.out, "--debug-dir",
                 os.path.join(self.top, "debug")]
        if "program" in self.doors:
            words += ["--vgpu", self.vgpu]
        if "crash" in self.doors:
            for c in crash or [self.crash]:
                words += ["--crash", c]
        if len(self.doors) == 1:
            words += ["--door", *self.doors]
        return words + list(options)

    def score(self, *options, expect=0, paths=None, crash=None, **more):
        words = self.command(*options, *([self.cores] if paths is None else paths), crash=crash)
        return self.run_words(words, expect, **more)

    def run_words(self, words, expect, timeout=60, **more):
        p = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=timeout, **more)
        said = p.stdout.decode() + p.stderr.decode()
        self.assertEqual(p.returncode, expect, said)
        return said

    def rows(self):
        """scores.jsonl by the file's name."""
        with open(os.path.join(self.out, "scores.jsonl"), encoding="utf-8") as f:
            rows = [json.loads(line) for line in f.read().splitlines()]
        return {r["path"].rsplit("/", 1)[-1]: r for r in rows}

    def row(self, name="vmcore"):
        return self.rows()[name]

    def starts(self, folder="bin"):
        path = os.path.join(self.top, folder, "starts.log")
        if not os.path.exists(path):
            return []
        with open(path) as f:
            return [json.loads(line) for line in f]

    def sql(self, query):
        db = sqlite3.connect(os.path.join(self.out, "scores.sqlite"))
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def text(self, name):
        with open(os.path.join(self.out, name), encoding="utf-8") as f:
            return f.read()
