# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that is full, leaked, or only looks so.

Just before the crash the guest keeps, beside the core, what its kernel said:

    meminfo.N slabinfo.N slab.N   /proc/meminfo, /proc/slabinfo, and figures
                                  of /sys/kernel/slab; N is 1, then 2
    alloc_calls free_calls        with slub_debug=U: who allocated and freed
                                  the objects of the kmalloc caches
    kmemleak                      where it was on: what it reports
"""

import re

from scenarios.base import (Evidence, Scenario, expect, expect_panic)

# --- what the guest's kernel says of its slabs ---------------------------

KEEP = r"""
mkdir -p $SHARE/keep
# 5.15 moved these files to debugfs, and gave them whole stacks.
keep_calls()
{
	mount -t debugfs debugfs /sys/kernel/debug
	for path in /sys/kernel/slab/*kmalloc-* /sys/kernel/slab/virtio-gpu-vbufs; do
		for kind in alloc free; do
			cache=${path##*/}
			file=/sys/kernel/debug/slab/$cache/${kind}_traces
			[ -e $file ] || file=$path/${kind}_calls
			(echo "cache $cache"; cat $file) >> $SHARE/keep/${kind}_calls
		done
	done
}
"""
CRASH = r"""
grep -q slub_debug /proc/cmdline && keep_calls
say "asking for a crash"
lab-load slabs panic
"""


def _sysfs(text: str) -> dict[str, dict]:
    """Figures of each folder of /sys/kernel/slab, and whose name it is."""
    caches: dict[str, dict] = {}
    for line in text.splitlines():
        name, *pairs = line.split("\t")
        caches[name] = dict(pair.split("=", 1) for pair in pairs)
    return caches


def _slabinfo(text: str) -> dict[str, int]:
    return {line.split()[0]: int(line.split()[1])
            for line in text.splitlines()[2:]}


# A file's name, and what it is called in truth.json.
#
#   total    objects that the slabs have room for         (exact)
#   slabs    slabs, the CPUs' own included                (exact)
#   partial  slabs on the nodes' partial lists            (exact)
#   partial_active  objects in use in those               (exact)
#   cpu_slabs  the CPUs' current slabs, and those on their partial lists;
#            before 5.16 (b47291ef02b0) the head of such a list counts them,
#            since then they are told from a number of objects: not exact
#   active   total, less the free objects of slabs on the nodes' partial
#            lists: free objects of a CPU's slabs count as active. This is
#            what /proc/slabinfo says, too.
#   quiet    all of these but cpu_slabs were the same twice in a row
FIGURES = {
    "object_size": "objsize", "slab_size": "size",
    "objs_per_slab": "objs_per_slab", "order": "order",
    "total_objects": "total", "slabs": "slabs", "partial": "partial",
    "objects_partial": "partial_active", "cpu_slabs": "cpu_slabs",
    "objects": "active",
}


def _numbers(values: dict) -> dict[str, int]:
    return {ours: int(values[theirs].split()[0])
            for theirs, ours in FIGURES.items() if theirs in values}


def _figures(evidence: Evidence) -> dict:
    """truth.json's slabs and meminfo."""
    first, second = (_sysfs(evidence.kept(f"slab.{n}")) for n in (1, 2))
    infos = [_slabinfo(evidence.kept(f"slabinfo.{n}")) for n in (1, 2)]
    names: dict[str, list[str]] = {}
    for name, values in first.items():
        if "alias" in values:
            names.setdefault(values["alias"], []).append(name)
    slabs: dict[str, dict] = {}
    for name in infos[0]:
        folder = first.get(name, {}).get("alias", name)
        if folder not in first or folder not in second:
            continue
        before = _numbers(first[folder])
        slabs[name] = _numbers(second[folder])
        slabs[name]["quiet"] = infos[0][name] == infos[1].get(name) and \
            all(slabs[name][figure] == number
                for figure, number in before.items() if figure != "cpu_slabs")
        aliases = [other for other in names.get(folder, []) if other != name]
        if aliases:
            slabs[name]["aliases"] = sorted(aliases)
    meminfo = {match[1]: int(match[2]) for match in re.finditer(
        r"(?m)^(\S+):\s+(\d+) kB$", evidence.kept("meminfo.2"))}
    return {"slabs": slabs, "meminfo_kb": meminfo}


def _grown_cache(evidence: Evidence, object_size: int, count: int) -> str:
    """The kmalloc cache of that size that holds so many objects."""
    for name, values in _figures(evidence)["slabs"].items():
        # Since 6.11 messages have caches of their own.
        if re.match(r"(kmalloc-(cg-)?|msg_msg-)\d", name) and \
                values["objsize"] == object_size and \
                count <= values["active"] <= count * 1.05:
            return name
    expect(False, f"no kmalloc cache of {object_size} bytes has grown by "
                  f"{count} objects")
    return ""


def _by_request(evidence: Evidence) -> dict:
    return {
        "cause": "panic-by-request",
        "trigger": {"kind": "sysrq", "sysctl": None},
        "culprit": None,
        "victims": [],
        **_figures(evidence),
    }


# --- msg-fill: many, small, and innocent ---------------------------------

# struct msg_msg takes 48 bytes: together a kmalloc of 128.
MSG_FILL = KEEP + r"""
lab-load msgs 50 40000 80 &
until grep -q ^fill $RECORD; do sleep 0.5; done
""" + CRASH
MESSAGES = 2_000_000


def _msg_fill_check(evidence: Evidence) -> None:
    expect_panic(evidence, "sysrq triggered crash")
    _grown_cache(evidence, 128, MESSAGES)


def _msg_fill_truth(evidence: Evidence) -> dict:
    fill = evidence.all("fill")[0]
    return {
        **_by_request(evidence),
        "messages": {"count": int(fill["messages"]),
                     "queues": int(fill["queues"]),
                     "pid": int(fill["pid"]), "comm": fill["comm"],
                     "cache": _grown_cache(evidence, 128, MESSAGES)},
    }


# SLUB writes down who allocated, and who freed, each object.
TRACKED = "slub_debug=U"


def _msg_fill(name: str, about: str, cmdline: str) -> Scenario:
    return Scenario(
        name=name, about=about, cmdline=cmdline,
        guest=MSG_FILL, commands=("msgs", "slabs"), memory_mb=3072,
        # The default is 16 kB a queue.
        sysctls={"kernel.msgmnb": "2000000000"},
        fault_limit=900,
        check=_msg_fill_check, truth=_msg_fill_truth)


# --- oom-gem: a process fills memory with GEM objects ---------------------

# The objects are Xorg's; the allocation that finds no memory is another's.
OOM_GEM = KEEP + r"""
lab-load gem 512 512 72 &
until grep -q ^gem $RECORD; do sleep 0.2; done
lab-load slabs
lab-load eat &
sleep 120
"""


def _oom_gem_check(evidence: Evidence) -> None:
    expect_panic(evidence, "panic_on_oom is enabled")
    held = int(evidence.all("gem")[0]["bytes"])
    total = _figures(evidence)["meminfo_kb"]["MemTotal"] * 1024
    expect(held > total * 0.7,
           f"GEM objects fill only {held} of {total} bytes")


def _oom_gem_truth(evidence: Evidence) -> dict:
    gem, eater = evidence.all("gem")[0], evidence.role("eater")
    holder = {"pid": int(gem["pid"]), "comm": gem["comm"]}
    return {
        "cause": "memory-exhausted",
        "trigger": {"kind": "oom", "sysctl": "vm.panic_on_oom"},
        "culprit": {"kind": "task", **holder},
        "victims": [],
        "gem": {**holder, "objects": int(gem["objects"]),
                "bytes": int(gem["bytes"])},
        "eater": {"pid": int(eater["pid"]), "comm": eater["comm"]},
        **_figures(evidence),
    }


# --- fences: leaked by the driver, or held by who asked for them ----------

# Two clients, one of which is gone by the time of the crash.
CLIENTS = r"""
lab-load fences glamor @ %(how)s %(exit)s &
lab-load fences compositor @ %(how)s &
until [ $(grep -c ^fences $RECORD) = 2 ]; do sleep 0.2; done
sleep 1
"""


def _clients(how: str, each: int, first_exits: bool) -> str:
    return (CLIENTS % {"how": how, "exit": "exit" if first_exits else ""}) \
        .replace("@", str(each))


FENCES = 20_000
FENCE_LEAK = KEEP + _clients("drop", FENCES // 2, True) + CRASH
FENCE_HELD = KEEP + _clients("hold", FENCES // 2, False) + CRASH


def _fences(evidence: Evidence) -> list[dict]:
    return [{"pid": int(fact["pid"]), "comm": fact["comm"],
             "count": int(fact["count"]), "lives": fact["lives"] == "1"}
            for fact in evidence.all("fences")]


def _expect_fences(evidence: Evidence, objects_each: int) -> None:
    expect_panic(evidence, "sysrq triggered crash")
    expect(sum(client["count"] for client in _fences(evidence)) == FENCES,
           "the clients did not send what they should")
    # Fences are in kmalloc-96 from 5.4 to 5.15, for they are smaller there,
    # but not where arm64 has none; what else is in the two caches is far less
    # than one for each fence.
    slabs = _figures(evidence)["slabs"]
    active = sum(slabs[name]["active"] for name in ("kmalloc-96", "kmalloc-128")
                 if name in slabs)
    expect(active // FENCES == objects_each,
           f"{active} objects where fences are")


def _fence_leak_check(evidence: Evidence) -> None:
    _expect_fences(evidence, 1)


def _fence_held_check(evidence: Evidence) -> None:
    # With a sync_file each, of 120 bytes.
    _expect_fences(evidence, 2)


def _fix(evidence: Evidence) -> str:
    """What put the line back that was taken out (module.SUBMIT_PATCHES)."""
    release = evidence.all("kernel")[0]["release"]
    submit = [int(digits) for digits in release.split("-")[0].split(".")[:2]] >= [6, 4]
    return "4556b93f6c02" if submit else "8b6ec999b198"


def _fence_leak_truth(evidence: Evidence) -> dict:
    return {
        "cause": "fence-leak",
        "trigger": {"kind": "sysrq", "sysctl": None},
        # Code is at fault, not the tasks that used it.
        "culprit": {"kind": "function"},
        "fix": _fix(evidence),
        "fences": {"leaked": FENCES, "held": 0,
                   "clients": _fences(evidence)},
        "victims": [],
        **_figures(evidence),
    }


def _fence_held_truth(evidence: Evidence) -> dict:
    return {
        **_by_request(evidence),
        "fences": {"leaked": 0, "held": FENCES,
                   "clients": _fences(evidence)},
    }


def _fence_leak(name: str, about: str, cmdline: str) -> Scenario:
    return Scenario(
        name=name, about=about, cmdline=cmdline,
        guest=FENCE_LEAK, commands=("fences", "slabs"), virgl=True,
        gpu_patch="fence-leak", fault_limit=600,
        check=_fence_leak_check, truth=_fence_leak_truth)


# --- kmemleak: the kernel's own search -----------------------------------

DEBUG_SERIES = "6.1-debug"
# Enough for the triage to look at their cache.
KMEMLEAK_FENCES = 10000
LOST, RING, KEPT = 200, 100, 200
KMEMLEAK = KEEP + _clients("drop", KMEMLEAK_FENCES // 2, True) + r"""
leak=/sys/module/vgpu_leak/parameters
echo %d > $leak/singles
echo %d > $leak/ring
echo %d > $leak/kept
keep_calls
# An object is looked for once it is 5 seconds old, and reported when the next
# scan finds it as it was.
for scan in 1 2; do
	sleep 6
	say "kmemleak scans"
	echo scan > /sys/kernel/debug/kmemleak
done
cat /sys/kernel/debug/kmemleak > $SHARE/keep/kmemleak
""" % (LOST, RING, KEPT) + CRASH


def _reported(evidence: Evidence, function: str) -> int:
    """Leaks in kmemleak's own report with this function on their stack."""
    leaks = evidence.kept("kmemleak").split("unreferenced object ")[1:]
    return sum(f" {function}+" in leak for leak in leaks)


def _kmemleak_counts(evidence: Evidence) -> dict:
    return {"reported": evidence.kept("kmemleak").count("unreferenced object"),
            "fences": _reported(evidence, "virtio_gpu_execbuffer_ioctl"),
            "singles": _reported(evidence, "lab_leak_singles"),
            "ring": _reported(evidence, "lab_leak_ring"),
            "kept": _reported(evidence, "lab_keep")}


def _kmemleak_check(evidence: Evidence) -> None:
    expect_panic(evidence, "sysrq triggered crash")
    found = _kmemleak_counts(evidence)
    for name, leaked in (("fences", KMEMLEAK_FENCES), ("singles", LOST),
                         ("ring", RING)):
        # A stale word on some stack may hide one or two.
        expect(leaked * 0.97 <= found[name] <= leaked,
               f"kmemleak reports {found[name]} of {leaked} {name}")
    expect(not found["kept"], "kmemleak reports what is kept")


def _kmemleak_truth(evidence: Evidence) -> dict:
    return {
        **_fence_leak_truth(evidence),
        "fences": {"leaked": KMEMLEAK_FENCES, "held": 0,
                   "clients": _fences(evidence)},
        "lab": {"singles": LOST, "ring": RING, "kept": KEPT},
        "kmemleak": _kmemleak_counts(evidence),
    }


# --- leak-asked: nothing hangs, and little is lost -------------------------

ASKED_LOST = 12_000
LEAK_ASKED = """
mkdir -p $SHARE/keep
echo %d > /sys/module/vgpu_leak/parameters/singles
echo %d > /sys/module/vgpu_leak/parameters/kept
""" % (ASKED_LOST, ASKED_LOST) + CRASH


def _leak_asked_check(evidence: Evidence) -> None:
    expect_panic(evidence, "sysrq triggered crash")


def _leak_asked_truth(evidence: Evidence) -> dict:
    return {
        "cause": "panic-by-request",
        "trigger": {"kind": "sysrq", "sysctl": None},
        "culprit": None,
        "victims": [],
        "also": ["slab-leak"],
        "lab": {"singles": ASKED_LOST, "ring": 0},
    }


SCENARIOS = (
    _msg_fill("msg-fill",
              "2 000 000 System V messages: a big kmalloc-128, and no leak",
              ""),
    _msg_fill("msg-fill-tracked", "as msg-fill, with slub_debug=U", TRACKED),
    Scenario(
        name="oom-gem",
        about="GEM objects of one process fill memory, another meets the OOM "
              "killer, with panic_on_oom",
        guest=OOM_GEM, commands=("gem", "slabs", "eat"),
        # 256 MB otherwise: QEMU then refuses resources.
        qemu=("-global", "virtio-gpu-device.max_hostmem=4G"),
        check=_oom_gem_check, truth=_oom_gem_truth),
    _fence_leak("fence-leak",
                "virtio-gpu leaks the fence of each 3D command: 20 000", ""),
    _fence_leak("fence-leak-tracked", "as fence-leak, with slub_debug=U",
                TRACKED),
    Scenario(
        name="fence-held",
        about="20 000 fences that two clients hold by file descriptors",
        guest=FENCE_HELD, commands=("fences", "slabs"), virgl=True,
        fault_limit=600,
        check=_fence_held_check, truth=_fence_held_truth),
    Scenario(
        name="kmemleak",
        about="leaked fences and objects of a module, and what kmemleak says",
        kernels=(DEBUG_SERIES,),
        # crash tells KASLR by a symbol of RANDOMIZE_MEMORY, which is not built in.
        cmdline="nokaslr",
        guest=KMEMLEAK, commands=("fences", "slabs"), virgl=True,
        gpu_patch="fence-leak", leaks=True, fault_limit=600,
        check=_kmemleak_check, truth=_kmemleak_truth),
    Scenario(
        name="leak-asked",
        about="12 000 objects of a module are lost, and as many kept; then "
        "sysrq-c",
        guest=LEAK_ASKED, commands=("slabs",), leaks=True,
        check=_leak_asked_check, truth=_leak_asked_truth),
)
