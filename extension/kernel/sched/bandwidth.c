// SPDX-License-Identifier: GPL-2.0-or-later
#include "bandwidth.h"

#include "base/text.h"
#include "dump/layout.h"

/* Deeper than anybody nests cgroups. */
#define LEVELS_MAX 64
/* A quota that is none (RUNTIME_INF). */
#define NO_QUOTA UINT64_MAX
/* NAME_MAX, and its NUL. */
#define NAME_SIZE 256

/* ---- the group ------------------------------------------------------------ */

/* "/desk/session": up to the root, whose name is empty. */
static const char *cgroup_path(struct dump *d, kaddr_t group)
{
	kaddr_t cgroup, kn, parent, name;
	const char *path = "";
	char text[NAME_SIZE];
	size_t levels = 0;

	if (!layout_has_all(d, TG_CGROUP, CGROUP_KN, KN_NAME, KN_PARENT) ||
	    !member_ptr(d, group, TG_CGROUP, &cgroup) || !cgroup ||
	    !member_ptr(d, cgroup, CGROUP_KN, &kn))
		return "";
	for (; kn && levels < LEVELS_MAX; kn = parent, levels++) {
		if (!member_ptr(d, kn, KN_PARENT, &parent) ||
		    !member_ptr(d, kn, KN_NAME, &name))
			return "";
		if (!parent)
			return path;
		if (!dump_string(d, name, text, sizeof(text)))
			return "";
		path = arena_printf(d->arena, "/%s%s", text_escaped(d->arena, text),
				    path);
	}
	return "";
}

static struct quota_group *read_group(struct object *o, kaddr_t addr)
{
	struct quota_group *g;

	if (!obj_read(o, TASK_GROUP, addr)) {
		dump_unread(o->d, "task_group at 0x%llx", HEX(addr));
		return NULL;
	}
	if (obj_u64(o, TG_QUOTA) == NO_QUOTA || !obj_u64(o, TG_PERIOD))
		return NULL;
	g = arena_alloc(o->d->arena, sizeof(*g));
	g->addr = addr;
	g->quota = obj_u64(o, TG_QUOTA);
	g->period = obj_u64(o, TG_PERIOD);
	g->runtime = obj_u64(o, TG_RUNTIME);
	g->periods = obj_u64(o, TG_NR_PERIODS);
	g->throttled = obj_u64(o, TG_NR_THROTTLED);
	g->path = cgroup_path(o->d, addr);
	return g;
}

/* NULL: it has no quota, so it holds nobody back. */
static struct quota_group *group_get(struct dump *d, kaddr_t addr, struct quotas *quotas)
{
	struct quota_group *g = keyed_get(&quotas->by_addr, addr);
	struct object o;

	if (g)
		return g;
	obj_init(&o, d);
	g = read_group(&o, addr);
	obj_done(&o);
	if (!g)
		return NULL;
	*vec_push(d->arena, &quotas->groups) = g;
	keyed_put(d->arena, &quotas->by_addr, addr, g);
	return g;
}

/* ---- from the task up ------------------------------------------------------ */

/* A group's run queue on the CPU whose rq this is. */
static bool read_cfs_rq(struct object *o, kaddr_t addr, kaddr_t rq)
{
	if (!obj_read(o, CFS_RQ, addr)) {
		dump_unread(o->d, "cfs_rq at 0x%llx", HEX(addr));
		return false;
	}
	if (obj_u64(o, CFS_RQ_RQ) == rq)
		return true;
	dump_note(o->d, "cfs_rq at 0x%llx is not one of the task's CPU", HEX(addr));
	return false;
}

/* Which of two leaves less of a CPU? */
static bool is_narrower(const struct quota_group *a, const struct quota_group *b)
{
	return (double)a->quota / (double)a->period <
	       (double)b->quota / (double)b->period;
}

static void take_level(struct object *o, struct quotas *quotas, struct throttle *th)
{
	struct quota_group *g = group_get(o->d, obj_u64(o, CFS_RQ_TG), quotas);

	if (!g || (th->group && !is_narrower(g, th->group)))
		return;
	th->group = g;
	th->cfs_rq = o->addr;
	th->remaining = obj_s64(o, CFS_RQ_REMAINING);
	th->clock = obj_u64(o, CFS_RQ_THROTTLED_CLOCK);
}

/*
 * A run queue's throttle_count is how many are held back of its group and those above,
 * so a group is held back by its own quota where the count of the one above is less.
 * cfs_rq.throttled says the same, but is a bit beside another since 6.18.
 */
static bool walk_up(const struct task *t, kaddr_t rq, struct quotas *quotas,
		    struct object *o, struct object *up, struct throttle *th)
{
	struct object *swap;
	struct dump *d = o->d;
	uint64_t count, above;
	kaddr_t se, cfs_rq;
	size_t levels;

	if (!member_ptr(d, t->addr, TASK_SE_CFS_RQ, &cfs_rq) ||
	    !member_ptr(d, t->addr, TASK_SE_PARENT, &se)) {
		dump_unread(d, "run queue of pid %d", t->pid);
		return false;
	}
	if (!cfs_rq || !read_cfs_rq(o, cfs_rq, rq))
		return false;
	for (levels = 0; levels < LEVELS_MAX; levels++) {
		count = obj_u64(o, CFS_RQ_THROTTLE_COUNT);
		above = 0;
		if (se) {
			if (!member_ptr(d, se, SE_CFS_RQ, &cfs_rq) ||
			    !read_cfs_rq(up, cfs_rq, rq) ||
			    !member_ptr(d, se, SE_PARENT, &se))
				return th->group != NULL;
			above = obj_u64(up, CFS_RQ_THROTTLE_COUNT);
		}
		if (count > above)
			take_level(o, quotas, th);
		if (!above)
			break;
		swap = o;
		o = up;
		up = swap;
	}
	return th->group != NULL;
}

static bool find_throttle(struct dump *d, const struct task *t, kaddr_t rq,
			  struct quotas *quotas, struct throttle *th)
{
	struct object o, up;
	bool found;

	obj_init(&o, d);
	obj_init(&up, d);
	found = walk_up(t, rq, quotas, &o, &up, th);
	obj_done(&o);
	obj_done(&up);
	return found;
}

/*
 * Since 6.18 who is in the kernel runs on, with what he holds, and is held back on his
 * way to user mode: e1fad12dcb66, "sched/fair: Switch to task based throttle model".
 */
static bool may_run_on(struct dump *d, const struct task *t)
{
	uint64_t throttled;

	return layout_has(d, TASK_THROTTLED) &&
	       !(member_u64(d, t->addr, TASK_THROTTLED, &throttled) && throttled);
}

struct throttle *throttle_find(struct dump *d, const struct task *t, kaddr_t rq,
			       struct quotas *quotas)
{
	struct throttle found = {0}, *th;

	quotas->known = layout_has_all(d, CFS_RQ, CFS_RQ_RQ, CFS_RQ_TG,
				       CFS_RQ_THROTTLE_COUNT, TASK_SE_CFS_RQ,
				       TASK_SE_PARENT, SE_CFS_RQ, SE_PARENT, TASK_GROUP,
				       TG_QUOTA, TG_PERIOD);
	if (!quotas->known || t->sched != SCHED_KIND_FAIR || may_run_on(d, t) ||
	    !find_throttle(d, t, rq, quotas, &found))
		return NULL;
	found.group->tasks++;
	th = arena_alloc(d->arena, sizeof(*th));
	*th = found;
	return th;
}
