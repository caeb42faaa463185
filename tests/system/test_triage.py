# SPDX-License-Identifier: GPL-2.0-or-later
"""What vgpu says of each core, against what was really done to the guest."""

import pathlib
import re
import shlex
import unittest

import session

# For how long a task must be blocked to be called stuck.
STUCK_S = 5


def words_of_chain(doc, verdict):
    nodes = {n["id"]: n for n in doc["graph"]["nodes"]}
    return [(nodes[i]["kind"], nodes[i]["name"]) for i in verdict["chain"]]


def checks_of(doc):
    """The commands beside claims."""
    claims = [e for v in doc["verdicts"] for e in v["evidence"] + v["against"]]
    claims += doc["graph"]["edges"] + doc["trigger"]["evidence"]
    return {claim["check"] for claim in claims} - {None}


class EveryCore(unittest.TestCase):
    core_by_core = True

    def each(self):
        for where in session.cores():
            yield (session.json_of(where, "vgpu -j"),
                   session.truth(*where), where)

    def test_contract(self):
        for doc, _, _ in self.each():
            for key in ("vgpu", "program", "kernel", "trigger", "sysctls", "hung", "graph",
                        "verdicts", "signature", "score", "incomplete"):
                self.assertIn(key, doc)
            ids = {n["id"] for n in doc["graph"]["nodes"]}
            self.assertEqual(len(ids), len(doc["graph"]["nodes"]), "node ids are unique")
            for edge in doc["graph"]["edges"]:
                self.assertLessEqual({edge["from"], edge["to"]}, ids)
            for verdict in doc["verdicts"]:
                self.assertLessEqual(set(verdict["chain"]), ids)
                self.assertTrue(0 <= verdict["confidence"] <= 100)
            for task in doc["hung"]:
                self.assertTrue(task["waits_for"] is None or task["waits_for"] in ids)

    def test_cause_and_culprit(self):
        for doc, truth, where in self.each():
            best = doc["verdicts"][0]
            self.assertEqual(best["cause"], truth["cause"], where)
            self.assertLessEqual(set(truth.get("also", ())),
                                 {v["cause"] for v in doc["verdicts"]}, where)
            culprit = truth.get("culprit")
            if not culprit:
                self.assertIsNone(best["culprit"], where)
                continue
            self.assertIsNotNone(best["culprit"], where)
            for key, value in culprit.items():
                said = best["culprit"].get("name" if key == "comm" else key)
                self.assertEqual(said, value, (where, key))

    def test_trigger(self):
        for doc, truth, _ in self.each():
            self.assertEqual(doc["trigger"]["kind"], truth["trigger"]["kind"])
            self.assertEqual(doc["trigger"]["sysctl"], truth["trigger"].get("sysctl"))

    def test_sysctls(self):
        for doc, truth, _ in self.each():
            for name, value in truth["sysctls"].items():
                if name == "kernel.panic_on_warn" and doc["trigger"]["kind"] != "none":
                    continue  # panic() itself sets it to 0
                if name.startswith(("kernel.msg", "kernel.threads-max", "kernel.pid_max")):
                    continue  # no switch of a panic, but of what there may be
                self.assertEqual(doc["sysctls"][name], int(value), name)

    def test_victims(self):
        for doc, truth, _ in self.each():
            hung = {t["pid"]: t for t in doc["hung"]}
            nodes = {n["id"]: n for n in doc["graph"]["nodes"]}
            # Where two things hang at once, those of the second are the next verdict's.
            found = doc["verdicts"][:1 + len(truth.get("also", ()))]
            best = {nodes[i].get("pid") for v in found for i in v.get("victims", [])}
            for victim in truth.get("victims", []):
                task = hung[victim["pid"]]
                self.assertEqual(task["comm"], victim["comm"])
                # One who is woken now and then, and sleeps again, is not called stuck.
                if not 0 <= task["blocked_s"] < STUCK_S:
                    self.assertIn(victim["pid"], best)

    def test_release(self):
        for doc, truth, _ in self.each():
            self.assertEqual(doc["kernel"]["release"], truth["kernel"])
            self.assertEqual(doc["incomplete"], [], "everything of these cores can be read")

    def test_every_check_works_in_crash(self):
        """The command beside a claim shows something, and crash knows it."""
        for doc, _, where in self.each():
            # vgpu loads the types that they need; this session may be a later one.
            session.crash_on(*where).command("vgpu")
            for check in sorted(checks_of(doc) - {"log"}):
                lines = session.output(where, check).splitlines()
                self.assertTrue("".join(lines).strip(), check)
                # An error is all that a wrong command prints.
                self.assertNotRegex("\n".join(lines[:3]), r"(?i)\binvalid|error|failed|not found|"
                                    r"ambiguous|no such|unknown command", check)

    @unittest.skipUnless(pathlib.Path(session.PROGRAM).exists(), "the program is not built")
    def test_every_check_works_in_the_program(self):
        """The same of the other door, whose commands stand behind the core."""
        for _, _, where in self.each():
            doc = session.document(session.program(where, ["-j"]))
            for check in sorted(checks_of(doc)):
                said = session.program(where, shlex.split(check))
                self.assertTrue(said.strip(), (where, check))


class Devices(unittest.TestCase):
    """A GPU that its tasks wait for: who stopped is at the end of their chain."""

    core_by_core = True

    def each(self):
        for where in session.cores():
            truth = session.truth(*where)
            if truth["cause"] in ("fence-lost", "host-stopped"):
                continue  # nothing is with the device, or any more
            if "virtio_gpu" not in truth:
                continue  # it is of a disk, or another device
            if truth.get("culprit", {}) and truth["culprit"].get("kind") in ("host", "device"):
                yield session.json_of(where, "vgpu -j"), truth, where

    def test_chain(self):
        for doc, truth, where in self.each():
            if truth.get("slow"):
                continue  # it may have come to the fence's command meanwhile
            chain = words_of_chain(doc, doc["verdicts"][0])
            kinds = [kind for kind, _ in chain]
            if truth["culprit"]["kind"] == "host":
                self.assertEqual(kinds[-2:], ["virtqueue", "host"], where)
            else:
                self.assertIn(kinds[-1], ("virtqueue", "interrupt"), where)

    def test_steps(self):
        """Who holds up whom, and what each waits for, is as it was arranged."""
        for doc, truth, where in self.each():
            nodes = {n["id"]: n for n in doc["graph"]["nodes"]}
            chain = [nodes[i] for i in doc["verdicts"][0]["chain"]]
            at = -1
            for step in truth.get("chain", []):
                at = next(i for i, n in enumerate(chain) if i > at and n.get("pid") == step["pid"])
                self.assertEqual(chain[at]["name"], step["comm"], where)
                self.assertIn(step["waits"], chain[at + 1]["name"], where)

    def test_fence(self):
        """Of all fences in flight it is the one that was waited for, with its command."""
        for doc, truth, where in self.each():
            if "fence" not in truth:
                continue
            best = doc["verdicts"][0]
            ways = [e["why"] for e in doc["graph"]["edges"]
                    if e["from"] in best["chain"] and e["from"].startswith("fence:")
                    and "SUBMIT_3D" in e["why"]]
            self.assertEqual(len(ways), 1, where)
            self.assertRegex(
                ways[0], rf": SUBMIT_3D \(0x207\), fence {truth['fence']}, in descriptor ")

    def test_counts(self):
        """The evidence speaks of as many commands as the guest has in flight."""
        for doc, truth, where in self.each():
            if truth.get("slow"):
                continue  # they went on becoming fewer
            claims = " ".join(e["claim"] for e in doc["verdicts"][0]["evidence"])
            count = truth["virtio_gpu"]["in_flight"]["count"]
            self.assertRegex(claims, rf"\b{count} (commands?|answers?)\b", where)

    def test_culprit_is_the_gpu(self):
        for doc, _, where in self.each():
            gpus = session.json_of(where, "vgpu dev -j")["devices"]
            culprit = doc["verdicts"][0]["culprit"]
            self.assertIn(culprit["name"], [gpu["name"] for gpu in gpus], where)


class Answers(unittest.TestCase):
    """Commands that a host has and does not answer, and fences that nobody signals."""

    core_by_core = True

    def each(self, key):
        for where in session.cores():
            truth = session.truth(*where)
            if key in truth:
                yield where, truth

    def test_what_the_host_has_taken(self):
        for where, truth in self.each("fetched"):
            control = session.json_of(where, "vgpu vq -j control")["queues"][0]
            self.assertEqual(control["fetched"], truth["fetched"], where)
            self.assertEqual([c["fetched"] for c in control["commands"]],
                             [True] * truth["fetched"], where)

    def test_who_removes_the_device(self):
        for where, truth in self.each("remover"):
            best = session.json_of(where, "vgpu -j")["verdicts"][0]
            claims = " ".join(e["claim"] for e in best["evidence"])
            self.assertIn(f"(pid {truth['remover']}) removes or suspends the device", claims)

    def test_slow_host(self):
        """It answers, and that speaks against a host that has stopped."""
        for where, _ in self.each("slow"):
            best = session.json_of(where, "vgpu -j")["verdicts"][0]
            self.assertLess(best["confidence"], 85, where)
            self.assertIn("since the wait began: it is slow",
                          " ".join(e["claim"] for e in best["against"]))

    def test_command_that_was_never_sent(self):
        for where, truth in self.each("resource"):
            best = session.json_of(where, "vgpu -j")["verdicts"][0]
            self.assertIn(f"RESOURCE_MAP_BLOB of resource {truth['resource']}, which is not in "
                          "the ring", best["summary"], where)

    def test_lost_fence(self):
        for where, truth in self.each("fence"):
            if truth["cause"] != "fence-lost":
                continue
            doc = session.json_of(where, "vgpu -j")
            _, name = words_of_chain(doc, doc["verdicts"][0])[-1]
            self.assertRegex(name, rf"^fence {truth['fence']} of virtio\d+$", where)
            self.assertIn("ERR_INVALID_PARAMETER to SUBMIT_3D 1 time",
                          " ".join(e["claim"] for e in doc["verdicts"][0]["evidence"]))


class TheFirstHang(unittest.TestCase):
    """drain on 5.10: the hang that vgpu was begun for."""

    core_by_core = True

    def setUp(self):
        if ("drain", "5.10") not in session.cores():
            self.skipTest("no drain core in this run")
        self.where = ("drain", "5.10")
        self.doc = session.json_of(self.where, "vgpu -j")
        self.truth = session.truth(*self.where)

    def test_chain(self):
        culprit = self.truth["culprit"]
        chain = words_of_chain(self.doc, self.doc["verdicts"][0])
        self.assertEqual([kind for kind, _ in chain],
                         ["task", "work", "work", "pool", "worker", "cpu", "task"])
        names = [name for _, name in chain]
        self.assertEqual(names[0], "Xorg")
        self.assertEqual(names[1], "wq_barrier")
        self.assertEqual(names[2], "drain_local_pages_wq")
        self.assertRegex(names[4], r"^kworker/1:\d+$")
        self.assertEqual(names[5], f"CPU {culprit['cpu']}")
        self.assertEqual(names[6], culprit["comm"])

    def test_how_long(self):
        """The hog had its CPU for longer than anyone has been hung."""
        nodes = {n["id"]: n for n in self.doc["graph"]["nodes"]}
        kept = nodes[self.doc["verdicts"][0]["chain"][-1]]["since_s"]
        longest = max(t["blocked_s"] for t in self.doc["hung"])
        self.assertGreater(kept, longest)
        self.assertGreater(longest, 10)

    def test_stack_of_the_victim(self):
        xorg = next(t for t in self.doc["hung"] if t["comm"] == "Xorg")
        functions = [re.match(r"[^+.]+", f)[0] for f in xorg["stack"]]
        want = ["flush_work", "drain_all_pages", "__alloc_pages_slowpath",
                "virtio_gpu_object_create", "drm_ioctl"]
        at = [functions.index(f) for f in want]
        self.assertEqual(at, sorted(at))
        self.assertTrue(any(f.endswith("[virtio_gpu]") for f in xorg["stack"]))

    def test_drain(self):
        drain = session.json_of(self.where, "vgpu drain -j")["drain"]
        self.assertEqual(drain["owner"]["comm"], "Xorg")
        cpu = drain["cpus"][self.truth["culprit"]["cpu"]]
        self.assertEqual((cpu["state"], cpu["waited_for"]), ("queued", True))
        self.assertEqual(drain["cpus"][0]["state"], "idle")

    def test_graph(self):
        """One root, and both victims below it."""
        text = session.output(self.where, "vgpu graph")
        self.assertEqual(text.count("ROOT"), 1)
        self.assertIn(f"ROOT {self.truth['culprit']['comm']}, pid", text)
        for victim in self.truth["victims"]:
            self.assertIn(f"+- {victim['comm']}, pid {victim['pid']}", text)
        dot = session.output(self.where, "vgpu graph -d -v")
        self.assertTrue(dot.startswith("digraph vgpu {") and dot.rstrip().endswith("}"))
        self.assertEqual(dot.count(" -> "), len(self.doc["graph"]["edges"]))

    def test_folded(self):
        """What flamegraph tools take: frames by ';', one space, a number."""
        folded = session.output(self.where, "vgpu hung -f").splitlines()
        self.assertEqual(len(folded), len(self.doc["hung"]))
        for line, task in zip(folded, self.doc["hung"]):
            stack, us = line.rsplit(" ", 1)
            self.assertAlmostEqual(int(us) / 1e6, task["blocked_s"], places=2)
            self.assertEqual(stack.split(";")[0], task["comm"])
            self.assertEqual(len(stack.split(";")), len(task["stack"]) + 1)
        xorg = next(line for line in folded if line.startswith("Xorg;"))
        self.assertRegex(xorg, r"drm_ioctl;.*drain_all_pages;flush_work;.*;__schedule \d+$")
        waker = session.output(self.where, "vgpu hung -w").splitlines()
        self.assertRegex(waker[0], r";--;__schedule;.*;kworker/1:\d+ \d+$")

    def test_panic(self):
        doc = session.json_of(self.where, "vgpu panic -j")
        now = {r["pid"]: r["now"] for r in doc["reported"]}
        for victim in self.truth["victims"]:
            self.assertEqual(now.get(victim["pid"], "blocked"), "blocked")
        self.assertIn("* kernel.hung_task_panic", session.output(self.where, "vgpu panic"))

    def test_pools(self):
        doc = session.json_of(self.where, "vgpu wq -j")
        pool = next(p for p in doc["pools"] if p["cpu"] == 1 and p["nice"] == 0)
        self.assertGreater(pool["pending"], 2)
        self.assertGreater(pool["since_progress_s"], 10)
        waiting = {w["barrier_of"] for w in pool["works"] if "barrier_of" in w}
        self.assertEqual(len(waiting), 2, "Xorg's barrier and khugepaged's")


class Text(unittest.TestCase):
    core_by_core = True

    def test_eighty_columns(self):
        """Lines fit, but for what cannot be broken: commands and long names."""
        for where in session.cores():
            for command in ("vgpu", "vgpu hung", "vgpu drain", "vgpu wq", "vgpu wq -c 1",
                            "vgpu bt", "vgpu dev", "vgpu graph", "vgpu panic"):
                # The log's own lines are as long as they are.
                text = session.output(where, command).split("\nLOG\n")[0]
                for line in text.splitlines():
                    long = len(line) > 80 and "check: " not in line and "#" not in line \
                        and "asked: " not in line and len(line.split()) > 1
                    self.assertFalse(long, f"{where} {command}: {line}")
                self.assertNotRegex(text, r"[\x00-\x08\x0b-\x1f\x7f]")

    def test_no_gpu_blamed(self):
        for where in session.cores():
            if where[0] == "healthy":
                text = session.output(where, "vgpu").lower()
                self.assertNotIn("culprit", text)
                self.assertNotIn("virtio", text)


if __name__ == "__main__":
    unittest.main()
