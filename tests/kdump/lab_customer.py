# SPDX-License-Identifier: GPL-2.0-or-later
"""A customer's machine, from a bare Debian to a core that is explained.

A Debian 12 with systemd and an X server boots from its disk in QEMU; all that is
done to it is what vgpu-kdump-check says, typed at its console. Told to --prove it,
that crashes the machine, which comes back with a core. Then the GPU is hung, and
nobody touches the machine until it is back with another one in /var/crash.
"""

import atexit
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "samples" / "lab"))

import debian  # noqa: E402
import kernel as kernels  # noqa: E402
import proc  # noqa: E402
import steps  # noqa: E402

steps.start()
atexit.register(kernels.end_fetches)
atexit.register(proc.end_all)

# The X server draws as long as anything draws; each call gives up by itself.
DRAW = """\
Xorg :0 -noreset >/var/log/x.log 2>&1 &
export DISPLAY=:0
for try in $(seq 60); do timeout 5 xsetroot -solid red && break; sleep 1; done
pidof Xorg"""
KEEP_DRAWING = ("while :; do xsetroot -solid red; xsetroot -solid blue; done "
                ">/dev/null 2>&1 &")
# The device may no longer reach the guest's memory: QEMU stops serving its
# queues, as a host does whose display thread is stuck.
HANG = "setpci -d 1af4:1050 COMMAND=0:4"
# hung_task_timeout_secs is 60: the kernel looks once a minute.
PANIC_LIMIT = 400
CORE_LIMIT = 600


class Customer(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="vgpu-customer-"))
        self.addCleanup(shutil.rmtree, self.work)
        self.share = self.work / "share"
        self.share.mkdir()
        [package] = (ROOT / "build" / "deb").glob("vgpu-kdump_*.deb")
        shutil.copy(package, self.share)

    def test_from_bare_to_explained(self):
        kernel, symbols = debian.kernel_with_symbols()
        image = debian.image(kernel)
        log = self.work / "console.log"
        try:
            with debian.Guest(image, log, share=self.share) as guest:
                self.install(guest)
                self.mend(guest)
                self.prove(guest)
                victim = self.hang(guest)
                self.come_back(guest, "hung_task", "hung, until the panic")
                guest.run("cp -r /var/crash /mnt/crash", 400)
                guest.power_off()
        except steps.Failed as failure:
            shutil.copy(log, ROOT / "build" / "customer.log")
            self.fail(f"{failure}\n(its console: build/customer.log)")
        symbols.finish()
        self.explain(kernel, victim)

    def mount(self, guest):
        guest.run("mount -t 9p -o trans=virtio,msize=262144 host /mnt")

    def check(self, guest):
        """(exit status, the JSON document) of vgpu-kdump-check."""
        status, _ = guest.ask("vgpu-kdump-check -j >/mnt/check.json", 120)
        return status, json.loads((self.share / "check.json").read_text())

    def install(self, guest):
        guest.login()
        self.mount(guest)
        guest.run("dpkg -i /mnt/vgpu-kdump_*.deb", 120)

    def mend(self, guest):
        status, document = self.check(guest)
        states = {c["id"]: c["state"] for c in document["checks"]}
        self.assertEqual((status, document["status"]), (2, "red"), states)
        for name in ("crashkernel", "service", "capture-kernel", "makedumpfile"):
            self.assertEqual(states[name], "bad", name)
        self.assertTrue(document["reboot"])
        for command in _commands(document):
            with steps.step(f"customer: {command}"):
                guest.run(command, 600)
        guest.reboot("customer: reboot")
        self.mount(guest)
        status, document = self.check(guest)
        self.assertEqual((status, document["status"]), (0, "green"),
                         [c for c in document["checks"] if c["state"] in ("bad", "warn")])
        said = {c["id"]: c["text"] for c in document["checks"]}
        self.assertEqual((said["kernel.hung_task_timeout_secs"], said["kernel.panic"]),
                         ("is 60", "is 10"))
        (ROOT / "build" / "customer.txt").write_text(
            guest.ask("vgpu-kdump-check")[1])

    def hang(self, guest) -> int:
        """The X server's pid; the GPU is hung when this returns."""
        with steps.step("customer: X server"):
            victim = int(guest.run(DRAW, 200).split()[-1])
        guest.run(KEEP_DRAWING)
        guest.run(HANG)
        return victim

    def come_back(self, guest, panic: str, what: str):
        for pattern, what_now, limit in (
                (f"Kernel panic - not syncing: {panic}", f"customer: {what}", PANIC_LIMIT),
                ("saved vmcore in", "customer: kdump-tools writes the core", CORE_LIMIT)):
            with steps.step(what_now):
                guest.expect(pattern, what_now, limit)
        guest.login("customer: reboot by itself")
        self.mount(guest)
        status, document = self.check(guest)
        self.assertEqual((status, document["status"]), (0, "green"), document)

    def prove(self, guest):
        """It asks before it crashes the machine; asked again, it names the core."""
        guest.type("vgpu-kdump-check --prove")
        guest.expect("Type crash to do it", "customer: --prove asks", 120)
        guest.type("crash")
        self.come_back(guest, "sysrq triggered crash", "--prove crashes it")
        status, said = guest.ask("vgpu-kdump-check --prove", 120)
        said = " ".join(said.split())
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"Proved: the crash left /var/crash/\d+/dump\.\d+,")
        (ROOT / "build" / "customer-prove.txt").write_text(said + "\n")

    def explain(self, kernel, victim):
        results, host = self.work / "results", self.work / "host"
        for name in ("vgpu", "vgpu-score", "crash-vgpu"):
            [package] = (ROOT / "build" / "deb").glob(f"{name}_*.deb")
            subprocess.run(["dpkg-deb", "--extract", package, host], check=True)
        done = subprocess.run(
            [host / "usr/bin/vgpu-score", "-o", results, "--debug-dir",
             kernel.debug, self.share / "crash"], capture_output=True, text=True)
        self.assertTrue((results / "scores.jsonl").exists(), done.stderr)
        rows = [json.loads(line) for line in
                (results / "scores.jsonl").read_text().splitlines()]
        rows = [row for row in rows if row["state"] != "skipped"]
        self.assertEqual([row["state"] for row in rows], ["scored"] * 2,
                         [rows, done.stdout, done.stderr])
        proved, row = sorted(rows, key=lambda row: row["trigger"] == "hung_task")
        self.assertEqual((proved["trigger"], proved["report"]["verdicts"][0]["cause"]),
                         ("sysrq", "panic-by-request"), proved)
        (ROOT / "build" / "customer.json").write_text(json.dumps(row))
        report = row["report"]
        self.assertEqual(row["trigger"], "hung_task")
        self.assertEqual(row["sysctl"], "kernel.hung_task_panic")
        hung = {task["pid"]: task["comm"] for task in report["hung"]}
        self.assertEqual(hung.get(victim), "Xorg", hung)
        best = report["verdicts"][0]
        self.assertEqual(best["cause"], "host-not-consuming", best["summary"])
        self.assertIn(best["culprit"]["kind"], ("host", "device"))


def _commands(document) -> list[str]:
    """What a customer copies: the commands of what is not green, each once."""
    commands = [check["command"] for check in document["checks"]
                if check["state"] in ("bad", "warn") and check["command"]]
    return list(dict.fromkeys(commands))
