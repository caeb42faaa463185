// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a text tells.  The kernel's words say what fired and who was hung, and of a fault
 * where it was.  Who has to move before a hung task can is in memory alone: the stacks
 * that were printed are those of victims.  So of a hang nobody is blamed; the causes that
 * such stacks are seen with are named as what it resembles.
 */
#include <string.h>

#include "base/text.h"
#include "functions.h"
#include "judge.h"
#include "kernel/log/complaint.h"

#define LIKES_MAX 6
/* As many of the hung are evidence each; all count for what it resembles. */
#define HUNG_SAID 16

/* Where a task waits, and what it is then seen to wait for in cores. */
struct place_kind {
	const char *waits; /* "waits for ..." */
	const char *functions[12];
	enum cause likes[LIKES_MAX]; /* most likely first; CAUSE_UNEXPLAINED ends them */
	const char *core;	     /* what a core would tell */
	/* Another may be how it waits: a work to end, a lock. */
	enum { PLACE, BY_ANOTHER, MERE_WAY } is;
};

static const struct place_kind kinds[] = {
	{"waits until each CPU has emptied its lists of pages",
	 {"drain_all_pages", "__drain_all_pages", "lru_add_drain_all",
	  "__lru_add_drain_all"},
	 {CAUSE_CPU_MONOPOLISED, CAUSE_WORKERS_BLOCKED, CAUSE_LOCK_HOLDER_BLOCKED,
	  CAUSE_UNEXPLAINED},
	 "which CPU's work has not run, and who keeps that CPU or its workers",
	 BY_ANOTHER},
	{"waits for an RCU grace period",
	 {"synchronize_rcu", "synchronize_rcu_expedited", "rcu_barrier",
	  "synchronize_rcu_normal", "synchronize_srcu", "__synchronize_srcu",
	  "exp_funnel_lock", "synchronize_rcu_expedited_wait_once"},
	 {CAUSE_CPU_MONOPOLISED, CAUSE_LOCK_HOLDER_BLOCKED, CAUSE_HOST_STOPPED,
	  CAUSE_UNEXPLAINED},
	 "which CPU or reader the grace period waits for",
	 BY_ANOTHER},
	{"waits for a file system that does not let it write, as a frozen one does not",
	 {"mnt_want_write", "mnt_want_write_file", "__sb_start_write", "sb_wait_write",
	  "sb_start_write", "vfs_fallocate"},
	 {CAUSE_IO_WAIT, CAUSE_LOCK_HOLDER_BLOCKED, CAUSE_UNEXPLAINED},
	 "whether the file system is frozen, and which disk it is on",
	 BY_ANOTHER},
	{"waits for an answer of a GPU, which its host gives where it is a virtual one",
	 {"virtio_gpu_queue_fenced_ctrl_buffer", "virtio_gpu_queue_ctrl_sgs",
	  "virtio_gpu_queue_ctrl_buffer", "virtio_gpu_queue_ctrl_buffer_locked",
	  "virtio_gpu_queue_cursor", "virtio_gpu_vram_mmap", "virtio_gpu_wait_ioctl",
	  "dma_fence_default_wait", "dma_fence_wait_timeout", "dma_resv_wait_timeout",
	  "virtio_gpu_get_caps_ioctl", "drm_atomic_helper_wait_for_fences"},
	 {CAUSE_HOST_NOT_CONSUMING, CAUSE_INTERRUPT_LOST, CAUSE_NOT_KICKED,
	  CAUSE_FENCE_LOST, CAUSE_DEVICE_BROKEN, CAUSE_CPU_MONOPOLISED},
	 "whether the host has the commands, has answered them, and whether its interrupt "
	 "came: the queues' indices, and whose command the fence is of",
	 PLACE},
	{"waits for a disk or for memory that comes from one",
	 {"io_schedule", "io_schedule_timeout", "blk_mq_get_tag", "submit_bio_wait",
	  "wait_on_page_bit", "folio_wait_bit_common", "bit_wait_io", "wait_on_buffer",
	  "__wait_on_buffer"},
	 {CAUSE_IO_WAIT, CAUSE_STORAGE_ERROR, CAUSE_HOST_NOT_CONSUMING,
	  CAUSE_UNEXPLAINED},
	 "which device has the request, and for how long",
	 PLACE},
	{"waits for a lock",
	 {"mutex_lock", "ww_mutex_lock", "down_read", "down_write", "down",
	  "percpu_down_read", "rt_mutex_slowlock", "__rt_mutex_slowlock",
	  "rwbase_write_lock", "rwbase_read_lock", "percpu_down_write",
	  "rt_mutex_slowlock_block"},
	 {CAUSE_LOCK_HOLDER_BLOCKED, CAUSE_LOCK_CYCLE, CAUSE_LOST_WAKEUP, CAUSE_THROTTLED,
	  CAUSE_CPU_MONOPOLISED, CAUSE_UNEXPLAINED},
	 "who has the lock, and what he waits for",
	 MERE_WAY},
	{"waits for a work or a thread to end",
	 {"flush_work", "flush_workqueue", "__flush_workqueue", "drain_workqueue",
	  "cancel_work_sync", "__cancel_work_timer", "kthread_flush_work",
	  "kthread_stop"},
	 {CAUSE_LOCK_HOLDER_BLOCKED, CAUSE_WORKERS_BLOCKED, CAUSE_CPU_MONOPOLISED,
	  CAUSE_UNEXPLAINED},
	 "which work that is, and what its worker waits for",
	 MERE_WAY},
};

static bool is_at(struct judge *j, const struct frame *fr, const struct place_kind *k)
{
	/* Without what the compiler put behind it. */
	const char *name = function_way_to_wait(
		say(j, "%.*s", (int)text_function_length(fr->function), fr->function));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(k->functions) && k->functions[i]; i++)
		if (!strcmp(name, k->functions[i]))
			return true;
	return false;
}

static bool is_of_gpu(const struct place_kind *k)
{
	return k->likes[0] == CAUSE_HOST_NOT_CONSUMING;
}

/* The GPU's driver waits in many places itself, with nothing but the scheduler below it. */
static bool waits_itself(const struct stack *s, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++)
		if (!text_is_function(s->v[i].function, "__switch_to") &&
		    !text_is_function(s->v[i].function, "__schedule") &&
		    !text_is_function(s->v[i].function, "schedule") &&
		    !text_is_function(s->v[i].function, "schedule_timeout"))
			return false;
	return text_starts(s->v[at].function, "virtio_gpu_");
}

/* The innermost place that is known; *at: its frame. */
static const struct place_kind *place_of(struct judge *j, const struct stack *s,
					 const struct frame **at)
{
	const struct place_kind *found = NULL;
	size_t i, k;

	for (i = 0; i < s->n; i++)
		for (k = 0; k < ARRAY_SIZE(kinds); k++) {
			if (found &&
			    !(found->is == MERE_WAY && kinds[k].is == BY_ANOTHER))
				continue;
			if (!is_at(j, &s->v[i], &kinds[k]) &&
			    !(is_of_gpu(&kinds[k]) && waits_itself(s, i)))
				continue;
			found = &kinds[k];
			*at = &s->v[i];
		}
	return found;
}

static bool is_way_to_lock(struct judge *j, const struct frame *fr)
{
	size_t k;

	for (k = 0; k < ARRAY_SIZE(kinds); k++)
		if (kinds[k].likes[0] == CAUSE_LOCK_HOLDER_BLOCKED &&
		    kinds[k].likes[1] == CAUSE_LOCK_CYCLE && is_at(j, fr, &kinds[k]))
			return true;
	return false;
}

/* "mutex_lock_nested", "rtnl_lock": it was inlined, or compiled for lockdep. */
static bool is_lock_like(const char *function)
{
	return strstr(function, "lock") || strstr(function, "down") ||
	       strstr(function, "rwsem");
}

/* Inside the function that asked for it there are those that sleep for locks, and no others. */
bool text_waits_for_lock(struct judge *j, const struct stack *stack, const char *asked_by)
{
	bool sleeps = false;
	const char *name;
	size_t i;

	for (i = 0; i < stack->n; i++) {
		name = stack->v[i].function;
		sleeps |= is_way_to_lock(j, &stack->v[i]);
		if (text_is_function(name, asked_by))
			return sleeps;
		if (sleeps ? !is_lock_like(name) : !function_is_scheduler(name))
			return false;
	}
	return false;
}

/*
 * Another GPU's driver that the stack or the work is of: its fences come from no host.  A
 * scheduler of jobs, which virtio_gpu has none of, says so too.
 */
static const char *other_gpu(const struct trace *t)
{
	static const char *const drivers[] = {"amdgpu",	    "radeon",	"i915",
					      "xe",	    "nouveau",	"nvidia",
					      "lima",	    "panfrost", "panthor",
					      "v3d",	    "vc4",	"msm",
					      "etnaviv",    "qxl",	"vmwgfx",
					      "nvidia_drm", "powervr",	"gma500_gfx",
					      "mali_kbase", "loongson", "hibmc_drm",
					      "ast",	    "mgag200",	"gpu_sched"};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(drivers); i++) {
		const char *work = strstr(t->work, drivers[i]);

		if (work && work > t->work && work[-1] == '[' &&
		    work[strlen(drivers[i])] == ']')
			return drivers[i];
		for (k = 0; k < t->stack.n; k++)
			if (!strcmp(t->stack.v[k].module, drivers[i]))
				return drivers[i];
	}
	return NULL;
}

/* ---- what it is like ------------------------------------------------------------------ */

static struct likeness *likeness_of(struct verdict *v, enum cause cause)
{
	size_t i;

	for (i = 0; i < v->like.n; i++)
		if (v->like.v[i].cause == cause)
			return &v->like.v[i];
	return NULL;
}

void resemble(struct judge *j, struct verdict *v, enum cause cause, int sure,
	      const char *why)
{
	struct likeness *l = likeness_of(v, cause);

	if (l && sure <= l->confidence)
		return;
	if (!l)
		l = vec_push(j->a, &v->like);
	*l = (struct likeness){cause, sure, why};
}

/* Another line fits what it resembles; to what it does not resemble it adds nothing. */
void resemble_more(struct judge *j, struct verdict *v, enum cause cause, const char *why)
{
	struct likeness *l = likeness_of(v, cause);

	if (!l)
		return;
	l->confidence += SURE_TEXT_SAYS_SO;
	if (l->confidence > SURE_TEXT_LIKE_AT_MOST)
		l->confidence = SURE_TEXT_LIKE_AT_MOST;
	l->why = say(j, "%s; %s", l->why, why);
}

static void sort_likes(struct verdict *v)
{
	struct likeness l;
	size_t i, k;

	for (i = 1; i < v->like.n; i++) {
		l = v->like.v[i];
		for (k = i; k > 0 && v->like.v[k - 1].confidence < l.confidence; k--)
			v->like.v[k] = v->like.v[k - 1];
		v->like.v[k] = l;
	}
}

/* ---- hung tasks ------------------------------------------------------------------------ */

static const char *told(struct judge *j, const struct hung_report *r)
{
	return say(j, "%s (pid %d)", r->comm, r->pid);
}

/* Is one of them at a place that says more than how it waits? */
static bool has_place(struct judge *j)
{
	const struct text_facts *t = j->f->text;
	const struct place_kind *k;
	const struct frame *at;
	size_t i;

	for (i = 0; i < t->hung.n; i++) {
		k = t->hung.v[i].trace ? place_of(j, &t->hung.v[i].trace->stack, &at)
				       : NULL;
		if (k && k->is != MERE_WAY)
			return true;
	}
	return false;
}

/* Who waits for a lock or a work waits for one of the others, most often: no_ways.  said: it
 * is evidence, too. */
static void judge_hung_task(struct judge *j, struct verdict *v, const struct told_hung *h,
			    bool said, bool no_ways)
{
	const struct place_kind *k;
	const struct frame *at = NULL;
	const char *why, *gpu;
	size_t i;

	k = h->trace ? place_of(j, &h->trace->stack, &at) : NULL;
	if (!k)
		return;
	gpu = is_of_gpu(k) ? other_gpu(h->trace) : NULL;
	why = say(j, "%s is in %s: it %s", told(j, h->report), at->function,
		  gpu ? say(j, "waits for a GPU that is not virtio's, %s", gpu)
		      : k->waits);
	if (said)
		add_for(j, v,
			say(j, "%s, by the stack at line %zu", why,
			    h->trace->line->number),
			0, LOOK(NONE));
	if (gpu || (no_ways && k->is == MERE_WAY))
		return;
	for (i = 0; i < LIKES_MAX && k->likes[i] != CAUSE_UNEXPLAINED; i++)
		resemble(j, v, k->likes[i], i ? SURE_TEXT_MAY_BE : SURE_TEXT_LIKE, why);
	for (i = 0; i < v->missing.n; i++)
		if (strstr(v->missing.v[i], k->core))
			return;
	say_missing(j, v, "a core would tell %s", k->core);
}

/* ---- what other lines say ---------------------------------------------------------------- */

static void add_line(struct judge *j, struct verdict *v, const struct log_line *line)
{
	add_for(j, v, say(j, "the log, %s", log_line_words(j->a, line)), 0, LOOK(NONE));
}

static void judge_refusals(struct judge *j, struct verdict *v)
{
	const struct gpu_refusals *r = &j->f->refusals;

	if (!r->count)
		return;
	add_for(j, v,
		say(j,
		    "the GPU answered %zu command%s with an error, the first of them %s "
		    "with %s",
		    r->count, PLURAL(r->count), r->all.v[0].command_name,
		    r->all.v[0].answer_name),
		0, LOOK(LOG));
	resemble_more(j, v, CAUSE_FENCE_LOST, "commands were answered with errors");
}

static void judge_irqs(struct judge *j, struct verdict *v)
{
	size_t i;

	for (i = 0; i < j->f->panic.irqs.n; i++)
		add_for(j, v, say(j, "the log: %s", j->f->panic.irqs.v[i].text), 0,
			LOOK(LOG));
	if (i)
		resemble_more(j, v, CAUSE_INTERRUPT_LOST,
			      "the kernel disabled an interrupt that nobody handled");
}

static void judge_stuck_pools(struct judge *j, struct verdict *v)
{
	const struct busy_works *b = &j->f->text->works;
	const struct told_pool *p;
	size_t i;

	for (i = 0; i < b->stuck.n; i++) {
		p = &b->stuck.v[i];
		if (i + 1 < b->stuck.n && p->cpu == b->stuck.v[i + 1].cpu)
			continue;
		add_line(j, v, p->line);
	}
	if (!i)
		return;
	resemble(j, v, CAUSE_CPU_MONOPOLISED, SURE_TEXT_MAY_BE,
		 "a CPU's pool of workers makes no progress");
	resemble(j, v, CAUSE_WORKERS_BLOCKED, SURE_TEXT_MAY_BE,
		 "a pool of workers makes no progress");
	resemble_more(j, v, CAUSE_CPU_MONOPOLISED, "a pool of workers is stuck");
}

/* Whom a hung task waits for in a workqueue, where a list of them was printed. */
static void judge_barriers(struct judge *j, struct verdict *v)
{
	const struct busy_works *b = &j->f->text->works;
	const struct told_work *w;
	size_t i, k;

	for (i = 0; i < b->works.n; i++) {
		w = &b->works.v[i];
		for (k = 0; w->flusher > 0 && k < j->f->text->hung.n; k++)
			if (j->f->text->hung.v[k].report->pid == w->flusher)
				add_for(j, v,
					say(j,
					    "line %zu: %s waits behind %s of %s%s, which is "
					    "%s",
					    w->line->number,
					    told(j, j->f->text->hung.v[k].report),
					    w->function, w->queue,
					    w->cpu >= 0 ? say(j, " on CPU %d", w->cpu)
							: "",
					    w->is == TOLD_IN_FLIGHT ? "in flight"
								    : "pending"),
					0, LOOK(NONE));
	}
}

static void judge_rcu_words(struct judge *j, struct verdict *v)
{
	const struct log_line *starved = last_complaint(&j->f->log, SAYS(RCU_STARVED));
	const struct rcu_stall *s = &j->f->rcu_stall;
	size_t i;

	if (!s->line)
		return;
	add_line(j, v, s->line);
	for (i = 0; i < s->cpus.n && i < 8; i++)
		if (s->cpus.v[i].line != s->line)
			add_line(j, v, s->cpus.v[i].line);
	if (starved)
		add_line(j, v, starved);
	resemble(j, v, CAUSE_CPU_MONOPOLISED,
		 s->cpus.n ? SURE_TEXT_LIKE : SURE_TEXT_MAY_BE,
		 s->cpus.n ? "RCU waits for a CPU that does not come to rest"
		 : starved ? "the thread that ends RCU's grace periods does not run"
			   : "an RCU grace period does not end");
	resemble(j, v, CAUSE_HOST_STOPPED, SURE_TEXT_MAY_BE,
		 "a CPU that its host did not run is late in the same way");
	resemble_more(j, v, CAUSE_CPU_MONOPOLISED, "RCU has stalled");
}

/* ---- lockups ------------------------------------------------------------------------------ */

/* "soft lockup - CPU#1 stuck for 26s! [swapper/1:0]": each CPU's idle task has this pid. */
static bool names_idle(const char *text)
{
	static const char idle[] = ":0]";
	size_t n = strlen(text);

	return n >= strlen(idle) && !strcmp(text + n - strlen(idle), idle);
}

static bool is_lockup(const struct trigger *t)
{
	return t->kind == TRIGGER_SOFTLOCKUP || t->kind == TRIGGER_HARDLOCKUP;
}

static void judge_lockup_words(struct judge *j, struct verdict *v)
{
	const struct log_line *line = last_complaint(&j->f->log, SAYS_LOCKUP);
	const struct trigger *t = &j->f->panic.trigger;
	bool idle;

	if (!line && !is_lockup(t))
		return;
	/* Of a panic without the complaint: who panicked is who was found. */
	idle = line ? names_idle(line->text) : !t->pid && t->locked_cpu < 0;
	if (line)
		add_line(j, v, line);
	resemble(j, v, CAUSE_HOST_STOPPED, idle ? SURE_TEXT_LIKE : SURE_TEXT_MAY_BE,
		 idle ? "the CPU that is late was idle: nobody kept it"
		      : "whoever runs on a CPU while its host does not run it is named "
			"likewise");
	resemble(
		j, v, CAUSE_CPU_MONOPOLISED, idle ? SURE_TEXT_MAY_BE : SURE_TEXT_LIKE,
		idle ? "an interrupt that does not end keeps a CPU from its idle task, too"
		     : "the watchdog found a CPU on which no other task ran");
	say_missing(
		j, v,
		"a core would tell since when that task has the CPU, whether it spins, "
		"and whether all CPUs stood still at once");
}

/* ---- whom for ----------------------------------------------------------------------------- */

/* Told, and no part of what the last hang resembles. */
static void add_recovered(struct judge *j, struct verdict *v)
{
	const struct text_facts *t = j->f->text;
	size_t i;

	for (i = 0; i < t->recovered.n && i < 4; i++)
		add_for(j, v,
			say(j, "of an earlier hang, not of the last, the log, %s",
			    log_line_words(j->a, t->recovered.v[i].report->line)),
			0, LOOK(NONE));
}

static void add_blockers(struct judge *j, struct verdict *v)
{
	const struct panic *p = &j->f->panic;
	size_t i;

	for (i = 0; i < p->blockers.n && i < 8; i++)
		add_for(j, v,
			say(j, "the log, %s",
			    log_line_words(j->a, p->blockers.v[i].line)),
			0, LOOK(LOG));
}

/* ---- a verdict ----------------------------------------------------------------------------------- */

static const char *hang_words(struct judge *j)
{
	const struct text_facts *t = j->f->text;
	const char *first;

	if (!t->hung.n && j->f->panic.trigger.kind == TRIGGER_HUNG_TASK)
		return "Tasks hung, and the kernel printed none of them";
	if (!t->hung.n)
		return j->f->panic.trigger.message[0] ? j->f->panic.trigger.message
						      : "A CPU does not come to rest";
	first = told(j, t->hung.v[0].report);
	/* Those of a list are the last ones, and for how long it does not tell. */
	if (!t->hung.v[0].reports)
		return t->hung.n == 1 ? say(j, "%s is blocked", first)
				      : say(j, "%s and %zu more task%s are blocked",
					    first, t->hung.n - 1, PLURAL(t->hung.n - 1));
	return t->hung.n == 1 ? say(j, "%s hangs", first)
			      : say(j, "%s and %zu more task%s hang", first,
				    t->hung.n - 1, PLURAL(t->hung.n - 1));
}

static void judge_hang(struct judge *j)
{
	bool no_ways = has_place(j);
	struct told_waits waits;
	struct verdict *v;
	size_t i;

	told_waits_find(j, &waits);
	if (waits.n) {
		v = verdict_new(j, CAUSE_LOCK_CYCLE, SURE_TEXT_CYCLE);
		v->summary = told_cycle_words(j, &waits);
	} else {
		v = verdict_new(j, CAUSE_UNEXPLAINED, SURE_ONLY_FIRED);
		v->summary = say(
			j, "%s. %s: vgpu names what this resembles, and blames nobody.",
			hang_words(j),
			waits.all.n
				? "A log shows who waits, and of some who has their lock"
				: "A log shows who waits, not whom for");
	}
	add_fired(j, v);
	add_blockers(j, v);
	add_told_waits(j, v, &waits);
	if (!j->f->text->hung.n && j->f->panic.trigger.kind == TRIGGER_HUNG_TASK)
		say_missing(j, v,
			    "a core would tell which tasks hang, and where: "
			    "kernel.hung_task_warnings may have been 0");
	for (i = 0; i < j->f->text->hung.n; i++)
		judge_hung_task(j, v, &j->f->text->hung.v[i], i < HUNG_SAID, no_ways);
	add_recovered(j, v);
	judge_lockup_words(j, v);
	judge_rcu_words(j, v);
	judge_stuck_pools(j, v);
	judge_barriers(j, v);
	judge_refusals(j, v);
	judge_irqs(j, v);
	judge_other_lines(j, v);
	sort_likes(v);
	if (waits.n)
		v->like.n = 0;
}

/* Did it hang before it was stopped, by whomever? */
static bool has_hung(const struct facts *f)
{
	return f->text->hung.n || f->panic.trigger.kind == TRIGGER_HUNG_TASK ||
	       is_lockup(&f->panic.trigger) || f->rcu_stall.line ||
	       f->text->works.stuck.n || last_complaint(&f->log, SAYS_LOCKUP);
}

/* It went on, or the log does not show that it did not. */
static void judge_last_oops(struct judge *j)
{
	const struct panic *p = &j->f->panic;
	struct verdict *v = verdict_new(j, CAUSE_KERNEL_BUG, SURE_FAULT);

	v->summary = say(j,
			 p->last_oops.part
				 ? "The kernel met a fault of its own, which the log "
				   "shows in part: %s"
				 : "The kernel met a fault of its own, and the log goes "
				   "on: %s",
			 p->oops);
	add_line(j, v, p->last_oops.opener);
	if (p->last_oops.part)
		say_missing(j, v,
			    "the log lacks what follows these words: where the kernel "
			    "was, and in whose name");
	if (!p->oops_at.line)
		return;
	v->culprit.kind = CULPRIT_FUNCTION;
	v->culprit.name =
		place_words(j, p->oops_at.function, p->oops_at.offset, p->oops_at.module);
	add_line(j, v, p->oops_at.line);
	judge_other_lines(j, v);
}

/* The kernel's words for what stopped it are all that a core has of these, too. */
static bool says_why(const struct trigger *t)
{
	return t->kind == TRIGGER_OOPS || t->kind == TRIGGER_BUG ||
	       t->kind == TRIGGER_WARN || t->kind == TRIGGER_OOM || t->accused;
}

static void add_stack(struct judge *j, struct verdict *v)
{
	const struct trace *t = v->cause == CAUSE_KERNEL_BUG || !j->f->text->hung.n
					? text_fault(j->f)
					: NULL;
	size_t i;

	for (i = 0; !t && i < j->f->text->hung.n; i++)
		t = j->f->text->hung.v[i].trace;
	if (!t || (t->user && v->cause != CAUSE_KERNEL_BUG))
		return;
	v->fault = &t->stack;
	/* A fault may be an interrupt's own; a lockup is what the interrupt came to. */
	v->fault_at = v->cause == CAUSE_KERNEL_BUG ? 0 : t->interrupted;
}

/* On the machine itself, whose memory may not be read: there is no more to be had now. */
static void advise_here(struct judge *j, struct verdict *v)
{
	if (j->f->text->hung.n)
		say_next(
			j, v,
			"Have it leave a core: vgpu-kdump-check, on this machine, says what "
			"is missing for it; sysctl -w kernel.hung_task_panic=1 makes the "
			"next hang panic.");
	if (text_tells_of_memory(j->f))
		say_next(
			j, v,
			"To see what grows: add /proc/meminfo and /proc/slabinfo to a file "
			"several times, hours apart, and give it to vgpu.");
}

static void advise(struct judge *j, struct verdict *v)
{
	const struct trigger *t = &j->f->panic.trigger;

	if (j->f->text->of_here) {
		advise_here(j, v);
		return;
	}
	if (t->kind != TRIGGER_NONE)
		say_next(
			j, v,
			"Look for a core of this panic where kdump puts them, /var/crash on "
			"most systems: vgpu CORE answers what a log does not.");
	say_next(
		j, v,
		"Have the next one leave a core: vgpu-kdump-check, on that machine, says "
		"what is missing for it.");
	if (t->kind == TRIGGER_NONE && j->f->text->hung.n)
		say_next(
			j, v,
			"While it hangs, as root: vgpu --live. Or have it panic at once: "
			"sysctl -w kernel.hung_task_panic=1");
	if (t->kind == TRIGGER_NONE && text_tells_of_memory(j->f))
		say_next(j, v,
			 "While it is full, as root: vgpu --live leak. Or take a core: "
			 "echo c >/proc/sysrq-trigger, where kdump is ready.");
}

/* Of a request it is why, too, that a core may tell. */
static void judge_words(struct judge *j)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct log_line *headless;
	struct verdict *v;

	judge_trigger(j, false);
	v = j->out->all.v[0];
	/* What it advises is to be looked up in memory. */
	v->next.n = 0;
	if (v->cause == CAUSE_PANIC_BY_REQUEST) {
		v->summary =
			t->kind == TRIGGER_NMI
				? "An NMI without a reason stopped this machine: somebody "
				  "asked for this panic, or a watchdog did; the log names "
				  "no task that hangs."
				: "Somebody asked for this panic; the log names no task "
				  "that hangs.";
		say_missing(j, v,
			    "a core would tell whether tasks hung all the same, and what "
			    "filled its memory");
	} else if (t->kind == TRIGGER_NONE) {
		judge_refusals(j, v);
		judge_irqs(j, v);
		judge_other_lines(j, v);
		headless = find_headless(&j->f->log);
		if (headless)
			add_line(j, v, headless);
		v->summary =
			headless && v->evidence.n == 1
				? "The log shows the end of a report of a fault, or of a "
				  "warning: what it is of was said before it begins."
			: v->evidence.n
				? "No panic, and no task that hangs: what the kernel "
				  "complains of is below."
				: "No panic, and nothing that the kernel complains of as "
				  "a hang, a fault or a leak.";
	} else if (v->cause == CAUSE_MEMORY_EXHAUSTED) {
		judge_shortage_words(j, v);
	} else if (v->cause == CAUSE_UNEXPLAINED) {
		judge_other_lines(j, v);
	}
}

/* Who is killed for want of memory is a victim of what the tables tell; the rest is told. */
static void judge_beside_memory(struct judge *j)
{
	if (last_complaint(&j->f->log, ~SAYS(OOM)))
		judge_words(j);
}

void judge_text(struct judge *j)
{
	const struct trigger *t = &j->f->panic.trigger;
	struct verdict *v;
	size_t i;

	if (!says_why(t) && has_hung(j->f))
		judge_hang(j);
	else if (t->kind == TRIGGER_NONE && j->f->panic.oops[0])
		judge_last_oops(j);
	else if (t->kind == TRIGGER_NONE && text_tells_of_memory(j->f))
		judge_beside_memory(j);
	else if (t->kind != TRIGGER_NONE || !judge_shortage(j))
		judge_words(j);
	if (j->out->all.n)
		add_stack(j, j->out->all.v[0]);
	if (text_tells_of_memory(j->f))
		judge_text_memory(j);
	for (i = 0; i < j->out->all.n; i++) {
		v = j->out->all.v[i];
		if (v->confidence > SURE_TEXT_AT_MOST)
			v->confidence = SURE_TEXT_AT_MOST;
		advise(j, v);
	}
}
