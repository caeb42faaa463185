// SPDX-License-Identifier: GPL-2.0-or-later
#include "waiting.h"

struct fake *(*const waiting_kernels[3])(void) = {fake_4_19_arm64, fake_5_10, fake_6_1};

int waiting_setup(void **state)
{
	struct fake *(*const *create)(void) = *state;

	*state = (*create)();
	return 0;
}

int waiting_teardown(void **state)
{
	fake_destroy(*state);
	return 0;
}

void waiting_find(struct fake *f, struct tasks *tasks, kaddr_t task, struct wait *wait,
		  const char *first, const char *second)
{
	struct frame frames[2] = {{.function = first, .module = ""},
				  {.function = second, .module = ""}};
	struct stack stack = {.v = frames, .n = 2, .complete = true};
	struct workqueues wqs = {.by_cpu = NULL};
	struct rcu rcu = {.kthread = NULL};
	struct wait_finder finder;

	fake_task_state(f, task, TASK_STATE_UNINTERRUPTIBLE);
	memset(tasks, 0, sizeof(*tasks));
	tasks_read(fake_dump(f), tasks);
	wait_finder_init(&finder, fake_dump(f), tasks, &wqs, &rcu);
	wait_find(&finder, task_by_addr(tasks, task), &stack, wait);
}

kaddr_t waiting_place(struct fake *f, kaddr_t task, size_t below)
{
	fake_id_set(f, task, TASK_THREAD_SP, fake_stack_top(f, task) - 0x200);
	return fake_stack_top(f, task) - below;
}

kaddr_t waiting_entry(struct fake *f, kaddr_t task, size_t below, kaddr_t queue)
{
	kaddr_t entry = waiting_place(f, task, below);

	fake_id_set(f, entry, WAIT_ENTRY_PRIVATE, task);
	fake_list_add_tail(f, fake_id_at(f, queue, WAIT_HEAD_LIST),
			   fake_id_at(f, entry, WAIT_ENTRY_LIST));
	return entry;
}
