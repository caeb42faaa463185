// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwound.h"

struct unwinder *unwinder_of(struct fake *f)
{
	static struct modules modules;

	modules_read(fake_dump(f), &modules);
	return unwinder_create(fake_dump(f), &modules);
}

struct stack unwound(struct fake *f, kaddr_t task)
{
	static struct tasks tasks;
	struct stack s;

	assert_true(tasks_read(fake_dump(f), &tasks));
	unwind_task(unwinder_of(f), task_by_addr(&tasks, task), &s);
	return s;
}

void assert_stack(const struct stack *s, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < s->n; i++)
		assert_string_equal(s->v[i].function, names[i]);
	assert_int_equal(s->n, n);
}

void assert_why(const struct stack *s, const char *part)
{
	assert_false(s->complete);
	assert_non_null(s->why);
	assert_contains(s->why, part);
}

kaddr_t write_note(struct fake *f, unsigned int cpu, int pid)
{
	kaddr_t notes, note;

	notes = fake_percpu_alloc(f, 512);
	fake_u64(f, fake_variable(f, "crash_notes", 8), notes);
	note = fake_percpu(f, cpu, notes);
	fake_u32(f, note, 5);
	fake_u32(f, note + 4, 336);
	fake_u32(f, note + 8, 1);
	fake_string(f, note + 12, "CORE");
	/* struct elf_prstatus: pr_pid, pr_reg */
	fake_u32(f, note + 20 + 32, (uint32_t)pid);
	return note + 20 + 112;
}
