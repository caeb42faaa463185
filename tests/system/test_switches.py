# SPDX-License-Identifier: GPL-2.0-or-later
"""What each switch's core must show besides its cause; and what other tools are fed."""

import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import session

sys.path.append(str(session.ROOT / "samples/lab"))

# Brendan Gregg's own; Debian has it in libdevel-nytprof-perl.
FLAMEGRAPH = shutil.which("flamegraph.pl") or shutil.which(
    "flamegraph.pl", path="/usr/share/perl5/Devel/NYTProf")


def parse_folded(text):
    """As flamegraph tools take it: everything to the last space is the stack."""
    tree: collections.Counter = collections.Counter()
    for line in text.splitlines():
        match = re.fullmatch(r"(\S[^;]*(?:;[^;]+)*) (\d+)", line)
        if not match:
            raise AssertionError(f"not a folded stack: {line!r}")
        frames = match[1].split(";")
        for depth in range(1, len(frames) + 1):
            tree[tuple(frames[:depth])] += int(match[2])
    return tree


class Cores(unittest.TestCase):
    core_by_core = True

    def of(self, *scenarios):
        found = [where for where in session.cores() if where[0] in scenarios]
        if not found:
            self.skipTest(f"no core of {', '.join(scenarios)} in this run: make check-lab")
        for where in found:
            with self.subTest(core=where):
                yield where, session.json_of(where, "vgpu -j"), session.truth(*where)

    def test_cycle_names_both_tasks_and_both_locks(self):
        for _, doc, truth in self.of("abba"):
            nodes = {n["id"]: n for n in doc["graph"]["nodes"]}
            chain = [nodes[i] for i in doc["verdicts"][0]["chain"]]
            self.assertEqual(sorted(n["pid"] for n in chain if n["kind"] == "task"),
                             sorted(task["pid"] for task in truth["cycle"]["tasks"]))
            self.assertEqual(sorted(n["name"] for n in chain if n["kind"] == "mutex"),
                             sorted(truth["cycle"]["locks"]))
            summary = doc["verdicts"][0]["summary"]
            for name in [t["comm"] for t in truth["cycle"]["tasks"]] + truth["cycle"]["locks"]:
                self.assertIn(name, summary)

    def test_fault_is_named(self):
        """The function and module that the oops, BUG or WARN was raised in, and by whom."""
        for _, doc, truth in self.of("oops", "bug", "warn", "impostor"):
            fault = truth["fault"]
            self.assertRegex(doc["verdicts"][0]["culprit"]["name"],
                             rf"^{fault['function']}\+0x[0-9a-f]+ \[{fault['module']}\]$")
            self.assertEqual((doc["trigger"]["task"], doc["trigger"]["pid"]),
                             (fault["comm"], fault["pid"]))

    def test_warn_reads_0(self):
        """panic() clears the switch that made it panic: the proof says so."""
        for _, doc, _ in self.of("warn"):
            self.assertEqual(doc["sysctls"]["kernel.panic_on_warn"], 1)
            self.assertTrue(any("panic() clears it" in e["claim"]
                                for e in doc["trigger"]["evidence"]))

    def test_oops_has_no_panic_line(self):
        for where, doc, _ in self.of("oops", "bug"):
            self.assertNotIn("Kernel panic", session.output(where, "log"))
            self.assertEqual(doc["trigger"]["sysctl"], "kernel.panic_on_oops")

    def test_names_are_not_the_kernels_words(self):
        """The log holds a file's name that is a panic, a hung task and another oops."""
        for where, doc, truth in self.of("impostor"):
            self.assertTrue(re.search(r"(?m)^ +Kernel panic - not syncing: hung_task",
                                      session.output(where, "log")))
            self.assertIsNone(re.search("hung_task|khungtaskd", str(doc["trigger"])))
            self.assertEqual(doc["trigger"]["task"], truth["fault"]["comm"])
            told = session.json_of(where, "vgpu panic -j")
            self.assertEqual(told["reported"], [])
            self.assertEqual([c["count"] for c in told["caught"]], [1])

    def test_every_switch(self):
        """The usual eight first; each with what it catches; one fired or none."""
        for where in session.cores():
            text = session.output(where, "vgpu panic")
            table = text.split("CATCHES\n")[1].split("\nLOG\n")[0]
            rows = re.findall(r"(?m)^([ *]) ([\w.]+) +(-?\d+|-|\?)  (\S.*)$", table)
            names = [name for _, name, _, _ in rows]
            self.assertEqual(names[:8], [
                "kernel.sysrq", "kernel.panic", "kernel.panic_on_oops", "kernel.hung_task_panic",
                "kernel.hung_task_timeout_secs", "kernel.softlockup_panic",
                "kernel.panic_on_warn", "vm.panic_on_oom"])
            for word in ("hardlockup_panic", "panic_on_rcu_stall", "unknown_nmi_panic",
                         "panic_on_stall", "warn_limit", "oops_limit", "panic_on_taint",
                         "panic_print"):
                self.assertTrue(any(name.endswith(word) for name in names), word)
            fired = [name for mark, name, _, _ in rows if mark == "*"]
            sysctl = session.json_of(where, "vgpu -j")["trigger"]["sysctl"]
            self.assertEqual(fired, [sysctl] if sysctl else [])


class ErasedLog(unittest.TestCase):
    """Some sites let makedumpfile erase the log before a core may leave the house."""

    def test_panics_own_words(self):
        if not session.ALL or ("drain", "5.10") not in session.cores():
            self.skipTest("a core is written anew: make check-lab")
        import guest  # of the lab: it knows where its makedumpfile is
        folder = session.core_folder("drain", "5.10")
        with tempfile.TemporaryDirectory() as place:
            config = pathlib.Path(place, "config")
            config.write_text("[vmlinux]\nerase __log_buf\nerase _printk_rb_static_infos\n")
            subprocess.run([*guest.on_host("makedumpfile"), "-x", folder / "vmlinux", "--config",
                            config, "-c", folder / "vmcore", pathlib.Path(place, "erased")],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            crash = session.Crash(folder / "vmlinux", pathlib.Path(place, "erased"))
            try:
                crash.command(f"extend {session.SO}")
                self.assertNotIn("Kernel panic", crash.command("log"))
                doc = session.document(crash.command("vgpu -j"))
            finally:
                crash.close()
        whole = session.json_of(("drain", "5.10"), "vgpu -j")
        self.assertEqual(doc["trigger"]["kind"], "hung_task")
        self.assertEqual(doc["trigger"]["message"], "hung_task: blocked tasks")
        self.assertEqual(doc["trigger"]["sysctl"], "kernel.hung_task_panic")
        self.assertTrue(any(e["claim"].startswith("panic() was called with")
                            for e in doc["trigger"]["evidence"]))
        for key in ("signature", "score"):
            self.assertEqual(doc[key], whole[key])
        self.assertLess(abs(doc["kernel"]["uptime_s"] - whole["kernel"]["uptime_s"]), 5)


class OtherTools(unittest.TestCase):
    core_by_core = True

    def test_folded(self):
        for where in session.cores():
            off = parse_folded(session.output(where, "vgpu hung -f"))
            waking = parse_folded(session.output(where, "vgpu hung -w"))
            hung = session.json_of(where, "vgpu -j")["hung"]
            for tree in (off, waking):
                roots = sum(n for stack, n in tree.items() if len(stack) == 1)
                # Each of them is rounded to a thousandth.
            self.assertAlmostEqual(roots / 1e6, sum(t["blocked_s"] for t in hung),
                                   delta=0.01 + 0.001 * len(hung))
            self.assertFalse(any("--" in stack for stack in off))

    def test_flamegraph(self):
        """flamegraph.pl draws each frame once, as wide as the time that was slept in it."""
        if not FLAMEGRAPH:
            self.skipTest("flamegraph.pl is not installed: make check-lab")
        for where in session.cores():
            for option in ("-f", "-w"):
                folded = session.output(where, f"vgpu hung {option}")
                tree = parse_folded(folded)
                if not tree:
                    continue
                svg = subprocess.run(["perl", FLAMEGRAPH, "--countname=us", "--minwidth=0"],
                                     input=folded, check=True, capture_output=True, text=True)
                self.assertEqual(svg.stderr, "")
                drawn = re.findall(r"<title>(.+) \(([\d,]+) us, [\d.]+%\)</title>", svg.stdout)
                whole = sum(n for stack, n in tree.items() if len(stack) == 1)
                self.assertEqual(
                    collections.Counter((name, int(us.replace(",", ""))) for name, us in drawn),
                    collections.Counter([(stack[-1], n) for stack, n in tree.items()]
                                        + [("all", whole)]))

    def test_svg(self):
        if not shutil.which("dot"):
            self.skipTest("graphviz is not installed: make check-lab")
        for where in session.cores():
            with tempfile.NamedTemporaryFile("r", suffix=".dot") as dot:
                session.output(where, f"vgpu graph -d > {dot.name}")
                svg = subprocess.run(["dot", "-Tsvg", dot.name], check=True, capture_output=True)
            root = xml.etree.ElementTree.fromstring(svg.stdout)
            self.assertTrue(root.tag.endswith("svg"))
            graph = session.json_of(where, "vgpu -j")["graph"]
            drawn = [e.get("class") for e in root.iter() if e.get("class")]
            self.assertEqual(drawn.count("edge"), len(graph["edges"]))


if __name__ == "__main__":
    unittest.main()
