/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel threads that somebody waits for. */
#ifndef VGPU_KTHREAD_H
#define VGPU_KTHREAD_H

#include "base/keyed.h"
#include "task.h"

/* Each thread, by the completions that tell of its exit and of its parking. */
void kthreads_by_completion(struct dump *d, struct tasks *tasks, struct keyed *threads);

#endif
