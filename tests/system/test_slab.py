# SPDX-License-Identifier: GPL-2.0-or-later
"""Slabs, against what /proc/slabinfo and sysfs said in the guest just before it died."""

import unittest

import session

# The guest's name of a figure, and ours.
ALWAYS = {"objsize": "object_size", "size": "size", "objs_per_slab": "objs_per_slab",
          "order": "order", "total": "total_objects", "slabs": "slabs"}
# An object freed after the reading puts its slab, which was full, on a CPU's list: the
# last file closed, the last stack given back.  Of 80 caches and more, so many at most.
TOUCHED_SINCE = 2
# Where no CPU holds a slab of its own, whoever reads sysfs is seen with the file that it
# has open: a few objects of caches that did not change otherwise.
HELD_BY_THE_READER = 3


# Large kmallocs are the rest of what /proc/meminfo calls slabs: a quarter of it in 7.2.
LARGE_SHARE = 0.7


def has_sheaves(where) -> bool:
    rows = {row["row"]: row["found"] for row in session.json_of(where, "vgpu layout -j")["layout"]}
    return rows["CPU_SHEAVES"] is not None


class EveryCore(unittest.TestCase):
    core_by_core = True

    def test_nothing_is_damaged(self):
        for where in session.cores():
            doc = session.json_of(where, "vgpu slab -e -j")
            self.assertEqual((doc["damage"], doc["incomplete"]), ([], []), where)
            self.assertGreater(len(doc["caches"]), 50)
            for cache in doc["caches"]:
                self.assertEqual((cache["lost"], cache["loose"]), (0, 0), (where, cache["name"]))

    def test_meminfo(self):
        """Large kmallocs are counted there too, and nothing else is."""
        for where in session.cores():
            doc = session.json_of(where, "vgpu slab -j")
            said = doc["meminfo"]
            self.assertEqual(said["Slab"], said["SReclaimable"] + said["SUnreclaim"])
            self.assertGreater(doc["bytes"], LARGE_SHARE * said["Slab"], where)
            self.assertLess(doc["bytes"], 1.02 * said["Slab"], where)

    def test_families_hold_the_same(self):
        for where in session.cores():
            each = session.json_of(where, "vgpu slab -e -j")["caches"]
            folded = session.json_of(where, "vgpu slab -j")["caches"]
            self.assertLess(len(folded), len(each))
            for key in ("total_objects", "slabs", "bytes", "inuse"):
                self.assertEqual(sum(c[key] for c in each), sum(c[key] for c in folded))
            self.assertEqual(sum(c["members"] for c in folded), len(each))

    def test_states_add_up(self):
        for where in session.cores():
            doc = session.json_of(where, "vgpu slab -j kmalloc-128")
            for cache in doc["caches"]:
                places = cache["places"]
                self.assertEqual(sum(p["objects"] for p in places), cache["total_objects"])
                for p in places:
                    self.assertEqual(p["unknown"], 0)
                    self.assertEqual(p["allocated"] + p["free"] + p["rcu-pending"], p["objects"])
                    # What a CPU keeps for itself counts as in use: its own slab's free
                    # objects, and since there are sheaves those of any slab.
                    self.assertLessEqual(p["allocated"] + p["rcu-pending"], p["inuse"], where)
                    if p["place"] != "cpu" and not has_sheaves(where):
                        self.assertEqual(p["allocated"], p["inuse"], (where, p))
                        if p["place"] == "full":
                            self.assertEqual(p["free"], 0)

    def test_types_and_whatis(self):
        """Each object in use is of a type, and its example is found again by address."""
        for where in session.cores():
            doc = session.json_of(where, "vgpu slab -j -t kmalloc-128")
            self.assertEqual(sum(t["count"] for t in doc["types"]), doc["objects"])
            self.assertEqual(doc["unread"], 0)
            first = doc["types"][0]
            what = session.json_of(where, f"vgpu slab -j {first['example']}")["whatis"]
            self.assertEqual(what["object"], first["example"])
            self.assertEqual(what["state"], "allocated")
            self.assertEqual(what["type"]["name"], first["name"])
            self.assertEqual(what["type"]["hex"], first["hex"])

    def test_where_the_gpu_allocates(self):
        for where in session.cores():
            found = {g["type"]: g for g in session.json_of(where, "vgpu slab -j")["gpu_caches"]}
            if session.truth(*where).get("device") == "none":
                self.assertEqual(found, {})
                continue
            fence = found["virtio_gpu_fence"]
            size = int(fence["cache"].split("-")[1])
            self.assertTrue(size * 2 > fence["size"] > size // 2, fence)
            self.assertIn("virtio_gpu_vbuffer", found)


class WhatTheKernelSaid(unittest.TestCase):
    """Cores whose truth has the guest's own figures."""

    core_by_core = True

    def each(self):
        # Who was asked to die did so at once; the others went on, and then died of it.
        said = [(w, session.truth(*w)) for w in session.cores()
                if "slabs" in session.truth(*w)
                and session.truth(*w)["trigger"]["kind"] == "sysrq"]
        if not said:
            self.skipTest("no core in this run has the guest's own figures")
        for where, truth in said:
            caches = {c["name"]: c for c in session.json_of(where, "vgpu slab -e -j")["caches"]}
            yield where, truth, caches

    def test_quiet_caches_exactly(self):
        for where, truth, caches in self.each():
            tracked = session.json_of(where, "vgpu slab -e -j kmalloc-128")["caches"][0]["tracked"]
            compared, touched, sheaves = 0, [], has_sheaves(where)
            for name, said in truth["slabs"].items():
                names = [n for n in [name, *said.get("aliases", [])] if n in caches]
                self.assertTrue(names, (where, name))
                cache = caches[names[0]]
                if not said["quiet"]:
                    continue
                if sheaves and cache["slabs"] != said["slabs"]:
                    touched.append(name)  # one that ran empty was filled
                    continue
                for theirs, ours in ALWAYS.items():
                    self.assertEqual(cache[ours], said[theirs], (where, name, theirs))
                if cache["order"] != said["order"] or "partial_active" not in said:
                    continue
                compared += 1
                full = said["slabs"] - said["partial"] - said["cpu_slabs"]
                since = cache["cpu_slabs"] + cache["cpu_partial"] - said["cpu_slabs"]
                # A CPU took one, or had one full and took the next of its own.
                if since and -said["cpu_slabs"] <= since <= full:
                    touched.append(name)
                else:
                    self.assertEqual(since, 0, (where, name))
                slack = HELD_BY_THE_READER if tracked else 0
                self.assertAlmostEqual(cache["partial"], said["partial"], delta=min(slack, 1),
                                       msg=(where, name))
                self.assertAlmostEqual(cache["partial_inuse"], said["partial_active"],
                                       delta=slack, msg=(where, name))
            self.assertGreater(compared, 80, where)
            self.assertLessEqual(len(touched), TOUCHED_SINCE, (where, touched))


class Messages(unittest.TestCase):
    """Two million messages are in one cache: all are seen, and alike."""

    core_by_core = True

    def each(self):
        filled = [(w, session.truth(*w)["messages"]) for w in session.cores()
                  if "messages" in session.truth(*w)]
        if not filled:
            self.skipTest("no core with messages in this run")
        yield from filled

    def test_one_kind(self):
        for where, messages in self.each():
            doc = session.json_of(where, f"vgpu slab -j -t {messages['cache']}")
            best = doc["types"][0]
            self.assertEqual(best["kind"], "linked", where)
            # The first and the last of each queue are linked to the queue.
            self.assertGreaterEqual(best["count"], messages["count"] - 2 * messages["queues"])

    def test_who_sent_them(self):
        for where, messages in self.each():
            doc = session.json_of(where, f"vgpu slab -j -u {messages['cache']}")
            if not doc["tracked"]:
                self.assertEqual(doc["allocated"], [])
                continue
            best = doc["allocated"][0]
            self.assertEqual(best["count"], messages["count"], where)
            self.assertTrue(best["site"].startswith("load_msg+"), best["site"])
            self.assertEqual([p["pid"] for p in best["pids"]], [messages["pid"]])
            self.assertEqual([p["comm"] for p in best["pids"]], [messages["comm"]])
            self.assertTrue(any(f.startswith("do_msgsnd+") for f in best["stack"]))
            self.assertGreater(best["oldest_s"], best["youngest_s"])

    def test_large_cache_is_named(self):
        for where, messages in self.each():
            self.assertIn("LARGE", session.output(where, "vgpu slab"))
            detail = session.json_of(where, f"vgpu slab -e -j {messages['cache']}")["caches"][0]
            self.assertGreaterEqual(detail["total_objects"], messages["count"])


class Commands(unittest.TestCase):
    """A 3D guest with commands in flight and fences held by sync_files."""

    core_by_core = True

    def test_what_is_in_kmalloc(self):
        busy = [(w, session.truth(*w)["virtio_gpu"]) for w in session.cores()
                if session.truth(*w).get("virtio_gpu", {}).get("in_flight", {}).get("count")]
        if not busy:
            self.skipTest("no core with 3D commands in flight in this run")
        for where, truth in busy:
            found: dict = {}
            there = {c["name"] for c in session.json_of(where, "vgpu slab -j")["caches"]}
            # arm64's smallest is of 128 bytes.
            for name in sorted({f"kmalloc-{size}" for size in (32, 64, 96, 128, 192)} & there):
                doc = session.json_of(where, f"vgpu slab -j -t {name}")
                for t in doc["types"]:
                    found.setdefault(t["kind"], []).append(t)
            fences, files = truth["fences"], truth["fences"].get("sync_files", {})
            self.assertGreaterEqual(sum(t["count"] for t in found["gpu-fence"]), fences["waiting"])
            self.assertEqual({t["name"] for t in found["gpu-fence"]}, {"virtio_gpu_fence"})
            if files:
                self.assertEqual(sum(t["count"] for t in found["sync-file"]), sum(files.values()))
            if truth["features"].get("indirect"):
                self.assertEqual(sum(t["in_ring"] for t in found["indirect-table"]),
                                 truth["in_flight"]["count"])


class Text(unittest.TestCase):
    def test_wrong_arguments(self):
        where = session.cores()[0]
        self.assertIn('no cache "nonsense"', session.output(where, "vgpu slab nonsense"))
        self.assertIn("no slab's", session.output(where, "vgpu slab ffffffffdeadbeef"))
        if not session.json_of(where, "vgpu slab -e -j dentry")["caches"][0]["tracked"]:
            self.assertIn("slub_debug=U", session.output(where, "vgpu slab -u dentry"))
