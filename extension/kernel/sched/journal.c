// SPDX-License-Identifier: GPL-2.0-or-later
#include "journal.h"

#include <string.h>

#include "base/text.h"
#include "dump/layout.h"

/* Where jbd2's types are not known; it has been smaller than this in all releases. */
#define JOURNAL_MAX 2048

/* What the thread was started with; where the kernel keeps that, which function, too. */
static kaddr_t journal_of_thread(struct dump *d, const struct task *t)
{
	struct dump_symbol sym;
	kaddr_t own, main, data;

	if (!t->kthread || !member_ptr(d, t->addr, TASK_KTHREAD, &own) || !own ||
	    !member_ptr(d, own, KTHREAD_DATA, &data))
		return 0;
	if (!layout_has(d, KTHREAD_MAIN))
		return text_starts(t->comm, "jbd2/") ? data : 0;
	return member_ptr(d, own, KTHREAD_MAIN, &main) && dump_symbol_at(d, main, &sym) &&
			       !sym.offset && !strcmp(sym.name, "kjournald2")
		       ? data
		       : 0;
}

bool journal_around(struct dump *d, struct tasks *tasks, kaddr_t queue, struct journal *j)
{
	kaddr_t addr, size;
	size_t i;

	memset(j, 0, sizeof(*j));
	dump_load_module(d, "jbd2", NULL);
	size = layout_has(d, JOURNAL) ? (kaddr_t)layout_size(d, JOURNAL) : JOURNAL_MAX;
	if (!queue || !layout_has_all(d, TASK_KTHREAD, KTHREAD_DATA))
		return false;
	for (i = 0; i < tasks->all.n && !dump_interrupted(d); i++) {
		addr = journal_of_thread(d, &tasks->all.v[i]);
		if (!addr || queue < addr || queue - addr >= size)
			continue;
		j->addr = addr;
		j->thread = &tasks->all.v[i];
		return true;
	}
	return false;
}

/* Other file systems keep things of their own in there, which are no handles. */
static bool has_handle(struct dump *d, const struct task *t, kaddr_t journal)
{
	kaddr_t handle, transaction, of;

	return member_ptr(d, t->addr, TASK_JOURNAL_INFO, &handle) && handle &&
	       member_ptr(d, handle, HANDLE_TRANSACTION, &transaction) && transaction &&
	       member_ptr(d, transaction, TRANSACTION_JOURNAL, &of) && of == journal;
}

void journal_handles(struct dump *d, struct tasks *tasks, const struct journal *j,
		     struct handle_owners *owners)
{
	size_t i;

	if (!layout_has_all(d, TASK_JOURNAL_INFO, HANDLE_TRANSACTION,
			    TRANSACTION_JOURNAL))
		return;
	for (i = 0; i < tasks->all.n && !dump_interrupted(d); i++)
		if (has_handle(d, &tasks->all.v[i], j->addr))
			*vec_push(d->arena, &owners->all) = &tasks->all.v[i];
}
