# SPDX-License-Identifier: GPL-2.0-or-later
"""What each blocked process asked of the kernel, and where: by the guest's own maps."""

import unittest

import session


def asked(where, command):
    """Each task that has come from user space, with what it asked."""
    doc = session.json_of(where, f"vgpu {command} -j")
    for task in doc["hung" if command == "hung" else "stacks"]:
        if task["asked"]:
            yield task, task["asked"]


def area(maps, pid, address):
    """What /proc/PID/maps said of the address, when the program was first seen."""
    for line in maps:
        low, high = (int(end, 16) for end in line["range"].split("-"))
        if int(line["pid"]) == pid and low <= address < high:
            return line["file"], address - low + int(line["offset"], 16)
    return None


class Asked(unittest.TestCase):
    core_by_core = True

    def test_every_blocked_process_has_its_call(self):
        for where in session.cores():
            for task, what in asked(where, "hung"):
                with self.subTest(where=where, pid=task["pid"]):
                    self.assertIsNotNone(what["call"], what)
                    self.assertTrue(what["fd"] is None or what["file"], what)
                    self.assertEqual(what["unread"], [])

    def test_drm_calls_have_names(self):
        for where in session.cores():
            for task, what in asked(where, "hung"):
                if what["call"] == "ioctl" and (what["file"] or "").startswith("/dev/dri/"):
                    with self.subTest(where=where, pid=task["pid"]):
                        self.assertRegex(what["ioctl"] or "", "^DRM_IOCTL_")

    def test_offsets_are_those_of_maps(self):
        for where in session.cores():
            maps = session.truth(*where).get("maps")
            for task, what in asked(where, "bt -a") if maps else ():
                found = area(maps, task["pid"], int(what["pc"], 16))
                if found:
                    with self.subTest(where=where, pid=task["pid"]):
                        self.assertEqual((what["object"], int(what["offset"], 16)), found)


if __name__ == "__main__":
    unittest.main()
