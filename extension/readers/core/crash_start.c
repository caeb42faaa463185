// SPDX-License-Identifier: GPL-2.0-or-later
#include "crash_start.h"

#include <stdio.h>

#include "dump/idr.h"
#include "dump/layout.h"
#include "dump/module.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab_cache.h"
#include "kernel/sched/task.h"

/* Larger than any that is read here: what says to be more is not believed. */
#define RANGE_MAX (64ull << 20)
#define NODES_MAX 1024
#define NAME_BYTES 64
#define TABLE_MAX 8192

/* What of it cannot be read, crash cannot either. */
static void ask(const struct core_parts *p, kaddr_t from, uint64_t size)
{
	size_t page = p->d->info.page_size;
	kaddr_t at = from & ~(kaddr_t)(page - 1);
	char byte;

	if (!from || size > RANGE_MAX)
		return;
	for (; at < from + size && !dump_interrupted(p->d); at += page)
		space_read(p->space, at, &byte, 1);
}

static void ask_between(const struct core_parts *p, const char *from, const char *to)
{
	kaddr_t start, end;

	if (dump_symbol(p->d, from, &start) && dump_symbol(p->d, to, &end) && end > start)
		ask(p, start, end - start);
}

static void ask_type(const struct core_parts *p, const char *type, kaddr_t at)
{
	long size;

	if (p->d->ops->type_size(p->d, type, &size) && size > 0)
		ask(p, at, (uint64_t)size);
}

/* ---- the kernel's own variables --------------------------------------------------- */

/* A constant table, and the names that it points to. */
static void ask_names(const struct core_parts *p, const char *table)
{
	kaddr_t at, word;
	long size, i;

	if (!dump_symbol(p->d, table, &at) ||
	    !p->d->ops->variable_size(p->d, table, &size) || size > TABLE_MAX)
		return;
	for (i = 0; i + (long)sizeof(word) <= size; i += (long)sizeof(word))
		if (dump_u64(p->d, at + (uint64_t)i, &word) && word >> 63)
			ask(p, word, NAME_BYTES);
}

/* Of its constants those that are variables until it has booted, and what names bits. */
static void ask_constants(const struct core_parts *p)
{
	ask_between(p, "__start_ro_after_init", "__end_ro_after_init");
	ask_names(p, "pageflag_names");
	ask_names(p, "task_state_array");
}

static void ask_percpu(const struct core_parts *p)
{
	kaddr_t start, end, at;
	unsigned int cpu;

	if (!dump_symbol(p->d, "__per_cpu_start", &start) ||
	    !dump_symbol(p->d, "__per_cpu_end", &end) || end < start)
		return;
	for (cpu = 0; cpu < p->d->info.cpus; cpu++)
		if (dump_percpu(p->d, cpu, start, &at))
			ask(p, at, end - start);
}

static void ask_image(const struct core_parts *p)
{
	ask_constants(p);
	ask_between(p, "_sdata", "_edata");
	ask_between(p, "__bss_start", "__bss_stop");
	ask_percpu(p);
}

/* ---- text ------------------------------------------------------------------------------ */

#define FUNCTION_MAX (64u << 10)

/* crash looks how these begin, to know how stacks are laid out. */
static void ask_functions(const struct core_parts *p)
{
	static const char *const names[] = {"sys_open", "sys_read",	    "sys_write",
					    "sys_fork", "do_futex",	    "_do_fork",
					    "vfs_read", "common_interrupt", "do_IRQ"};
	static const char *const prefixes[] = {"", "__x64_", "__arm64_"};
	char name[64];
	kaddr_t at;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		for (k = 0; k < ARRAY_SIZE(prefixes); k++) {
			snprintf(name, sizeof(name), "%s%s", prefixes[k], names[i]);
			if (dump_symbol(p->d, name, &at))
				ask(p, at, p->d->info.page_size);
		}
	ask_between(p, "__sched_text_start", "__sched_text_end");
}

/* And at the calls of a backtrace: what is on a stack, from its function's start on. */
static void ask_text_of(const struct core_parts *p, const struct task *t,
			const unsigned char *stack)
{
	struct dump_symbol sym;
	size_t i;

	for (i = 0; i + sizeof(kaddr_t) <= t->stack_size; i += sizeof(kaddr_t)) {
		kaddr_t word = load_u64(stack + i);

		if (word >> 63 && dump_symbol_at(p->d, word, &sym) && sym.offset &&
		    sym.offset < FUNCTION_MAX)
			ask(p, word - sym.offset, sym.offset + 1);
	}
}

static void ask_text(const struct core_parts *p, const struct tasks *tasks)
{
	unsigned char *stack;
	size_t i;

	ask_functions(p);
	if (!tasks->stack_size || tasks->stack_size > TASK_STACK_MAX)
		return;
	stack = arena_alloc(p->d->arena, tasks->stack_size);
	for (i = 0; i < tasks->all.n; i++)
		if (dump_read(p->d, tasks->all.v[i].stack, stack, tasks->stack_size) ==
		    DUMP_OK)
			ask_text_of(p, &tasks->all.v[i], stack);
}

/* ---- tasks ------------------------------------------------------------------------ */

/* For the sizes that `ps` shows. */
static void ask_memory_maps(const struct core_parts *p, const struct tasks *tasks)
{
	kaddr_t mm;
	size_t i;

	for (i = 0; i < tasks->all.n; i++)
		if (member_ptr(p->d, tasks->all.v[i].addr, TASK_MM, &mm))
			ask_type(p, "mm_struct", mm);
}

static void ask_tasks(const struct core_parts *p)
{
	struct tasks tasks = {0};
	const struct task *t;

	if (!tasks_read(p->d, &tasks))
		return;
	for (t = tasks.all.v; t < tasks.all.v + tasks.all.n; t++) {
		ask(p, t->addr, (uint64_t)layout_size(p->d, TASK));
		ask(p, t->stack, t->stack_size);
	}
	ask_memory_maps(p, &tasks);
	ask_text(p, &tasks);
}

/* By which crash finds tasks. */
static void ask_pids(const struct core_parts *p)
{
	struct ids ids = {0};
	long offset, size;
	kaddr_t ns;
	size_t i;

	if (!dump_symbol(p->d, "init_pid_ns", &ns) ||
	    !p->d->ops->member(p->d, "pid_namespace", "idr", false, &offset, &size) ||
	    !idr_read(p->d, ns + (uint64_t)offset, "the table of pids", &ids))
		return;
	for (i = 0; i < ids.all.n; i++)
		ask_type(p, "pid", ids.all.v[i].ptr);
}

/* ---- modules, memory --------------------------------------------------------------- */

static void ask_modules(const struct core_parts *p)
{
	struct modules modules = {0};
	size_t i, k;

	modules_read(p->d, &modules);
	for (i = 0; i < modules.all.n; i++) {
		const struct module *m = &modules.all.v[i];

		ask_type(p, "module", m->addr);
		for (k = 0; k < MODULE_PARTS_MAX; k++)
			ask(p, m->parts[k].start, m->parts[k].end - m->parts[k].start);
	}
}

static void ask_caches(const struct core_parts *p)
{
	struct slab_caches caches = {0};
	size_t i;

	if (!slab_caches_read(p->d, p->d->arena, &caches))
		return;
	for (i = 0; i < caches.all.n; i++)
		ask_type(p, "kmem_cache", caches.all.v[i].addr);
}

/* The whole table, which crash reads at once. */
static void ask_sections(const struct core_parts *p)
{
	const struct dump_info *info = &p->d->info;
	uint64_t size = (uint64_t)layout_size(p->d, MEM_SECTION);
	struct pages pages;
	kaddr_t table;

	pages_init(&pages, p->d, p->d->arena);
	if (size && info->physmem_bits > info->section_bits &&
	    dump_symbol_u64(p->d, "mem_section", &table))
		ask(p, table,
		    (1ull << (info->physmem_bits - info->section_bits)) * size /
			    info->page_size * sizeof(kaddr_t));
}

static void ask_nodes(const struct core_parts *p)
{
	kaddr_t array, node;
	size_t i;

	if (!dump_symbol(p->d, "node_data", &array))
		return;
	for (i = 0; i < NODES_MAX; i++)
		if (dump_u64(p->d, array + i * sizeof(node), &node) && node)
			ask_type(p, "pglist_data", node);
		else
			break;
}

void crash_start_read(const struct core_parts *p)
{
	ask_image(p);
	space_read_tables(p->space, p->d->arena);
	ask_tasks(p);
	ask_pids(p);
	ask_modules(p);
	ask_caches(p);
	ask_sections(p);
	ask_nodes(p);
}
