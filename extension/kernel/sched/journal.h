/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jbd2's journals: a thread of each commits its transactions, and a transaction cannot be
 * committed while somebody has a handle of it.
 */
#ifndef VGPU_JOURNAL_H
#define VGPU_JOURNAL_H

#include "task.h"

struct journal {
	kaddr_t addr;	     /* struct journal_s; 0: there is none */
	struct task *thread; /* that commits */
};

/* The journal that a wait queue is part of. */
bool journal_around(struct dump *d, struct tasks *tasks, kaddr_t queue,
		    struct journal *j);

struct handle_owners {
	VEC(struct task *) all;
};
/* Who has a handle of one of its transactions. */
void journal_handles(struct dump *d, struct tasks *tasks, const struct journal *j,
		     struct handle_owners *owners);

#endif
