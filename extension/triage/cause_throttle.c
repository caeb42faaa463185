// SPDX-License-Identifier: GPL-2.0-or-later
/* A cgroup's quota that keeps a task from running. */
#include "judge.h"

/* Of a CPU, for each of its tasks that wants to run. */
static double share(const struct quota_group *g)
{
	return (double)g->quota / (double)g->period / (double)(g->tasks ? g->tasks : 1);
}

/* "1 ms of CPU time in each 1000 ms" */
static const char *quota_words(struct judge *j, const struct quota_group *g)
{
	return say(j, "%.6g ms of CPU time in each %.6g ms", (double)g->quota / 1e6,
		   (double)g->period / 1e6);
}

static const char *group_words(struct judge *j, const struct quota_group *g)
{
	return g->path[0] ? say(j, "cgroup %s", g->path)
			  : say(j, "the cgroup of task_group 0x%llx", HEX(g->addr));
}

/* A CPU may use more than it has, until its next tick; what is over counts against it. */
static const char *left_words(struct judge *j, int64_t ns)
{
	return ns < 0 ? say(j, "its share is overdrawn by %.6g ms", -(double)ns / 1e6)
		      : say(j, "%.6g ms are left to it", (double)ns / 1e6);
}

static int judge_quota(struct judge *j, struct verdict *v, const struct quota_group *g)
{
	add_for(j, v,
		say(j, "the quota of %s is %s, for all its tasks; %.6g ms are left",
		    group_words(j, g), quota_words(j, g), (double)g->runtime / 1e6),
		g->addr, LOOK_AT("task_group.cfs_bandwidth", g->addr));
	if (g->tasks > 1)
		add_for(j, v, say(j, "it holds %zu runnable tasks back", g->tasks),
			g->addr, LOOK(NONE));
	return share(g) <= 0.1 ? SURE_THROTTLED_HARD : 0;
}

static int judge_periods(struct judge *j, struct verdict *v, const struct quota_group *g)
{
	if (!g->periods || g->throttled * 2 < g->periods)
		return 0;
	add_for(j, v,
		say(j, "it held them back in %llu of the %llu periods in which they ran",
		    COUNT(g->throttled), COUNT(g->periods)),
		g->addr,
		LOOK_AT("task_group.cfs_bandwidth.nr_periods,cfs_bandwidth.nr_throttled",
			g->addr));
	return SURE_THROTTLED_MOSTLY;
}

/*
 * Who gets half a CPU or more is slower by it, but not kept: what takes it so long is
 * another matter.
 */
static void judge_slowed(struct judge *j, struct verdict *v, const struct quota_group *g,
			 const struct task *waiter)
{
	v->confidence = SURE_THROTTLED_A_MOMENT;
	add_against(j, v,
		    say(j, "%s may use %s, which slows %s and does not stop it",
			group_words(j, g), quota_words(j, g), who(j, waiter)),
		    g->addr, LOOK_AT("task_group.cfs_bandwidth", g->addr));
	v->summary = say(j,
			 "%s for %s, which a quota holds back at this moment; why it "
			 "takes so long is not seen.",
			 wait_words(j, v), who(j, waiter));
	say_next(j, v, "See what it does: " LOOK_HERE ".");
	say_look(j, v, LOOK(STACK, .n = waiter->pid));
}

void judge_throttled(struct judge *j, struct verdict *v, const struct node *root,
		     const struct task *waiter)
{
	const struct quota_group *g = root->group;
	const struct throttle *th = waiter->throttle;

	if (share(g) >= 0.5) {
		judge_slowed(j, v, g, waiter);
		return;
	}
	v->cause = CAUSE_THROTTLED;
	v->culprit.kind = CULPRIT_CGROUP;
	v->culprit.name = root->name;
	v->culprit.address = g->addr;
	add_for(j, v,
		say(j,
		    "%s is runnable on CPU %d and its cgroup's queue there is throttled: "
		    "%s",
		    who(j, waiter), waiter->cpu, left_words(j, th->remaining)),
		th->cfs_rq,
		LOOK_AT("cfs_rq.throttle_count,runtime_remaining,throttled_clock",
			th->cfs_rq));
	v->confidence = SURE_THROTTLED;
	v->confidence += judge_quota(j, v, g);
	v->confidence += judge_periods(j, v, g);
	v->summary = say(j, "%s for %s, which the quota of %s keeps from running: %s.",
			 wait_words(j, v), who(j, waiter), group_words(j, g),
			 quota_words(j, g));
	say_next(j, v,
		 "Raise the quota of %s (cpu.max; CPUQuota= of its unit), or see what %s "
		 "does with what others wait for: " LOOK_HERE ".",
		 group_words(j, g), who(j, waiter));
	say_look(j, v, LOOK(STACK, .n = waiter->pid));
}
