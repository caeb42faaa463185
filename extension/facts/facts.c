// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "kernel/log/machine_log.h"
#include "kernel/sched/jiffies.h"

struct study {
	struct dump *d;
	struct facts *f;
	struct unwinder *unwinder;
	struct wait_finder finder;
	struct asked_reader asked;
	struct virtio_waits virtio;
	bool runnable; /* all of those have been */
	bool disks;    /* they have been read */
};

struct studied *facts_studied(const struct facts *f, const struct task *t)
{
	size_t at = (size_t)(t - f->tasks.all.v);

	return at < f->of_task.n ? f->of_task.v[at] : NULL;
}

void facts_add_studied(struct facts *f, struct studied *st)
{
	size_t at = (size_t)(st->task - f->tasks.all.v);

	*vec_push(f->arena, &f->studied) = st;
	while (f->of_task.n <= at)
		*vec_push(f->arena, &f->of_task) = NULL;
	f->of_task.v[at] = st;
}

/* Whose types are missing: also by what a server of debuginfo asks for. */
static void identify_missing(struct dump *d, const struct modules *modules,
			     struct gpus *gpus)
{
	const struct module *module;
	struct types_missing *m;
	size_t i;

	for (i = 0; i < gpus->missing.n; i++) {
		m = &gpus->missing.v[i];
		module = module_by_name(modules, m->module);
		if (module)
			m->build_id.n = module_build_id(d, module->addr,
							m->build_id.bytes,
							sizeof(m->build_id.bytes));
	}
}

const struct gpus *facts_gpus(struct dump *d, struct facts *f)
{
	if (!f->gpus_read) {
		gpus_read(d, &f->gpus);
		identify_missing(d, &f->modules, &f->gpus);
	}
	f->gpus_read = true;
	if (f->gpus.state == GPUS_NO_DRIVER && f->gpu_driver < 0)
		f->gpus.state = GPUS_DRIVER_NOT_KNOWN;
	return &f->gpus;
}

/* Disks are read when somebody waits for one. */
static void find_io_wait(struct study *s, struct studied *st)
{
	if (!io_wait_needs_disks(&st->stack, &st->wait))
		return;
	if (!s->disks)
		disks_read(s->d, &s->f->disks);
	s->disks = true;
	io_wait_find(s->d, &s->f->disks, facts_monotonic(s->f), &st->stack, &st->wait,
		     &st->io);
}

/* The super_block of what is waited for in the end: of a disk's own file, where it has one. */
static kaddr_t file_system_of(const struct io_wait *io)
{
	while (io->below)
		io = io->below;
	return io->file_system;
}

/* The same of what processes serve. */
static void find_service(struct study *s, struct studied *st)
{
	const struct service_finder f = {.d = s->d,
					 .tasks = &s->f->tasks,
					 .wqs = &s->f->wqs,
					 .services = &s->f->services};
	kaddr_t sb = file_system_of(&st->io);

	if (!service_wait_is_likely(&st->stack, &st->wait, sb))
		return;
	if (!s->f->services.read)
		services_read(s->d, &s->f->tasks, &s->f->services);
	service_wait_find(&f, st->task, &st->stack, &st->wait, sb, &st->service);
}

/* Of who computes in user mode what is on his stack is of an earlier call. */
static void study_unseen(struct study *s, struct studied *st)
{
	const struct task *t = st->task;

	if (t->utime_known && (double)t->utime / 1e9 < t->since_s / 2)
		st->virtio = virtio_wait_unseen(s->d, &s->virtio, t, &st->may_ask);
	if (!st->virtio)
		st->may_spin = spin_on_stack(s->d, t);
}

static void study(struct study *s, struct task *t)
{
	struct studied *st;

	if (!t || facts_studied(s->f, t) || dump_interrupted(s->d))
		return;
	st = arena_alloc(s->d->arena, sizeof(*st));
	st->task = t;
	unwind_task(s->unwinder, t, &st->stack);
	wait_find(&s->finder, t, &st->stack, &st->wait);
	find_io_wait(s, st);
	find_service(s, st);
	st->virtio = virtio_wait_find(s->d, &s->virtio, &st->stack, t->on_cpu);
	if (!st->virtio && virtio_wait_function(&st->stack))
		s->f->vring_unread = !vring_known(s->d);
	asked_read(&s->asked, t, &st->stack, &st->asked);
	if (t->on_cpu && !t->idle && !st->stack.n && !st->stack.user)
		study_unseen(s, st);
	facts_add_studied(s->f, st);
}

/* Workers in a work, and one that was woken for the next. */
static void study_workers(struct study *s, const struct pool *pool)
{
	const struct worker *w;
	size_t i;

	for (i = 0; pool && i < pool->workers.n; i++) {
		w = pool->workers.v[i];
		if (w->current || (w->task && w->task->on_rq))
			study(s, w->task);
	}
}

static void study_grace_period(struct study *s, const struct grace_period *gp)
{
	size_t i;

	for (i = 0; i < gp->readers.n; i++)
		study(s, gp->readers.v[i]);
}

/* A lock that is free may be so for this moment: somebody is about to wake or to take. */
static void study_runnable(struct study *s)
{
	struct tasks *tasks = &s->f->tasks;
	size_t i;

	for (i = 0; i < tasks->all.n && !s->runnable; i++)
		if (tasks->all.v[i].on_rq && !tasks->all.v[i].idle)
			study(s, &tasks->all.v[i]);
	s->runnable = true;
}

/* Those that run a work of the queue. */
static void study_queue(struct study *s, const struct workqueue *wq)
{
	const struct pool *p;
	size_t i, k;

	for (i = 0; i < s->f->wqs.pools.n; i++) {
		p = s->f->wqs.pools.v[i];
		for (k = 0; k < p->workers.n; k++)
			if (p->workers.v[k]->current &&
			    p->workers.v[k]->current->wq == wq->addr)
				study(s, p->workers.v[k]->task);
	}
}

/* Whom the waiter waits on is looked at as well, and so on along the chain. */
static void study_blockers(struct study *s, const struct studied *st)
{
	const struct wait *wait = &st->wait;
	const struct work *target;
	size_t i;

	study(s, st->service.daemon);
	study(s, wait->owner.owner);
	if (wait->kind == WAIT_RCU) {
		study_grace_period(s, rcu_waits_for(&s->f->rcu, wait->rcu));
		study(s, s->f->rcu.kthread);
	}
	study(s, wait->thread);
	study(s, wait->looker);
	for (i = 0; i < wait->handles.all.n; i++)
		study(s, wait->handles.all.v[i]);
	for (i = 0; i < wait->kernfs.users.n; i++)
		study(s, wait->kernfs.users.v[i].task);
	if (wait->owner.free)
		study_runnable(s);
	if (wait->flushed)
		study_queue(s, wait->flushed);
	if (!wait->barrier)
		return;
	target = wait->barrier->target;
	if (target && target->worker)
		study(s, target->worker->task);
	else
		study_workers(s, wait->barrier->pool);
}

static void study_insiders(struct study *s, struct insides *in)
{
	size_t i, k;

	for (i = 0; i < in->all.n; i++)
		for (k = 0; k < in->all.v[i].all.n; k++)
			study(s, in->all.v[i].all.v[k].task);
}

/* Only so many are sought: locks before pages, and no page that a disk has. */
static void want_insides(struct study *s, bool pages)
{
	struct facts *f = s->f;
	struct studied *st;
	size_t i;

	for (i = 0; i < f->studied.n; i++) {
		st = f->studied.v[i];
		if ((st->wait.kind == WAIT_IO) == pages && !st->io.request)
			insides_want(s->d, &f->insides, &st->wait);
	}
}

/* Of the locks that do not name who has them: each task may be the one. */
static void find_insiders(struct study *s)
{
	struct facts *f = s->f;
	struct inside_search *search;
	struct studied *st;
	struct stack stack;
	size_t i;

	want_insides(s, false);
	want_insides(s, true);
	if (!f->insides.all.n)
		return;
	search = insides_search(s->d, &f->insides);
	for (i = 0; i < f->tasks.all.n && !dump_interrupted(s->d); i++) {
		st = facts_studied(f, &f->tasks.all.v[i]);
		if (!st)
			unwind_task(s->unwinder, &f->tasks.all.v[i], &stack);
		inside_task(search, &f->tasks.all.v[i], st ? &st->stack : &stack,
			    st ? &st->wait : NULL);
	}
	insides_done(search);
	study_insiders(s, &f->insides);
}

static int longest_blocked(const void *a, const void *b)
{
	const struct task *x = (*(struct studied *const *)a)->task;
	const struct task *y = (*(struct studied *const *)b)->task;

	if (x->since_s != y->since_s)
		return x->since_s > y->since_s ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static void study_blocked(struct dump *d, struct facts *f)
{
	struct study s = {.d = d,
			  .f = f,
			  .unwinder = unwinder_create(d, &f->modules),
			  .asked = {.d = d}};
	size_t i;

	wait_finder_init(&s.finder, d, &f->tasks, &f->wqs, &f->rcu);
	for (i = 0; i < f->tasks.all.n; i++)
		if (f->tasks.all.v[i].state_letter == 'D')
			study(&s, &f->tasks.all.v[i]);
	f->nblocked = f->studied.n;
	if (f->nblocked)
		qsort(f->studied.v, f->nblocked, sizeof(f->studied.v[0]),
		      longest_blocked);
	/* Who waits for one of them does so on a completion, which knows no owner. */
	drm_commits_find(d, &f->wqs, &f->commits);
	for (i = 0; i < f->commits.works.n; i++)
		if (f->commits.works.v[i]->worker)
			study(&s, f->commits.works.v[i]->worker->task);
	/* An idle one too: what a lockup interrupted there may be an interrupt. */
	for (i = 0; i < f->rqs.all.n; i++)
		study(&s, f->rqs.all.v[i].curr);
	/* The list grows while it is walked. */
	for (i = 0; i < f->studied.n; i++)
		study_blockers(&s, f->studied.v[i]);
	find_insiders(&s);
	for (; i < f->studied.n; i++)
		study_blockers(&s, f->studied.v[i]);
	facts_doubt_owners(d, f);
}

enum task_mode facts_mode(const struct facts *f, const struct task *t)
{
	const struct studied *st = facts_studied(f, t);

	if (st && st->stack.user)
		return MODE_USER;
	return t->kthread || (st && st->stack.n) ? MODE_KERNEL : MODE_NOT_KNOWN;
}

bool facts_is_frozen(const struct facts *f, const struct task *t)
{
	const struct studied *st = facts_studied(f, t);

	return task_is_frozen(t) || (st && stack_find(&st->stack, "__refrigerator"));
}

bool facts_is_ours(const struct facts *f, const struct task *t)
{
	int own = f->info->about->own;

	return own && (t->tgid == own || task_ppid(&f->tasks, t) == own);
}

/* By the clock that the monotonic one goes with. */
static double steady_uptime(const struct facts *f)
{
	/* The log may know better: jiffies stand while no CPU takes a tick. */
	return f->panic.uptime_s > 0 ? f->panic.uptime_s : f->machine.uptime_s;
}

double facts_uptime(const struct facts *f)
{
	double s = steady_uptime(f);

	return s >= 0 && f->panic.last_said_s > s ? f->panic.last_said_s : s;
}

double facts_boot_time(const struct facts *f)
{
	double uptime = steady_uptime(f);

	/* The time of the crash is in whole seconds, and so is what is counted back. */
	return f->info->crash_time > 0 && uptime >= 0
		       ? f->info->crash_time - floor(uptime)
		       : 0;
}

bool facts_switch(const struct facts *f, const struct sysctl_value *s, int64_t *value)
{
	const char *fired = f->panic.trigger.sysctl;

	if (s->state != SYSCTL_READ)
		return false;
	*value = s->value;
	if (f->panic.source == PANIC_SAID_NOTHING || s->value ||
	    strcmp(s->name, "kernel.panic_on_warn") != 0)
		return true;
	*value = 1;
	return fired && !strcmp(fired, s->name);
}

uint64_t facts_monotonic(const struct facts *f)
{
	return f->rqs.now + (uint64_t)f->rqs.monotonic_ahead;
}

double facts_since_monotonic(const struct facts *f, double at_s)
{
	return steady_uptime(f) + (double)f->rqs.monotonic_ahead / 1e9 - at_s;
}

double facts_since_jiffies(const struct facts *f, uint64_t then)
{
	if (!f->jiffies || !then || !f->hz || then > f->jiffies)
		return -1;
	return (double)(f->jiffies - then) / f->hz;
}

/*
 * In the wait graph a GPU is what a wait queue or a fence belongs to, or the end of a
 * commit.  Where nobody sleeps on one it is not needed, and the debuginfo of its modules
 * takes long to load.
 */
static bool devices_wanted(const struct facts *f, unsigned int what)
{
	enum wait_kind kind;
	size_t i;

	if (!(what & FACTS_BLOCKED) || what & FACTS_USE)
		return true;
	for (i = 0; i < f->studied.n; i++) {
		kind = f->studied.v[i]->wait.kind;
		if (kind == WAIT_QUEUE || kind == WAIT_FENCE ||
		    (kind == WAIT_COMPLETION && f->commits.works.n))
			return true;
	}
	return false;
}

static void find_gpu_waits(struct dump *d, struct facts *f)
{
	struct studied *st;
	size_t i;

	for (i = 0; i < f->studied.n; i++) {
		st = f->studied.v[i];
		gpu_wait_find(d, &f->gpus, &f->commits, &st->wait, &st->gpu);
		gpu_wait_find_answer(d, &f->gpus, st->task, &st->stack, &st->wait,
				     &st->gpu);
	}
	for (i = 0; i < f->gpus.all.n; i++)
		if (f->gpus.all.v[i].waited_read)
			gpu_read_last(d, &f->gpus.all.v[i]);
}

static void read_memory(struct dump *d, struct facts *f)
{
	bool exhausted = f->panic.trigger.kind == TRIGGER_OOM;

	memory_read(d, &f->memory);
	memory_count_slabs(d, &f->memory);
	if (exhausted) {
		if (f->gpu_driver)
			facts_gpus(d, f);
		memory_read_users(d, &f->tasks, &f->gpus, &f->memory);
	}
	leak_watch_read(d, f, exhausted);
}

static void read_others(struct dump *d, unsigned int asked, struct facts *f)
{
#define FACT(what, type, member, call)                                                   \
	if (asked & (what))                                                              \
		(call);
#include "facts.def"
#undef FACT
}

/* Without its symbol a module may still be there: no list, no answer. */
static int find_gpu_driver(struct dump *d, const struct modules *modules)
{
	kaddr_t driver;

	if (dump_symbol(d, "virtio_gpu_driver", &driver) ||
	    module_by_name(modules, "virtio_gpu"))
		return 1;
	return modules->complete ? 0 : -1;
}

/* A text has its log, and no address that could be read: nothing is asked for in vain. */
static void read_text(struct dump *d, struct facts *f)
{
	klog_read(d, &f->log);
	machine_read_log(&f->log, &d->info, &f->machine);
	gpu_refusals_find(d, &f->log, &f->refusals);
	panic_read(d, &f->log, &f->sysctls, &f->panic);
	rcu_stall_read(d->arena, &f->log, &f->rcu_stall);
	f->gpu_driver = -1;
	text_facts_read(d->info.text, f);
	f->interrupted = dump_interrupted(d);
}

void facts_read(struct dump *d, unsigned int what, struct facts *f)
{
	memset(f, 0, sizeof(*f));
	f->info = &d->info;
	f->arena = d->arena;
	f->notes = &d->notes;
	if (d->info.text) {
		read_text(d, f);
		return;
	}
	dump_symbol_u64(d, "jiffies", &f->jiffies);
	f->hz = kernel_hz(d);
	machine_read(d, f->hz, &f->machine);
	modules_read(d, &f->modules);
	f->gpu_driver = find_gpu_driver(d, &f->modules);
	if (what & (FACTS_TASKS | FACTS_WORK | FACTS_BLOCKED | FACTS_USE))
		if (tasks_read(d, &f->tasks))
			runqueues_read(d, &f->tasks, &f->rqs);
	if (what & (FACTS_WORK | FACTS_BLOCKED))
		workqueues_read(d, &f->tasks, &f->wqs);
	if (what & FACTS_BLOCKED)
		rcu_read(d, &f->tasks, &f->rcu);
	if (what & FACTS_BLOCKED)
		study_blocked(d, f);
	if (what & FACTS_DEVICES && devices_wanted(f, what))
		facts_gpus(d, f);
	find_gpu_waits(d, f);
	if (what & FACTS_USE) {
		gpus_read_minors(d, &f->gpus);
		gpus_read_use(d, &f->tasks, what & FACTS_FENCES, &f->gpus);
		gpus_read_outputs(d, &f->gpus);
	}
	read_others(d, what, f);
	if (what & FACTS_MEMORY)
		read_memory(d, f);
	if (layout_has(d, TASK))
		layout_note_missing(d);
	f->interrupted = dump_interrupted(d);
}

/* The log's clock and the scheduler's are not the same: by so much they may differ. */
#define CLOCKS_DIFFER_S 2.0

enum since_report facts_since_report(const struct facts *f, const struct hung_report *r)
{
	const struct task *t = task_by_pid(&f->tasks, r->pid);
	double ago = f->panic.uptime_s - r->ts_s;

	if (f->text)
		return SINCE_NOT_KNOWN;
	if (!t || strcmp(t->comm, r->comm))
		return SINCE_GONE;
	if (t->state_letter != 'D')
		return SINCE_MOVED_ON;
	if (f->panic.uptime_s >= 0 && r->ts_s >= 0 && t->since_s >= 0 &&
	    t->since_s < ago - CLOCKS_DIFFER_S)
		return SINCE_AGAIN;
	return SINCE_BLOCKED;
}

const char *since_report_name(enum since_report since)
{
	static const char *const names[] = {
		[SINCE_NOT_KNOWN] = "not known", [SINCE_GONE] = "gone",
		[SINCE_MOVED_ON] = "moved on",	 [SINCE_AGAIN] = "blocked again",
		[SINCE_BLOCKED] = "blocked",
	};

	return names[since];
}
