# SPDX-License-Identifier: GPL-2.0-or-later
"""What vgpu counts on the GPU is what the guest wrote down before it crashed, exactly."""

import collections
import unittest

import session


def with_truth(*path):
    """The cores whose truth has this, with it."""
    for where in session.cores():
        truth = session.truth(*where).get("virtio_gpu")
        for key in path:
            truth = (truth or {}).get(key)
        if truth is not None:
            yield where, truth


def device(where):
    devices = session.json_of(where, "vgpu dev -j")["devices"]
    assert len(devices) == 1, f"{len(devices)} devices"
    return devices[0]


def commands(where):
    queues = session.json_of(where, "vgpu vq -v -j")["queues"]
    return [command for queue in queues for command in queue["commands"]]


def fences(where):
    return session.json_of(where, "vgpu fence -a -j")["devices"][0]


class Gpu(unittest.TestCase):
    core_by_core = True

    def test_features(self):
        for where, truth in with_truth("features"):
            with self.subTest(where=where):
                gpu = device(where)
                for key in ("virgl", "edid", "indirect", "resource_uuid"):
                    self.assertEqual(gpu[key], truth[key], key)
                self.assertEqual(gpu["num_scanouts"], truth["scanouts"])
                self.assertEqual(len(gpu["capsets"]), truth["cap_sets"])

    def test_contexts(self):
        for where, truth in with_truth("contexts"):
            with self.subTest(where=where):
                found = {(c["context"], c["pid"], c["comm"])
                         for c in device(where)["contexts"] if c["created"]}
                self.assertEqual(found, {(c["context"], c["pid"], c["comm"])
                                         for c in truth})

    def test_in_flight(self):
        for where, truth in with_truth("in_flight"):
            with self.subTest(where=where):
                queues = device(where)["queues"]
                self.assertEqual(sum(q["in_flight"] for q in queues), truth["count"])
                if truth.get("completed") is not None:
                    self.assertEqual(sum(q["completed"] for q in queues),
                                     truth["completed"])
                types = collections.Counter(c["command"] for c in commands(where))
                self.assertEqual(types, collections.Counter(truth["types"]))

    def test_each_answer_is_where_the_ring_says(self):
        for where, _ in with_truth("in_flight"):
            with self.subTest(where=where):
                for queue in session.json_of(where, "vgpu vq -v -j")["queues"]:
                    answered = [c for c in queue["commands"] if c["where"] == "answered"]
                    self.assertEqual(len(answered), queue["completed"])
                    self.assertTrue(all(c["response"] for c in answered
                                        if c["response_size"]))

    def test_no_ring_is_damaged(self):
        for where in session.cores():
            with self.subTest(where=where):
                for queue in session.json_of(where, "vgpu vq -j")["queues"]:
                    self.assertEqual(queue["damage"], [])
                    self.assertTrue(queue["free_list_ok"])

    def test_fences(self):
        for where, truth in with_truth("fences"):
            with self.subTest(where=where):
                found = fences(where)
                self.assertTrue(found["list_complete"] and found["slabs_read"])
                self.assertEqual(found["emitted"], truth["emitted"])
                self.assertEqual(found["last_signalled"], truth["signalled"])
                self.assertEqual(found["in_flight"], truth["waiting"])
                self.assertEqual(found["on_list"], truth["waiting"])
                if truth.get("alive") is not None:
                    self.assertEqual(found["in_flight"] + found["held"], truth["alive"])
                    self.assertEqual(found["leaked"], truth.get("leaked", 0))

    def test_who_holds_fences(self):
        for where, truth in with_truth("fences", "sync_files"):
            with self.subTest(where=where):
                held = collections.Counter(
                    h["pid"] for f in fences(where)["fences"] for h in f["holders"]
                    if h["kind"] == "sync_file")
                recorded = {int(pid): n for pid, n in truth.items()}
                self.assertEqual({pid: held[pid] for pid in recorded}, recorded)

    def test_which_command_carries_which_fence(self):
        for where, _ in with_truth("fences"):
            if session.truth(*where)["cause"] == "fence-lost":
                continue  # one is on the list whose command has been answered
            with self.subTest(where=where):
                carried = {c["fence"]: c["fence_id"] for c in commands(where)
                           if c["fence_id"] is not None}
                found = {f["address"]: f["fence_id"] for f in fences(where)["fences"]
                         if f["on_list"]}
                self.assertEqual(carried, found)

    def test_objects(self):
        for where, truth in with_truth("objects"):
            with self.subTest(where=where):
                objects = session.json_of(where, "vgpu obj -j")["devices"][0]["objects"]
                pids = {o["pid"] for o in truth}
                found = sorted(
                    (h["pid"], h["comm"], h["handle"], o["kind"], o["resource"], o["size"])
                    for o in objects for h in o["handles"] if h["pid"] in pids)
                self.assertEqual(found, sorted(
                    (o["pid"], o["comm"], o["handle"], o["kind"], o["resource"], o["size"])
                    for o in truth))

    def test_nothing_is_called_lost_that_is_not(self):
        for where, _ in with_truth("objects"):
            with self.subTest(where=where):
                found = session.json_of(where, "vgpu obj -j")["devices"][0]
                self.assertTrue(found["complete"])
                self.assertEqual(found["orphans"], 0)
                self.assertEqual(found.get("lost_resources", []), [])
                self.assertEqual(fences(where)["contradictory"], 0)


if __name__ == "__main__":
    unittest.main()
