# SPDX-License-Identifier: GPL-2.0-or-later
"""`vgpu CORE`: the program on a real core, as people and scripts start it."""

import contextlib
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import session

PROGRAM = session.PROGRAM
NOBODY = 65534
PROMPT = b"vgpu> "


def vmcore() -> pathlib.Path:
    return (session.core_folder(*session.cores()[0]) / "vmcore").resolve()


def run(*words, program=PROGRAM, **kwargs):
    kwargs = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
              "env": session.PROGRAM_ENV, **kwargs}
    return subprocess.run([program, *words], text=True, timeout=120, check=False, **kwargs)


class ItsOwn(unittest.TestCase):
    def test_it_needs_no_library(self):
        said = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=False)
        self.assertIn("not a dynamic executable", said.stdout + said.stderr)

    def test_an_empty_environment_and_nobody(self):
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if not os.getuid() else {}
        with tempfile.TemporaryDirectory() as folder:
            top = pathlib.Path(folder)
            top.chmod(0o755)
            program, core = shutil.copy(PROGRAM, top), shutil.copy(vmcore(), top)
            os.chmod(core, 0o644)
            done = run(core, "-j", program=program, env={}, cwd="/", **as_nobody)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(session.document(done.stdout)["verdicts"])
            if as_nobody:
                os.chmod(core, 0o600)
                done = run(core, program=program, env={}, **as_nobody)
                self.assertEqual((done.returncode, done.stdout), (3, ""))
                self.assertIn("Permission denied", done.stderr)


class CommandLine(unittest.TestCase):
    """Who is told what, where, and with which exit status."""

    def test_statuses(self):
        core = vmcore()
        for words, status in (((core,), 0), ((core, "hung"), 0), ((core, "hung", "-z"), 2),
                              ((core, "bt", "99999999"), 4), ((core, "hugn"), 2),
                              (("/nowhere",), 3), ((), 2), (("help",), 0), (("--version",), 0),
                              ((core, "--xyzzy"), 2), ((core, "--prompt", "hung"), 2),
                              ((core, "--debug-dir", "/nowhere", "hung"), 3),
                              ((core, "--layouts", "/usr:/nowhere", "hung"), 3),
                              (("compare", core, core, "--layouts", "/nowhere"), 3),
                              (("--debug-dir", "/nowhere", "compare", core, core), 3),
                              ((core, "--debug-dir", "/usr:/tmp", "--no-cache", "hung"), 0)):
            done = run(*words)
            self.assertEqual(done.returncode, status, f"{words}: {done.stderr}")
            self.assertEqual(bool(done.stderr), bool(status), words)
            self.assertEqual(bool(done.stdout), not status, words)

    def test_errors_as_documents(self):
        for words, part in (((vmcore(), "hung", "-z", "-j"), "there is no option -z"),
                            (("-j", "/nowhere"), "/nowhere: no such file"),
                            (("-j",), "which core?"),
                            ((vmcore(), "-j", "--layouts", "/nowhere"),
                             "/nowhere: No such file or directory"),
                            ((vmcore(), "-j", "--debug-dri=x"), "did you mean --debug-dir?")):
            done = run(*words)
            self.assertIn(part, session.document(done.stdout)["error"])
            self.assertEqual(done.stderr, "")

    def test_a_command_in_place_of_the_core(self):
        done = run("slab", cwd="/")
        self.assertEqual(done.returncode, 2)
        self.assertIn("the dump comes first: vgpu CORE slab", done.stderr)
        self.assertIn("vgpu CORE hung", run("hung", "-h", cwd="/").stdout)
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(vmcore(), pathlib.Path(folder, "slab"))
            self.assertEqual(run("slab", "drain", cwd=folder).returncode, 0)

    def test_what_is_no_core(self):
        with tempfile.TemporaryDirectory() as folder:
            top = pathlib.Path(folder)
            os.mkfifo(top / "fifo")
            (top / "empty").touch()
            (top / "cut").write_bytes(vmcore().read_bytes()[:100000])
            for name in (top, top / "fifo", top / "empty", top / "cut", "/dev/zero", "/dev/null",
                         "/etc/passwd", PROGRAM):
                done = run(name)
                self.assertEqual((done.returncode, done.stdout), (3, ""), name)
                self.assertRegex(done.stderr, r"^vgpu: [^\n]*\n$", name)

    def test_the_document_says_what_was_read(self):
        doc = session.document(run(vmcore(), "-j").stdout)
        self.assertEqual(doc["program"]["crash"], None)
        self.assertEqual(doc["dump"]["files"], [str(vmcore())])
        self.assertEqual(doc["dump"]["door"], "program")
        self.assertEqual(doc["dump"]["filtered"], {"level": 31, "by": "makedumpfile"})
        self.assertEqual(doc["dump"]["partial"], 0)
        self.assertEqual(doc["dump"]["layouts"][0]["kind"], "btf")


class Many(unittest.TestCase):
    def test_commands_of_a_file(self):
        lines = "drain -j\n\n# a remark\nvgpu bt 99999999\nbt 'x\n  hung -f\n"
        with tempfile.NamedTemporaryFile("w+") as file:
            file.write(lines)
            file.flush()
            done = run(vmcore(), "--commands", file.name)
        piped = run(vmcore(), "--commands", "-", input=lines)
        self.assertEqual((done.stdout, done.stderr), (piped.stdout, ""))
        self.assertEqual(done.returncode, 4, "of the first that was not done")
        said = re.split(r"^vgpu> (.*)\n", done.stdout, flags=re.MULTILINE)
        self.assertEqual(said[0], "")
        self.assertEqual(said[1::2], ["drain -j", "vgpu bt 99999999", "bt 'x", "  hung -f"])
        self.assertIn("drain", session.document(said[2]))
        self.assertIn("no task with pid 99999999", said[4])
        self.assertIn("a quote has no end", said[6])
        self.assertEqual(said[8], run(vmcore(), "hung", "-f").stdout)

    def test_commands_that_cannot_be_read(self):
        """A folder can be opened, but not read; nor can a memory that has no page there."""
        for name, why in (("/", "Is a directory"), ("/proc/self/mem", "Input/output error")):
            done = run(vmcore(), "--commands", name)
            self.assertEqual((done.returncode, done.stdout), (3, ""), name)
            self.assertEqual(done.stderr, f"vgpu: {name}: {why}\n")
            done = run(vmcore(), "--commands", name, "-j")
            self.assertEqual(done.returncode, 3)
            self.assertIn(why, session.document(done.stdout)["error"])
        folder = os.open("/", os.O_RDONLY)
        self.addCleanup(os.close, folder)
        for option in (("--commands", "-"), ("--prompt",)):
            done = run(vmcore(), *option, stdin=folder)
            self.assertEqual((done.returncode, done.stdout), (3, ""), option)
            self.assertEqual(done.stderr, "vgpu: stdin: Is a directory\n")

    def test_all_as_documents(self):
        done = run(vmcore(), "-j", "--commands", "-", input="drain\nnonsense\n")
        docs = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        self.assertIn("drain", docs[0])
        self.assertIn("nonsense", docs[1]["error"])


class Output(unittest.TestCase):
    def test_a_full_disk(self):
        with open("/dev/full", "w") as full:
            done = run(vmcore(), "-j", stdout=full)
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot be written: No space left on device", done.stderr)

    def test_nobody_reads(self):
        for keep in (signal.SIG_DFL, signal.SIG_IGN):
            end, write = os.pipe()
            os.close(end)
            # pylint: disable=subprocess-popen-preexec-fn
            done = run(vmcore(), "layout", stdout=write,
                       preexec_fn=lambda keep=keep: signal.signal(signal.SIGPIPE, keep))
            os.close(write)
            self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, ""))


class LayoutTables(unittest.TestCase):
    """What a kernel does not keep of its types: 5.10 has none of its modules."""

    COMMANDS = "triage\nhung\ndev\nvq -v\nfence\nobj\nslab -t\nwq\nbt -a\nlayout\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.folder = session.core_folder("drain", "5.10").resolve()
        self.core = self.folder / "vmcore"

    def make(self):
        files = [self.folder / name for name in ("vmlinux", "virtio-gpu.ko", "virtio_ring.ko")]
        done = run("layout", "--from", *files, "--export", self.top)
        self.assertEqual(done.returncode, 0, done.stderr)
        table = pathlib.Path(done.stdout.strip())
        self.assertRegex(table.name, r"^5\.10\..*\.[0-9a-f]{12}\.layout$")
        self.assertLess(table.stat().st_size, 8000)
        return table

    def test_a_table_and_nothing_else(self):
        self.make()
        answers = [run(*where, self.core, "--commands", "-", input=self.COMMANDS).stdout
                   for where in (("--debug-dir", self.folder), ("--layouts", self.top))]
        self.assertEqual(*answers)
        doc = session.document(run("--layouts", self.top, self.core, "dev", "-j").stdout)
        self.assertEqual([source["kind"] for source in doc["dump"]["layouts"]],
                         ["btf", "table", "table"])

    def test_a_damaged_table(self):
        table = self.make()
        whole = table.read_bytes()
        without = run(self.core, "dev").stdout
        for damaged in (whole[:-1], whole + b"x", whole[:1000] + b"?" + whole[1001:], b""):
            table.write_bytes(damaged)
            done = run("--layouts", self.top, self.core, "dev")
            self.assertEqual((done.stdout, done.returncode), (without, 0))

    def test_what_a_run_took_out_of_files_is_kept(self):
        home = {**session.PROGRAM_ENV, "HOME": str(self.top)}
        cache = self.top / ".cache/vgpu/layouts"
        run("--debug-dir", self.folder, self.core, "dev", "--no-cache", env=home)
        self.assertFalse(cache.exists())
        dev = run("--debug-dir", self.folder, self.core, "dev", env=home)
        kept = list(cache.iterdir())
        self.assertEqual(len(kept), 1)
        self.assertEqual(run(self.core, "dev", env=home).stdout, dev.stdout)
        self.assertEqual(run("--layouts", kept[0], self.core, "dev").stdout, dev.stdout)

    def test_an_export_of_a_core(self):
        table = self.top / "a"
        done = run("--debug-dir", self.folder, self.core, "layout", "--export", table)
        self.assertEqual((done.returncode, done.stdout), (0, f"{table}\n"), done.stderr)
        self.assertEqual(run("--layouts", table, self.core, "dev").stdout,
                         run("--debug-dir", self.folder, self.core, "dev").stdout)

    def test_what_it_is_made_of_is_not_written_over(self):
        core, module = self.top / "vmcore", self.top / "virtio-gpu.ko"
        for copy in (core, module):
            shutil.copy(self.folder / copy.name, copy)
        (self.top / "link").symlink_to(core)
        vmlinux = self.folder / "vmlinux"
        for words in ((core, "layout", "--export", core),
                      (core, "layout", "--export", self.top / "link"),
                      (core, "--debug-dir", module, "layout", "--export", module),
                      ("layout", "--from", vmlinux, module, "--export", module)):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (3, ""), words)
            self.assertIn(f"{words[-1]} is in use here: it is not written over", done.stderr)
        for copy in (core, module):
            self.assertEqual(copy.read_bytes(), (self.folder / copy.name).read_bytes())

    def test_where_none_can_be_made(self):
        for words, status, part in (
                (("layout", "--from", self.core), 3, "it is no ELF file"),
                (("layout", "--from", "/nowhere"), 3, "/nowhere: No such file"),
                ((self.core, "layout", "--export", "/proc/x"), 3, "/proc/x: "),
                ((self.core, "layout", "--from", "x"), 2, "without a core")):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (status, ""), words)
            self.assertIn(part, done.stderr)


class SmallCores(unittest.TestCase):
    """What is sent in place of a core, which is not there any more, answers as it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.small = pathlib.Path(folder.name, "small")
        self.whole = ("--debug-dir", vmcore().parent, vmcore())

    def extract(self, *words):
        done = run(*self.whole, "--extract", self.small, *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(self.small.stat().st_size, vmcore().stat().st_size)

    def verdicts(self, *core):
        return [(v["cause"], v["confidence"], v["culprit"], v["summary"])
                for v in session.document(run(*core, "-j").stdout)["verdicts"]]

    def test_verdicts(self):
        self.extract()
        self.assertEqual(self.verdicts(self.small), self.verdicts(*self.whole))

    def test_blank(self):
        """No program's name is left, and no line of the log; who blocks whom is."""
        names = {task["comm"] for task in session.document(
            run(*self.whole, "ps", "-j").stdout)["tasks"] if task["ppid"] == 1}
        self.assertTrue(names)
        self.extract("--blank", "--level", "commands")
        said = "".join(run(self.small, *words).stdout for words in (("ps",), ("hung",), ()))
        for name in names:
            self.assertNotRegex(said, rf"\b{re.escape(name)}\b")
        self.assertIn("it was taken out of this small core", run(self.small, "log").stderr + said)
        self.assertEqual([v[:2] for v in self.verdicts(self.small)][:1],
                         [v[:2] for v in self.verdicts(*self.whole)][:1])


class Terminal:
    """The program at a terminal of its own."""

    def __init__(self, *words, home, **environment):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            env = {"TERM": "vt100", "HOME": home, **environment}
            os.execve(PROGRAM, ["vgpu", *map(str, words)], env)
        self.seen = b""

    def type(self, keys: bytes):
        os.write(self.fd, keys)

    def until(self, what: bytes, limit=60) -> bytes:
        """What it shows up to and with this."""
        end = time.monotonic() + limit
        while what not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"{what!r} is not in {self.seen!r}")
            try:
                self.seen += os.read(self.fd, 65536)
            except OSError as e:
                raise AssertionError(f"it ended: {self.seen!r}") from e
        at = self.seen.index(what) + len(what)
        shown, self.seen = self.seen[:at], self.seen[at:]
        return shown

    def end(self) -> int:
        """Its exit status; below 0: the signal."""
        try:
            while os.read(self.fd, 65536):
                pass
        except OSError:
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Prompt(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = home.name

    def open(self, *words, **environment):
        return Terminal(vmcore(), "--prompt", *words, home=self.home, **environment)

    def test_commands_history_and_the_end(self):
        t = self.open()
        t.until(PROMPT)
        t.type(b"drain\n")
        self.assertIn(b"DRAIN ", t.until(PROMPT))
        t.type(b"nonsense\n")
        self.assertIn(b"there is no command", t.until(PROMPT))
        t.type(b"\x10\x10\n")  # twice up in the history
        self.assertIn(b"DRAIN ", t.until(PROMPT))
        t.type(b"\x04")
        self.assertEqual(t.end(), 0)
        self.assertIn("nonsense", pathlib.Path(self.home, ".vgpu_history").read_text())

    def test_completion(self):
        t = self.open()
        t.until(PROMPT)
        t.type(b"dr\t")
        t.type(b"-h\n")
        self.assertIn(b"CORE drain [-j]", t.until(PROMPT))
        t.type(b"h\t")
        t.until(b"hung  ")
        t.type(b"\x03")
        t.until(PROMPT)
        t.type(b"quit\n")
        self.assertEqual(t.end(), 0)

    def test_ctrl_c_throws_the_line_away(self):
        t = self.open()
        t.until(PROMPT)
        t.type(b"nonsense\x03")
        self.assertNotIn(b"there is no command", t.until(PROMPT))
        t.type(b"exit\n")
        self.assertEqual(t.end(), 0)

    def test_no_home(self):
        t = self.open(HOME="/nowhere/at/all")
        t.until(PROMPT)
        t.type(b"\x04")
        self.assertEqual(t.end(), 0)

    def test_a_pipe_in_place_of_a_terminal(self):
        done = run(vmcore(), "--prompt", input="drain\n")
        self.assertIn("DRAIN ", done.stdout)
        self.assertEqual(done.returncode, 0)


class CtrlC(unittest.TestCase):
    """It ends what runs, and leaves nothing behind."""

    def interrupt(self, after: float, *words):
        with subprocess.Popen([PROGRAM, vmcore(), *words], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
                              env=session.PROGRAM_ENV) as p:
            time.sleep(after)
            p.send_signal(signal.SIGINT)
            try:
                out, err = p.communicate(timeout=60)
            finally:
                p.kill()  # else it is waited for, be it deaf or not
            return p.returncode, out, err

    def test_whenever_it_comes(self):
        seen = set()
        for after in [n / 100 for n in range(1, 50, 4)]:
            status, _, err = self.interrupt(after, "leak", "-j")
            self.assertIn(status, (0, 130, -signal.SIGINT))
            if status == 130:
                self.assertEqual(err, "")
            seen.add(status)
        self.assertTrue(seen & {130, -signal.SIGINT})

    def test_while_the_core_is_opened(self):
        """It is stopped as the signal is sent, so that it has not answered before."""
        for after in [n / 500 for n in range(1, 9)]:
            with subprocess.Popen([PROGRAM, vmcore(), "leak"], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, env=session.PROGRAM_ENV) as p:
                time.sleep(after)
                p.send_signal(signal.SIGSTOP)
                os.waitid(os.P_PID, p.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
                answered = select.select([p.stdout], [], [], 0)[0]
                p.send_signal(signal.SIGINT)
                p.send_signal(signal.SIGCONT)
                out = p.communicate(timeout=60)[0]
                if not answered:
                    self.assertEqual(out, b"")
                    self.assertIn(p.returncode, (130, -signal.SIGINT))

    def test_while_the_core_is_opened_for_a_prompt(self):
        """No command that is typed later ends by it."""
        for after in [n / 500 for n in range(1, 33)]:
            with tempfile.TemporaryDirectory() as home:
                t = Terminal(vmcore(), "--prompt", home=home)
                time.sleep(after)
                os.kill(t.pid, signal.SIGINT)
                said = b""
                with contextlib.suppress(AssertionError):  # it ended
                    t.until(PROMPT)
                    t.type(b"sys\n")
                    said = t.until(PROMPT)
                    t.type(b"quit\n")
                self.assertNotIn(b"interrupted", said)
                self.assertIn(t.end(), (0, 130, -signal.SIGINT))

    def test_while_it_waits_for_a_pipe(self):
        """Whose writer has said nothing yet, and one that has none."""
        with tempfile.TemporaryDirectory() as folder:
            fifo = pathlib.Path(folder, "fifo")
            os.mkfifo(fifo)
            for option in ("--host", "--known"):
                for writer in (False, True):
                    fd = os.open(fifo, os.O_RDWR) if writer else -1
                    status, out, err = self.interrupt(0.5, option, fifo)
                    if writer:
                        os.close(fd)
                    self.assertEqual((status, out), (130, ""), (option, writer))
                    self.assertIn("interrupted; nothing is left behind", err)

    def test_a_pipe_is_read_to_its_end(self):
        with tempfile.TemporaryDirectory() as folder:
            fifo = pathlib.Path(folder, "fifo")
            os.mkfifo(fifo)
            with subprocess.Popen([PROGRAM, vmcore(), "--known", fifo], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env=session.PROGRAM_ENV) as p:
                time.sleep(0.3)
                with open(fifo, "w", buffering=1, encoding="utf-8") as late:
                    late.write("# a remark\n")
                    time.sleep(0.3)
                    late.write("nonsense\n")
                _, err = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 3)
        self.assertIn("line 2", err)

    def test_a_terminal_goes_away(self):
        with subprocess.Popen([PROGRAM, vmcore(), "--commands", "-"], stdout=subprocess.PIPE,
                              stdin=subprocess.PIPE, text=True, env=session.PROGRAM_ENV) as p:
            p.stdin.write("leak\n" * 50)
            p.stdin.flush()
            p.stdout.readline()
            p.send_signal(signal.SIGTERM)
            p.communicate(timeout=60)
            self.assertEqual(p.returncode, -signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
