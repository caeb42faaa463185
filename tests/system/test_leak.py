# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu leak against what was really done to each guest (truth.json)."""

import unittest

import session

# Below 1 MB, and the tables that ACPI left: reserved, and not all in the dump.
# With the first megabyte, which the dumps of newer kernels leave out.
FIRMWARE_PAGES = 512
# Of a thousand allocated objects, so many may be called lost without being leaked.
FALSE_SHARE = 1 / 1000
FOUND_SHARE = 0.99


class Leaks(unittest.TestCase):
    core_by_core = True

    def each(self):
        for where in session.cores():
            yield session.json_of(where, "vgpu leak -j"), session.truth(*where), where

    def test_leaked_fences_are_found(self):
        for doc, truth, where in self.each():
            leaked = truth.get("fences", {}).get("leaked", 0)
            found = sum(g["objects"] for g in doc["leak"]["groups"]
                        if g["type"] == "virtio_gpu_fence")
            self.assertGreaterEqual(found, leaked * FOUND_SHARE, where)
            if not leaked:
                self.assertEqual(found, 0, where)

    def test_innocent_objects_are_not_called_lost(self):
        for doc, truth, where in self.each():
            leak = doc["leak"]
            leaked = truth.get("fences", {}).get("leaked", 0)
            lab = truth.get("lab", {"singles": 0, "ring": 0})
            planted = lab["singles"] + lab["ring"]
            self.assertLessEqual(leak["lost"] - leaked - planted,
                                 leak["allocated"] * FALSE_SHARE, where)

    def test_what_is_kept_on_purpose_is_explained(self):
        for doc, truth, where in self.each():
            # A driver that forgets a command, as in the last, forgets its objects too.
            if not {truth["cause"], *truth.get("also", ())} & {
                    "fence-leak", "object-leak", "slab-leak", "unexplained"}:
                for group in doc["leak"]["groups"]:
                    self.assertTrue(group["note"], (where, group))

    def test_coverage(self):
        """All of a kdump core is there, but for a few pages of firmware's."""
        for doc, _, where in self.each():
            seen = doc["leak"]["coverage"]
            self.assertEqual(seen["slab_pages_unread"], 0, where)
            self.assertLess(seen["root_pages_unread"], FIRMWARE_PAGES, where)

    def test_memory(self):
        for doc, _, where in self.each():
            leak = doc["leak"]
            bits = 3 * leak["objects"] / 8
            # A block of edges is a megabyte, whatever little is in it.
            self.assertLessEqual(leak["memory"], 24 * leak["objects"] + bits + (1 << 20), where)

    def test_verdicts(self):
        """A leak is a verdict exactly where something was leaked."""
        leaks = {"fence-leak", "object-leak", "slab-leak"}
        for _, truth, where in self.each():
            doc = session.json_of(where, "vgpu -j")
            said = {v["cause"] for v in doc["verdicts"]} & leaks
            self.assertEqual(said, {truth["cause"], *truth.get("also", ())} & leaks, where)
            self.assertEqual(doc["verdicts"][0]["cause"], truth["cause"], where)
            if "fix" in truth:
                self.assertIn(truth["fix"], doc["verdicts"][0]["summary"], where)

    def test_one_cache(self):
        for where in session.cores():
            doc = session.json_of(where, "vgpu leak -j kmalloc-128")["leak"]
            self.assertEqual(doc["cache"], "kmalloc-128")
            self.assertIn("no cache", session.output(where, "vgpu leak nothing-like-it"))

    def test_kmemleak(self):
        """Where the kernel had it, what it reported is listed and compared."""
        for _, truth, where in self.each():
            doc = session.json_of(where, "vgpu kmemleak -j")["kmemleak"]
            self.assertEqual(doc["there"], "kmemleak" in truth, where)


if __name__ == "__main__":
    unittest.main()
