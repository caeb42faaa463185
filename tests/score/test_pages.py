# SPDX-License-Identifier: GPL-2.0-or-later
"""JSON found among noise, and the pages made of it, on documents right and wrong."""
import json
import os
import random
import sys
import tempfile
import unittest
import zlib
from html.parser import HTMLParser

import made

sys.path.insert(0, os.path.join(made.TOP, "tests", "docs"))

import contract  # noqa: E402
from vgpu_score import answer, html_core, html_index, pages, store, svg, usual  # noqa: E402

VOID = {"meta", "input", "br", "link"}


def fake() -> dict:
    space: dict = {"__name__": "fake"}
    with open(os.path.join(made.HERE, "fake_crash")) as f:
        exec(f.read().replace("\nmain()\n", "\n"), space)
    return space


def document(**more):
    doc = fake()["document"](60)
    doc.update(more)
    return doc


def page(words="Xorg waits for CPU 1."):
    """As vgpu writes it."""
    return fake()["PAGE"] % ("cpu-monopolised", "cpu-monopolised", words)


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
    def core(self, doc=None, **more):
        return row(doc or document(), page=zlib.compress(page().encode()), **more)

    def test_vgpus_page_with_what_the_folder_knows(self):
        shown = html_core.core_page(self.core(notes=["a note"]))
        Balanced(shown)
        places = [shown.index(w) for w in (">\u2190 all cores</a>", 'href="#folder"', "</nav>",
                                           "Xorg waits for CPU 1.", '<section id="folder"',
                                           "/a/vmcore", "a note", "</main>")]
        self.assertEqual(places, sorted(places))

    def test_title_tells_cores_apart(self):
        """Whoever made the page, and whatever the folder is called."""
        for kept in (zlib.compress(page().encode()), None):
            r = row(document(), page=kept)
            r.name = "/srv/<b>case\\17/vmcore"
            shown = html_core.core_page(r)
            self.assertIn("<title>&lt;b&gt;case\\17/vmcore: cpu-monopolised</title>", shown)
            self.assertEqual(shown.count("<title>"), 1 + shown.count("<g><title>"))

    def test_without_a_page(self):
        """Scored by an earlier vgpu-score, whose core is gone; or somebody wrote to the database."""
        for kept in (None, b"", b"x", zlib.compress(b"<b>"), zlib.compress(page().encode())[:-9]):
            shown = html_core.core_page(row(document(), page=kept))
            Balanced(shown)
            self.assertIn("Xorg waits for CPU 1.", shown)
            self.assertIn('<section id="folder"', shown)

    def test_what_is_kept(self):
        def kept(text):
            with tempfile.NamedTemporaryFile() as f:
                f.write(text)
                f.flush()
                return pages.kept(os.fsencode(f.name))

        good = page().encode()
        self.assertEqual(zlib.decompress(kept(good)), good)
        for bad in (b"", b"\n" + good, good.replace(b"'none'", b"*", 1), good + b"\xff",
                    good.replace(b"<p>", b"</main>\n<p>"), good + b" " * pages.MOST,
                    good.replace(b"</style>", b"")):
            self.assertIsNone(kept(bad), bad[:300])
        self.assertIsNone(pages.kept(b"/nowhere"))

    def test_failed(self):
        shown = html_core.core_page(store.Row(path=b"/x", name="/x", code="memory", reason="<b>",
                                              log="a\n<script>"))
        Balanced(shown)
        self.assertNotIn("<script>", shown)

    def test_nothing_from_outside_the_page(self):
        for shown in (html_core.core_page(self.core()), html_core.core_page(row(document())),
                      html_index.index([row(document())])):
            for tag, attrs in Balanced(shown).seen:
                for name in ("src", "href"):
                    self.assertNotRegex(attrs.get(name, ""), r"^(\w+:|//)")
            self.assertIn("default-src 'none'", shown)

    def test_slab(self):
        doc = document(slab={"caches": [
            {"name": "kmalloc-128", "bytes": 33 << 20, "inuse": 51350, "objects": 51351},
            {"name": "<b>", "bytes": 5}, {"name": "bad", "bytes": "7"}, 3]})
        drawn = svg.slab(doc, {"kmalloc-128": 4 << 20})
        Balanced(drawn)
        self.assertIn("33.0 MiB, 51350 objects", drawn)
        self.assertEqual(drawn.count('class="tick"'), 1)
        self.assertEqual(svg.slab({"slab": []}), "")

    def test_usual_sizes(self):
        """The median of three cores of a kernel; of two, and of another kernel, nothing."""
        def core(bytes_, release="6.1"):
            r = self.core(document(slab={"caches": [{"name": "a", "bytes": bytes_}]}))
            r.release = release
            return r
        three = [core(100), core(9000), core(200)]
        for rows, medians in ((three, {"6.1": {"a": 200.0}}), (three[:2] + [core(1, "5.10")], {}),
                              ([row(document())] * 3, {})):
            sizes = usual.Usual()
            for r in rows:
                sizes.add(r.release, r.document())
            self.assertEqual(sizes.medians(), medians)
        shown = html_core.core_page(three[1], None, {"a": 200.0})
        Balanced(shown)
        self.assertIn('class="tick"', shown)
        self.assertIn("the median of this folder", shown)
        self.assertNotIn("the median of this folder", html_core.core_page(three[1]))

    def test_hostile_words_everywhere(self):
        """Every text of the document is an attack: no tag or attribute may come of it."""
        evil = "\"'><script>x</script><img src=x onerror=y>&\x1b[31m\u202e\ud800"
        doc = json.loads(json.dumps(document(slab={"caches": [{"name": "a", "bytes": 1}]})),
                         object_hook=lambda d: {k: evil if isinstance(v, str) else v
                                                for k, v in d.items()})
        core = self.core(doc, name=evil, notes=[evil], vmlinux=evil)
        for shown in (html_core.core_page(core, None, {evil: 1.0}), html_index.index([core]),
                      html_core.core_page(row(doc, name=evil))):
            for tag, attrs in Balanced(shown).seen:
                self.assertNotIn(tag, ("img",))
                self.assertFalse([a for a in attrs if a.startswith("on")])
            self.assertNotIn("<script>x", shown)
            self.assertNotIn("\x1b", shown)
            shown.encode("utf-8")

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
            Balanced(html_core.core_page(r, None, {"a": 1.0}))
            Balanced(html_index.index([r]))
