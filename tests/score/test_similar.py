# SPDX-License-Identifier: GPL-2.0-or-later
"""Near matches of signatures: the value itself, and where it is told."""
import os
import random
import sqlite3
import unittest

import made
from vgpu_score import similar

DRAIN = ("cpu-monopolised task barrier drain_local_pages_wq pool worker cpu rt-task | "
         "wait_for_completion<flush_work<drain_all_pages<__alloc_pages_slowpath<alloc_pages_vma<"
         "shmem_alloc_page<drm_gem_get_pages<virtio_gpu_object_create<drm_ioctl")
# As a later release would say it: two functions have other names.
LATER = DRAIN.replace("alloc_pages_vma", "vma_alloc_folio").replace("shmem_alloc_page",
                                                                    "shmem_alloc_folio")
LRU = ("cpu-monopolised task barrier lru_add_drain_per_cpu pool worker cpu rt-task | "
       "wait_for_completion<flush_work<lru_add_drain_all<khugepaged")
ABBA = "lock-cycle task mutex task mutex | mutex_lock<lab_take_both"
SYSRQ = "panic-by-request sysrq"


class Value(unittest.TestCase):
    def test_known_values(self):
        """Held to the digit: a value that drifts would regroup what was filed by it."""
        for a, b, value in ((DRAIN, DRAIN, 1.0), (DRAIN, LATER, 0.83), (DRAIN, LRU, 0.39),
                            (DRAIN, ABBA, 0.03), (ABBA, SYSRQ, 0.0), (SYSRQ, SYSRQ, 1.0),
                            ("a | b<c", "a | c<b", 0.62), ("", "", 1.0), ("", ABBA, 0.0)):
            self.assertEqual(similar.similarity(a, b), value, (a, b))
            self.assertEqual(similar.similarity(b, a), value, (b, a))

    def test_one_only_for_the_same(self):
        long = "c | " + "<".join(f"f{n}" for n in range(120))
        self.assertEqual(similar.similarity(long, long.replace("f60<", "g60<")), 0.99)

    def test_distance(self):
        for a, b, steps in (("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("abc", "axc", 1),
                            ("abc", "ac", 1), ("abcd", "acbd", 1), ("ca", "abc", 3)):
            self.assertEqual(similar.distance(a, b), steps, (a, b))

    def test_bound_loses_none(self):
        """What the quick bound leaves out has no value that would be told."""
        chance = random.Random(7)
        words = [f"f{n}" for n in range(6)]
        texts = {str(n): "c | " + "<".join(chance.choices(words, k=chance.randint(0, 9)))
                 for n in range(150)}
        for text in texts.values():
            near = dict(similar.near(text, texts))
            for key, other in texts.items():
                value = similar.similarity(text, other)
                self.assertEqual(near.get(key), value if value >= similar.LEAST else None)

    def test_not_across_causes(self):
        """A host that has stopped is no thread that spins, though their victims are the same."""
        other = DRAIN.replace("cpu-monopolised", "host-not-consuming")
        self.assertGreater(similar.similarity(DRAIN, other), 0.9)
        self.assertEqual(list(similar.near(DRAIN, {"a": other, "b": LATER})), [("b", 0.83)])

    def test_hostile_text(self):
        for text in ("|", " | ", "<<<", "a | b | c", "x" * 10**6, "a<" * 10**5, "\0"):
            self.assertEqual(similar.similarity(text, text), 1.0)
            self.assertLess(similar.similarity(text, ABBA), 0.6)


class Told(made.Case):
    def setUp(self):
        super().setUp()
        for n, host in enumerate(("signed=" + name for name in ("drain", "later", "abba"))):
            self.core(f"c{n}", host=host, pages=(b"%d" % n * 4096,))

    def test_everywhere(self):
        self.score("-j", "2")
        rows = self.rows()
        self.assertEqual(rows["c0"]["resembles"], [{"signature": "later", "value": 0.83}])
        self.assertEqual(rows["c1"]["resembles"], [{"signature": "drain", "value": 0.83}])
        self.assertEqual(rows["c2"]["resembles"], [])
        self.assertEqual(self.sql("SELECT * FROM resembles ORDER BY signature"),
                         [("drain", "later", 0.83), ("later", "drain", 0.83)])
        index = self.text("index.html")
        self.assertIn('"near":[["later",0.83,1]]', index)
        self.assertIn('"near":[["drain",0.83,1]]', index)

    def test_a_later_run_finds_what_came_before(self):
        self.score(paths=[f"{self.cores}/c0"])
        self.assertEqual(self.rows()["c0"]["resembles"], [])
        said = self.score(paths=[f"{self.cores}/c1"])
        self.assertNotIn("unchanged", said)
        self.assertEqual(self.rows()["c0"]["resembles"], [{"signature": "later", "value": 0.83}])

    def test_results_of_before_there_were_near_matches(self):
        self.score()
        db = sqlite3.connect(os.path.join(self.out, "scores.sqlite"))
        db.executescript("DROP TABLE resembles; DROP TABLE signatures;")
        db.close()
        self.score()
        self.assertEqual(len(self.sql("SELECT * FROM resembles")), 2)
