# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers of cores, right and hostile, on bytes written down here."""
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest

import made
from vgpu_score import formats


def read(data, whole=True):
    with tempfile.TemporaryFile() as f:
        f.write(data)
        f.flush()
        return formats.read(formats.File(f) if whole else formats.Head(data), whole)


class Kdump(unittest.TestCase):
    def test_all_is_read(self):
        core = read(made.kdump())
        self.assertEqual((core.format, core.release, core.machine, core.build_id, core.broken),
                         ("kdump-compressed", made.REL, "x86_64", made.BID, ""))
        self.assertIn("Debian", core.kernel_version)

    def test_release_of_vmcoreinfo_is_enough(self):
        core = read(made.kdump(release="", info=made.vmcoreinfo("6.1.0-9-arm64")))
        self.assertEqual(core.release, "6.1.0-9-arm64")

    def test_cut_anywhere_is_told(self):
        whole = made.kdump(pages=tuple(os.urandom(4096) for _ in range(6)))
        for n in (64, 463, 464, 4100, 9000, 16000, 16384 + 100, len(whole) - 1):
            core = read(whole[:n])
            self.assertEqual(core.code in ("truncated", "damaged"), True, (n, core))
            self.assertIn("truncated", core.broken, n)

    def test_descriptors_never_written(self):
        data = bytearray(made.kdump())
        data[16384 : 16384 + 48] = bytes(48)
        self.assertEqual(read(bytes(data)).code, "truncated")

    def test_thousands_of_zero_pages_at_the_end(self):
        core = made.kdump(pages=(bytes(4096), os.urandom(4096)) + (bytes(4096),) * 9000)
        self.assertEqual(read(core).broken, "")
        self.assertEqual(read(core[:-1]).code, "truncated")

    def test_head_alone_does_not_say_truncated(self):
        core = read(made.kdump()[:8192], whole=False)
        self.assertEqual((core.release, core.broken), (made.REL, ""))

    def test_split_and_incomplete(self):
        self.assertEqual(read(made.kdump(split=1)).code, "split")
        core = read(made.kdump(status=1 | 8))
        self.assertEqual(core.broken, "")
        self.assertIn("incomplete", core.notes[0])

    def test_other_byte_order(self):
        data = bytearray(made.kdump())
        struct.pack_into(">I", data, 428, 4096)
        self.assertEqual(read(bytes(data)).code, "unsupported")

    def test_sizes_that_cannot_be(self):
        for at, value in ((432, 0), (432, 0xFFFFFFFF), (436, 0xFFFFFFFF)):
            data = bytearray(made.kdump())
            struct.pack_into("<I", data, at, value)
            self.assertEqual(read(bytes(data)).code, "damaged", (at, value))

    def test_release_that_is_a_path(self):
        for bad in ("../../etc", "a/b", "a b", "-x", "a..b", ""):
            core = read(made.kdump(release=bad, info=b"OSRELEASE=" + bad.encode() + b"\n"))
            self.assertEqual(core.release, "", bad)

    def test_machine_that_is_none(self):
        data = bytearray(made.kdump())
        at = 12 + 65 * 4
        for name in (b"\x1b[31mx86", b"a b", b"x" * 33, b"\xff"):
            data[at : at + 65] = name.ljust(65, b"\0")
            self.assertEqual(read(bytes(data)).machine, "", name)
        data[at : at + 65] = b"riscv64".ljust(65, b"\0")
        self.assertEqual(read(bytes(data)).machine, "riscv64")

    def test_build_id_that_is_a_path(self):
        self.assertEqual(read(made.kdump(info=b"BUILD-ID=../../x\n")).build_id, "")


class Flattened(unittest.TestCase):
    def test_kdump_and_elf_inside(self):
        for core in (made.kdump(), made.kernel_elf()):
            found = read(made.flat(core))
            self.assertEqual((found.release, found.build_id, found.broken),
                             (made.REL, made.BID, ""))
            self.assertTrue(found.format.endswith(", flattened"))

    def test_header_written_again_at_the_end(self):
        core = made.kdump()
        data = made.flat(made.kdump(release="0.0.1") , end=False)
        data += struct.pack(">qq", 0, 8192) + core[:8192] + struct.pack(">qq", -1, -1)
        self.assertEqual(read(data).release, made.REL)

    def test_no_end(self):
        self.assertEqual(read(made.flat(made.kdump(), end=False)).code, "truncated")
        self.assertEqual(read(made.flat(made.kdump())[:9000]).code, "truncated")

    def test_negative_sizes(self):
        data = made.flat(b"", end=False) + struct.pack(">qq", 5, -7) + bytes(64)
        self.assertEqual(read(data).code, "damaged")


class Elf(unittest.TestCase):
    def test_all_is_read(self):
        core = read(made.kernel_elf())
        self.assertEqual((core.format, core.release, core.machine, core.broken),
                         ("ELF", made.REL, "x86_64", ""))
        self.assertEqual(read(made.kernel_elf(machine=183)).machine, "aarch64")

    def test_more_segments_than_fit_the_header(self):
        self.assertEqual(read(made.kernel_elf(many=True)).release, made.REL)

    def test_cut(self):
        core = made.kernel_elf()
        for n in (20, 63, 100, len(core) - 1):
            self.assertIn("truncated", read(core[:n]).broken, n)

    def test_a_process_is_no_kernel(self):
        self.assertIsNone(read(made.elf(made.note(b"CORE", 1, b"x") + made.note(b"CORE", 6, b"y"))))

    def test_32_bits(self):
        data = bytearray(made.kernel_elf())
        data[4] = 1
        self.assertEqual(read(bytes(data)).code, "unsupported")

    def test_note_longer_than_the_file(self):
        notes = made.note(b"QEMU", 0, b"x" * 40)
        bad = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 0)
        self.assertEqual(read(made.elf(notes + bad)).release, "")


class Counting(formats.File):
    """Counts what is read."""

    bytes = 0

    def read(self, offset, n):
        data = super().read(offset, n)
        self.bytes += len(data)
        return data


class Bounds(unittest.TestCase):
    """How much is read is not the core's choice, and it may end at any read."""

    def test_many_segments_with_the_same_notes(self):
        n, size, at = 40000, 4 << 20, 64 + 56 * 40000
        head = b"\x7fELF\2\1\1".ljust(16, b"\0") + struct.pack(
            "<HHIQQQIHHHHHH", 4, 62, 1, 0, 64, 0, 0, 64, 56, n, 64, 0, 0)
        table = struct.pack("<IIQQQQQQ", 4, 0, at, 0, 0, size, size, 0) * n
        with tempfile.TemporaryFile() as f:
            f.write(head + table + made.note(b"LINUX", 1, b"x") * 100)
            f.truncate(at + size)
            file = Counting(f)
            formats.read(file)
            self.assertLess(file.bytes, formats.MOST_NOTES + (4 << 20))

    def test_more_records_than_are_kept(self):
        """A real file may have millions: it is read as far as that, and not called cut."""
        code = ("import sys; sys.path[:0] = sys.argv[1:]; from vgpu_score import formats\n"
                "formats.MOST_RECORDS = 14\n"  # in a process of its own: tests run side by side
                "print(formats.read(formats.File(sys.stdin.buffer)))")
        with tempfile.TemporaryFile() as f:
            f.write(made.flat(made.kdump()))
            f.seek(0)
            p = subprocess.run([sys.executable, "-B", "-c", code, made.PACKAGES],
                               stdin=f, stdout=subprocess.PIPE, timeout=60)
        said = p.stdout.decode()
        self.assertIn(f"release='{made.REL}'", said)
        self.assertIn("broken=''", said)
        self.assertIn("more than 14 records", said)

    def test_ends_at_any_read(self):
        class Enough(Exception):
            pass

        def counts(data, most):
            calls = [0]

            def check():
                calls[0] += 1
                if calls[0] > most:
                    raise Enough
            with tempfile.TemporaryFile() as f:
                f.write(data)
                f.flush()
                formats.read(formats.File(f, check))
            return calls[0]

        core = made.kdump()
        for data in (core, made.kernel_elf(), made.flat(core, 10)):
            reads = counts(data, 1 << 30)
            self.assertGreater(reads, 3)
            for most in range(min(reads, 50)):
                self.assertRaises(Enough, counts, data, most)


class Search(unittest.TestCase):
    def test_has_an_end(self):
        """Pages that nobody here can unpack: none is ever looked into."""
        data = bytearray(made.kdump(release="", info=b"", pages=tuple(
            os.urandom(4096) for _ in range(9000))))
        with tempfile.TemporaryFile() as f:
            f.write(data)
            f.flush()
            file = Counting(f)
            self.assertFalse(formats.search_release(file, formats.Core(), -1))
            self.assertEqual(file.bytes, 0)
            file.read(0, 1)  # its own end is not the file's

    """QEMU's dumps without the vmcoreinfo device name no kernel in their header."""

    page = b"\0" * 100 + b"Linux version 6.1.0-9-amd64 (debian@x) #1" + b"\0" * 3955

    def found(self, data):
        with tempfile.TemporaryFile() as f:
            f.write(data)
            f.flush()
            core = formats.Core()
            formats.search_release(formats.File(f), core, 5)
            return core.release

    def test_in_pages(self):
        kd = made.kdump(release="", info=b"", pages=(b"a" * 4096, self.page))
        self.assertEqual(self.found(kd), "6.1.0-9-amd64")
        self.assertEqual(self.found(made.flat(kd)), "6.1.0-9-amd64")
        self.assertEqual(self.found(made.elf(b"", memory=self.page)), "6.1.0-9-amd64")
        self.assertEqual(self.found(made.kdump(release="", info=b"")), "")


class Hostile(unittest.TestCase):
    def test_any_byte_changed(self):
        """No damage may raise anything or take long."""
        chance = random.Random(5)
        seeds = [made.kdump(), made.flat(made.kdump()), made.kernel_elf(many=True)]
        for n in range(3000):
            data = bytearray(chance.choice(seeds))
            span = min(len(data), 17000)
            for _ in range(chance.randint(1, 8)):
                at = chance.randrange(span)
                data[at] = chance.choice((0, 0xFF, 0x7F, chance.randrange(256)))
            if n % 3 == 0:
                del data[chance.randrange(len(data)) :]
            read(bytes(data))
            read(bytes(data), whole=False)

    def test_foreign_dumps_are_named(self):
        self.assertIn("--memory-only", formats.foreign(b"LibvirtQemudSave" + bytes(48)))
        self.assertIn("Windows", formats.foreign(b"PAGEDU64" + bytes(56)))
        self.assertEqual(formats.foreign(b"hello"), "")


if __name__ == "__main__":
    unittest.main()
