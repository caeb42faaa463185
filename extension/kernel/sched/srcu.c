// SPDX-License-Identifier: GPL-2.0-or-later
#include "srcu.h"

#include <string.h>

#include "arch/arch.h"
#include "dump/layout.h"

/* More than there can be tasks, each some times. */
#define READERS_MAX (1ll << 32)
/* A reader is of one of two indices. */
#define INDICES 2

static bool data_of_cpu(struct dump *d, kaddr_t srcu, unsigned int cpu, kaddr_t *data)
{
	kaddr_t base;

	return member_ptr(d, srcu, SRCU_DATA_BASE, &base) && base &&
	       dump_percpu(d, cpu, base, data);
}

/* What is for each CPU points back. */
static bool is_srcu(struct dump *d, kaddr_t srcu)
{
	kaddr_t data, of;

	return arch_is_kernel(d->arch, srcu) && data_of_cpu(d, srcu, 0, &data) &&
	       member_ptr(d, data, SRCU_DATA_OF, &of) && of == srcu;
}

kaddr_t srcu_of_waiter(struct dump *d, const struct task *t, const uint64_t *stack,
		       size_t n)
{
	size_t i;

	if (!layout_has_all(d, SRCU_DATA_BASE, SRCU_DATA_OF))
		return 0;
	for (i = 0; i < n && !dump_interrupted(d); i++)
		if (!(stack[i] % sizeof(kaddr_t)) &&
		    (stack[i] < t->stack || stack[i] - t->stack >= t->stack_size) &&
		    is_srcu(d, stack[i]))
			return stack[i];
	return 0;
}

/* Who leaves counts up, too, perhaps on another CPU. */
static bool count_readers(struct dump *d, kaddr_t srcu, int64_t *readers)
{
	uint64_t entered[INDICES], left[INDICES], sum = 0;
	unsigned int cpu, i;
	kaddr_t data;

	if (!layout_has_all(d, SRCU_DATA_ENTERED, SRCU_DATA_LEFT))
		return false;
	for (cpu = 0; cpu < d->info.cpus; cpu++) {
		if (!dump_has_cpu(d, cpu))
			continue;
		if (!data_of_cpu(d, srcu, cpu, &data) ||
		    dump_read(d, member_addr(d, data, SRCU_DATA_ENTERED), entered,
			      sizeof(entered)) != DUMP_OK ||
		    dump_read(d, member_addr(d, data, SRCU_DATA_LEFT), left,
			      sizeof(left)) != DUMP_OK)
			return false;
		for (i = 0; i < INDICES; i++)
			sum += entered[i] - left[i];
	}
	*readers = (int64_t)sum;
	return *readers >= 0 && *readers < READERS_MAX;
}

void srcu_owner(struct dump *d, kaddr_t srcu, struct lock_owner *o)
{
	memset(o, 0, sizeof(*o));
	o->known = true;
	/* Where they are not counted as was known, somebody is waited for all the same. */
	if (!count_readers(d, srcu, &o->holders))
		o->holders = -1;
	o->readers = o->holders != 0;
}
