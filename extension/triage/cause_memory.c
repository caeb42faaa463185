// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory: what leaked, and what holds it all when it ran out. */
#include "judge.h"
#include "leak_judge.h"

#include <string.h>

#include "base/text.h"

#define MIB (1024.0 * 1024.0)
/* Fewer lost objects than this are no leak that anybody notices. */
#define LEAK_OBJECTS 1000
#define LEAK_BYTES (1u << 20)
#define GPU_OBJECTS 100

/* As the kernel counts them. */
static unsigned long long pages(const struct judge *j, uint64_t bytes)
{
	return COUNT(bytes / j->f->info->page_size);
}

/* Behind a count of mm_struct.rss_stat, which its check shows without these. */
static const char *beside(const struct memory_user *u)
{
	return u->of_cpus ? " and what each CPU counts beside it" : "";
}

static const char *mib(struct judge *j, uint64_t bytes)
{
	return say(j, "%.1f MiB", (double)bytes / MIB);
}

static int percent(uint64_t part, uint64_t whole)
{
	return whole ? (int)(part * 100 / whole) : 0;
}

/* ---- what leaked ----------------------------------------------------------------- */

/* What every verdict on lost objects says: how many, an example, how far was looked. */
static void lost_words(struct judge *j, struct verdict *v, const struct leak_group *g)
{
	const struct leaks *l = j->f->leak_watch.leaks;
	uint64_t roots = l->roots.read + l->roots.excluded;

	add_for(j, v,
		say(j,
		    "nothing in the kernel's memory refers to %llu objects of %s, %s "
		    "(%llu of them are referred to by other lost objects alone); one is at "
		    "0x%llx",
		    COUNT(g->n), g->cache->name, mib(j, g->bytes), COUNT(g->held),
		    HEX(g->example)),
		g->example, LOOK(WORDS, .address = g->example, .n = 16));
	add_for(j, v,
		say(j,
		    "searched: %llu of %llu pages of slabs, %llu of %llu pages that the "
		    "kernel uses itself",
		    COUNT(l->slab_pages - l->slab_unread), COUNT(l->slab_pages),
		    COUNT(l->roots.read), COUNT(roots)),
		0, LOOK(LEAKS, .name = g->cache->name));
	if (leaks_unread(l))
		add_against(j, v,
			    say(j,
				"%llu pages that may hold a reference could not be read",
				COUNT(leaks_unread(l))),
			    0, LOOK(NONE));
	if (g->site)
		add_for(j, v,
			say(j, "allocated in %s, one of them by pid %d", g->site,
			    g->owner.pid),
			g->example, LOOK(OBJECT, .address = g->example));
	else
		say_missing(
			j, v,
			"who allocated them: SLUB kept no tracks (slub_debug=U would)");
	say_next(j, v, "See them all: " LOOK_HERE ".");
	say_look(j, v, LOOK(LEAKS, .name = g->cache->name));
}

#define EXECBUFFER "virtio_gpu_execbuffer_ioctl"

/*
 * The frame that asked for the fences, when it is known to be another path of the driver
 * than EXECBUFFER; owner.n: it is not.
 */
static size_t other_path(const struct leak_group *g)
{
	size_t i, from = g->owner.n;

	for (i = 0; i < g->owner.n; i++) {
		if (text_starts(g->frames[i], EXECBUFFER))
			return g->owner.n;
		if (text_starts(g->frames[i], "virtio_gpu_fence_alloc"))
			from = i + 1;
	}
	return from;
}

/* Nine of ten: a few fences were in flight. */
static bool nearly_all(uint64_t part, uint64_t whole)
{
	return part >= whole - whole / 10;
}

/* What each of the bugs leaves: fences that were used, and one reference of each. */
static bool fits_a_fix(const struct leak_group *g)
{
	return other_path(g) == g->owner.n &&
	       nearly_all(g->fences.signalled, g->fences.n) &&
	       nearly_all(g->fences.alone, g->fences.n);
}

/* The driver has what came upstream after the fix: so it should have that too. */
static void add_later_driver(struct judge *j, struct verdict *v)
{
	const struct gpu_driver_age *age = &j->f->leak_watch.age;

	if (age->uuid)
		add_against(
			j, v,
			say(j,
			    "upstream has had 8b6ec999b198 since 5.9, and this driver "
			    "has what came later (%s): so the put was lost again in "
			    "this build, or another path leaks in the same way",
			    age->ring_idx ? "fences of rings, 5.16"
					  : "resource UUIDs, 5.10"),
			age->execbuffer,
			LOOK(FUNCTION, .name = "virtio_gpu_execbuffer_ioctl"));
}

/* A fix that would do, by its title; false: this build has it, so that it does not. */
static bool propose_fix(struct judge *j, struct verdict *v, const char *id, bool likely,
			const char *title)
{
	const struct fix *build = fix_by_id(&j->f->fixes, id);
	enum build_state has = build ? build->build : BUILD_UNKNOWN;

	if (has == BUILD_HAS) {
		add_against(j, v,
			    say(j,
				"%s (%s) would fix it, and this build has that, by its "
				"code: %s. So another path leaks in the same way",
				id, title, build->why),
			    build->address, build->look);
		return false;
	}
	v->fix = id;
	v->build = build;
	v->summary = say(j, "%s  The fix is %s%s (%s).", v->summary,
			 likely && has != BUILD_LACKS ? "likely " : "", id, title);
	if (has == BUILD_LACKS)
		add_for(j, v,
			say(j, "this build lacks %s, by its code: %s", id, build->why),
			build->address, build->look);
	return true;
}

/* Which upstream fix is it?  By what the driver has, never by its version. */
static void name_fix(struct judge *j, struct verdict *v, const struct leak_group *g)
{
	const struct gpu_driver_age *age = &j->f->leak_watch.age;
	const struct fence_census *f = &g->fences;
	uint64_t range = f->highest - f->lowest + 1;
	bool each = f->n >= range / 2;

	if (age->submit && !each) {
		if (propose_fix(j, v, "3f26bb732cc1", true,
				"drm/virtio: fix dma_fence refcount leak on error in "
				"virtio_gpu_dma_fence_wait()"))
			add_against(j, v,
				    "3f26bb732cc1 fixes waits for in-fences that fail; "
				    "that any did is not known from the dump",
				    0, LOOK(NONE));
		return;
	}
	if (age->submit) {
		propose_fix(j, v, "4556b93f6c02", true,
			    "drm/virtio: clean out_fence on complete_submit");
		add_against(
			j, v,
			"only 6.5 up to 6.5.5 lacked 4556b93f6c02, as far as is known", 0,
			LOOK(NONE));
		return;
	}
	if (propose_fix(j, v, "8b6ec999b198", age->uuid || !each,
			"drm/virtio: fix missing dma_fence_put() in "
			"virtio_gpu_execbuffer_ioctl()") &&
	    (!v->build || v->build->build != BUILD_LACKS))
		add_later_driver(j, v);
	if (!each)
		add_against(j, v,
			    say(j,
				"not each submission leaks: %llu fences of %llu numbers",
				COUNT(f->n), COUNT(range)),
			    0, LOOK(NONE));
}

/* "virtio_gpu_resource_flush+0x1c [virtio_gpu]" without the offset. */
static const char *function_of(struct judge *j, const char *frame)
{
	const char *module = strchr(frame, ' ');

	return say(j, "%.*s%s", (int)strcspn(frame, "+ "), frame, module ? module : "");
}

static void blame_driver(struct judge *j, struct verdict *v, const struct leak_group *g)
{
	size_t other = other_path(g);

	v->culprit.kind = CULPRIT_FUNCTION;
	/* A vendor may have built the driver into his kernel. */
	v->culprit.name = j->f->gpus.builtin ? EXECBUFFER : EXECBUFFER " [virtio_gpu]";
	v->culprit.address = j->f->leak_watch.age.execbuffer;
	if (other < g->owner.n) {
		v->culprit.name = function_of(j, g->frames[other]);
		v->culprit.address = g->owner.stack[other];
	}
}

static void judge_fences(struct judge *j, const struct leak_group *g)
{
	const struct fence_census *f = &g->fences;
	struct verdict *v = verdict_new(j, CAUSE_FENCE_LEAK,
					leak_confidence(j->f->leak_watch.leaks, g));

	blame_driver(j, v, g);
	v->summary = say(j,
			 "The virtio-gpu driver leaked %llu fences (%s in %s): %s "
			 "signalled, and nothing refers to them any more.",
			 COUNT(f->n), mib(j, g->bytes), g->cache->name,
			 f->signalled == f->n
				 ? "they are"
				 : say(j, "%llu of them are", COUNT(f->signalled)));
	lost_words(j, v, g);
	add_for(j, v,
		say(j,
		    "of these fences %llu are signalled, %llu have one reference left "
		    "though nobody has it, %llu are off the device's list; their numbers "
		    "go from %llu to %llu",
		    COUNT(f->signalled), COUNT(f->alone), COUNT(f->unlinked),
		    COUNT(f->lowest), COUNT(f->highest)),
		g->example, LOOK(WORDS, .address = g->example, .n = 16));
	if (f->alone < f->n)
		add_against(
			j, v,
			say(j,
			    "%llu have another number of references than one, which a "
			    "put that is missing once does not explain",
			    COUNT(f->n - f->alone)),
			0, LOOK(NONE));
	if (fits_a_fix(g))
		name_fix(j, v, g);
	else
		say_missing(
			j, v,
			"which fix it needs: no known fault of the driver leaves fences "
			"like these");
}

static bool is_gpu_object(const struct leak_group *g)
{
	switch (g->kind) {
	case KIND_SYNC_FILE:
	case KIND_OBJECT_ARRAY:
	case KIND_INDIRECT_TABLE:
	case KIND_MEM_ENTRIES:
	case KIND_DMA_FENCE:
	case KIND_FENCE_POINTERS:
		return true;
	default:
		return strstr(g->type, "virtio_gpu_") != NULL;
	}
}

static void judge_group(struct judge *j, const struct leak_group *g)
{
	struct verdict *v;

	if (slab_cache_is_debugging(g->cache))
		return;
	if (g->kind == KIND_GPU_FENCE && g->fences.n >= GPU_OBJECTS) {
		judge_fences(j, g);
		return;
	}
	if (g->kept)
		return;
	if (is_gpu_object(g) ? g->n < GPU_OBJECTS
			     : g->n < LEAK_OBJECTS || g->bytes < LEAK_BYTES)
		return;
	v = verdict_new(j, is_gpu_object(g) ? CAUSE_OBJECT_LEAK : CAUSE_SLAB_LEAK,
			leak_confidence(j->f->leak_watch.leaks, g));
	v->culprit.kind = CULPRIT_CACHE;
	v->culprit.name = g->cache->name;
	v->culprit.address = g->cache->addr;
	v->summary = say(j, "%llu objects of %s are leaked, %s: %s%s%s.", COUNT(g->n),
			 g->cache->name, mib(j, g->bytes), g->type,
			 g->site ? ", allocated in " : "", g->site ? g->site : "");
	lost_words(j, v, g);
}

void judge_leaks(struct judge *j)
{
	const struct leak_watch *w = &j->f->leak_watch;
	size_t i;

	for (i = 0; w->leaks && i < w->groups.all.n; i++)
		judge_group(j, &w->groups.all.v[i]);
}

/* Those that every fault of the driver leaves. */
static bool advise_search_of_fences(struct judge *j)
{
	const struct leak_watch *w = &j->f->leak_watch;
	const struct fence_census *f = &w->fences;
	const char *cache;

	if (f->alone < WATCH_FENCES || f->signalled < WATCH_FENCES)
		return false;
	cache = j->f->memory.caches.all.v[w->fence_cache].name;
	say_next(
		j, j->out->all.v[0],
		"Of %llu virtio-gpu fences, most in %s, %llu are signalled and %llu have one "
		"reference left; this dump is too large for vgpu to search it "
		"unasked: " LOOK_HERE " says whether they are leaked.",
		COUNT(f->n), cache, COUNT(f->signalled), COUNT(f->alone));
	say_look(j, j->out->all.v[0], LOOK(LEAKS, .name = cache));
	return true;
}

void advise_search(struct judge *j)
{
	const struct leak_watch *w = &j->f->leak_watch;
	const struct memory *m = &j->f->memory;
	const struct slab_cache *c;

	if (w->leaks || !m->slab || !j->out->all.n || advise_search_of_fences(j) ||
	    w->large == SLAB_NO_CACHE)
		return;
	c = &m->caches.all.v[w->large];
	say_next(
		j, j->out->all.v[0],
		"%s has %s, %d %% of all slabs; this dump is too large for vgpu to search "
		"it unasked: " LOOK_HERE " says whether they are leaked.",
		c->name, mib(j, m->cache_bytes[w->large]),
		percent(m->cache_bytes[w->large], m->slab));
	say_look(j, j->out->all.v[0], LOOK(LEAKS, .name = c->name));
}

/* ---- what holds the memory ---------------------------------------------------------- */

static void totals(struct judge *j, struct verdict *v)
{
	const struct memory *m = &j->f->memory;

	if (!m->counted)
		return;
	add_for(j, v,
		say(j,
		    "of %s, %s were free, %s anonymous, %s shared memory and tmpfs (GEM "
		    "objects are), %s other files, %s slabs",
		    mib(j, m->total), mib(j, m->free), mib(j, m->anon), mib(j, m->shmem),
		    mib(j, m->file > m->shmem ? m->file - m->shmem : 0), mib(j, m->slab)),
		0, LOOK(MEMORY));
}

/* Half of memory is sure, a fifth is worth a name. */
static int share_confidence(int share)
{
	return share >= 50   ? SURE_HOLDS_HALF
	       : share >= 35 ? SURE_HOLDS_A_THIRD
	       : share >= 20 ? SURE_HOLDS_A_FIFTH
			     : 0;
}

static void blame_user(struct judge *j, struct verdict *v, const struct memory_user *u)
{
	uint64_t total = j->f->memory.total;
	bool gem = u->gem > u->anon;

	blame_task(j, v, u->task, -1);
	v->holds = gem ? "gpu-objects" : "anonymous";
	v->confidence = share_confidence(percent(memory_user_bytes(u), total));
	v->summary = say(j, "Memory ran out: %s holds %s of %s%s.", who(j, u->task),
			 mib(j, memory_user_bytes(u)), mib(j, total),
			 gem ? " in virtio-gpu objects" : "");
	if (gem)
		add_for(j, v,
			say(j,
			    "%s has handles of %llu virtio-gpu objects of %s in all; they "
			    "cannot be reclaimed while the handles are open",
			    who(j, u->task), COUNT(u->gem_objects), mib(j, u->gem)),
			u->task->addr, LOOK(COMMAND, .name = "obj"));
	if (u->anon >= LEAK_BYTES || !gem)
		add_for(j, v,
			say(j, "%s has %s of anonymous memory: %llu pages, rss_stat[1]%s",
			    who(j, u->task), mib(j, u->anon), pages(j, u->anon),
			    beside(u)),
			u->mm, LOOK_AT("mm_struct.rss_stat", u->mm));
	say_next(
		j, v,
		gem ? "Find out why %s keeps so many GPU objects: handles that it never "
		      "closes, or a cache without a bound."
		    : "Find out why %s needs so much; bound it (ulimit, a memory cgroup).",
		who(j, u->task));
}

static void blame_cache(struct judge *j, struct verdict *v, size_t i)
{
	const struct memory *m = &j->f->memory;
	const struct slab_cache *c = &m->caches.all.v[i];

	v->culprit.kind = CULPRIT_CACHE;
	v->culprit.name = c->name;
	v->culprit.address = c->addr;
	v->confidence = share_confidence(percent(m->cache_bytes[i], m->total));
	v->summary = say(j, "Memory ran out: the slab cache %s holds %s of %s.", c->name,
			 mib(j, m->cache_bytes[i]), mib(j, m->total));
	add_for(j, v,
		say(j, "%s has %llu slabs with %llu objects", c->name, COUNT(c->nr_slabs),
		    COUNT(c->total_objects)),
		c->addr, LOOK_AT("kmem_cache", c->addr));
	say_next(j, v,
		 "See what its objects are: " LOOK_HERE
		 "; whether they are lost: " LOOK_HERE ".");
	say_look(j, v, LOOK(TYPES, .name = c->name));
	say_look(j, v, LOOK(LEAKS, .name = c->name));
}

/* caches.all.n: none. */
static size_t largest_cache(const struct memory *m)
{
	size_t i, most = m->caches.all.n;

	for (i = 0; i < m->caches.all.n; i++)
		if (!slab_cache_is_debugging(&m->caches.all.v[i]) &&
		    (most == m->caches.all.n || m->cache_bytes[i] > m->cache_bytes[most]))
			most = i;
	return most;
}

/* What a kernel built to find faults pays for that is nobody's fault. */
static void debugging(struct judge *j, struct verdict *v)
{
	const struct memory *m = &j->f->memory;
	const struct slab_cache *c;
	size_t i;

	for (i = 0; i < m->caches.all.n; i++) {
		c = &m->caches.all.v[i];
		if (slab_cache_is_debugging(c) &&
		    percent(m->cache_bytes[i], m->total) >= 10)
			add_against(
				j, v,
				say(j,
				    "%s holds %s: what a tool of this kernel needs to "
				    "watch all objects, and gives back with them",
				    c->name, mib(j, m->cache_bytes[i])),
				c->addr, LOOK_AT("kmem_cache", c->addr));
	}
}

/* More of it is in objects than in what it has mapped. */
static bool is_in_objects(const struct memory_user *u)
{
	return u->gem > u->shmem && u->gem > u->anon;
}

static const char *held_too(struct judge *j, const struct memory_user *u)
{
	if (is_in_objects(u))
		return say(j, "%s holds %s too, %s of it in virtio-gpu objects",
			   who(j, u->task), mib(j, memory_user_bytes(u)), mib(j, u->gem));
	return say(j,
		   "%s holds %s too: %llu anonymous pages, rss_stat[1], and %llu of "
		   "shared memory, rss_stat[3]%s",
		   who(j, u->task), mib(j, memory_user_bytes(u)), pages(j, u->anon),
		   pages(j, u->shmem), beside(u));
}

static struct look look_held(const struct memory_user *u)
{
	return is_in_objects(u) ? LOOK(COMMAND, .name = "obj")
				: LOOK_AT("mm_struct.rss_stat", u->mm);
}

/* Others that hold a tenth or more: they are part of it.  The first may be named already. */
static void others(struct judge *j, struct verdict *v, bool but_first)
{
	const struct memory *m = &j->f->memory;
	size_t i;

	for (i = but_first; i < m->users.n && i < 4; i++)
		if (percent(memory_user_bytes(&m->users.v[i]), m->total) >= 10)
			add_against(j, v, held_too(j, &m->users.v[i]), m->users.v[i].mm,
				    look_held(&m->users.v[i]));
}

/* Files that most of memory is: in no other place than there, or not given back. */
static void blame_no_file(struct judge *j, struct verdict *v, uint64_t files,
			  uint64_t shmem)
{
	bool shared = shmem >= files / 2;

	v->summary = say(j, "Memory ran out: %s of %s are %s.",
			 mib(j, shared ? shmem : files), mib(j, j->f->memory.total),
			 shared ? "shared memory: files of a tmpfs, or objects of a GPU"
				: "files that were not given back");
	say_missing(j, v, "whose files they are");
	say_next(j, v,
		 shared ? "Look for what fills a tmpfs (df -t tmpfs, /dev/shm)" LOOK_ASIDE
			  "."
			: "See whether a disk does not take what was written, or who has "
			  "locked them (Mlocked in meminfo)" LOOK_ASIDE ".");
	say_look(j, v, LOOK(MEMORY));
}

/* The kernel's own pages are what is left when all others are counted. */
static void blame_no_page(struct judge *j, struct verdict *v, uint64_t kernel)
{
	const struct memory *m = &j->f->memory;

	v->summary = say(j,
			 "Memory ran out: %s of %s are the kernel's own pages, which no "
			 "process, file or slab has.",
			 mib(j, kernel), mib(j, m->total));
	add_for(j, v,
		say(j,
		    "%s are neither free, nor a process's, a file's, or in slabs: page "
		    "tables, stacks, vmalloc (%s), and what drivers have allocated by "
		    "the page",
		    mib(j, kernel), m->vmalloc ? mib(j, m->vmalloc) : "not counted"),
		0, LOOK(MEMORY));
	say_missing(j, v, "who allocated them: the kernel keeps that with page_owner=on");
	say_next(j, v,
		 "Boot with page_owner=on, and read /sys/kernel/debug/page_owner and "
		 "/proc/vmallocinfo on the machine as it fills" LOOK_ASIDE ".");
	say_look(j, v, LOOK(MEMORY));
}

/*
 * The kernel counts them all, and of which caches they are is not known: its allocator is not
 * SLUB, or it counts none of them and their pages cannot be read.
 */
static uint64_t unnamed_slabs(const struct memory *m)
{
	uint64_t named = 0;
	size_t i;

	for (i = 0; i < m->caches.all.n; i++)
		named += m->cache_bytes[i];
	return m->counted && m->slab > named ? m->slab - named : 0;
}

static void blame_no_cache(struct judge *j, struct verdict *v, uint64_t slabs)
{
	v->summary = say(j, "Memory ran out: %s of %s are in slabs.", mib(j, slabs),
			 mib(j, j->f->memory.total));
	say_missing(j, v, "which slab cache has them");
	say_next(j, v,
		 "See which cache grows in /proc/slabinfo as the machine fills" LOOK_ASIDE
		 ".");
	say_look(j, v, LOOK(MEMORY));
}

/* What the machine had before the host took some of it back. */
static uint64_t given(const struct memory *m)
{
	return m->total + m->balloon;
}

/* As much as its share of that is worth a name, and nobody has more. */
static bool balloon_has_most(const struct memory *m, uint64_t others)
{
	return m->counted && m->balloon > others &&
	       share_confidence(percent(m->balloon, given(m)));
}

static struct look look_balloon(const struct memory *m)
{
	return LOOK(NUMBERS, .type = "u64", .address = m->balloon_at, .n = 1);
}

static void blame_balloon(struct judge *j, struct verdict *v)
{
	const struct memory *m = &j->f->memory;

	v->culprit.kind = CULPRIT_HOST;
	v->culprit.name = "balloon";
	v->confidence = share_confidence(percent(m->balloon, given(m)));
	v->summary = say(j,
			 "Memory ran out: the host has taken %s back by the memory "
			 "balloon, and left %s.",
			 mib(j, m->balloon), mib(j, m->total));
	add_for(j, v,
		say(j,
		    "the balloon has %s, %llu pages, which its driver has given to the host "
		    "and not got back; each CPU counts them (BALLOON_INFLATE), this one most",
		    mib(j, m->balloon), pages(j, m->balloon)),
		m->balloon_at, look_balloon(m));
	say_next(j, v,
		 "Give the guest more, and see why the host took it: virsh dommemstat "
		 "GUEST; virsh setmem GUEST SIZE. A balloon with deflate-on-oom is given "
		 "back when memory runs out.");
}

/* Less than somebody else has; with it, he might have had enough. */
static void balloon_beside(struct judge *j, struct verdict *v)
{
	const struct memory *m = &j->f->memory;

	if (v->culprit.kind != CULPRIT_HOST && percent(m->balloon, given(m)) >= 10)
		add_against(j, v,
			    say(j,
				"the host has taken %s back by the memory balloon, %llu "
				"pages: of the CPUs that count them this one has most",
				mib(j, m->balloon), pages(j, m->balloon)),
			    m->balloon_at, look_balloon(m));
}

/* That would be worth a name. */
static void nobody(struct judge *j, struct verdict *v)
{
	say_next(j, v, "See what holds it: " LOOK_HERE ", " LOOK_HERE ".");
	say_look(j, v, LOOK(MEMORY));
	say_command(j, v, "slab");
}

void judge_exhausted(struct judge *j, struct verdict *v)
{
	const struct memory *m = &j->f->memory;
	const struct memory_user *u = m->users.n ? &m->users.v[0] : NULL;
	size_t cache = largest_cache(m);
	uint64_t slab = cache < m->caches.all.n ? m->cache_bytes[cache] : 0;
	uint64_t files = memory_of_files(m, u), kernel = memory_of_kernel(m);
	uint64_t named = u && memory_user_bytes(u) > slab ? memory_user_bytes(u) : slab;
	uint64_t unnamed = files > kernel ? files : kernel, slabs = unnamed_slabs(m);
	uint64_t most = unnamed > named ? unnamed : named;

	v->summary = "The kernel ran out of memory.";
	totals(j, v);
	if (balloon_has_most(m, slabs > most ? slabs : most))
		blame_balloon(j, v);
	else if (slabs > most && share_confidence(percent(slabs, m->total)))
		blame_no_cache(j, v, slabs);
	else if (unnamed > named && share_confidence(percent(unnamed, m->total)) &&
		 files > kernel)
		blame_no_file(j, v, files, memory_of_shmem(m, u));
	else if (unnamed > named && share_confidence(percent(unnamed, m->total)))
		blame_no_page(j, v, kernel);
	else if (u && memory_user_bytes(u) >= slab &&
		 share_confidence(percent(memory_user_bytes(u), m->total)))
		blame_user(j, v, u);
	else if (slab && share_confidence(percent(slab, m->total)))
		blame_cache(j, v, cache);
	else
		nobody(j, v);
	others(j, v, v->culprit.kind == CULPRIT_TASK);
	balloon_beside(j, v);
	debugging(j, v);
}
