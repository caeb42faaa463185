# SPDX-License-Identifier: GPL-2.0-or-later
"""Every offset, size and enumerator that vgpu resolved is what gdb says."""

import subprocess
import unittest

import session

# Types that live in a module's debuginfo: where to ask when vmlinux has none.
MODULES = ("virtio-gpu.ko", "virtio_ring.ko", "drm.ko", "virtio_pci.ko", "virtio.ko")


def gdb(file, expressions, program="gdb"):
    """Each expression's value as an int, None where gdb knows no such thing."""
    script = "".join(f'python show("{e}")\n' for e in expressions)
    define = ("python\n"
              "def show(e):\n"
              "    try: print('=', int(gdb.parse_and_eval(e)))\n"
              "    except gdb.error: print('= none')\n"
              "end\n")
    done = subprocess.run([program, "-nx", "-batch", "-x", "/dev/stdin", str(file)],
                          input=define + script, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL, check=True, timeout=200)
    values = [line[2:] for line in done.stdout.splitlines() if line.startswith("= ")]
    return [None if v == "none" else int(v) for v in values]


def expressions(row):
    """(what to compare, how gdb is asked)"""
    if row["kind"] == "enumerator":
        return [("value", row["found"])]
    if row["kind"] == "variable":
        return [("size", f"sizeof({row['found']})")]
    if row["kind"] == "type":
        return [("size", f"sizeof(struct {row['found']})")]
    kind, path = row["found"].split(".", 1)
    member = f"((struct {kind} *)0)->{path}"
    return [("offset", f"(unsigned long)&{member}"), ("size", f"sizeof({member})")]


class AgainstGdb(unittest.TestCase):
    def check_rows(self, rows, folder, program="gdb"):
        asked = [(row, key, e) for row in rows if row["found"] for key, e in expressions(row)]
        said = gdb(folder / "vmlinux", [e for _, _, e in asked], program)
        for module in MODULES:
            path = folder / module
            open_ = [i for i, v in enumerate(said) if v is None]
            if not open_ or not path.exists():
                continue
            for i, v in zip(open_, gdb(path, [asked[i][2] for i in open_], program)):
                said[i] = v
        for (row, key, e), value in zip(asked, said):
            self.assertEqual(row[key], value, f"{row['row']}: {e}")
        return len(asked)


class Layout(AgainstGdb):
    def test_against_gdb(self):
        kernels = {where[1]: where for where in session.cores()}
        for where in kernels.values():
            with self.subTest(where=where):
                rows = session.json_of(where, "vgpu layout -j")["layout"]
                self.assertGreater(self.check_rows(rows, session.core_folder(*where)), 200)
