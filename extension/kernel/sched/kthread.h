/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel threads that somebody waits for. */
#ifndef VGPU_KTHREAD_H
#define VGPU_KTHREAD_H

#include "task.h"

/* Whose exit, or parking, the completion tells; NULL: no thread's. */
struct task *kthread_by_completion(struct dump *d, struct tasks *tasks,
				   kaddr_t completion);

#endif
