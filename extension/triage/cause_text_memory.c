// SPDX-License-Identifier: GPL-2.0-or-later
/* What a text tells of memory: kmemleak's reports, SLUB's traces, tables of caches. */
#include <string.h>

#include "base/text.h"
#include "judge.h"

#define FEW 10
#define STACKS_SAID 4
#define CACHES_SAID 4
/* kmemleak's own records: as many as there are objects, and no leak. */
#define OWN_CACHE "kmemleak_object"
#define NOT_TOLD "a stack that is not told"
#define NO_STACK "stacks that were not printed whole, or mixed with those of other CPUs"

/* By what is allocated, which the stack says. */
static enum cause cause_of(const char *stack)
{
	static const char *const objects[] = {"virtio_gpu_object_create",
					      "virtio_gpu_alloc_object",
					      "virtio_gpu_create_object",
					      "drm_gem_shmem_create",
					      "drm_gem_object_init"};
	size_t i;

	if (strstr(stack, "virtio_gpu_fence_alloc") || strstr(stack, "dma_fence_init"))
		return CAUSE_FENCE_LEAK;
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		if (strstr(stack, objects[i]))
			return CAUSE_OBJECT_LEAK;
	return CAUSE_SLAB_LEAK;
}

static void advise_fence(struct judge *j, struct verdict *v, const char *stack)
{
	if (strstr(stack, "virtio_gpu_fence_alloc") &&
	    strstr(stack, "virtio_gpu_execbuffer_ioctl"))
		say_next(
			j, v,
			"See whether that kernel has commit 8b6ec999b198 (5.9, and stable "
			"trees): before it, virtio_gpu_execbuffer_ioctl() forgot to put each "
			"fence that it made.");
}

static void add_kmemleak(struct judge *j, struct verdict *v)
{
	const struct kmemleak_told *k = &j->f->text->kmemleak;
	const struct leak_told *l;
	size_t i;

	for (i = 0; i < k->all.n && i < STACKS_SAID; i++) {
		l = &k->all.v[i];
		add_for(j, v,
			say(j,
			    "kmemleak, line %zu: %zu object%s of %llu bytes, allocated by %s",
			    l->line, l->count, PLURAL(l->count), COUNT(l->size),
			    *l->stack ? l->stack : NOT_TOLD),
			0, LOOK(NONE));
	}
}

static void add_traced(struct judge *j, struct verdict *v)
{
	const struct slub_trace *s = &j->f->text->slub;
	const struct slub_stack *one;
	size_t i;

	for (i = 0; i < s->all.n && i < STACKS_SAID; i++) {
		one = &s->all.v[i];
		if (one->allocs == one->frees)
			break;
		add_for(j, v,
			say(j,
			    "SLUB's trace of %s, from line %zu on: %zu allocated and %zu of "
			    "them freed by %s",
			    one->cache, one->line->number, one->allocs, one->frees,
			    *one->stack ? one->stack : NO_STACK),
			0, LOOK(NONE));
	}
}

/* A free that the log lacks makes a leak of what is none. */
static void add_lacking(struct judge *j, struct verdict *v)
{
	const struct slub_trace *s = &j->f->text->slub;

	if (s->unseen)
		add_against(j, v,
			    say(j,
				"the log is not whole: %zu object%s freed in it nowhere, "
				"and the same address allocated again",
				s->unseen, s->unseen == 1 ? " was" : "s were"),
			    0, LOOK(NONE));
	if (s->dropped)
		add_against(
			j, v,
			say(j,
			    "%zu line%s of the log %s dropped while it was traced: frees "
			    "may be among them",
			    s->dropped, PLURAL(s->dropped),
			    s->dropped == 1 ? "was" : "were"),
			0, LOOK(NONE));
}

static void add_growth(struct judge *j, struct verdict *v)
{
	const struct text_facts *t = j->f->text;
	const struct slab_growth *g;
	size_t i, said = 0;

	for (i = 0; i < t->growths.all.n && said < CACHES_SAID; i++) {
		g = &t->growths.all.v[i];
		if (t->memory.ncaches < 2 || g->bytes[1] <= g->bytes[0] ||
		    !strcmp(g->name, OWN_CACHE))
			continue;
		add_for(j, v,
			say(j, "%s grew from %llu to %llu KiB, from %llu to %llu objects",
			    g->name, COUNT(g->bytes[0] >> 10), COUNT(g->bytes[1] >> 10),
			    COUNT(g->objects[0]), COUNT(g->objects[1])),
			0, LOOK(NONE));
		said++;
	}
}

static const struct slub_stack *most_left(const struct slub_trace *s)
{
	return s->all.n && s->all.v[0].allocs > s->all.v[0].frees ? &s->all.v[0] : NULL;
}

static void judge_kmemleak(struct judge *j, const struct leak_told *l)
{
	struct verdict *v = verdict_new(j, cause_of(l->stack),
					l->count < FEW
						? SURE_TEXT_KMEMLEAK + SURE_TEXT_FEW
						: SURE_TEXT_KMEMLEAK);

	v->summary =
		say(j,
		    "kmemleak lists %zu object%s that nothing refers to, %zu of them "
		    "allocated by %s%s%s.",
		    j->f->text->kmemleak.objects, PLURAL(j->f->text->kmemleak.objects),
		    l->count, *l->stack ? l->stack : NOT_TOLD, l->comm[0] ? ", for " : "",
		    l->comm);
	add_kmemleak(j, v);
	add_traced(j, v);
	add_growth(j, v);
	say_missing(
		j, v,
		"a core would tell which type they are of, what their bytes hold, and "
		"whether this build has a fix");
	advise_fence(j, v, l->stack);
}

/* The log has how many, and the list that says which is in another file. */
static void judge_counted(struct judge *j, const struct kmemleak_told *k)
{
	struct verdict *v = verdict_new(j, CAUSE_UNEXPLAINED, SURE_ONLY_FIRED);

	v->summary = say(
		j,
		"kmemleak suspects %zu object%s that nothing refers to, from line %zu "
		"on; which they are, and who allocated them, the log does not have.",
		k->suspected, PLURAL(k->suspected), k->suspected_line);
	add_growth(j, v);
	*(struct likeness *)vec_push(j->a, &v->like) =
		(struct likeness){CAUSE_SLAB_LEAK, SURE_TEXT_MAY_BE,
				  "kmemleak suspects a leak; some that it does are none"};
	say_missing(
		j, v,
		"/sys/kernel/debug/kmemleak would tell who allocated them, and a core "
		"whether nothing refers to them");
}

static void judge_traced(struct judge *j, const struct slub_stack *s)
{
	const struct slub_trace *all = &j->f->text->slub;
	size_t left = s->allocs - s->frees;
	/* As many as are left may have been freed by lines that the log lacks. */
	bool few = left < FEW || all->unseen || all->dropped;
	struct verdict *v =
		verdict_new(j, cause_of(s->stack),
			    few ? SURE_TEXT_TRACED + SURE_TEXT_FEW : SURE_TEXT_TRACED);

	v->summary =
		say(j,
		    "While %s was traced, %zu object%s of it %s allocated by %s and not "
		    "freed.",
		    s->cache, left, PLURAL(left), left == 1 ? "was" : "were",
		    *s->stack ? s->stack : NO_STACK);
	v->culprit.kind = CULPRIT_CACHE;
	v->culprit.name = s->cache;
	add_traced(j, v);
	add_growth(j, v);
	add_against(j, v, "what is in use at the end of a trace need not be lost", 0,
		    LOOK(NONE));
	add_lacking(j, v);
	say_missing(j, v, "a core would tell which of them nothing refers to");
	advise_fence(j, v, s->stack);
}

static void judge_tables(struct judge *j)
{
	const struct memory_told *m = &j->f->text->memory;
	struct verdict *v = verdict_new(j, CAUSE_UNEXPLAINED, SURE_ONLY_FIRED);
	struct likeness *l;

	v->summary =
		m->ncaches > 1 || m->nmeminfos > 1
			? "Tables of memory at several times: what grew is below, and "
			  "not who allocated it."
			: "A table of memory at one time: what is large is below, and "
			  "not whether it grows.";
	add_growth(j, v);
	say_missing(j, v,
		    "a core would tell who allocated the objects, and which of them "
		    "nothing refers to");
	if (!v->evidence.n)
		return;
	l = vec_push(j->a, &v->like);
	*l = (struct likeness){CAUSE_SLAB_LEAK, SURE_TEXT_MAY_BE,
			       "caches grew between the first table and the last"};
}

bool text_tells_of_memory(const struct facts *f)
{
	const struct text_facts *t = f->text;

	/* A number that no list goes with is told where the kernel complains of nothing. */
	if (t->kmemleak.suspected && !last_complaint(&f->log, ~0u))
		return true;
	return t->kmemleak.all.n || most_left(&t->slub) || t->memory.ncaches ||
	       t->memory.nmeminfos;
}

void judge_text_memory(struct judge *j)
{
	const struct text_facts *t = j->f->text;

	if (t->kmemleak.all.n)
		judge_kmemleak(j, &t->kmemleak.all.v[0]);
	else if (most_left(&t->slub))
		judge_traced(j, most_left(&t->slub));
	else if (t->kmemleak.suspected)
		judge_counted(j, &t->kmemleak);
	else
		judge_tables(j);
}
