/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of the CPUs that RCU waits for; in the facts' arena, or static. */
#ifndef VGPU_RCU_WORDS_H
#define VGPU_RCU_WORDS_H

#include "facts/facts.h"

/*
 * What has interrupted the task of a CPU and keeps it: "my_timer+0xa [foo]", and in what
 * "a timer's function".  NULL: nothing that is known.
 */
const char *rcu_interrupter(const struct facts *f, const struct grace_period *gp,
			    const struct runqueue *rq, const char **what);

#endif
