// SPDX-License-Identifier: GPL-2.0-or-later
#include "edges.h"

#include <string.h>

const char *node_kind_name(enum node_kind kind)
{
	static const char *const names[] = {
		[NODE_TASK] = "task",
		[NODE_MUTEX] = "mutex",
		[NODE_RWSEM] = "rwsem",
		[NODE_SEMAPHORE] = "semaphore",
		[NODE_PERCPU_RWSEM] = "percpu-rwsem",
		[NODE_SPINLOCK] = "spinlock",
		[NODE_SRCU] = "srcu",
		[NODE_COMPLETION] = "completion",
		[NODE_WAIT_QUEUE] = "waitqueue",
		[NODE_FENCE] = "fence",
		[NODE_IO] = "io",
		[NODE_BIT] = "bit",
		[NODE_DISK] = "disk",
		[NODE_WORK] = "work",
		[NODE_POOL] = "pool",
		[NODE_WORKER] = "worker",
		[NODE_CPU] = "cpu",
		[NODE_CGROUP] = "cgroup",
		[NODE_VIRTQUEUE] = "virtqueue",
		[NODE_GRACE] = "grace-period",
		[NODE_INTERRUPT] = "interrupt",
		[NODE_HOST] = "host",
	};

	return names[kind];
}

/* ---- nodes -------------------------------------------------------------- */

static size_t slot_of(const struct graph *g, enum node_kind kind, kaddr_t address)
{
	uint64_t h = (address ^ (uint64_t)kind << 56) * 0x9e3779b97f4a7c15ull;
	size_t i = (size_t)(h >> 32) % g->room;

	while (g->table[i] &&
	       (g->table[i]->kind != kind || g->table[i]->address != address))
		i = (i + 1) % g->room;
	return i;
}

static void rehash(struct graph *g)
{
	size_t i;

	arena_drop(g->arena, g->table);
	g->room = g->room ? g->room * 2 : 64;
	g->table = arena_alloc(g->arena, g->room * sizeof(struct node *));
	for (i = 0; i < g->nodes.n; i++)
		g->table[slot_of(g, g->nodes.v[i]->kind, g->nodes.v[i]->address)] =
			g->nodes.v[i];
}

/* The node for this thing; *is_new when it has just been made. */
static struct node *node_get(struct graph *g, enum node_kind kind, kaddr_t address,
			     bool *is_new)
{
	struct node *n;
	size_t i;

	if (g->nodes.n * 2 >= g->room)
		rehash(g);
	i = slot_of(g, kind, address);
	*is_new = !g->table[i];
	if (!*is_new)
		return g->table[i];
	n = arena_alloc(g->arena, sizeof(*n));
	n->kind = kind;
	n->place = g->nodes.n;
	n->address = address;
	n->name = n->title = "";
	n->id = arena_printf(g->arena, "%s:0x%llx", node_kind_name(kind), HEX(address));
	g->table[i] = n;
	*vec_push(g->arena, &g->nodes) = n;
	return n;
}

struct node *want(struct build *b, enum node_kind kind, kaddr_t address, bool *is_new)
{
	struct node *n = node_get(b->g, kind, address, is_new);

	if (*is_new)
		*vec_push(b->g->arena, &b->todo) = n;
	return n;
}

/* A name that says by itself what it is of. */
void name_node(struct node *n, const char *name)
{
	n->name = n->title = name;
}

struct edge *link_to(struct graph *g, struct node *from, struct node *to, kaddr_t address,
		     struct look look, const char *why, ...)
{
	struct edge *e = arena_alloc(g->arena, sizeof(*e));
	va_list ap;

	va_start(ap, why);
	e->why = arena_vprintf(g->arena, why, ap);
	va_end(ap);
	e->from = from;
	e->to = to;
	e->address = address;
	e->look = look;
	*vec_push(g->arena, &from->out) = e;
	*vec_push(g->arena, &g->edges) = e;
	return e;
}

/* ---- where the ways end --------------------------------------------------- */

static struct node *next_of(const struct node *n)
{
	return n->out.v[0]->to;
}

static void find_circle(struct node *in)
{
	struct node *low = in, *n;

	for (n = next_of(in); n != in; n = next_of(n))
		if (n->address < low->address)
			low = n;
	do {
		n->root = low;
		n->in_circle = true;
		n = next_of(n);
	} while (n != in);
}

/* Each node is passed twice at most, however many ways lead over it. */
static void find_root(struct graph *g, struct node *from)
{
	const struct node *root;
	struct node *n = from;

	for (g->mark++; !n->root && n->out.n && n->mark != g->mark; n = next_of(n))
		n->mark = g->mark;
	if (!n->root && n->out.n)
		find_circle(n);
	else if (!n->root)
		n->root = n;
	for (root = n->root; !from->root; from = next_of(from))
		from->root = root;
}

bool graph_is_starved(const struct facts *f, const struct task *t)
{
	return task_wants_cpu(t) && t->since_s >= STUCK_S && !facts_is_ours(f, t);
}

static bool somebody_sleeps_long(const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->nblocked; i++)
		if (f->studied.v[i]->task->since_s >= STUCK_S &&
		    task_is_hung_state(f->studied.v[i]->task) &&
		    !facts_is_frozen(f, f->studied.v[i]->task))
			return true;
	return false;
}

static void want_starved(struct build *b)
{
	size_t i;

	for (i = 0; i < b->f->tasks.all.n; i++)
		if (graph_is_starved(b->f, &b->f->tasks.all.v[i]))
			want_task(b, &b->f->tasks.all.v[i]);
}

void graph_build(struct graph *g, const struct facts *f)
{
	struct build b = {.g = g, .f = f};
	struct node *n;
	size_t i;

	memset(g, 0, sizeof(*g));
	g->arena = f->arena;
	for (i = 0; i < f->nblocked; i++)
		want_task(&b, f->studied.v[i]->task);
	if (!somebody_sleeps_long(f))
		want_starved(&b);
	for (i = 0; i < b.todo.n; i++) {
		n = b.todo.v[i];
		if (n->task)
			out_of_task(&b, n);
		else if (n->work)
			out_of_work(&b, n);
		else if (n->pool)
			out_of_pool(&b, n);
		else if (n->rq)
			out_of_cpu(&b, n);
		else if (n->grace)
			out_of_grace(&b, n);
		else if (n->vq)
			out_of_queue(&b, n);
		else if (n->irq)
			out_of_irq(&b, n);
		else if (n->disk)
			out_of_disk(&b, n);
	}
	for (i = 0; i < g->nodes.n; i++)
		find_root(g, g->nodes.v[i]);
}

struct node *graph_task(const struct graph *g, const struct task *t)
{
	struct node *n;

	if (!g->room)
		return NULL;
	n = g->table[slot_of(g, NODE_TASK, t->addr)];
	return n ? n : g->table[slot_of(g, NODE_WORKER, t->addr)];
}

void graph_chain(struct graph *g, struct node *from, size_t max, struct chain *c)
{
	struct node *n = from;

	c->n = 0;
	g->mark++;
	while (n && n->mark != g->mark && c->n < max) {
		n->mark = g->mark;
		*vec_push(g->arena, c) = n;
		n = n->out.n ? next_of(n) : NULL;
	}
	for (c->cycle = 0; c->cycle < c->n; c->cycle++)
		if (n && c->v[c->cycle] == n)
			break;
}

const struct edge *graph_edge(const struct node *from, const struct node *to)
{
	size_t i;

	for (i = 0; i < from->out.n; i++)
		if (from->out.v[i]->to == to)
			return from->out.v[i];
	return NULL;
}
