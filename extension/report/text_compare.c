// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu compare A B`: what two dumps share is said once. */
#include "compare.h"

#include <string.h>

#include "base/text.h"
#include "text_writer.h"
#include "triage_words.h"

#define INDENT 10
#define CACHES_SHOWN 12

static void row(FILE *out, const char *heading, const char *a, const char *b)
{
	if (!strcmp(a, b)) {
		text_wrapf(out, heading, INDENT, "%s", *a ? a : "none");
		return;
	}
	text_wrapf(out, heading, INDENT, "A: %s", *a ? a : "none");
	text_wrapf(out, "", INDENT, "B: %s", *b ? b : "none");
}

/* Of each side the same is said. */
static void rows(FILE *out, const struct compared *c, const char *heading,
		 const char *(*words)(const struct compared_side *s))
{
	const char *a = words(&c->side[0]);

	row(out, heading, a, words(&c->side[1]));
}

const struct verdict *compared_verdict(const struct compared_side *s)
{
	return s->t->verdicts.all.v[0];
}

const char *compared_chain(const struct compared_side *s)
{
	const struct verdict *v = compared_verdict(s);
	struct arena *a = s->f->arena;
	const struct node *n;
	const char *all = "";
	size_t i;

	for (i = 0; i < v->chain.n; i++) {
		n = v->chain.v[i];
		all = arena_printf(a, "%s%s%s%s%s", all, i ? " -> " : "",
				   n->task ? n->task->comm : node_kind_name(n->kind),
				   n->work && !n->task ? " " : "",
				   n->work && !n->task ? n->work->function : "");
	}
	return all;
}

static const char *file(const struct compared_side *s)
{
	return s->f->info->about->files.n ? s->f->info->about->files.v[0] : "";
}

static const char *kernel(const struct compared_side *s)
{
	return arena_printf(s->f->arena, "%s %s", s->f->info->release,
			    s->f->info->machine);
}

static const char *build(const struct compared_side *s)
{
	return s->f->machine.version[0] ? s->f->machine.version : "not known";
}

static const char *uptime(const struct compared_side *s)
{
	return arena_printf(s->f->arena, "%s", text_seconds(facts_uptime(s->f)));
}

static const char *machine(const struct compared_side *s)
{
	const struct facts *f = s->f;
	const struct machine *m = &f->machine;

	return arena_printf(f->arena, "%s%s%u CPU%s%s%s", m->node, m->node[0] ? ", " : "",
			    f->info->cpus, PLURAL(f->info->cpus),
			    m->memory ? ", memory: " : "",
			    m->memory ? text_mib(f->arena, m->memory) : "");
}

static const char *modules(const struct compared_side *s)
{
	const char *letters = taint_string(s->f), *foreign = foreign_words(s->f);

	return arena_printf(s->f->arena, "%s%s%s", letters,
			    *foreign ? "; modules from outside the kernel: " : "",
			    foreign);
}

static const char *headline(const struct compared_side *s)
{
	return headline_words(s->f, compared_verdict(s));
}

static const char *culprit(const struct compared_side *s)
{
	const struct culprit *c = &compared_verdict(s)->culprit;

	return c->kind == CULPRIT_NONE ? "nobody" : culprit_words(s->f, c);
}

static const char *fired(const struct compared_side *s)
{
	return fired_words(s->f);
}

static const char *signature(const struct compared_side *s)
{
	return s->t->signature.hash;
}

static const char *score(const struct compared_side *s)
{
	return arena_printf(s->f->arena, "%d of 100", s->t->score.total);
}

static const char *hung(const struct compared_side *s)
{
	return arena_printf(s->f->arena,
			    "%zu in uninterruptible sleep, %zu behind the verdict",
			    s->f->nblocked, compared_verdict(s)->victims.n);
}

static const char *queues(const struct compared_side *s)
{
	const struct gpus *gpus = &s->f->gpus;
	const struct virtqueue *vq;
	const char *all = "";
	size_t i, k;

	for (i = 0; i < gpus->all.n; i++)
		for (k = 0; k < gpus->all.v[i].vqs.all.n; k++) {
			vq = &gpus->all.v[i].vqs.all.v[k];
			all = arena_printf(s->f->arena, "%s%s%s of %s: ", all,
					   *all ? "; " : "", vq->name,
					   gpus->all.v[i].name);
			all = vq->counted
				      ? arena_printf(
						s->f->arena,
						"%s%u in flight, %u answered and not "
						"fetched, %u descriptors",
						all, vq->in_flight, vq->completed,
						vq->num)
				      : arena_printf(s->f->arena, "%snot counted", all);
		}
	return all;
}

static const char *kilobytes(struct arena *a, uint64_t bytes)
{
	return arena_printf(a, "%llu kB", COUNT(bytes >> 10));
}

static void slabs(FILE *out, const struct compared *c)
{
	const struct slab_growths *g = c->slabs;
	const struct slab_growth *r;
	bool less;
	size_t i;

	if (!g) {
		text_wrapf(out, "SLABS", INDENT, "%s", c->no_slabs);
		return;
	}
	row(out, "SLABS", kilobytes(c->arena, g->bytes[0]),
	    kilobytes(c->arena, g->bytes[1]));
	if (!g->all.n)
		return;
	fprintf(out, "%10s %10s %10s %10s %12s  %s\n", "OBJECTS A", "B", "KB A", "B",
		"CHANGE", "CACHE");
	for (i = 0; i < g->all.n && i < CACHES_SHOWN; i++) {
		r = &g->all.v[i];
		less = r->bytes[1] < r->bytes[0];
		fprintf(out, "%10llu %10llu %10llu %10llu %c%11llu  %s\n",
			COUNT(r->objects[0]), COUNT(r->objects[1]),
			COUNT(r->bytes[0] >> 10), COUNT(r->bytes[1] >> 10),
			less ? '-' : '+',
			COUNT((less ? r->bytes[0] - r->bytes[1]
				    : r->bytes[1] - r->bytes[0]) >>
			      10),
			r->name);
	}
	if (g->all.n > i)
		text_wrapf(out, "", INDENT, "and %zu more caches that differ",
			   g->all.n - i);
}

static void unread(FILE *out, const struct compared *c)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (c->side[i].f->notes->n)
			text_wrapf(out, i ? "" : "UNREAD", INDENT,
				   "%c: %zu notes of what could not be read: vgpu %s",
				   "AB"[i], c -> side[i].f->notes->n, file(&c->side[i]));
}

void text_compare(FILE *out, const struct compared *c)
{
	rows(out, c, "DUMP", file);
	rows(out, c, "KERNEL", kernel);
	rows(out, c, "BUILD", build);
	rows(out, c, "MACHINE", machine);
	rows(out, c, "TAINT", modules);
	rows(out, c, "UPTIME", uptime);
	rows(out, c, "FIRED", fired);
	rows(out, c, "VERDICT", headline);
	rows(out, c, "CULPRIT", culprit);
	rows(out, c, "CHAIN", compared_chain);
	rows(out, c, "TASKS", hung);
	rows(out, c, "SIGNATURE", signature);
	rows(out, c, "SCORE", score);
	rows(out, c, "QUEUES", queues);
	slabs(out, c);
	unread(out, c);
}
