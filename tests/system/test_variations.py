# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab makes of a seed, before any guest is started."""

import re
import subprocess
import sys
import unittest

import session

sys.path.insert(0, str(session.ROOT / "samples/lab"))

from scenarios import SCENARIOS, Evidence  # noqa: E402
from variations import varied  # noqa: E402
from variations.draw import Draw  # noqa: E402

SEEDS = range(1, 201)
BASES = ("5.10", "6.1", "6.12")


def record(scenario) -> str:
    """What a guest would write down: pids from 100 on, in the order of the cast."""
    roles = re.findall(r"^(?:cast|record role name=)\s*(\w+) ('[^']*'|\S+)", scenario.guest, re.M)
    return "".join(f"role\tname={role}\tpid={100 + i}\tcomm={comm}\tcpu=1\n"
                   for i, (role, comm) in enumerate(roles))


class Variations(unittest.TestCase):
    def test_one_seed_makes_one_recipe(self):
        for seed in SEEDS:
            self.assertEqual(varied(seed, "6.1").scenario.recipe(),
                             varied(seed, "6.1").scenario.recipe())

    def test_the_same_in_another_process(self):
        out = [subprocess.run([session.LAB, "vary", "1", "20", "--dry"], check=True,
                              capture_output=True, text=True).stderr for _ in range(2)]
        self.assertEqual(out[0], out[1])
        self.assertIn("vary-0020 6.1", out[0])

    def test_seeds_differ(self):
        recipes = {varied(seed, "6.1").scenario.guest for seed in SEEDS}
        self.assertGreater(len(recipes), 0.95 * len(SEEDS))

    def test_a_question_that_is_added_changes_no_other_answer(self):
        asked, others = Draw(1, "6.1"), Draw(1, "6.1")
        others.pick("something new", range(100))
        self.assertEqual(asked.number("lock", 0, 10**6), others.number("lock", 0, 10**6))

    def test_each_guest_has_the_programs_that_it_starts(self):
        for base in BASES:
            for seed in SEEDS:
                scenario = varied(seed, base).scenario
                started = set(re.findall(r"lab-load (\w+)", scenario.guest))
                with self.subTest(seed=seed, base=base):
                    self.assertEqual(started, set(scenario.commands))
                    self.assertEqual("/proc/" + scenario.driver.name in scenario.guest
                                     if scenario.driver else False, bool(scenario.driver))

    def test_the_truth_is_who_did_it(self):
        """By the pids that the guest wrote down, whatever they are called."""
        seen = set()
        for seed in SEEDS:
            scenario = varied(seed, "6.1").scenario
            truth = scenario.truth(Evidence(record(scenario), "", lambda _: ""))
            innocent = [task["pid"] for task in truth["innocent"]]
            seen.add(truth["cause"])
            with self.subTest(seed=seed):
                if (truth["culprit"] or {}).get("kind") == "task":
                    self.assertNotIn(truth["culprit"]["pid"], innocent)
                    self.assertRegex(scenario.guest, r"(cast |name=)culprit ")
                else:
                    self.assertNotRegex(scenario.guest, r"(cast |name=)culprit ")
        self.assertLessEqual({"cpu-monopolised", "lock-holder-blocked", "lock-cycle",
                              "lost-wakeup", "throttled", "host-not-consuming",
                              "interrupt-lost", "kernel-bug", "panic-by-request"}, seen)

    def test_what_makes_no_sense_is_not_made(self):
        for base in BASES:
            for seed in SEEDS:
                drawn = varied(seed, base).drawn
                with self.subTest(seed=seed, base=base):
                    self.assertNotEqual(drawn.get("ends by"), "hardlockup")
                    if drawn.get("thief") == "rt":
                        self.assertNotIn(drawn["waiter"], ("rcu", "expedited", "barrier"))
                        self.assertNotIn(drawn["ends by"], ("softlockup", "rcu"))
                    if drawn.get("thief") == "rt" and base == "6.12":
                        self.assertEqual(drawn["interrupts in threads"], 1)

    def test_and_the_reason_is_said(self):
        refused = [why for seed in SEEDS for why in varied(seed, "6.12").refused]
        self.assertIn("an NMI watchdog counts cycles, and TCG has no counter", refused)

    def test_cores_that_are_there_stay_valid(self):
        """What came for the variations is in no other scenario's recipe."""
        for scenario in SCENARIOS.values():
            for field in ("'driver'", "'smp'", "'ring'", "'spill'"):
                self.assertNotIn(field, scenario.recipe())
