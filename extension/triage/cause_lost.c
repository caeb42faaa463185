// SPDX-License-Identifier: GPL-2.0-or-later
/* A lock with waiters that nobody holds, or whose owner is no more. */
#include "judge.h"

/* Who is in one of these has set a lock free and may not have woken its first waiter. */
static const char *const lets_go[] = {
	"mutex_unlock",
	"__mutex_unlock_slowpath",
	"ww_mutex_unlock",
	"up_write",
	"up_read",
	"__up_write",
	"__up_read",
	"downgrade_write",
	"rwsem_wake",
	"up",
	"__up",
	"wake_up_q",
};

static const struct task *who_lets_go(struct judge *j)
{
	const struct studied *st;
	size_t i, k;

	for (i = 0; i < j->f->studied.n; i++) {
		st = j->f->studied.v[i];
		if (!st->task->on_rq && !st->task->on_cpu)
			continue;
		for (k = 0; k < ARRAY_SIZE(lets_go); k++)
			if (stack_find(&st->stack, lets_go[k]))
				return st->task;
	}
	return NULL;
}

/* It may be off the list of tasks already, and on its last way. */
static bool is_running(const struct facts *f, kaddr_t task)
{
	size_t i;

	for (i = 0; i < f->rqs.all.n; i++)
		if (f->rqs.all.v[i].curr_addr == task)
			return true;
	return false;
}

static void blame_lock(struct verdict *v, const struct node *lock)
{
	v->cause = CAUSE_LOST_WAKEUP;
	v->culprit.kind = CULPRIT_LOCK;
	v->culprit.name = lock->name;
	v->culprit.address = lock->address;
}

static void judge_free(struct judge *j, struct verdict *v, const struct node *lock,
		       const struct wait *w)
{
	const struct task *late = who_lets_go(j), *first = w->first;

	blame_lock(v, lock);
	v->confidence = SURE_LOST_WAKEUP;
	add_for(j, v,
		say(j, "%s is free: its own words say that nobody is in", lock->title),
		lock->address, w->owner.look);
	add_for(j, v,
		say(j,
		    "%s is the first that waits for it: whoever lets go of it wakes him, "
		    "and he has slept for %s",
		    who(j, first), span(j, first->since_s)),
		first->addr, look_task(first, "task_struct.on_rq,on_cpu,sched_info"));
	if (late) {
		add_against(j, v,
			    say(j,
				"%s is letting go of a lock, perhaps of this one, and "
				"may be about to wake him",
				who(j, late)),
			    late->addr, LOOK(STACK, .n = late->pid));
		v->confidence += SURE_LETS_GO_NOW;
	}
	v->summary =
		say(j,
		    "%s for %s, which nobody holds: the first that waits for it, %s, "
		    "was not woken.",
		    wait_words(j, v), lock->title, who(j, first));
	say_next(j, v,
		 "Look for code that sets this lock free without its unlock function, or "
		 "overwrites it: " LOOK_HERE ".");
	say_look(j, v, w->owner.look);
}

/* Why the owner is not the task that is there now. */
static const char *reused_words(struct judge *j, const struct node *lock,
				const struct lock_owner *o)
{
	const char *there = say(j,
				"the owner of %s is the task at 0x%llx, which is %s now",
				lock->title, HEX(o->task), who(j, o->reused));

	if (o->never_took)
		return say(j,
			   "%s: it waits for the lock itself, and no function on its "
			   "stack has taken one before",
			   there);
	return say(j, "%s: it was made %s ago, and who waits first has slept for longer",
		   there, span(j, o->reused->age_s));
}

static void judge_gone(struct judge *j, struct verdict *v, const struct node *lock,
		       const struct lock_owner *o)
{
	const char *name = o->reused ? "a task whose memory is another's now"
			   : o->gone_pid
				   ? say(j, "%s (pid %d)", o->gone_comm, o->gone_pid)
				   : "a task whose memory tells nothing any more";

	blame_lock(v, lock);
	v->confidence = o->reused && o->never_took ? SURE_OWNER_NEVER_TOOK
						   : SURE_OWNER_GONE;
	add_for(j, v,
		o->reused ? reused_words(j, lock, o)
			  : say(j,
				"the owner of %s is the task at 0x%llx, and no task of "
				"the dump is there: it was %s",
				lock->title, HEX(o->task), name),
		lock->address, o->look);
	if (!j->f->tasks.complete) {
		say_missing(j, v, "some tasks: the owner may be one of them");
		v->confidence += SURE_TASKS_INCOMPLETE;
	}
	v->summary =
		say(j,
		    "%s for %s, which was taken by %s, who is gone without letting go.",
		    wait_words(j, v), lock->title, name);
	say_next(j, v,
		 "Find the way on which that task left with the lock, an error path "
		 "perhaps.");
}

bool judge_lost(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct node *waiter = v->chain.n > 1 ? v->chain.v[v->chain.n - 2] : NULL;
	const struct wait *w = waiter ? waiter->wait : NULL;

	if (!w || !w->object || w->object != root->address ||
	    (root->kind != NODE_MUTEX && root->kind != NODE_RWSEM &&
	     root->kind != NODE_SEMAPHORE))
		return false;
	if (w->owner.free && w->first && !w->first->on_rq && !w->first->on_cpu)
		judge_free(j, v, root, w);
	else if (w->owner.task && !w->owner.owner && !w->owner.readers &&
		 !w->owner.free && (w->owner.reused || !is_running(j->f, w->owner.task)))
		judge_gone(j, v, root, &w->owner);
	else
		return false;
	return true;
}
