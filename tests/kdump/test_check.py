# SPDX-License-Identifier: GPL-2.0-or-later
"""vgpu-kdump-check on staged machines, each under every shell it is for."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from staged import CHECK, RELEASE, ROOT, SHELLS, VERSION, Machine

SWITCH = "kernel.hung_task_panic"
REQUIRED = {"kernel.hung_task_panic", "kernel.hung_task_timeout_secs",
            "kernel.softlockup_panic", "kernel.panic_on_oops", "kernel.panic",
            "kernel.sysrq"}
OURS = "/usr/lib/sysctl.d/60-vgpu-panic.conf"
# What the kernel does not do by itself: the others begin with a value that will do.
LOST = REQUIRED - {"kernel.hung_task_timeout_secs", "kernel.sysrq"}


class Situation(unittest.TestCase):
    """One machine for each test, well until the test does something to it."""

    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.close)

    def expect(self, status, **states):
        """That exit status, these states, and no other that is not ok; by every
        shell.  Ids are written with _ for - and, once, __ for a dot."""
        wanted = {name.replace("__", ".").replace("_", "-")
                  if "__" not in name else name.replace("__", "."): state
                  for name, state in states.items()}
        for shell in SHELLS:
            document = self.machine.report(shell)
            checks = document["checks"]
            found = {name: check["state"] for name, check in checks.items()
                     if check["state"] in ("warn", "bad") or name in wanted}
            self.assertEqual(found, wanted, shell)
            self.assertEqual(document["exit"], status, shell)
            self.assertEqual(document["status"], ("green", "yellow", "red")[status])
        return checks


    def mend(self, *names):
        """What the checks of those names say is done; then all is well."""
        checks = self.machine.report()["checks"]
        for name in names:
            self.assertIn(checks[name]["state"], ("warn", "bad"), name)
            self.machine.mend(checks[name])
        self.expect(0)


class Well(Situation):
    def test_version(self):
        for shell in SHELLS:
            self.assertEqual(self.machine.check(shell, "-V"),
                             (0, f"vgpu-kdump-check {VERSION}\n"), shell)

    def test_all_is_well(self):
        checks = self.expect(0)
        for name in ("virtio-gpu", "crashkernel", "service", "capture-kernel",
                     "core-level", "makedumpfile", "room", SWITCH,
                     "hung-task-detector", "softlockup-detector", "debuginfo",
                     "host-dump"):
            self.assertEqual(checks[name]["state"], "ok", name)

    def test_what_is_green_has_no_command(self):
        for check in self.expect(0).values():
            if check["state"] == "ok":
                self.assertIsNone(check["command"], check)

    @unittest.skipUnless(os.path.exists("/proc/sys"), "a chroot without /proc")
    def test_values_of_more_than_a_digit(self):
        """A file of /proc/sys is not one of a disk: it answers one read only."""
        for name in ("kernel.hung_task_timeout_secs", "kernel.panic"):
            file = self.machine.root / "proc/sys" / name.replace(".", "/")
            file.unlink()
            file.symlink_to("/proc/sys/kernel/pid_max")
        real = pathlib.Path("/proc/sys/kernel/pid_max").read_text().strip()
        checks = self.expect(2, kernel__hung_task_timeout_secs="bad")
        self.assertEqual(checks["kernel.panic"]["text"], f"is {real}")

    def test_choices_are_no_faults(self):
        checks = self.expect(0, kernel__panic_on_warn="note", vm__panic_on_oom="note",
                             kernel__unknown_nmi_panic="note", slab_tracking="note")
        self.assertIn("slub_debug=U", checks["slab-tracking"]["command"])

    def test_text_says_what_json_says(self):
        status, text = self.machine.check("dash")
        self.assertEqual(status, 0)
        self.assertIn("All green", text)
        self.assertEqual(len(re.findall("^green ", text, re.M)),
                         sum(c["state"] == "ok" for c in
                             self.machine.report()["checks"].values()))
        self.assertNotIn("\033", text)

    def test_text_of_files_does_not_talk_to_the_terminal(self):
        self.machine.write("/etc/default/kdump-tools",
                           "USE_KDUMP=1\nMAKEDUMP_ARGS='-c \033[2J\x07 \u00e9 \"\\'\n")
        self.expect(1, core_level="warn")  # and the JSON is JSON
        for shell in SHELLS:
            status, text = self.machine.check(shell)
            self.assertEqual(status, 1)
            self.assertIn('-c ?[2J? ?? "\\', text)


class CrashKernel(Situation):
    def test_none_reserved(self):
        self.machine.write("/proc/cmdline", "quiet")
        self.machine.write("/sys/kernel/kexec_crash_size", 0)
        self.machine.write("/sys/kernel/kexec_crash_loaded", 0)
        checks = self.expect(2, crashkernel="bad", capture_kernel="bad")
        self.assertIn("crashkernel=192M", checks["crashkernel"]["command"])
        self.assertTrue(checks["crashkernel"]["reboot"])
        # Nothing can be loaded before that.
        self.assertIsNone(checks["capture-kernel"]["command"])

    def test_asked_for_but_not_reserved(self):
        self.machine.write("/sys/kernel/kexec_crash_size", 0)
        self.machine.write("/sys/kernel/kexec_crash_loaded", 0)
        checks = self.expect(2, crashkernel="bad", capture_kernel="bad")
        self.assertIn("reserved nothing", checks["crashkernel"]["text"])

    def test_no_grub(self):
        self.machine.remove("/etc/default/grub")
        self.machine.write("/sys/kernel/kexec_crash_size", 128 << 20)
        checks = self.expect(2, crashkernel="bad")
        self.assertIsNone(checks["crashkernel"]["command"])
        self.assertIn("crashkernel=192M", checks["crashkernel"]["text"])

    def test_too_small(self):
        self.machine.write("/sys/kernel/kexec_crash_size", 128 << 20)
        self.expect(2, crashkernel="bad")

    def test_too_small_for_that_much_memory(self):
        self.machine.memory(total_mb=128 << 10, free_mb=127 << 10)
        self.machine.free_disk(1 << 30)
        checks = self.expect(2, crashkernel="bad")
        self.assertIn("crashkernel=512M", checks["crashkernel"]["command"])

    def test_arm64_needs_more_than_x86(self):
        self.machine.write("/sys/kernel/kexec_crash_size", 192 << 20)
        self.expect(0)
        self.machine.kernel(RELEASE, "aarch64")
        checks = self.expect(2, crashkernel="bad")
        self.assertIn("crashkernel=256M", checks["crashkernel"]["command"])

    def test_large_pages_need_more(self):
        self.machine.write("/proc/self/smaps", "KernelPageSize:       64 kB")
        checks = self.expect(2, crashkernel="bad")
        self.assertIn("crashkernel=512M", checks["crashkernel"]["command"])

    def test_no_kexec_in_the_kernel(self):
        self.machine.remove("/sys/kernel/kexec_crash_size")
        self.machine.remove("/sys/kernel/kexec_crash_loaded")
        checks = self.expect(2, crashkernel="bad", capture_kernel="bad")
        self.assertIsNone(checks["capture-kernel"]["command"])

    def test_not_loaded(self):
        self.machine.write("/sys/kernel/kexec_crash_loaded", 0)
        checks = self.expect(2, capture_kernel="bad")
        self.assertEqual(checks["capture-kernel"]["command"], "kdump-config load")

    def test_loading_forbidden(self):
        self.machine.write("/sys/kernel/kexec_crash_loaded", 0)
        self.machine.live("kernel.kexec_load_disabled", 1)
        checks = self.expect(2, capture_kernel="bad")
        self.assertTrue(checks["capture-kernel"]["reboot"])
        self.assertIsNone(checks["capture-kernel"]["command"])
        self.machine.write("/etc/sysctl.d/hard.conf", "kernel.kexec_load_disabled=1\n")
        checks = self.expect(2, capture_kernel="bad")
        self.assertIn("/etc/sysctl.d/hard.conf", checks["capture-kernel"]["command"])


class Service(Situation):
    def test_not_installed(self):
        self.machine.remove("/etc/default/kdump-tools")
        checks = self.expect(2, service="bad")
        self.assertIn("apt-get install", checks["service"]["command"])

    def test_off(self):
        self.machine.command("systemctl", "echo disabled; exit 1")
        checks = self.expect(2, service="bad")
        self.assertEqual(checks["service"]["command"],
                         "systemctl enable --now kdump-tools.service")

    def test_switched_off_in_its_settings(self):
        self.machine.write("/etc/default/kdump-tools", "USE_KDUMP=1\nUSE_KDUMP=0\n")
        checks = self.expect(2, service="bad")
        self.assertIn("USE_KDUMP", checks["service"]["text"])

        for settings in ("USE_KDUMP=1\n\tUSE_KDUMP=0\n", "#USE_KDUMP=1\nX=1"):
            self.machine.write("/etc/default/kdump-tools", settings)
            self.mend("service")

    def test_switched_on_as_a_shell_reads_it(self):
        for value in ("1 # on", '"1" # on', "'1'", "1\t"):
            self.machine.write("/etc/default/kdump-tools", f"USE_KDUMP={value}\n")
            self.expect(0)

    def test_masked(self):
        self.machine.command("systemctl", "echo masked; exit 1")
        checks = self.expect(2, service="bad")
        self.assertIn("systemctl unmask", checks["service"]["command"])

    def test_removed_but_for_its_settings(self):
        for said in ("echo not-found; exit 4", "echo Failed to get it >&2; exit 1"):
            self.machine.command("systemctl", said)
            checks = self.expect(2, service="bad")
            self.assertIn("apt-get install", checks["service"]["command"])

    def test_no_systemd(self):
        (self.machine.root / "run/systemd/system").rmdir()
        checks = self.expect(2, service="bad")
        self.assertNotIn("systemctl", checks["service"]["command"])
        self.machine.write("/etc/rc2.d/S01kdump-tools", "")
        self.expect(0)

    def test_unknown_distribution(self):
        self.machine.remove("/etc/default/kdump-tools")
        self.machine.remove("/etc/debian_version")
        self.machine.remove("/etc/os-release")
        self.expect(1, service="warn", debuginfo="warn")
        self.machine.write("/sys/kernel/kexec_crash_loaded", 0)
        checks = self.expect(2, service="bad", capture_kernel="bad", debuginfo="warn")
        for name in ("service", "capture-kernel"):
            self.assertIn("no", checks[name]["text"])
            self.assertIsNone(checks[name]["command"])


class RedHat(Situation):
    """The same, of a machine with kdump.conf."""

    def setUp(self):
        super().setUp()
        for path in ("/etc/default/kdump-tools", "/etc/debian_version", "/etc/default/grub"):
            self.machine.remove(path)
        self.machine.write("/etc/os-release", 'ID="kylin"\nVERSION_ID="V10"\n')
        self.machine.write("/usr/sbin/grubby", "")
        self.machine.write("/etc/kdump.conf",
                           (ROOT / "kdump/kdump.conf").read_text())
        self.machine.kernel("4.19.90-52.22.v2207.ky10.x86_64")
        self.machine.makedumpfile("1.6.7")

    def test_well(self):
        checks = self.expect(0)
        self.assertIn("kernel-debuginfo-4.19.90", checks["debuginfo"]["text"])

    def test_commands_are_its_own(self):
        self.machine.write("/sys/kernel/kexec_crash_size", 64 << 20)
        self.machine.write("/sys/kernel/kexec_crash_loaded", 0)
        self.machine.command("systemctl", "echo disabled; exit 1")
        checks = self.expect(2, crashkernel="bad", capture_kernel="bad", service="bad")
        self.assertIn("grubby", checks["crashkernel"]["command"])
        self.assertEqual(checks["capture-kernel"]["command"], "systemctl restart kdump.service")
        self.assertEqual(checks["service"]["command"],
                         "systemctl enable --now kdump.service")

    def test_core_over_the_network(self):
        self.machine.write("/etc/kdump.conf", "nfs server:/cores\npath /\n"
                           "core_collector makedumpfile -l -d 31\n")
        self.machine.free_disk(10)
        self.expect(0, room="note")

    def test_core_on_a_file_system_of_its_own(self):
        """It is mounted for the core only: what is at / says nothing of it."""
        self.machine.write("/etc/kdump.conf", "xfs /dev/vdb1\npath /\n")
        self.machine.free_disk(10)
        checks = self.expect(0, room="note")
        self.assertIn("/dev/vdb1", checks["room"]["text"])

    def test_path_with_a_comment(self):
        self.machine.write("/etc/kdump.conf", "path /cores  # the large disk\n")
        (self.machine.root / "cores").mkdir()
        checks = self.expect(0)
        self.assertRegex(checks["room"]["text"], "^/cores has ")

    def test_cp_is_no_collector(self):
        self.machine.write("/etc/kdump.conf", "core_collector cp\n")
        self.expect(1, core_level="warn")
        self.mend("core-level")
        self.machine.write("/etc/kdump.conf", "ssh user@host\ncore_collector scp")
        checks = self.expect(1, core_level="warn", room="note")
        self.assertIn("makedumpfile -F ", checks["core-level"]["command"])
        self.mend("core-level")


    def test_tabs_are_blanks(self):
        self.machine.write("/etc/kdump.conf", "path\t/cores\n"
                           "core_collector\tmakedumpfile\t-l\t-d\t31\n")
        (self.machine.root / "cores").mkdir()
        checks = self.expect(0)
        self.assertRegex(checks["room"]["text"], "^/cores has ")
        self.machine.write("/etc/kdump.conf", "core_collector\tmakedumpfile\t-l\t-d\t40\n")
        self.assertIn("makedumpfile -l -d 31", self.machine.report()["checks"]["core-level"]["command"])


class Sourced(Situation):
    """Settings that a shell reads are taken as it takes them."""

    def settings(self, text):
        self.machine.write("/etc/default/kdump-tools", text)

    def room(self):
        return self.machine.report()["checks"]["room"]

    def test_exported(self):
        self.settings("export USE_KDUMP=1\n")
        self.expect(0)
        self.settings("USE_KDUMP=1\n export  USE_KDUMP=0 # off\n")
        self.expect(2, service="bad")
        self.mend("service")

    def test_variable_of_the_file(self):
        (self.machine.root / "data/crash").mkdir(parents=True)
        self.settings("USE_KDUMP=1; D=/data # don't\nKDUMP_COREDIR=\"${D}/cr\"'ash'\n")
        self.expect(0)
        self.assertRegex(self.room()["text"], "^/data/crash has ")

    def test_what_only_a_shell_can_tell_is_not_guessed(self):
        self.settings('USE_KDUMP=1\nKDUMP_COREDIR="$D/crash"\n')
        checks = self.expect(1, room="warn")
        self.assertIn("'$D/crash', which only a shell can tell", checks["room"]["text"])
        self.settings('USE_KDUMP=$(id -u)\nMAKEDUMP_ARGS="$ARGS"\n')
        self.expect(1, service="warn", core_level="warn")
        self.mend("service", "core-level")

    def test_value_of_several_lines(self):
        self.settings('USE_KDUMP=1\nMAKEDUMP_ARGS="-c \\\n  -d\n 31"\n')
        self.expect(0)


class Core(Situation):
    def settings(self, arguments):
        self.machine.write("/etc/default/kdump-tools",
                           f'USE_KDUMP=1\nMAKEDUMP_ARGS="{arguments}"\n')

    def test_level_as_makedumpfile_reads_it(self):
        """By getopt_long() and atoi()."""
        self.settings("-ld031 --message-level 7")
        self.assertIn("-d 31 keeps", self.expect(0)["core-level"]["text"])
        self.settings("-c -d 0x1f")
        checks = self.expect(1, core_level="warn")
        self.assertIn("-d 0x1f in /etc/default/kdump-tools is 0 to makedumpfile",
                      checks["core-level"]["text"])
        self.mend("core-level")
        self.settings("--message-level 7 -c -d 7,40")
        self.expect(2, core_level="bad")
        self.mend("core-level")

    def test_options_that_write_no_core(self):
        for option in ("--dump-dmesg", "--dump", "--dry-run", "-R"):
            self.settings(f"{option} -c -d 31")
            self.assertEqual(self.machine.report()["checks"]["core-level"]["state"], "bad", option)
        self.mend("core-level")

    def test_packing_in_one_word_with_the_level(self):
        self.settings("-zd 31")
        checks = self.expect(2, makedumpfile="bad")
        self.assertIn('MAKEDUMP_ARGS="-cd 31"', checks["makedumpfile"]["command"])
        self.mend("makedumpfile")

    def test_full_disk(self):
        self.machine.free_disk(100 << 10)
        checks = self.expect(2, room="bad")
        self.assertIn("100 MiB", checks["room"]["text"])

    def test_room_for_a_usual_core_only(self):
        self.machine.free_disk(1 << 20)
        self.expect(1, room="warn")

    def test_a_lower_level_needs_more_room(self):
        self.machine.free_disk(1 << 20)
        self.settings("-c -d 1")
        self.expect(2, room="bad")

    def test_a_level_with_free_pages_needs_as_much_as_there_is_memory(self):
        self.machine.free_disk(1700 << 10)
        self.settings("-c -d 17")
        self.expect(1, room="warn")
        self.settings("-c -d 1")
        self.expect(2, room="bad")

    def test_device_with_a_blank_in_its_name(self):
        self.machine.command("df", "echo Filesystem; echo '//nas/my cores 9 1 8000000 1% /var'")
        self.expect(0)

    def test_folder_of_cores_not_made_yet(self):
        (self.machine.root / "var/crash").rmdir()
        self.machine.command("df", '[ -d "$2" ] && echo x && echo 1 2 3 9999999 1% /')
        self.expect(0)

    def test_folder_of_cores_below_nothing(self):
        self.machine.write("/etc/default/kdump-tools", "USE_KDUMP=1\nKDUMP_COREDIR=crash\n")
        checks = self.expect(0)
        self.assertRegex(checks["room"]["text"], "^/crash has ")

    def test_level_not_given(self):
        for arguments in ("-c", "--message-level 7 -c", "-x /a-d 31"):
            self.settings(arguments)
            self.expect(1, core_level="warn")
            self.mend("core-level")
        self.settings("-cd31")
        self.expect(0)

    def test_level_too_high(self):
        for level in ("63", "9" * 30, "32,31"):
            self.settings(f"-c -d {level}")
            self.expect(2, core_level="bad")
            self.mend("core-level")

    def test_compression_not_built_in(self):
        for arguments in ("-z -d 31", "-d 31 -z", "-q -z -d 31"):
            self.settings(arguments)
            checks = self.expect(2, makedumpfile="bad")
            self.assertIn("zstd", checks["makedumpfile"]["text"])
            self.mend("makedumpfile")
        self.settings("-l -d 31")
        self.expect(0)

    def test_makedumpfile_too_old(self):
        self.machine.kernel("6.12.9+bpo-amd64")
        self.machine.command("apt-cache", 'echo Package: "$2"')
        self.expect(2, makedumpfile="bad")
        # Debian 13's own: it drops nothing, and keeps more than it should.
        self.machine.makedumpfile("1.7.6")
        self.expect(1, makedumpfile="warn")
        self.machine.makedumpfile("1.7.7")
        self.expect(0)

    def test_kernel_that_no_makedumpfile_knows(self):
        self.machine.kernel("7.2.1-amd64")
        self.machine.command("apt-cache", 'echo Package: "$2"')
        self.machine.makedumpfile("1.7.8")
        self.expect(1, makedumpfile="warn")
        self.mend("makedumpfile")

    def test_makedumpfile_that_drops_slab(self):
        self.machine.kernel("6.10.11-amd64")
        self.machine.command("apt-cache", 'echo Package: "$2"')
        checks = self.expect(2, makedumpfile="bad")
        self.assertIn("1.7.6", checks["makedumpfile"]["text"])
        self.machine.makedumpfile("1.7.6")
        self.expect(0)

    def test_no_makedumpfile(self):
        self.machine.command("makedumpfile", "exit 127")
        checks = self.expect(2, makedumpfile="bad")
        self.assertIn("apt-get install", checks["makedumpfile"]["command"])

    def test_no_symbols_known(self):
        self.machine.command("apt-cache", "exit 100")
        self.expect(1, debuginfo="warn")
        self.machine.write(f"/usr/lib/debug/boot/vmlinux-{RELEASE}", "")
        self.expect(0)


class Switches(Situation):
    def test_off(self):
        self.machine.remove(OURS)
        self.machine.live(SWITCH, 0)
        self.machine.write("/etc/sysctl.d/a.conf", "\n".join(
            f"{name}=1" for name in REQUIRED - {SWITCH}))
        checks = self.expect(2, kernel__hung_task_panic="bad")
        self.assertEqual(checks[SWITCH]["command"],
                         "echo 'kernel.hung_task_panic = 1' "
                         ">>/etc/sysctl.d/60-vgpu-local.conf && "
                         "sysctl -w kernel.hung_task_panic=1")

    def test_missing_in_this_kernel(self):
        self.machine.forget("kernel.panic_on_oops")
        self.expect(2, kernel__panic_on_oops="bad")

    def test_overridden_by_a_later_file(self):
        self.machine.write("/etc/sysctl.d/99-local.conf",
                           "# mine\n -kernel/hung_task_panic = 0 \n")
        self.machine.live(SWITCH, 0)
        checks = self.expect(2, kernel__hung_task_panic="bad")
        self.assertIn("/etc/sysctl.d/99-local.conf", checks[SWITCH]["text"])

    def test_mended_where_it_is_overridden(self):
        for name in ("99-local.conf", "99 it's & mine.conf"):
            for line in (f"{SWITCH}=0", "\t-kernel/hung_task_panic\t=\t0 # no"):
                mended = line[:line.index("=")] + "= 1"
                self.machine.write(f"/etc/sysctl.d/{name}", f"# mine\n{line}\na.b = 1\n")
                self.machine.live(SWITCH, 0)
                self.mend(SWITCH)
                file = self.machine.root / "etc/sysctl.d" / name
                self.assertEqual(file.read_text(), f"# mine\n{mended}\na.b = 1\n")
                file.unlink()

    def test_mended_with_nothing_else_to_set_it(self):
        self.machine.remove(OURS)
        self.machine.write("/etc/sysctl.d/a.conf", "".join(f"{k} = 0\n" for k in REQUIRED))
        for name in REQUIRED:
            self.machine.live(name, 0)
        self.mend(*REQUIRED)

    def test_mended_behind_a_link(self):
        """Debian's 99-sysctl.conf is one to /etc/sysctl.conf, and stays one."""
        self.machine.write("/etc/sysctl.conf", f"{SWITCH}=0\n")
        self.machine.write("/etc/sysctl.d/a.conf", "")
        link = self.machine.root / "etc/sysctl.d/99-sysctl.conf"
        link.symlink_to("../sysctl.conf")
        self.mend(SWITCH)
        self.assertTrue(link.is_symlink())

    def test_a_package_s_file_is_not_edited(self):
        for folder in ("/usr/lib", "/run"):
            file = f"{folder}/sysctl.d/99-vendor.conf"
            self.machine.write(file, f"{SWITCH}=0\n")
            self.machine.live(SWITCH, 0)
            self.mend(SWITCH)
            self.assertEqual((self.machine.root / file[1:]).read_text(), f"{SWITCH}=0\n")
            self.machine.remove("/etc/sysctl.d/zz-vgpu-local.conf")

    def test_right_until_the_next_boot(self):
        self.machine.write("/etc/sysctl.d/99-local.conf", f"{SWITCH}=0\n")
        checks = self.expect(1, kernel__hung_task_panic="warn")
        self.assertIn("next boot", checks[SWITCH]["text"])

    def test_what_follows_a_value(self):
        """The kernel takes `10 # text` for 10, and so it is."""
        self.machine.write("/etc/sysctl.d/99-local.conf",
                           "kernel.panic = 10 # reboot\n; kernel.panic = 0\n"
                           "\t# kernel.panic = 0\nkernel.sysrq=1\t# all\r\n"
                           f"{SWITCH}\n{SWITCH} =\nkernel.panic_on_oops = 1\0\n")
        self.expect(0)

    def test_a_value_that_is_no_number(self):
        ran = self.machine.root / "ran"
        for value in ("yes", "08", "a[$(touch %s)]" % ran, "1;reboot", "\\0", "9" * 30):
            self.machine.write("/etc/sysctl.d/99-local.conf", f"kernel.sysrq = {value}\n")
            checks = self.expect(1, kernel__sysrq="warn")
            self.assertIn("next boot", checks["kernel.sysrq"]["text"])
            self.assertFalse(ran.exists())

    def test_no_end_of_line_at_the_end_of_a_file(self):
        self.machine.write("/etc/sysctl.d/98-a.conf", "")
        (self.machine.root / "etc/sysctl.d/98-a.conf").write_text("kernel.panic = 10")
        self.machine.write("/etc/sysctl.d/99-b.conf", f"{SWITCH} = 0\n")
        self.expect(1, kernel__hung_task_panic="warn")

    def test_odd_names_of_files(self):
        for name in ("99 a.conf", "99|b&.conf", "99\\nc'.conf", "99=$(d).conf"):
            file = f"/etc/sysctl.d/{name}"
            self.machine.write(file, f"{SWITCH} = 0\n")
            checks = self.expect(1, kernel__hung_task_panic="warn")
            self.assertIn(file, checks[SWITCH]["text"])
            self.machine.remove(file)
        (self.machine.root / "etc/sysctl.d/99-folder.conf").mkdir()
        self.expect(0)

    def test_masked_by_a_link_to_nothing(self):
        self.machine.write("/etc/sysctl.d/a.conf", "")
        (self.machine.root / "etc/sysctl.d/60-vgpu-panic.conf").symlink_to("/dev/null")
        document = self.machine.report()
        self.assertEqual({name for name, check in document["checks"].items()
                          if check["state"] == "warn"}, LOST)

    def test_an_earlier_file_does_not_override(self):
        self.machine.write("/etc/sysctl.d/10-first.conf", f"{SWITCH}=0\n")
        self.expect(0)

    def test_etc_hides_a_file_of_the_same_name(self):
        self.machine.write("/etc/sysctl.d/60-vgpu-panic.conf", "# nothing\n")
        self.machine.live(SWITCH, 0)
        checks = self.machine.report()["checks"]
        self.assertEqual(checks[SWITCH]["state"], "bad")
        self.assertIn("should be 1", checks[SWITCH]["text"])

    def test_turned_off_by_hand(self):
        self.machine.live(SWITCH, 0)
        checks = self.expect(2, kernel__hung_task_panic="bad")
        self.assertEqual(checks[SWITCH]["command"], "sysctl --system")
        self.mend(SWITCH)
        # What procps's sysctl reads last of all, and systemd does not.
        self.machine.live(SWITCH, 0)
        self.machine.write("/etc/sysctl.conf", f"{SWITCH} = 0\n")
        checks = self.expect(2, kernel__hung_task_panic="bad")
        self.assertEqual(checks[SWITCH]["command"], f"sysctl -w {SWITCH}=1")

    def test_lost_at_the_next_boot(self):
        self.machine.remove(OURS)
        document = self.machine.report()
        self.assertEqual(document["exit"], 1)
        self.assertEqual({name for name, check in document["checks"].items()
                          if check["state"] == "warn"}, LOST)

    def test_timeout_off_or_too_long(self):
        self.machine.live("kernel.hung_task_timeout_secs", 0)
        self.expect(2, kernel__hung_task_timeout_secs="bad")
        self.machine.live("kernel.hung_task_timeout_secs", 100000)
        self.expect(2, kernel__hung_task_timeout_secs="bad")
        self.machine.live("kernel.hung_task_timeout_secs", 120)
        self.expect(0)

    def test_sysrq_by_bits(self):
        self.machine.live("kernel.sysrq", 438)
        self.expect(1, kernel__sysrq="warn")
        self.machine.live("kernel.sysrq", 446)
        self.expect(0)

    def test_a_choice_that_was_made_but_is_not_live(self):
        self.machine.write("/etc/sysctl.d/61-vgpu-panic-choices.conf",
                           (ROOT / "kdump/61-vgpu-panic-choices.conf").read_text())
        self.expect(1, kernel__panic_on_warn="warn", vm__panic_on_oom="warn",
                    kernel__unknown_nmi_panic="warn")

    def test_a_choice_that_ends_at_the_next_boot(self):
        self.machine.live("vm.panic_on_oom", 2)
        checks = self.expect(0, vm__panic_on_oom="ok")
        self.assertIn("no file", checks["vm.panic_on_oom"]["text"])
        self.machine.write("/etc/sysctl.d/a.conf", "vm.panic_on_oom=0\n")
        self.expect(1, vm__panic_on_oom="warn")
        self.mend("vm.panic_on_oom")

    def test_no_hung_task_detector(self):
        for name in ("hung_task_panic", "hung_task_timeout_secs",
                     "hung_task_check_count"):
            self.machine.forget(f"kernel.{name}")
        self.machine.write(f"/boot/config-{RELEASE}",
                           "# CONFIG_DETECT_HUNG_TASK is not set\n")
        checks = self.expect(2, hung_task_detector="bad", kernel__hung_task_panic="bad",
                             kernel__hung_task_timeout_secs="bad")
        self.assertIn("CONFIG_DETECT_HUNG_TASK is not set",
                      checks["hung-task-detector"]["text"])

    def test_watchdog_off(self):
        for name in ("watchdog", "soft_watchdog", "watchdog_thresh"):
            self.machine.live(f"kernel.{name}", 0)
            checks = self.expect(2, softlockup_detector="bad")
            self.assertIn(f"kernel.{name} is 0", checks["softlockup-detector"]["text"])
            self.mend("softlockup-detector")
        self.machine.live("kernel.hung_task_check_count", 0)
        self.mend("hung-task-detector")

    def test_watchdog_off_at_the_next_boot(self):
        self.machine.write("/etc/sysctl.d/99-quiet.conf", "kernel.watchdog = 0\n")
        self.expect(1, softlockup_detector="warn")
        self.mend("softlockup-detector")


class Files(unittest.TestCase):
    def test_each_switch_says_what_it_needs(self):
        switches = set()
        for name in ("60-vgpu-panic.conf", "61-vgpu-panic-choices.conf"):
            text = (ROOT / "kdump" / name).read_text()
            for comment, key in re.findall(r"((?:^#.*\n)+)^([a-z_.]+) = ", text, re.M):
                self.assertRegex(comment, "CONFIG_", key)
                self.assertRegex(comment, "(?i)cost|can set it off|reboot|So can", key)
                switches.add(key)
        self.assertGreater(switches, REQUIRED)
        self.assertEqual(len(switches), 9)


class Place(Situation):
    def test_container(self):
        for path, kind in (("/run/systemd/container", "lxc"), ("/.dockerenv", ""),
                           ("/run/.containerenv", ""),
                           ("/run/host/container-manager", "systemd-nspawn"),
                           ("/run/secrets/kubernetes.io/token", "")):
            self.machine.write(path, kind)
            for shell in SHELLS:
                document = self.machine.report(shell)
                self.assertEqual(document["exit"], 2)
                self.assertEqual(list(document["checks"]), ["place"])
            self.machine.remove(path)
            if "kubernetes" in path:
                (self.machine.root / path[1:]).parent.rmdir()
        self.expect(0)

    def test_no_gpu(self):
        self.machine.remove("/sys/bus/virtio/devices/virtio0/device")
        self.expect(1, virtio_gpu="warn")

    def test_gpu_without_its_driver(self):
        self.machine.remove("/sys/bus/virtio/devices/virtio0/driver/bind")
        (self.machine.root / "sys/bus/virtio/devices/virtio0/driver").rmdir()
        checks = self.expect(1, virtio_gpu="warn")
        self.assertEqual(checks["virtio-gpu"]["command"], "modprobe virtio-gpu")

    def test_no_vmcoreinfo_device(self):
        self.machine.remove("/sys/firmware/qemu_fw_cfg/by_name/etc/vmcoreinfo/raw")
        (self.machine.root /
         "sys/firmware/qemu_fw_cfg/by_name/etc/vmcoreinfo").rmdir()
        checks = self.expect(1, host_dump="warn")
        self.assertIn("vmcoreinfo", checks["host-dump"]["text"])

    def test_not_root(self):
        """Whoever is not root is told what he could not see, and no more."""
        self.machine.command("id", "echo 1000")
        self.expect(0, root="ok")
        hidden = "/etc/default/kdump-tools"
        (self.machine.root / hidden.lstrip("/")).chmod(0)
        document = self.as_nobody()
        self.assertEqual(document["unseen"], [hidden])
        self.assertEqual(document["checks"]["root"]["state"], "warn")
        self.assertNotEqual(document["checks"]["service"]["state"], "bad")
        self.assertEqual(document["checks"]["root"]["command"], f"sudo '{self.program}'")

    def test_what_only_root_may_see_of_a_choice_is_no_fault(self):
        self.machine.command("id", "echo 1000")
        (self.machine.root / "sys/kernel/slab/kmalloc-128/store_user").chmod(0)
        document = self.as_nobody()
        self.assertEqual((document["status"], document["unseen"]), ("green", []))

    def as_nobody(self):
        drop = ["setpriv", "--reuid", "65534", "--clear-groups"] \
            if os.geteuid() == 0 else []
        self.machine.root.parent.chmod(0o755)
        self.program = self.machine.root.parent / "a check"
        shutil.copy(CHECK, self.program)
        done = subprocess.run(
            [*drop, "dash", self.program, "-j"], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, check=False,
            env={"PATH": f"{self.machine.bin}:/usr/bin:/bin",
                 "VGPU_ROOT": str(self.machine.root)})
        self.assertEqual(done.stderr, "")
        document = json.loads(done.stdout)
        document["checks"] = {c["id"]: c for c in document["checks"]}
        return document

    def test_slab_tracking(self):
        self.machine.write("/sys/kernel/slab/kmalloc-128/store_user", 1)
        self.expect(0, slab_tracking="ok")
        self.machine.write("/sys/kernel/slab/kmalloc-128/store_user", 0)
        self.machine.write("/proc/cmdline", "crashkernel=256M slub_debug=U,kmalloc-128")
        self.expect(0, slab_tracking="ok")

    def test_which_slabs_are_tracked(self):
        for words, state in (
                ("slub_debug", "ok"), ("slab_debug=FU", "ok"), ("slub_debug=u,kmalloc-*", "ok"),
                ("slub_debug=F,dentry;U,kmalloc-128", "ok"), ("slub_debug=,kmalloc-128", "ok"),
                ("slub_debug=FZ root=UUID=1", "note"), ("slub_debug=U,dentry", "note"),
                ("slub_debug=- root=UUID=1", "note"), ("slub_debug=U slub_debug=F", "note"),
                ("no_slub_debug=U", "note")):
            self.machine.write("/proc/cmdline", f"crashkernel=256M {words} quiet")
            self.expect(0, slab_tracking=state)

    def test_kmemleak(self):
        config = f"/boot/config-{RELEASE}"
        self.machine.write("/proc/cmdline", "crashkernel=256M kmemleak=on")
        self.expect(0, slab_tracking="note")  # not in this kernel
        self.machine.write(config, "CONFIG_DEBUG_KMEMLEAK=y")
        self.expect(0, slab_tracking="ok")
        self.machine.write("/sys/kernel/debug/kmemleak", "")
        self.machine.write("/proc/cmdline", "crashkernel=256M")
        self.expect(0, slab_tracking="ok")
        self.machine.write(config, "CONFIG_DEBUG_KMEMLEAK=y\n"
                                   "CONFIG_DEBUG_KMEMLEAK_DEFAULT_OFF=y")
        self.expect(0, slab_tracking="note")

    def test_hosts_that_are_not_qemu(self):
        shutil.rmtree(self.machine.root / "sys/firmware")
        checks = self.expect(1, host_dump="warn")
        self.assertIn("modprobe qemu_fw_cfg", checks["host-dump"]["command"])
        self.machine.write("/sys/class/dmi/id/sys_vendor", "VMware, Inc.")
        self.assertNotIn("host-dump", self.expect(0))

    def test_no_fw_cfg_from_the_host(self):
        """The driver is there; what would it help to load it?"""
        shutil.rmtree(self.machine.root / "sys/firmware")
        self.machine.write("/sys/module/qemu_fw_cfg/initstate", "live")
        checks = self.expect(1, host_dump="warn")
        self.assertIsNone(checks["host-dump"]["command"])
