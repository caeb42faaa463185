# SPDX-License-Identifier: GPL-2.0-or-later
"""What `vgpu CORE --html FILE --markdown FILE` writes of each core."""

import html.parser
import pathlib
import re
import subprocess
import tempfile
import unittest

import session

WITHOUT_END = {"meta", "path", "rect"}

COMMITS = "https://git.kernel.org/stable/c/"


class Page(html.parser.HTMLParser):
    """Every tag that is opened is closed; no name is there twice; nothing else is needed."""

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"], attrs
        if tag not in WITHOUT_END:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in WITHOUT_END:
            assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.text += data


def written(where):
    """What the program says, the page, the ticket."""
    types = [] if session.SAMPLES else ["--debug-dir", str(session.core_folder(*where))]
    core = session.core_folder(*where) / "vmcore"
    with tempfile.TemporaryDirectory() as name:
        page, ticket = pathlib.Path(name, "page"), pathlib.Path(name, "ticket")
        said = subprocess.run([session.PROGRAM, "-j", *types, core, "--html", page,
                               "--markdown", ticket], capture_output=True, text=True, check=False,
                              env=session.PROGRAM_ENV, timeout=session.TIMEOUT_S).stdout
        assert sorted(p.name for p in pathlib.Path(name).iterdir()) == ["page", "ticket"]
        return session.document(said), page.read_text("utf-8"), ticket.read_text("utf-8")


class Handout(unittest.TestCase):
    core_by_core = True

    def test_a_page_and_a_ticket(self):
        for where in session.cores():
            with self.subTest(where=where):
                doc, page, ticket = written(where)
                self.check_page(doc, page)
                self.check_ticket(doc, ticket)

    def check_page(self, doc, text):
        page = Page(text)
        self.assertEqual(len(page.ids), len(set(page.ids)))
        # A place in it, or the commit that mends a known fault: nothing that is fetched unasked.
        self.assertFalse([to for to in page.links
                          if not (to[0] == "#" and to[1:] in page.ids) and
                          not re.fullmatch(re.escape(COMMITS) + "[0-9a-f]{12}", to)])
        self.assertFalse(page.tags & {"script", "link", "img", "iframe", "object", "base", "form"})
        self.assertIn("default-src 'none'", text)
        self.assertTrue({"header", "nav", "main"} <= page.tags)
        self.assertEqual("svg" in page.tags, bool(doc["graph"]["nodes"]) or "timeline" in page.ids)
        for verdict in doc["verdicts"]:
            self.assertIn(verdict["cause"], page.text)
            self.assertIn(verdict["summary"], page.text)
        best = doc["verdicts"][0]
        for said in best["evidence"] + best["against"]:
            self.assertIn(said["check"] or "", page.text)
        self.assertIn(doc["signature"]["hash"], page.text)
        self.assertIn(doc["kernel"]["release"], page.text)

    def check_ticket(self, doc, text):
        self.assertEqual(len(re.findall("^```$", text, re.M)) % 2, 0)
        self.assertEqual(text.count("```"), len(re.findall("^```$", text, re.M)))
        self.assertTrue(text.startswith("# " + doc["verdicts"][0]["cause"]))
        outside = re.sub("^```$.*?^```$", "", text, flags=re.M | re.S)
        self.assertNotRegex(re.sub("`[^`\n]*`", "", outside), r"<\w")
        # Every row of a table has as many cells as its head.
        for table in re.findall(r"(?:^\|.*\n)+", outside, re.M):
            cells = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
            self.assertEqual(len(cells), 1, table)
