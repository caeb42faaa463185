# SPDX-License-Identifier: GPL-2.0-or-later
"""Real cores by the real program: one quickly, all that are cached with VGPU_SCORE_ALL=1."""
import os
import signal
import subprocess
import time
import unittest

import made
import real


@unittest.skipIf(real.missing(), real.missing())
class Cores(made.Case):
    def setUp(self):
        super().setUp()
        self.sources = real.folders()
        self.truths = real.copy(self.sources, self.cores)
        self.name = next(iter(self.truths))

    def command(self, *options, crash=None):
        return [*real.words(self.out, self.sources), "--door", "program", *options]

    def finish(self, words):
        p = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=3600)
        return p.returncode, p.stdout.decode()

    def check(self, rows):
        for name, truth in self.truths.items():
            row = rows[name]
            self.assertEqual(row["state"], "scored", row["reason"])
            self.assertEqual(row["cause"], truth["cause"], name)
            self.assertEqual(row["trigger"], truth["trigger"]["kind"], name)
            self.assertEqual(row["sysctl"], truth["trigger"]["sysctl"] or "", name)
            self.assertEqual(row["release"], truth["kernel"])
            self.assertEqual(row["door"], "program")
            self.assertEqual(row["report"]["kernel"]["release"], truth["kernel"])

    def spoil(self):
        """Beside the cores, what no folder is without; returns each one's code."""
        with open(os.path.join(self.cores, self.name), "rb") as f:
            core = f.read()
        self.core("truncated", core[: len(core) * 6 // 10])
        self.core("empty", b"")
        self.core("text", b"not a core\n")
        self.core("nothing-in-it", made.kdump())
        return {"truncated": "truncated", "empty": "empty", "text": "not-a-core",
                "nothing-in-it": "cannot-open"}

    def check_all(self, spoilt):
        """Every file has its row, and every row is right."""
        rows = self.rows()
        self.assertEqual(set(rows), set(self.truths) | set(spoilt))
        self.check(rows)
        self.assertEqual({name: rows[name]["code"] for name in spoilt}, spoilt)
        self.assertEqual(self.sql("SELECT count(*) FROM cores"), [(len(rows),)])
        # Another boot of the same scenario, with other addresses and pids: no difference.
        for name in self.truths:
            if name + "+2" in self.truths:
                for key in ("signature", "score"):
                    self.assertEqual(rows[name][key], rows[name + "+2"][key], name)
        # No two causes share a signature, and none resembles itself.
        causes: dict = {}
        for row in rows.values():
            if row["state"] == "scored":
                causes.setdefault(row["signature"], set()).add(row["cause"])
                self.assertNotIn(row["signature"], [n["signature"] for n in row["resembles"]])
        self.assertFalse([s for s, of in causes.items() if len(of) > 1])

    def test_folder_of_everything(self):
        spoilt = self.spoil()
        status, said = self.finish(self.command(self.cores))
        self.assertEqual(status, 1, said)
        self.check_all(spoilt)
        status, said = self.finish(self.command(self.cores))
        self.assertEqual(said.count("(unchanged)"), len(self.truths))

    @unittest.skipUnless(real.ALL, "slow: VGPU_SCORE_ALL=1")
    def test_killed_in_the_middle(self):
        spoilt = self.spoil()
        p = subprocess.Popen(self.command(self.cores), stdout=subprocess.PIPE)
        assert p.stdout
        for line in p.stdout:
            if line.split()[0].isdigit():  # one core has its score, and another is being opened
                break
        time.sleep(1)
        p.send_signal(signal.SIGKILL)
        p.wait()
        p.stdout.close()
        done = self.sql("SELECT count(*) FROM cores WHERE state = 'scored'")[0][0]
        self.assertTrue(0 < done < len(self.truths), done)
        status, said = self.finish(self.command(self.cores))
        self.assertEqual(status, 1, said)
        self.assertEqual(said.count("(unchanged)"), done)
        self.check_all(spoilt)
