/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's switches that matter when it hangs or panics. */
#ifndef VGPU_SYSCTL_H
#define VGPU_SYSCTL_H

#include "dump/dump.h"

enum sysctl_state {
	SYSCTL_ABSENT,	   /* this kernel has no such switch */
	SYSCTL_READ,	   /* value is what the dump says */
	SYSCTL_UNREADABLE, /* it is there, its page is not */
};

struct sysctl_value {
	const char *name; /* "kernel.panic_on_oops" */
	enum sysctl_state state;
	int64_t value;
	const char *symbol; /* the spelling that was found, NULL when none */
	kaddr_t addr;
	unsigned int width; /* bytes */
};

struct sysctls {
	VEC(struct sysctl_value) all; /* every switch vgpu knows, the usual ones first */
};

void sysctls_read(struct dump *d, struct sysctls *s);

/* NULL for a name vgpu does not know; look at .state. */
const struct sysctl_value *sysctl_find(const struct sysctls *s, const char *name);
/* The value, or fallback when it is not SYSCTL_READ. */
int64_t sysctl_get(const struct sysctls *s, const char *name, int64_t fallback);

#endif
