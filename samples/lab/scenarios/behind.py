# SPDX-License-Identifier: GPL-2.0-or-later
"""Who seems to be at fault waits for another one, by something that is no lock."""

from scenarios.base import Evidence, Scenario, check_waiter_hangs, hang_in
from scenarios.beside import GPU_BUSY
from scenarios.disks import MOUNT, STALL


def _innocent(comm: str) -> str:
    return f"record role name=innocent pid=$! comm={comm}\nsleep 2\n"


def _waits(comm: str, below: str) -> str:
    return f"record role name=waiter pid=$! comm={comm}\n" + hang_in(below)


# Of what the shell has open.
READ = "dd bs=16 count=1 <&3 > /dev/null 2>&1 &\n"


# --- another process ----------------------------------------------------------

# Two processes read by one open file: the first has its position's lock.
SCANNER = GPU_BUSY + r"""
cp /lab/scenario /tmp/document
lab-load scand scanner /tmp/document &
until grep -q comm=scanner $RECORD; do sleep 0.2; done
exec 3< /tmp/document
dd bs=16 count=1 <&3 > /dev/null 2>&1 &
""" + _innocent("dd") + READ + _waits("dd", "__fdget_pos")

# A pipe's mutex is held while data is copied into it.
PAGER = GPU_BUSY + r"""
mkfifo /tmp/pipe
exec 3<> /tmp/pipe
lab-load lazy migrated lazy-pages >&3 &
""" + _innocent("migrated") + READ + _waits("dd", "pipe_read")

# The kernel asks for a module with a mutex of the queue held.
MODPROBE = GPU_BUSY + r"""
cat > /tmp/modprobe << 'END'
#!/bin/sh
printf 'role\tname=daemon\tpid=%s\tcomm=modprobe\n' $$ >> /share/record
kill -STOP $$
END
chmod 755 /tmp/modprobe
echo /tmp/modprobe > /proc/sys/kernel/modprobe
echo bfq > /tmp/scheduler
dd if=/tmp/scheduler of=/sys/block/vda/queue/scheduler 2> /dev/null &
""" + _innocent("dd") + "cat /sys/block/vda/queue/nr_requests &\n" \
    + _waits("cat", "queue_attr_show")

SERVER = GPU_BUSY + r"""
lab-load nbdd nbd-client nbd-server /dev/nbd0 &
until grep -q comm=nbd-client $RECORD; do sleep 0.2; done
sleep 1
dd if=/dev/zero of=/dev/nbd0 bs=4k count=4 conv=fsync 2> /dev/null &
""" + _waits("dd", "file_write_and_wait_range")

# --- a disk -------------------------------------------------------------------

# The file has its place on the disk; more of it than may be dirty is written at once, with
# the inode's lock.
DIRTY = GPU_BUSY + MOUNT + r"""
dd if=/dev/zero of=/disk/file bs=1M count=24 2> /dev/null
sync
echo 4194304 > /proc/sys/vm/dirty_background_bytes
echo 8388608 > /proc/sys/vm/dirty_bytes
""" + STALL + r"""
dd if=/dev/zero of=/disk/file bs=24M count=1 conv=notrunc 2> /dev/null &
""" + _innocent("dd") + r"""
sleep 3
dd if=/dev/zero of=/disk/file bs=4k count=1 conv=notrunc 2> /dev/null &
""" + _waits("dd", "ext4_buffered_write_iter")

LOOP = GPU_BUSY + MOUNT + r"""
dd if=/dev/zero of=/disk/image bs=1M count=16 2> /dev/null
losetup /dev/loop0 /disk/image || die "no loop device"
mke2fs /dev/loop0 > /dev/null || die "no file system on the loop device"
mkdir /loop
mount -t ext4 /dev/loop0 /loop || die "the loop device does not mount"
mkdir /loop/dir
touch /loop/dir/old
umount /loop
sync
mount -t ext4 /dev/loop0 /loop || die "the loop device does not mount again"
echo 3 > /proc/sys/vm/drop_caches
""" + STALL + "ls /loop/dir > /dev/null &\n" + _waits("ls", "ext4_")

# The second looks up a name that the first looks up already.
LOOKUP = GPU_BUSY + MOUNT + STALL + "ls /disk/dir > /dev/null &\n" + _innocent("ls") \
    + "ls /disk/dir > /dev/null &\n" + _waits("ls", "d_alloc_parallel")

# A disk that is made of a file, which nobody may write to.
FROZEN = GPU_BUSY + MOUNT + r"""
dd if=/dev/zero of=/disk/image bs=1M count=16 2> /dev/null
losetup /dev/loop0 /disk/image || die "no loop device"
sync
fsfreeze --freeze /disk || die "the file system does not freeze"
dd if=/dev/zero of=/dev/loop0 bs=4k count=4 conv=fsync,notrunc 2> /dev/null &
""" + _waits("dd", "file_write_and_wait_range")


def _truth(culprit: dict | str | None):
    def truth(evidence: Evidence) -> dict:
        told = culprit
        if isinstance(culprit, str):
            role = evidence.role(culprit)
            told = {"kind": "task", "pid": int(role["pid"]), "comm": role["comm"]}
        return {
            "cause": "io-wait",
            "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
            "culprit": told,
            "victims": evidence.victims(),
            "innocent": [{"pid": int(role["pid"]), "comm": role["comm"]}
                         for role in evidence.all("role")
                         if role["name"] == "innocent"],
        }
    return truth


def _behind(name: str, about: str, guest: str, culprit: dict | str | None = "daemon",
            **more) -> Scenario:
    more["commands"] = ("xorg", "watch", *more.get("commands", ()))
    return Scenario(name=name, about=about, guest=guest, truth=_truth(culprit),
                    check=check_waiter_hangs, **more)


VDA = {"kind": "device", "name": "vda"}
EXT4 = ("crc32c_generic", "ext4", "virtio_blk")

SCENARIOS = (
    _behind("scanner-stopped", "a virus scanner is stopped; a process that reads waits for "
            "its leave with the file's position, another for that", SCANNER,
            commands=("scand",)),
    _behind("pager-stopped", "who brings another process's pages is stopped; that one "
            "writes to a pipe, with its lock, and a third reads it", PAGER,
            commands=("lazy",)),
    _behind("modprobe-stopped", "modprobe is stopped; a process that needs a module waits "
            "with a queue's lock, another for that lock", MODPROBE,
            disk=True, extra_modules=("virtio_blk",), kernels=("5.10", "6.1")),
    _behind("nbd-stopped", "the server of a network block device is stopped", SERVER,
            # Behind a socket, which leads out of the machine as a rule.
            {"kind": "device", "name": "nbd0"}, commands=("nbdd",), extra_modules=("nbd",)),
    _behind("disk-dirty", "a disk finishes no request; who has written too much waits "
            "with a file's lock, another for that lock", DIRTY, VDA,
            # The journal's thread hangs before them.
            sysctls={"kernel.hung_task_timeout_secs": "20"},
            disk=True, extra_modules=EXT4),
    _behind("disk-loop", "the same; a file on it is a disk, too, which a process reads",
            LOOP, VDA, disk=True, extra_modules=(*EXT4, "loop")),
    _behind("disk-lookup", "a disk finishes no request; a process looks up a name on it, "
            "another waits for the same name", LOOKUP, VDA, disk=True, extra_modules=EXT4),
    _behind("loop-frozen", "a process writes to a disk that is made of a file on a frozen "
            "ext4", FROZEN, None, disk=True, extra_modules=(*EXT4, "loop")),
)
