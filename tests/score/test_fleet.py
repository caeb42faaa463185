# SPDX-License-Identifier: GPL-2.0-or-later
"""A run by many machines, with stand-ins for sbatch and parallel: lost nodes, killed jobs, half a
database, the same core twice.  tests/score/fleet does it with the real ones."""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

import made
from vgpu_score import find, fleet

SBATCH = """#!/bin/sh
here=$(dirname "$0")
n=$(ls "$here/jobs" | wc -l)
mkdir "$here/jobs/$n"
printf '%s\\n' "$@" > "$here/jobs/$n/words"
cat > "$here/jobs/$n/script"
echo $((100 + n))
"""
# As GNU parallel calls a shell for each line of its input; a line in the file `lost` is not run.
PARALLEL = """#!/bin/sh
here=$(dirname "$0")
printf '%s\\n' "$@" >> "$here/parallel.words"
for last; do :; done
while read -r n; do
	if grep -qx "$n" "$here/lost" 2>/dev/null; then sed -i "/^$n\\$/d" "$here/lost"; continue; fi
	sh -c "${last%{\\}}$n"
done
"""


class Fleet(made.Case):
    def setUp(self):
        super().setUp()
        os.makedirs(os.path.join(self.top, "tools/jobs"))
        for name, text in (("sbatch", SBATCH), ("parallel", PARALLEL)):
            path = os.path.join(self.top, "tools", name)
            self.put(path, text.encode())
            os.chmod(path, 0o755)
        self.env = {**os.environ, "PATH": os.path.join(self.top, "tools") + ":" + os.environ["PATH"]}
        for n in range(6):
            self.core(f"c{n}", host=f"score={10 * n}", pages=(b"%d" % n * 4096,))
        self.core("cut", made.kdump()[:-3])
        self.core("text", b"no core")

    def submit(self, *options, expect=0):
        return self.score("--slurm", *options, expect=expect, env=self.env)

    def jobs(self):
        found = []
        for n in range(len(os.listdir(os.path.join(self.top, "tools/jobs")))):
            place = os.path.join(self.top, "tools/jobs", str(n))
            with open(place + "/words") as f:
                found.append((f.read().splitlines(), place + "/script"))
        return found

    def run_job(self, n, task=None, expect=0, start=False):
        words = ["sh", self.jobs()[n][1]]
        env = {**self.env, **({} if task is None else {"SLURM_ARRAY_TASK_ID": str(task)})}
        if start:
            return subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                    start_new_session=True)
        return self.run_words(words, expect, env=env)

    def plan(self):
        [plan] = glob.glob(os.path.join(self.out, "fleet/plan.*"))
        return plan

    def rechunk(self, *chunks):
        """The plan's files in these chunks."""
        plan = fleet.read(os.fsencode(self.plan()))
        for n, names in enumerate(chunks):
            with open(plan.list_of(n), "w") as f:
                json.dump([(os.fsencode(os.path.join(self.cores, name)).hex(), False)
                           for name in names.split()], f)
        path = os.path.join(self.plan(), "plan.json")
        with open(path) as f:
            about = json.load(f)
        with open(path, "w") as f:
            json.dump(dict(about, chunks=len(chunks)), f)

    def whole(self):
        rows = self.rows()
        self.assertEqual({n: r["score"] for n, r in rows.items()},
                         {**{f"c{n}": 10 * n for n in range(6)}, "cut": None, "text": None})
        self.assertEqual(self.sql("SELECT count(*) FROM cores"), [(8,)])
        self.assertFalse(os.path.exists(os.path.join(self.out, "fleet")))
        self.assertTrue(os.path.exists(os.path.join(self.out, "index.html")))

    def test_jobs(self):
        """What sbatch is told: an array, and what comes after it whatever became of that."""
        said = self.submit("--slurm=--partition=all --time=1:00", "-j", "2")
        self.assertIn("8 files in 1 chunk: Slurm's jobs 100, and 101", said)
        (array, _), (merge, _) = self.jobs()
        for word in ("--array=0-0", "--requeue", "--partition=all", "--time=1:00", "--cpus-per-task"):
            self.assertIn(word, array)
        self.assertIn("--dependency=afterany:100", merge)
        self.run_job(0, 0)
        self.assertIn("6 scored", self.run_job(1, expect=1))
        self.whole()

    def test_lost_and_killed(self):
        """A node that was lost before it began, one killed in the middle, and a half-written
        database: what they had not done is done by another round."""
        self.core("c5", host="until=go")
        self.submit()
        self.rechunk("c0 c1 cut", "c2 c3", "c4 text", "c5")
        self.run_job(0, 0)
        p = self.run_job(0, 3, start=True)
        while not any(s["host"] == "until=go" for s in self.starts()):
            time.sleep(0.05)
        os.killpg(p.pid, signal.SIGKILL)
        p.wait()
        self.run_job(0, 1)
        with open(os.path.join(self.plan(), "part-0001/scores.sqlite"), "r+b") as f:
            f.truncate(os.path.getsize(f.name) // 2)
        self.core("c5", host="score=50", pages=(b"5" * 4096,))
        self.run_job(1, expect=1)  # there is a core without a score
        self.assertEqual(len(self.jobs()), 4)
        lost = {os.path.basename(g.path) for g in fleet.read(os.fsencode(self.plan())).files(0)}
        self.assertEqual(lost, {b"c2", b"c3", b"c4", b"text", b"c5"})
        self.run_job(2, 0)
        self.run_job(3)
        self.whole()

    def test_a_chunk_again(self):
        """After a requeue only what was not done is done."""
        self.submit()
        self.run_job(0, 0)
        before = len(self.starts())
        self.run_job(0, 0)
        self.assertEqual(len(self.starts()), before)
        self.run_job(1, expect=1)
        self.whole()

    def test_start_it_again(self):
        """All of Slurm was lost: what was done counts, and only the rest is given to it."""
        self.submit()
        self.rechunk("c0 c1 text", "c2 c3", "c4 c5 cut")
        self.run_job(0, 1)
        self.submit()
        self.assertEqual(len(self.jobs()), 4)
        left = fleet.read(os.fsencode(self.plan())).files(0)
        self.assertEqual(len(left), 6)
        self.run_job(0, 0, expect=2)  # of the plan that is no more
        self.run_job(1, expect=2)
        self.run_job(2, 0)
        self.run_job(3, expect=1)
        self.whole()
        self.assertEqual(len(self.starts()), 6)

    def test_nothing_is_left_to_do(self):
        shutil.rmtree(self.cores)
        self.core("a", host="score=70")
        self.score()
        self.assertIn("1 scored", self.submit())
        self.submit("--fail-over", "60", expect=3)
        self.assertEqual(self.jobs(), [])

    def test_the_same_core_twice(self):
        """In two chunks: each has its row, and they are one incident."""
        shutil.copy2(os.path.join(self.cores, "c3"), os.path.join(self.cores, "twin"))
        self.submit()
        self.rechunk("c0 c1 c2 c3", "twin c4 c5 cut text")
        for n in range(2):
            self.run_job(0, n)
        self.run_job(1, expect=1)
        self.assertEqual(self.rows()["twin"]["copy_of"], os.path.join(self.cores, "c3"))
        self.assertIn("6 scored, ", self.text("index.html"))

    def test_a_score_outlives_a_failure(self):
        go = os.path.join(self.top, "bin/go")
        self.put(go, b"")
        self.core("c5", host="until=go")
        self.score(expect=1)
        os.unlink(go)
        self.submit("--again", "--timeout", "1")
        self.run_job(0, 0)
        self.run_job(1, expect=1)
        self.whole()
        self.assertIn("this score is from before: timed out", self.rows()["c5"]["notes"][0])

    def test_sbatch_that_refuses(self):
        self.put(os.path.join(self.top, "tools/sbatch"), b"#!/bin/sh\necho no such partition >&2\nexit 1\n")
        self.assertIn("sbatch took no job: no such partition", self.submit(expect=2))
        self.assertFalse(os.path.exists(os.path.join(self.out, "fleet")))

    def test_parallel(self):
        """What of a chunk was lost is done by another round."""
        self.put(os.path.join(self.top, "tools/lost"), b"0\n")
        said = self.score("--sshlogin", "a", "--sshlogin", "b", expect=1, env=self.env)
        self.assertIn("8 files in 1 chunk", said)
        self.assertNotIn("without a row", said)
        self.whole()
        with open(os.path.join(self.top, "tools/parallel.words")) as f:
            words = f.read()
        self.assertIn("--sshlogin\na\n--sshlogin\nb\n", words)

    def test_parallel_that_does_nothing(self):
        self.put(os.path.join(self.top, "tools/parallel"), b"#!/bin/sh\nexit 255\n")
        said = self.score("--sshlogin", "a", expect=1, env=self.env)
        self.assertIn("8 files without a row", said)
        self.assertEqual(self.rows(), {})

    def test_two_ways(self):
        self.assertIn("two ways", self.score("--slurm", "--sshlogin", "a", expect=2, env=self.env))

    def test_no_such_plan(self):
        for words in (["chunk", self.top, "0"], ["merge", self.top], ["chunk", "/no/such", "1"]):
            self.run_words([sys.executable, "-B", made.SCORE, *words], 2)


class Split(unittest.TestCase):
    def chunks(self, *sizes):
        files = [(find.Given(b"/%d" % n), size) for n, size in enumerate(sizes)]
        return [[int(g.path[1:]) for g in c] for c in fleet.split(files)]

    def test_every_file_once(self):
        for sizes in ((1,), (0,) * 1000, (1 << 40,) * 5000, (1 << 42, 1, 1), tuple(range(1, 1 << 34, 1 << 26))):
            chunks = self.chunks(*sizes)
            self.assertEqual(sorted(n for c in chunks for n in c), list(range(len(sizes))))
            self.assertLessEqual(len(chunks), fleet.MOST_CHUNKS)
            self.assertTrue(all(chunks))

    def test_by_size(self):
        """A large core is a chunk, many small ones are one."""
        self.assertEqual(self.chunks(8 << 30, *[1 << 20] * 30)[0], [0])
        self.assertEqual(len(self.chunks(*[1 << 20] * 1000)), 32)
        self.assertEqual(self.chunks(*[1 << 20] * 8), [[7, 6, 5, 4, 3, 2, 1, 0]])
