# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages in headless Chromium: sorting, filters, keys, and names that stay text."""
import html
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import made

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]

# Runs in the page as a user would act on it, and leaves what is then seen.
PROBE = """
const seen = {};
const names = () => [...document.querySelectorAll("#cores tr.core")]
	.map((r) => r.dataset.name.split("/").pop());
const groups = () => [...document.querySelectorAll("#cores tr.group")].map((r) => r.dataset.group);
const form = document.getElementById("filters");
const set = (name, value) => {
	const f = form.elements[name];
	if (f.type === "checkbox") f.checked = value; else f.value = value;
	f.dispatchEvent(new Event("input", { bubbles: true }));
};
const click = (key) => document.querySelector(`th[data-key="${key}"] button`).click();
const heads = () => [...document.querySelectorAll("th[aria-sort]")]
	.map((t) => t.dataset.key + " " + t.getAttribute("aria-sort")).join();
const count = () => document.getElementById("count").textContent;
seen.start = [names(), groups(), heads(), count(), form.hidden];
set("grouped", false);
seen.flat = [names(), groups()];
click("score");
seen.ascending = [names(), heads()];
click("name");
seen.byName = [names(), heads()];
click("name");
seen.byNameDown = names();
set("cause", "fence-leak");
seen.cause = [names(), count()];
set("cause", "");
set("least", "60");
seen.least = names();
set("least", "");
set("text", "SCRIPT waits");
seen.text = names();
set("text", "Flush_Work");
seen.stack = names();
set("text", "monopolised | flush");
seen.signature = names();
set("text", "");
set("state", "failed");
seen.failed = names();
seen.hash = location.hash;
set("state", "");
document.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true }));
seen.slash = document.activeElement.name;
seen.focusable = [...document.querySelectorAll("th[data-key] button")].every((b) => b.tabIndex === 0);
seen.title = document.title;
seen.scripts = document.scripts.length;
set("grouped", true);
addEventListener("hashchange", () => {
	seen.link = [names(), form.elements.grouped.checked, heads()];
	leave();
});
location.hash = "#text=script";
function leave() {
	const out = document.createElement("pre");
	out.id = "seen";
	out.textContent = JSON.stringify(seen);
	document.body.append(out);
}
"""


@unittest.skipUnless(CHROMIUM, "chromium is not installed: the pages were not tried in a browser")
class Browser(made.Case):
    def setUp(self):
        super().setUp()
        for n, host in enumerate(("score=90", "score=20", "comm=script", "score=55")):
            self.core(f"c{n}", host=host, pages=(b"%d" % n * 4096,))
        self.core("a-broken", made.kdump()[:-3])
        self.score("-j", "2", expect=1)

    def dump(self, path, url_end=""):
        """The page as it is after its scripts have run."""
        with tempfile.TemporaryDirectory() as profile:
            p = subprocess.run([CHROMIUM, *FLAGS, f"--user-data-dir={profile}",
                                "--virtual-time-budget=3000", "--dump-dom",
                                f"file://{path}{url_end}"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
        return p.stdout.decode("utf-8", "replace")

    def page(self, name):
        return os.path.join(self.out, name)

    def probe(self):
        """index.html with the probe after its own script; its policy would forbid that."""
        text = self.text("index.html")
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        text = text.replace("</body>", f"<script>{PROBE}</script></body>")
        path = self.put(self.page("probe.html"), text.encode())
        dom = self.dump(os.fsdecode(path))
        return json.loads(html.unescape(re.search(r'<pre id="seen">(.*?)</pre>', dom, re.S).group(1)))

    def test_sorting_and_filters(self):
        seen = self.probe()
        ranked = ["c0", "c2", "c3", "c1", "a-broken"]
        self.assertEqual(seen["start"], [ranked, ["s1", "s0", "failed"], "score descending",
                                         "5 cores", False])
        self.assertEqual(seen["flat"], [ranked, []])
        self.assertEqual(seen["ascending"], [["c1", "c3", "c2", "c0", "a-broken"],
                                             "score ascending"])
        self.assertEqual(seen["byName"], [["a-broken", "c0", "c1", "c2", "c3"], "name ascending"])
        self.assertEqual(seen["byNameDown"], ["c3", "c2", "c1", "c0", "a-broken"])
        self.assertEqual(seen["cause"], [["c1"], "1 of 5 cores"])
        self.assertEqual(seen["least"], ["c2", "c0"])
        self.assertEqual(seen["text"], ["c2"])
        self.assertEqual(seen["stack"], ["c3", "c2", "c1", "c0"])
        self.assertEqual(seen["signature"], ["c3", "c2", "c0"])
        self.assertEqual(seen["link"], [["c2"], True, "score descending"])
        self.assertEqual(seen["failed"], ["a-broken"])
        self.assertEqual(seen["hash"], "#state=failed&grouped=no&sort=-name")
        self.assertEqual(seen["slash"], "text")
        self.assertTrue(seen["focusable"])
        self.assertEqual((seen["title"], seen["scripts"]), ("vgpu-score: cores by urgency", 2))

    def test_as_it_is(self):
        """With its policy in force its own script runs, and keeps what the address says."""
        dom = self.dump(self.page("index.html"), "#state=failed")
        self.assertIn("1 of 5 cores", dom)
        self.assertNotIn("<title>owned", dom)

    def test_script_in_a_comm_stays_text(self):
        found = 0
        for name in os.listdir(self.page("cores")):
            dom = self.dump(self.page("cores/" + name))
            self.assertNotIn("<title>owned", dom)
            self.assertNotIn("<script", dom)
            found += "&lt;script&gt;document.title='owned'&lt;/script&gt;" in dom
        self.assertEqual(found, 1)
