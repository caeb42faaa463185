# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that takes requests and finishes none, and what waits for them."""

from scenarios.base import (WAIT_FOR_PANIC, Evidence, Scenario, expect,
                            expect_panic)

# Its caches are empty, and what is in the journal has been written.
MOUNT = r"""
mkdir -p /disk
mount -t ext4 /dev/vda /disk || die "ext4 does not mount"
mkdir /disk/dir
dd if=/dev/zero of=/disk/file bs=64k count=16 2> /dev/null
touch /disk/dir/old
sync
umount /disk || die "ext4 does not unmount"
mount -t ext4 /dev/vda /disk || die "ext4 does not mount again"
"""

# Bus Master of the disk's PCI device off: it may not reach memory, and leaves its queue
# alone. I/O and memory space stay on.
STALL = r"""
printf '\003' | dd of="$(readlink -f /sys/block/vda/device/..)/config" bs=1 \
    seek=4 count=1 conv=notrunc 2> /dev/null || die "the disk goes on"
"""


def _hang(comm: str, below: str) -> str:
    return (f"record role name=waiter pid=$! comm={comm}\n"
            f"lab-load watch $! {below} 60 || die \"nobody hangs in {below}\"\n"
            + WAIT_FOR_PANIC)


READ = MOUNT + STALL + "ls /disk/dir > /dev/null &\n" + _hang("ls", "ext4_lookup")

# Its pages are in memory, and it has its place on the disk.
WRITE = MOUNT + "dd if=/disk/file of=/dev/null bs=64k 2> /dev/null\n" + STALL + r"""
dd if=/dev/zero of=/disk/file bs=4k count=16 conv=notrunc,fsync 2> /dev/null &
""" + _hang("dd", "file_write_and_wait_range")

# No data to write, but a change of the inode.
JOURNAL = MOUNT + "touch /disk/dir/new\n" + STALL + r"""
chmod 600 /disk/dir/new
dd if=/dev/null of=/disk/dir/new bs=1 count=1 conv=notrunc,fsync 2> /dev/null &
""" + _hang("dd", "jbd2_log_wait_commit")


# Another scheduler freezes the queue, and waits for what is in flight.
FREEZE = MOUNT + STALL + r"""
ls /disk/dir > /dev/null &
sleep 2
echo none > /tmp/scheduler
grep -q '\[none\]' /sys/block/vda/queue/scheduler && echo mq-deadline > /tmp/scheduler
dd if=/tmp/scheduler of=/sys/block/vda/queue/scheduler 2> /dev/null &
""" + _hang("dd", "blk_mq_freeze_queue_wait")


def _check(evidence: Evidence) -> None:
    expect_panic(evidence, "hung_task")
    waiter = int(evidence.role("waiter")["pid"])
    expect(waiter in [victim["pid"] for victim in evidence.victims()],
           "the waiter does not hang")


def _truth(evidence: Evidence) -> dict:
    return {
        "cause": "io-wait",
        "trigger": {"kind": "hung_task", "sysctl": "kernel.hung_task_panic"},
        "culprit": {"kind": "device", "name": "vda"},
        "victims": evidence.victims(),
    }


def _disk(name: str, about: str, guest: str) -> Scenario:
    return Scenario(name=name, about=about, guest=guest, commands=("watch",),
                    check=_check, truth=_truth, disk=True,
                    extra_modules=("crc32c_generic", "ext4", "virtio_blk"))


SCENARIOS = (
    _disk("disk-read", "a disk finishes no request; a process reads a folder on it", READ),
    _disk("disk-write", "the same; a process waits until its file is on the disk", WRITE),
    _disk("disk-journal", "the same; a process waits for the journal's commit", JOURNAL),
    _disk("disk-freeze", "the same; a process changes the disk's scheduler", FREEZE),
)
