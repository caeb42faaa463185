// SPDX-License-Identifier: GPL-2.0-or-later
/* Which machine it was, what its memory holds, and how this core is looked at. */
#include "handout.h"

#include <stdlib.h>
#include <string.h>

#include "debuginfo.h"
#include "text_writer.h"
#include "told_words.h"
#include "triage_words.h"

#define FILES_MAX 16
#define MODULES_MAX 100
#define CACHES_MAX 16
#define USERS_MAX 10

/* ---- the machine ---------------------------------------------------------------------- */

bool handout_has_machine(const struct handout *h)
{
	(void)h;
	return true;
}

static void taints(struct handout *h)
{
	const struct machine *m = &h->f->machine;
	unsigned int bit;

	if (m->taint_known && !m->taint)
		sheet_pair(&h->sheet, "Tainted", "no");
	for (bit = 0; m->taint_known && bit < 64; bit++) {
		if (!(m->taint >> bit & 1) || !taint_words(bit))
			continue;
		sheet_pair(&h->sheet, "Tainted", "%c: %s", taint_letter(bit),
			   taint_words(bit));
	}
}

static void foreign_modules(struct handout *h)
{
	static const struct column columns[] = {{"Module", CELL_CODE},
						{"Taints the kernel as", CELL_TEXT},
						{"Bytes", CELL_NUMBER}};
	const struct modules *all = &h->f->modules;
	size_t i, n = 0;

	sheet_table(&h->sheet, "Modules from outside the kernel", columns,
		    ARRAY_SIZE(columns));
	for (i = 0; i < all->all.n; i++) {
		if (!module_is_foreign(&all->all.v[i]) || n++ >= MODULES_MAX)
			continue;
		sheet_cell(&h->sheet, "%s", all->all.v[i].name);
		sheet_cell(&h->sheet, "%s",
			   taints_of_module(h->f->arena, all->all.v[i].taints));
		sheet_cell(&h->sheet, "%llu", COUNT(module_size(&all->all.v[i])));
	}
	if (n > MODULES_MAX)
		sheet_quiet(&h->sheet, "and %zu more", n - MODULES_MAX);
}

static void core_file(struct handout *h)
{
	const struct dump_about *about = h->f->info->about;
	struct sheet *s = &h->sheet;
	size_t i;

	for (i = 0; i < about->files.n && i < FILES_MAX; i++)
		sheet_pair_code(s, "Core", "%s", about->files.v[i]);
	sheet_pair(s, "Format", "%s", about->format ? about->format : "");
	if (about->filter_level >= 0)
		sheet_pair(s, "Filtered", "level %d%s%s", about->filter_level,
			   about->filtered_by ? ", by " : "",
			   about->filtered_by ? about->filtered_by : "");
	if (about->small)
		sheet_pair(s, "Small", "cut to --level %s from %llu pages%s",
			   small_level_word(about->small->level),
			   COUNT(about->small->pages),
			   about->small->blank ? ", names and the log taken out" : "");
	if (about->partial > 0)
		sheet_pair(s, "Partial",
			   "%lld of the kernel's own pages that should be there are not",
			   (long long)about->partial);
	sheet_pair(s, "Read by", "vgpu %s%s%s", VGPU_VERSION,
		   about->crash ? ", with " : "", about->crash ? about->crash : "");
}

void handout_machine(struct handout *h)
{
	const struct facts *f = h->f;
	const struct machine *m = &f->machine;
	struct sheet *s = &h->sheet;

	sheet_pair(s, "Node", "%s", handout_node(h));
	sheet_pair(s, "Kernel", "%s", handout_kernel(h));
	sheet_pair(s, "Version", "%s", m->version);
	if (f->info->crash_time > 0)
		sheet_pair(s, "Crashed", "%s", text_date(f->info->crash_time));
	if (facts_uptime(f) >= 0)
		sheet_pair(s, "Up for", "%s", text_seconds(facts_uptime(f)));
	if (f->text)
		sheet_pair(s, "It is", "%s", text_is_words(f));
	if (f->info->cpus)
		sheet_pair(s, "CPUs", "%u", f->info->cpus);
	if (m->memory)
		sheet_pair(s, "Memory", "%llu MiB", COUNT(m->memory >> 20));
	if (m->load_known)
		sheet_pair(s, "Load", "%.2f, %.2f, %.2f", m->load[0], m->load[1],
			   m->load[2]);
	if (f->tasks.all.n)
		sheet_pair(s, "Tasks", "%zu", f->tasks.all.n);
	taints(h);
	core_file(h);
	foreign_modules(h);
}

/* ---- memory ------------------------------------------------------------------------------ */

bool handout_has_memory(const struct handout *h)
{
	return h->f->memory.counted || h->f->memory.caches.all.n;
}

static void counters(struct handout *h)
{
	const struct memory *m = &h->f->memory;
	struct arena *a = h->f->arena;
	struct sheet *s = &h->sheet;

	if (!m->counted)
		return;
	sheet_pair(s, "Managed by the kernel", "%s", text_mib(a, m->total));
	sheet_pair(s, "Free", "%s", text_mib(a, m->free));
	sheet_pair(s, "Anonymous", "%s", text_mib(a, m->anon));
	sheet_pair(s, "Shared memory and tmpfs", "%s (GEM objects are)",
		   text_mib(a, m->shmem));
	sheet_pair(s, "Other files", "%s",
		   text_mib(a, m->file > m->shmem ? m->file - m->shmem : 0));
	sheet_pair(s, "Slabs", "%s", text_mib(a, m->slab));
}

struct sized_cache {
	const struct slab_cache *cache;
	uint64_t bytes;
};

static int largest_first(const void *a, const void *b)
{
	const struct sized_cache *x = a, *y = b;
	int order = compare(y->bytes, x->bytes);

	return order ? order : compare(x->cache->addr, y->cache->addr);
}

/* "" where the whole is not known. */
static const char *share_of(struct arena *a, uint64_t part, uint64_t whole)
{
	return whole ? arena_printf(a, "%.0f %%", 100.0 * (double)part / (double)whole)
		     : "";
}

static const char *room_for(struct arena *a, const struct slab_cache *c)
{
	return c->counted ? arena_printf(a, "%llu", COUNT(c->total_objects)) : "";
}

static void caches(struct handout *h)
{
	static const struct column columns[] = {{"Slab cache", CELL_CODE},
						{"Bytes", CELL_NUMBER},
						{"Of all slabs", CELL_NUMBER},
						{"Object's size", CELL_NUMBER},
						{"Room for objects", CELL_NUMBER}};
	const struct memory *m = &h->f->memory;
	size_t i, n = m->cache_bytes ? m->caches.all.n : 0;
	struct sized_cache *v = arena_alloc(h->f->arena, (n + 1) * sizeof(*v));
	struct sheet *s = &h->sheet;

	for (i = 0; i < n; i++)
		v[i] = (struct sized_cache){&m->caches.all.v[i], m->cache_bytes[i]};
	if (n)
		qsort(v, n, sizeof(*v), largest_first);
	sheet_table(s, "The largest slab caches", columns, ARRAY_SIZE(columns));
	for (i = 0; i < n && i < CACHES_MAX && v[i].bytes; i++) {
		sheet_cell(s, "%s", v[i].cache->name);
		sheet_cell(s, "%s", text_mib(h->f->arena, v[i].bytes));
		sheet_cell(s, "%s", share_of(h->f->arena, v[i].bytes, m->slab));
		sheet_cell(s, "%u", v[i].cache->object_size);
		sheet_cell(s, "%s", room_for(h->f->arena, v[i].cache));
	}
}

/* Read only when memory ran out. */
static void users(struct handout *h)
{
	static const struct column columns[] = {{"Process", CELL_TEXT},
						{"Anonymous", CELL_NUMBER},
						{"Files", CELL_NUMBER},
						{"Shared memory", CELL_NUMBER},
						{"GEM objects", CELL_NUMBER}};
	const struct memory *m = &h->f->memory;
	struct arena *a = h->f->arena;
	struct sheet *s = &h->sheet;
	size_t i;

	sheet_table(s, "Processes that hold most", columns, ARRAY_SIZE(columns));
	for (i = 0; i < m->users.n && i < USERS_MAX; i++) {
		sheet_cell(s, "%s, pid %d", m->users.v[i].task->comm,
			   m->users.v[i].task->pid);
		sheet_cell(s, "%s", text_mib(a, m->users.v[i].anon));
		sheet_cell(s, "%s", text_mib(a, m->users.v[i].file));
		sheet_cell(s, "%s", text_mib(a, m->users.v[i].shmem));
		sheet_cell(s, "%s", text_mib(a, m->users.v[i].gem));
	}
}

void handout_memory(struct handout *h)
{
	counters(h);
	users(h);
	caches(h);
}

/* ---- this core ----------------------------------------------------------------------------- */

bool handout_has_open(const struct handout *h)
{
	return !h->f->text && h->f->info->about->files.n > 0;
}

/* A name that a shell takes as it is. */
static bool is_plain(const char *name)
{
	return *name && *name != '-' &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789/._+,:=@%-")] == '\0';
}

void handout_open(struct handout *h)
{
	const char *file = h->f->info->about->files.v[0];
	const char *core = is_plain(file) ? file : "CORE";
	const char *package = debuginfo_package(h->f);
	struct sheet *s = &h->sheet;

	sheet_block(s, BLOCK_OPEN, "With vgpu, which needs nothing but the core");
	sheet_line(s, "vgpu %s", core);
	sheet_line(s, "vgpu %s hung", core);
	sheet_line(s, "vgpu %s bt -a", core);
	sheet_line(s, "vgpu --prompt %s", core);
	sheet_line(s, "vgpu %s --extract small.core", core);
	sheet_block(s, BLOCK_OPEN, "With crash, which needs the kernel's vmlinux");
	sheet_line(s, "crash vmlinux %s", core);
	sheet_line(s, "crash> extend vgpu.so");
	sheet_line(s, "crash> vgpu");
	if (*package)
		sheet_quiet(s, "The vmlinux is in the package %s.", package);
	sheet_quiet(s, "A check names what shows it: behind vgpu and the core, or at the "
		       "prompt of the program that this was made with.");
}
