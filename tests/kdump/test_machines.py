# SPDX-License-Identifier: GPL-2.0-or-later
"""Each statement of vgpu-kdump-check on each machine of machines.py."""

import re
import shutil
import subprocess
import unittest

from machines import MACHINES
from staged import Machine

WORDS = {"ok": "green", "warn": "YELLOW", "bad": "RED", "note": "choice"}
LINE = re.compile(r"^(green|YELLOW|RED|choice) +([a-z0-9._-]+): ")
COMMAND = re.compile(r"^ {8}(?:mend|turn on)(?:, then reboot)?: ")
COLUMNS = 80


def lines_of(text):
    """What was printed, put together again: [state, id, text, command or None]."""
    found = []
    for line in text.splitlines():
        if match := LINE.match(line):
            found.append([match[1], match[2], line[match.end():], None])
        elif match := COMMAND.match(line):
            found[-1][3] = line[match.end():]
        elif line.startswith(" " * 8):
            what = 2 if found[-1][3] is None else 3
            found[-1][what] = found[-1][what].removesuffix("\\").rstrip() + " " + line.strip()
    return found


class Machines(unittest.TestCase):
    def on(self, name):
        make, lines, options = MACHINES[name]
        machine = Machine()
        self.addCleanup(machine.close)
        make(machine)
        return machine, {key: line for key, line in lines.items() if line}, options

    def check_machine(self, name):
        machine, wanted, options = self.on(name)
        document = machine.report("dash", *options)
        checks = document["checks"]
        self.assertEqual(set(checks), set(wanted))
        for key, (state, words, command) in wanted.items():
            said = checks[key]
            self.assertEqual((said["state"], said["command"]), (state, command), said)
            if words.startswith("is ") and "," not in words and ":" not in words:
                self.assertEqual(said["text"].split(" MiB")[0].split(";")[0][:len(words)], words)
            self.assertIn(words, said["text"])
            if state == "bad" and not command:
                self.assertRegex(said["text"], "no command|see (crashkernel|service)")
        worst = {"bad": 2, "warn": 1}
        self.assertEqual(document["exit"], max(worst.get(line[0], 0) for line in wanted.values()))
        self.check_text(machine, options, checks)
        self.check_script(machine, options, checks)

    def check_text(self, machine, options, checks):
        """The same is read on a terminal, of 80 columns, with no word cut in two."""
        _, text = machine.check("busybox", *options)
        for line in text.splitlines():
            self.assertLessEqual(len(line), COLUMNS, line)
        found = lines_of(text)
        self.assertEqual([line[1] for line in found], list(checks))
        told = set()
        for state, key, words, command in found:
            said = checks[key]
            self.assertEqual((state, words), (WORDS[said["state"]], said["text"]))
            wanted = said["command"]
            self.assertEqual(command, "the same command" if wanted in told else wanted, key)
            told |= {wanted} if wanted else set()

    def check_script(self, machine, options, checks):
        _, script = machine.check("dash", "--script", *options)
        for line in script.splitlines():
            self.assertLessEqual(len(line), COLUMNS, line)
        run = [line for line in script.splitlines() if not line.startswith("#")]
        self.assertNotRegex("\n".join(run), r"\b(reboot|rm|shutdown) [^']|\breboot$")
        subprocess.run(["dash", "-n"], input=script, text=True, check=True)
        joined = re.sub(r" \\?\n(#  )? +", " ", script)
        for key, said in checks.items():
            if said["state"] == "ok" or said["state"] == "note" and not said["command"]:
                continue
            self.assertIn(f"# {WORDS[said['state']]} {key}: ", script)
            for command in (said["command"] or "").split(" && "):
                self.assertIn(command, joined)


for machine_name in MACHINES:
    setattr(Machines, "test_" + re.sub("[^a-z0-9]", "_", machine_name),
            lambda self, name=machine_name: self.check_machine(name))


class Table(unittest.TestCase):
    def test_enough_of_them(self):
        families = {name.split("-")[0] for name in MACHINES} - {
            "kernel", "package", "switches", "suse"}
        self.assertGreaterEqual(len(MACHINES), 24)
        self.assertGreaterEqual(len(families), 8, families)


class Script(unittest.TestCase):
    """--script mends what it can, and a second run of it changes nothing."""

    def after(self, name, edit=None):
        machine = Machine()
        self.addCleanup(machine.close)
        MACHINES[name][0](machine)
        if edit:
            edit(machine)
        log = machine.root / "log"
        for program in ("apt-get", "dnf", "zypper", "rpm-ostree", "grubby", "update-grub",
                        "grub2-mkconfig", "kdumptool", "kdump-config", "modprobe", "pbl",
                        "transactional-update"):
            machine.command(program, f'echo {program} "$@" >>"{log}"')
        log.write_text("")
        _, script = machine.check("dash", "--script")
        (machine.root / "etc/default").mkdir(exist_ok=True)
        machine.run(script)
        first = self.state(machine)
        machine.run(script)
        self.assertEqual(self.state(machine), first)
        return machine, script, log.read_text()

    def state(self, machine):
        return {file: file.read_bytes() for file in (machine.root / "etc").rglob("*")
                if file.is_file()}

    def test_switches(self):
        for name in ("debian-12-fresh", "package-installed-a-moment-ago", "ubuntu-24.04",
                     "kernel-that-counts-hung-tasks"):
            machine, script, _ = self.after(name)
            self.assertLessEqual(script.count("sysctl --system"), 1)
            states = {key: check["state"] for key, check in machine.report()["checks"].items()}
            self.assertEqual({key for key, state in states.items()
                              if state in ("bad", "warn") and "." in key}, set(), name)

    def test_settings(self):
        for name in ("kylin-desktop", "rocky-8-realtime", "sles-15-log-only"):
            machine, _, _ = self.after(name)
            checks = machine.report()["checks"]
            self.assertEqual((checks["service"]["state"], checks["core-level"]["state"]),
                             ("ok", "ok"), name)

    def test_boot_loaders(self):
        machine, _, log = self.after("sles-15-fresh")
        self.assertEqual((machine.root / "etc/default/grub").read_text().count("crashkernel"), 1)
        self.assertIn("zypper --non-interactive install kdump\n", log)
        machine, _, log = self.after("sles-16-before-its-reboot")
        self.assertEqual((machine.root / "etc/sysconfig/kdump").read_text(),
                         'KDUMP_SAVEDIR=/var/crash\n\nKDUMP_CRASHKERNEL="crashkernel=192M"\n')
        self.assertIn("kdumptool commandline -u\n", log)
        machine, _, log = self.after("debian-12-fresh")
        self.assertEqual((machine.root / "etc/default/grub.d/vgpu-crashkernel.cfg").read_text(),
                         'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT '
                         'crashkernel=192M"\n')

    def test_stops_at_what_fails(self):
        machine = Machine()
        self.addCleanup(machine.close)
        MACHINES["sles-15-fresh"][0](machine)
        machine.command("grub2-mkconfig", "exit 1")
        _, script = machine.check("dash", "--script")
        with self.assertRaises(subprocess.CalledProcessError):
            machine.run(script)
        self.assertFalse((machine.root / "etc/sysctl.d/60-vgpu-local.conf").exists())

    def test_text_of_files_stays_in_comments(self):
        machine = Machine()
        self.addCleanup(machine.close)
        machine.write("/etc/os-release", 'ID=debian\nPRETTY_NAME="$(touch x)`touch y`\x1b[2J"\n')
        machine.write("/etc/default/kdump-tools", "USE_KDUMP=1\nMAKEDUMP_ARGS='-c\n;touch z'\n")
        machine.write("/etc/sysctl.d/99\nevil.conf", "kernel.panic = 0\n")
        machine.write("/etc/sysctl.d/99 $(touch w).conf", "kernel.sysrq = 0\n")
        _, script = machine.check("dash", "--script")
        self.assertNotIn("\x1b", script)
        machine.run("cd /var/\n" + script)
        self.assertEqual(list((machine.root / "var").glob("?")), [])
        self.assertIn("kernel.sysrq = 1", "".join(
            file.read_text() for file in (machine.root / "etc/sysctl.d").iterdir()))

    def test_shellcheck(self):
        if not shutil.which("shellcheck"):
            self.skipTest("no shellcheck")
        for name in ("debian-12-fresh", "sles-16-before-its-reboot", "silverblue-41-fresh"):
            machine = Machine()
            self.addCleanup(machine.close)
            MACHINES[name][0](machine)
            _, script = machine.check("dash", "--script")
            subprocess.run(["shellcheck", "-S", "warning", "-"], input=script, text=True, check=True)
