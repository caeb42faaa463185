// SPDX-License-Identifier: GPL-2.0-or-later
#include "verdict.h"

const char *cause_name(enum cause cause)
{
	static const char *const names[] = {
		[CAUSE_CPU_MONOPOLISED] = "cpu-monopolised",
		[CAUSE_HOST_NOT_CONSUMING] = "host-not-consuming",
		[CAUSE_INTERRUPT_LOST] = "interrupt-lost",
		[CAUSE_NOT_KICKED] = "not-kicked",
		[CAUSE_DEVICE_BROKEN] = "device-broken",
		[CAUSE_WORKERS_BLOCKED] = "workers-blocked",
		[CAUSE_LOCK_CYCLE] = "lock-cycle",
		[CAUSE_LOCK_HOLDER_BLOCKED] = "lock-holder-blocked",
		[CAUSE_FENCE_LEAK] = "fence-leak",
		[CAUSE_OBJECT_LEAK] = "object-leak",
		[CAUSE_SLAB_LEAK] = "slab-leak",
		[CAUSE_MEMORY_EXHAUSTED] = "memory-exhausted",
		[CAUSE_IO_WAIT] = "io-wait",
		[CAUSE_PANIC_BY_REQUEST] = "panic-by-request",
		[CAUSE_KERNEL_BUG] = "kernel-bug",
		[CAUSE_UNEXPLAINED] = "unexplained",
	};

	return names[cause];
}

const char *culprit_kind_name(enum culprit_kind kind)
{
	static const char *const names[] = {
		[CULPRIT_NONE] = "none",   [CULPRIT_TASK] = "task",
		[CULPRIT_CPU] = "cpu",	   [CULPRIT_DEVICE] = "device",
		[CULPRIT_CACHE] = "cache", [CULPRIT_LOCK] = "lock",
		[CULPRIT_HOST] = "host",   [CULPRIT_FUNCTION] = "function",
	};

	return names[kind];
}
