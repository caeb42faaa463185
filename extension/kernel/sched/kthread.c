// SPDX-License-Identifier: GPL-2.0-or-later
#include "kthread.h"

#include "dump/layout.h"

struct task *kthread_by_completion(struct dump *d, struct tasks *tasks,
				   kaddr_t completion)
{
	struct task *t;
	kaddr_t own;
	size_t i;

	if (!layout_has_all(d, TASK_KTHREAD, KTHREAD_EXITED, KTHREAD_PARKED))
		return NULL;
	for (i = 0; i < tasks->all.n && !dump_interrupted(d); i++) {
		t = &tasks->all.v[i];
		if (!t->kthread || !member_ptr(d, t->addr, TASK_KTHREAD, &own) || !own)
			continue;
		if (completion == member_addr(d, own, KTHREAD_EXITED) ||
		    completion == member_addr(d, own, KTHREAD_PARKED))
			return t;
	}
	return NULL;
}
