# SPDX-License-Identifier: GPL-2.0-or-later
"""JSON found among noise, and the pages made of it, on documents right and wrong."""
import json
import os
import random
import re
import sys
import unittest
from html.parser import HTMLParser

import made

sys.path.insert(0, os.path.join(made.TOP, "tests", "docs"))

import contract  # noqa: E402
from vgpu_score import answer, html_core, html_index, store, svg, usual  # noqa: E402

VOID = {"meta", "input", "br", "link"}


def document(**more):
    space: dict = {"__name__": "fake"}
    with open(os.path.join(made.HERE, "fake_crash")) as f:
        exec(f.read().replace("\nmain()\n", "\n"), space)
    doc = space["document"](60)
    doc.update(more)
    return doc


def row(doc, **more):
    r = store.Row(path=b"/a/vmcore", name="/a/vmcore", state="scored", report=json.dumps(doc))
    for key, value in dict(answer.columns(doc), **more).items():
        setattr(r, key, value)
    return r


class Balanced(HTMLParser):
    """Every tag that is opened is closed; which tags there are."""

    def __init__(self, text):
        super().__init__()
        self.open: list = []
        self.seen: list = []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (self.open, tag)
        self.open.pop()


class Made(unittest.TestCase):
    def test_documents_are_such_as_vgpu_prints(self):
        doc = document()
        self.assertEqual(contract.errors(doc), [])
        doc["verdicts"][0]["cause"] = "no-such-cause"
        self.assertEqual(len(contract.errors(doc)), 1)


class Answer(unittest.TestCase):
    def line(self, **more):
        return json.dumps(document(**more), separators=(",", ":")).encode()

    def test_among_noise(self):
        for before, after in ((b"", b""), (b"crash> ", b""), (b"\xff\xfe\n\0\n", b"\nx"),
                              (b"{}\n[1]\n", b"\n{"), (b'{"vgpu":1,\n', b'\n{"vgpu":1}')):
            found = answer.find(before + self.line() + after)
            self.assertIsNotNone(found, before)
            self.assertEqual(found["score"]["total"], 60)

    def slab(self, n):
        caches = [{"name": f"c{i}", "bytes": i, "inuse": i, "address": "0x1"} for i in range(n)]
        return json.dumps({"vgpu": 1, "bytes": 99, "meminfo": {"Slab": 99},
                           "caches": caches}, separators=(",", ":")).encode()

    def test_slab_joins_the_triage(self):
        for out in (self.line() + b"\n" + self.slab(3), self.slab(3) + b"\n" + self.line()):
            found = answer.find(out)["slab"]
            self.assertEqual(found["caches"], [{"name": "c2", "bytes": 2, "inuse": 2},
                                               {"name": "c1", "bytes": 1, "inuse": 1}])
            self.assertEqual(found["meminfo"], {"Slab": 99})
        self.assertEqual(len(answer.find(self.line() + b"\n" + self.slab(999))["slab"]["caches"]),
                         64)
        self.assertIsNone(answer.find(self.slab(3)))
        self.assertNotIn("slab", answer.find(self.line() + b"\nvgpu: no such sub-command: slab"))

    def test_no_answer(self):
        deep = b'{"vgpu":' + b"[" * 100000
        for out in (b"", b"vgpu: no", b'{"vgpu":1}', b'{"vgpu":1,"score":{"total":"9"}}',
                    b'{"vgpu":1,"score":{"total":true}}', b'{"vgpu":1,"score":{"total":1e400}}',
                    b'{"vgpu":1,"score":{"total":NaN}}', deep, self.line()[:-1]):
            self.assertIsNone(answer.find(out), out[:60])

    def test_columns_follow_the_first_verdict(self):
        """vgpu lists them in the order of what they explain, not of how sure they are."""
        sure = document()["verdicts"][0]
        first = {"cause": "lock-cycle", "confidence": 70, "summary": "a and b",
                 "culprit": {"kind": "mutex", "name": "left"}}
        c = answer.columns(document(verdicts=[first, sure]))
        self.assertEqual((c["cause"], c["confidence"], c["culprit"], c["summary"]),
                         ("lock-cycle", 70, "mutex left", "a and b"))

    def test_names_with_their_kind(self):
        for kind, name, words in (("completion", "never", "completion never"),
                                  ("cpu", "CPU 1", "CPU 1"), ("pool", "pool 2", "pool 2"),
                                  ("rwsem", "", "rwsem"), ("", "x", "x"), ("", "", ""),
                                  ("waitqueue", "waitqueue", "wait queue"), ("io", "io", "I/O"),
                                  ("virtqueue", "control queue of virtio0", "control queue of virtio0"),
                                  ("host", "the host, which serves card0",
                                   "the host, which serves card0")):
            self.assertEqual(answer.named({"kind": kind, "name": name}), words)
        self.assertEqual(answer.culprit({"culprit": {"kind": "task", "name": "hog", "pid": 7}}),
                         "task hog (pid 7)")
        self.assertEqual(answer.culprit({"culprit": None}), "")

    def test_words_to_be_found_by(self):
        doc = document()
        doc["hung"][0]["stack"] = ["schedule+0x1", "drm_ioctl+0x2 [drm]", "drm_ioctl+0x3 [drm]"]
        doc["verdicts"][0]["known_bugs"] = [{"id": "443c2accd1b6"}]
        self.assertEqual(answer.search_words(doc), "cpu-monopolised CPU 1 Xorg waits for CPU 1. "
                                                   "443c2accd1b6 Xorg schedule drm_ioctl [drm]")
        doc["hung"] *= 2
        doc["hung"][1] = dict(doc["hung"][0], stack=[f"f{n}+0x1" for n in range(9999)])
        self.assertLessEqual(len(answer.search_words(doc)), answer.MOST_SEARCHED)

    def test_columns_of_a_poor_document(self):
        c = answer.columns({"score": {"total": 5}, "verdicts": 7, "kernel": None, "trigger": []})
        self.assertEqual((c["score"], c["cause"], c["confidence"]), (5, "", None))


class Pages(unittest.TestCase):
    def test_whole(self):
        doc = document()
        doc["verdicts"][0]["known_bugs"] = [{
            "id": "443c2accd1b6", "what": "lists are drained", "fixed_in": "6.0",
            "confidence": 90, "why": "it waits for a drain"}]
        page = html_core.core_page(row(doc))
        Balanced(page)
        for word in ("443c2accd1b6", "fixed in 6.0, 90 %", "it waits for a drain", "Xorg waits for CPU 1.", "bt 7", "flush_work+0x2", "25 of 30",
                     "kernel.hung_task_panic", "not in this kernel", "← fired", "<svg"):
            self.assertIn(word, page)
        self.assertNotIn("<h2>Slab</h2>", page)

    def test_sure_verdicts_at_the_top(self):
        """One that is sure is not below everything, though another explains more."""
        first = document()["verdicts"][0]
        more = [dict(first, cause="fence-leak", confidence=60, summary="It leaks."),
                dict(first, cause="io-wait", confidence=59, summary="It reads.")]
        page = html_core.core_page(row(document(verdicts=[first, *more])))
        Balanced(page)
        places = [page.index(w) for w in ("Xorg waits for CPU 1.", "Also found", "fence-leak",
                                          "It leaks.", "<h2>Evidence", "Switches of this",
                                          "Other verdicts", "io-wait", "It reads.")]
        self.assertEqual(places, sorted(places))
        self.assertNotIn("Also found", html_core.core_page(row(document())))

    def test_unexplained(self):
        """As vgpu's text has it: a percent of a suspicion alone."""
        first = dict(document()["verdicts"][0], cause="unexplained", confidence=30)
        for culprit, words in ((None, "vgpu blames nobody"),
                               (first["culprit"], "the culprit is a suspicion of 30 %")):
            doc = document(verdicts=[dict(first, culprit=culprit)] * 2)
            page = html_core.core_page(row(doc))
            listed = html_index.index([row(doc)])
            self.assertEqual(page.count(words), 2)
            self.assertNotIn("confidence 30 %", page)
            self.assertEqual("a suspicion of 30 %" in listed, culprit is not None)
            self.assertEqual("30 %" in listed, culprit is not None)

    def many(self):
        """512 workers that wait for the same, and one process; it is the last of `hung`."""
        def task(pid, comm, stack, **more):
            return dict({"pid": pid, "comm": comm, "state": "D", "blocked_s": pid / 10,
                         "stack": stack, "waits_for": "completion:1"}, **more)
        worker = ["schedule+0x1", "sleeper+0x2 [fault]", "kthread+0x3", "ret_from_fork+0x4"]
        doc = document()
        doc["graph"]["nodes"].append({"id": "completion:1", "kind": "completion", "name": "never"})
        doc["hung"] = [task(n, f"kworker/{n}", worker) for n in range(100, 612)]
        doc["hung"].append(task(9, "compositor", ["schedule+0x1", "entry_SYSCALL_64+0x2"]))
        doc["groups"] = [{"pids": [9]}, {"pids": list(range(100, 612))}]
        return doc

    def hung(self, doc):
        page = html_core.core_page(row(doc))
        Balanced(page)
        part = page[page.index("<h2>Hung tasks") :].partition("</section>")[0]
        return [re.sub("<[^>]+>", "|", s) for s in re.findall("<summary>.*?</summary>", part)], part

    def test_a_group_is_one_row(self):
        """In vgpu's order."""
        summaries, part = self.hung(self.many())
        self.assertEqual(summaries, [
            "|compositor|pid 9, D, 0.9 s, waits for completion never||",
            "|kworker/100 and 511 more|D, 10.0 to 61.1 s, waits for completion never||"])
        self.assertIn("kworker/599 (pid 599), 12 more<", part)
        self.assertEqual(part.count("sleeper+0x2"), 1)

    def test_no_hung_task_is_lost(self):
        """Whatever the groups are: those of none are rows by themselves, none is there twice."""
        doc = self.many()
        doc["hung"] = [*doc["hung"][:5], doc["hung"][0]]
        for groups, n in (([], 6), (None, 6), ("x", 6), ([3, None, {"pids": 7}], 6),
                          ([{"pids": [102, 101, 5000]}, {"pids": [101, [1], 103]}], 5),
                          ([{"pids": [104, 100, 101, 102, 103]}], 1)):
            doc["groups"] = groups
            self.assertEqual(len(self.hung(doc)[0]), n, groups)

    def test_failed(self):
        page = html_core.core_page(store.Row(path=b"/x", name="/x", code="memory", reason="<b>",
                                             log="a\n<script>"))
        Balanced(page)
        self.assertNotIn("<script>", page)

    def test_nothing_from_outside_the_page(self):
        for page in (html_core.core_page(row(document())), html_index.index([row(document())])):
            for tag, attrs in Balanced(page).seen:
                for name in ("src", "href"):
                    self.assertNotRegex(attrs.get(name, ""), r"^(\w+:|//)")
            self.assertIn("default-src 'none'", page)

    def test_slab(self):
        doc = document(slab={"caches": [
            {"name": "kmalloc-128", "bytes": 33 << 20, "inuse": 51350, "objects": 51351},
            {"name": "<b>", "bytes": 5}, {"name": "bad", "bytes": "7"}, 3]})
        page = html_core.core_page(row(doc))
        Balanced(page)
        self.assertIn("33.0 MiB, 51350 objects", page)
        self.assertNotIn('class="tick"', page)
        self.assertEqual(svg.slab(doc, {"kmalloc-128": 4 << 20}).count('class="tick"'), 1)
        self.assertEqual(svg.slab({"slab": []}), "")

    def test_usual_sizes(self):
        """The median of three cores of a kernel; of two, and of another kernel, nothing."""
        def core(bytes_, release="6.1"):
            r = row(document(slab={"caches": [{"name": "a", "bytes": bytes_}]}))
            r.release = release
            return r
        three = [core(100), core(9000), core(200)]
        for rows, medians in ((three, {"6.1": {"a": 200.0}}), (three[:2] + [core(1, "5.10")], {}),
                              ([row(document())] * 3, {})):
            sizes = usual.Usual()
            for r in rows:
                sizes.add(r.release, r.document())
            self.assertEqual(sizes.medians(), medians)
        page = html_core.core_page(three[1], None, {"a": 200.0})
        self.assertIn('class="tick"', page)
        self.assertIn("the median of this folder", page)

    def test_cycle(self):
        doc = document()
        doc["graph"]["edges"].append({"from": "cpu:1", "to": "task:1", "why": "holds it"})
        drawn = svg.chain(doc, doc["verdicts"][0])
        self.assertIn("holds it", drawn)
        self.assertNotIn('class="root"', drawn)

    def test_hostile_words_everywhere(self):
        """Every text of the document is an attack: no tag or attribute may come of it."""
        evil = "\"'><script>x</script><img src=x onerror=y>&\x1b[31m\u202e\ud800"
        shape = [t for t, _ in Balanced(html_core.core_page(row(document()))).seen]
        doc = json.loads(json.dumps(document()), object_hook=lambda d: {
            k: evil if isinstance(v, str) and k not in ("id", "from", "to", "waits_for") else v
            for k, v in d.items()})
        doc["sysctls"] = {"kernel.hung_task_panic": evil, "kernel.new": None}
        for page in (html_core.core_page(row(doc)), html_index.index([row(doc)])):
            for tag, attrs in Balanced(page).seen:
                self.assertNotIn(tag, ("img",))
                self.assertFalse([a for a in attrs if a.startswith("on")])
            self.assertNotIn("<script>x", page)
            self.assertNotIn("\x1b", page)
            page.encode("utf-8")
        self.assertGreater(len(shape), 60)

    def test_any_shape(self):
        """Whatever is where another kind of value should be, a page comes of it."""
        chance = random.Random(3)
        odd = [None, True, -1, 10**30, 1.5, "", "x", [], {}, [[]], [None], {"a": {}}, [1, "x", {}]]

        def spoil(v, depth=0):
            if chance.random() < 0.08 and depth:
                return chance.choice(odd)
            if isinstance(v, dict):
                return {k: spoil(x, depth + 1) for k, x in v.items()}
            return [spoil(x, depth + 1) for x in v] if isinstance(v, list) else v

        for _ in range(150):
            doc = spoil(document(slab={"caches": [{"name": "a", "bytes": 1}]}))
            r = row(doc)
            Balanced(html_core.core_page(r))
            Balanced(html_index.index([r]))
