# SPDX-License-Identifier: GPL-2.0-or-later
"""What index.html says of a folder: cores and their copies, groups, marks; by its data."""
import contextlib
import json
import os
import re
import shutil
import sqlite3

import made
from vgpu_score import html_index, incidents, schema, store

DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.S)


def core_row(n, **about):
    r = store.Row(path=b"/%d" % n, name=f"/{n}", state="scored", cause="lock-cycle", content=str(n))
    for key, value in about.items():
        setattr(r, key, value)
    return r


def data(page):
    return json.loads(DATA.search(page).group(1))


class Data(made.unittest.TestCase):
    def rows(self):
        rows = [core_row(n, score=score, signature=sig) for n, (score, sig) in
                enumerate(((90, "a"), (80, "b"), (70, "a")))]
        return rows + [store.Row(path=b"/f", name="/f", code="truncated", reason="truncated"),
                       store.Row(path=b"/s", name="/s", state="skipped", reason="text")]

    def test_groups_and_rank(self):
        page = html_index.index(self.rows())
        found = data(page)
        self.assertEqual([g["key"] for g in found["groups"]], ["a", "b", "failed"])
        self.assertEqual([(c[0], c[1]) for c in found["cores"]],
                         [(0, 90), (0, 70), (1, 80), (2, None)])
        self.assertIn("Files that are no cores", page)

    def test_without_the_script_the_list_is_whole(self):
        [plain] = re.findall(r"<noscript>(.*?)</noscript>", html_index.index(self.rows()), re.S)
        self.assertEqual(re.findall(r">(/\w+)</a>", plain), ["/0", "/1", "/2", "/f"])

    def test_nothing_in_the_data_ends_it(self):
        evil = "</script><script>x</script><!--&"
        page = html_index.index([core_row(1, summary=evil, signature_text=evil, node=evil)])
        self.assertEqual(data(page)["cores"][0][4], evil)
        self.assertEqual(page.count("<script"), 2)
        self.assertNotIn("<!--", page.partition("<main>")[2])

    def test_found_by_all_that_is_shown(self):
        r = core_row(1, node="desk7", signature="1a2b", signature_text="lock-cycle | drain_all_pages",
                     release="5.10", culprit="task hog")
        found = data(html_index.index([r], None, {r.path: "flush_work [virtio_gpu] 443c2accd1b6"},
                                      {"1a2b": schema.Mark("fixed", "443c", "ask Li")}))
        words = {found["words"][n] for n in found["cores"][0][-1] + found["groups"][0]["words"]}
        self.assertLessEqual({"desk7", "1a2b", "drain_all_pages", "5.10", "hog", "flush_work",
                              "[virtio_gpu]", "443c2accd1b6", "fixed", "443c", "li"}, words)

    def test_equal_cores_are_one(self):
        """But not a core and what only its samples are like; nor rows that were never read."""
        same = {"content": "c", "signature": "s"}
        rows = [core_row(1, gone_at=5.0, **same), core_row(2, **same), core_row(3, **same),
                core_row(4, content="c", signature="t"), core_row(5, content="c", signature="s", size=9)]
        rows += [store.Row(path=b"/%d" % n, name=f"/{n}", code="empty") for n in (6, 7)]
        found = incidents.incidents(rows)
        self.assertEqual([(i.row.name, [c.name for c in i.copies]) for i in found],
                         [("/2", ["/1", "/3"]), ("/4", []), ("/5", []), ("/6", []), ("/7", [])])
        self.assertFalse(found[0].gone)
        self.assertEqual([c[11] for c in data(html_index.index(rows))["cores"]], [2, 0, 0, 0, 0])

    def test_when_a_core_does_not_tell(self):
        for at, when in ((1.7e9, 1.7e9), (None, 5.0), (-1.0, 5.0), (1e17, 5.0)):
            self.assertEqual(incidents.Incident(core_row(1, crashed_at=at, mtime_ns=5 * 10**9)).when, when)


class Copies(made.Case):
    def test_counted_once(self):
        """The same core three times is one incident; each file has its row."""
        path = os.fsdecode(self.core("a/vmcore"))
        for name in ("b", "c"):
            os.makedirs(os.path.join(self.cores, name))
            shutil.copy(path, os.path.join(self.cores, name, "vmcore"))
        self.score()
        with open(os.path.join(self.out, "scores.jsonl"), encoding="utf-8") as f:
            rows = [json.loads(line) for line in f]
        self.assertEqual([r["copy_of"] for r in rows], [None, path, path])
        self.assertEqual(rows[0]["name"], path)
        self.assertEqual(rows[0]["node"], "desk7")
        page = self.text("index.html")
        self.assertIn("1 scored, 1 signature, 2 copies", page)
        self.assertEqual(len(data(page)["cores"]), 1)

    def test_gone(self):
        """A core that was deleted is marked, until it is back."""
        path = os.fsdecode(self.core("a"))
        self.core("b", host="score=60")
        self.score()
        self.assertIsNone(self.row("a")["gone_at"])
        os.rename(path, self.top + "/away")
        self.score()
        self.assertGreater(self.row("a")["gone_at"], 1e9)
        self.assertIsNone(self.row("b")["gone_at"])
        self.assertIn("1 gone", self.text("index.html"))
        self.assertEqual([c[14] for c in data(self.text("index.html"))["cores"]], [0, 1])
        os.rename(self.top + "/away", path)
        self.score()
        self.assertIsNone(self.row("a")["gone_at"])


class Marks(made.Case):
    def setUp(self):
        super().setUp()
        for name in ("drain", "later", "abba"):
            self.core(name, host="signed=" + name, pages=(name.encode() * 512,))
        self.score()

    def change(self, *options, expect=0):
        return self.run_words(self.command(*options), expect)

    def test_marks_and_notes(self):
        self.change("--mark", "drain=fixed:443c2accd1b6", "--note", "drain=ask Li = him", "--mark",
                    "abba=known")
        mark = self.row("drain")["mark"]
        self.assertEqual((mark["mark"], mark["fixed_by"], mark["note"]),
                         ("fixed", "443c2accd1b6", "ask Li = him"))
        self.assertIsNone(self.row("later")["mark"])
        groups = {g["key"]: g for g in data(self.text("index.html"))["groups"]}
        self.assertEqual((groups["drain"]["mark"], groups["drain"]["by"], groups["abba"]["mark"]),
                         ("fixed", "443c2accd1b6", "known"))
        self.score("--again")  # they outlive the rows
        self.change("--mark", "drain=seen")
        self.assertEqual(self.row("drain")["mark"]["note"], "ask Li = him")
        self.change("--mark", "drain=none", "--note", "drain=")
        self.assertIsNone(self.row("drain")["mark"])

    def test_beginning_of_a_signature(self):
        self.change("--mark", "drai=seen")
        self.assertEqual(self.row("drain")["mark"]["mark"], "seen")
        self.assertIn("dra is too short for a signature: give 4 of its digits",
                      self.change("--mark", "dra=seen", expect=2))
        self.assertIn("there is no signature \\xff", self.change("--note", b"\xff=a", expect=2))
        self.change("--note", b"drain=a\xff", "--mark", b"drain=fixed:\xff")
        self.assertEqual(self.sql("SELECT note, fixed_by FROM marks WHERE signature = 'drain'"),
                         [("a\\xff", "\\xff")])
        self.assertEqual(self.row("drain")["mark"]["mark"], "fixed")

    def test_wrong(self):
        """All of them or none."""
        for words in (("drain",), ("nosuch=seen",), ("=seen",), ("dra=seen",), ("drain=wrong",),
                      ("drain=seen:x",), ("drain=seen", "nosuch=seen")):
            options = [o for w in words for o in ("--mark", w)]
            self.assertIn("vgpu-score: ", self.change(*options, expect=2))
        self.assertEqual(self.sql("SELECT * FROM marks"), [])
        self.change("--mark", "abba=seen", "--forget", "/no/such", expect=2)
        self.assertEqual(self.sql("SELECT * FROM marks"), [])

    def test_seen_since_it_was_fixed(self):
        """fake_crash's cores crashed long before now."""
        self.change("--mark", "drain=fixed")
        self.assertEqual([g["since"] for g in data(self.text("index.html"))["groups"]], [0, 0, 0])
        with contextlib.closing(sqlite3.connect(os.path.join(self.out, "scores.sqlite"))) as d:
            d.execute("UPDATE marks SET marked_at = 1e9")
            d.commit()
        self.change("--note", "drain=again")
        self.assertEqual({g["key"]: g["since"] for g in data(self.text("index.html"))["groups"]},
                         {"drain": 1, "later": 0, "abba": 0})


class Schema(made.Case):
    def test_results_of_schema_2(self):
        """The machine's name comes out of what vgpu had said."""
        self.core("vmcore")
        self.score()
        with contextlib.closing(sqlite3.connect(os.path.join(self.out, "scores.sqlite"))) as d:
            d.executescript("ALTER TABLE cores DROP COLUMN node; ALTER TABLE cores DROP COLUMN gone_at;"
                            "ALTER TABLE cores DROP COLUMN page;"
                            "DROP TABLE marks; UPDATE meta SET value = '2';"
                            "INSERT INTO resembles VALUES ('s1', 'x', 0.9);")
        before = len(self.starts())
        self.score()
        self.assertEqual(len(self.starts()), before)
        self.assertEqual(self.sql("SELECT node, gone_at FROM cores"), [("desk7", None)])
        self.assertEqual(self.sql("SELECT * FROM resembles"), [])
        self.assertEqual(self.sql("SELECT value FROM meta WHERE key = 'schema'"), [("4",)])
