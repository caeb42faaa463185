// SPDX-License-Identifier: GPL-2.0-or-later
#include "kthread.h"

#include "dump/layout.h"

static void add(struct dump *d, struct keyed *threads, kaddr_t completion, struct task *t)
{
	if (!keyed_get(threads, completion))
		keyed_put(d->arena, threads, completion, t);
}

void kthreads_by_completion(struct dump *d, struct tasks *tasks, struct keyed *threads)
{
	struct task *t;
	kaddr_t own;
	size_t i;

	if (!layout_has_all(d, TASK_KTHREAD, KTHREAD_EXITED, KTHREAD_PARKED))
		return;
	for (i = 0; i < tasks->all.n && !dump_interrupted(d); i++) {
		t = &tasks->all.v[i];
		if (!t->kthread || !member_ptr(d, t->addr, TASK_KTHREAD, &own) || !own)
			continue;
		add(d, threads, member_addr(d, own, KTHREAD_EXITED), t);
		add(d, threads, member_addr(d, own, KTHREAD_PARKED), t);
	}
}
