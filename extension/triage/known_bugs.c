// SPDX-License-Identifier: GPL-2.0-or-later
#include "known_bugs.h"

#include "base/base.h"
#include "base/text.h"
#include "functions.h"

struct bug {
	struct known_bug known;
	/* How sure, 0 to 100; what says so goes to *why and *node. */
	int (*test)(struct judge *j, const struct verdict *v, const char **why,
		    const struct node **node);
};

/* A task of the chain that is in the function; NULL: none is. */
static const struct node *in_chain(struct judge *j, const struct verdict *v,
				   const char *function)
{
	size_t i;

	for (i = 0; i < v->chain.n; i++)
		if (v->chain.v[i]->task &&
		    task_is_in(j->f, v->chain.v[i]->task, function))
			return v->chain.v[i];
	return NULL;
}

static const struct node *kind_in_chain(const struct verdict *v, enum node_kind kind)
{
	size_t i;

	for (i = 0; i < v->chain.n; i++)
		if (v->chain.v[i]->kind == kind)
			return v->chain.v[i];
	return NULL;
}

/* Who waits for this one, in the chain. */
static const struct node *before_in_chain(const struct verdict *v, const struct node *n)
{
	size_t i;

	for (i = 0; i + 1 < v->chain.n; i++)
		if (v->chain.v[i + 1] == n)
			return v->chain.v[i];
	return NULL;
}

/* The first of these that the task is in; NULL: in none. */
static const char *is_in_one(const struct facts *f, const struct task *t,
			     const char *const *functions, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (task_is_in(f, t, functions[i]))
			return functions[i];
	return NULL;
}
#define IS_IN_ONE(f, t, functions) is_in_one(f, t, functions, ARRAY_SIZE(functions))

/*
 * The dequeue work sends a hotplug event, which takes locks of those it should wake.  The
 * callback that sends it ends in a jump to what sends it, where the compiler likes that,
 * and has no frame then: that work sends no other.
 */
static int display_info(struct judge *j, const struct verdict *v, const char **why,
			const struct node **node)
{
	static const char *const sends[] = {
		"virtio_gpu_cmd_get_display_info_cb",
		"drm_kms_helper_hotplug_event",
		"drm_kms_helper_connector_hotplug_event",
		"drm_helper_hpd_irq_event",
		"drm_client_dev_hotplug",
		"drm_client_hotplug",
		"drm_sysfs_hotplug_event",
		"drm_fb_helper_hotplug_event",
	};
	const struct node *n = in_chain(j, v, "virtio_gpu_dequeue_ctrl_func");
	const char *in;

	n = n ? n : in_chain(j, v, sends[0]);
	in = n ? IS_IN_ONE(j->f, n->task, sends) : NULL;
	if (!in || n->task->on_cpu || n->task->on_rq)
		return 0;
	*node = n;
	*why = say(j, "%s, which fetches the device's answers, sleeps in %s()",
		   who(j, n->task), in);
	return v->chain.cycle < v->chain.n ? SURE_KNOWN_CYCLE : SURE_KNOWN_WORK_SLEEPS;
}

static int remote_drain(struct judge *j, const struct verdict *v, const char **why,
			const struct node **node)
{
	size_t i;

	for (i = 0; i < v->chain.n; i++)
		if (v->chain.v[i]->work && text_is_function(v->chain.v[i]->work->function,
							    "drain_local_pages_wq")) {
			*node = v->chain.v[i];
			*why = say(j, "the wait is for drain_local_pages_wq() to run on "
				      "another CPU, which later kernels do not need");
			return SURE_KNOWN_DRAIN;
		}
	return 0;
}

static int no_fair_server(struct judge *j, const struct verdict *v, const char **why,
			  const struct node **node)
{
	const struct node *root = v->root, *cpu = kind_in_chain(v, NODE_CPU);
	const struct node *starved = cpu ? before_in_chain(v, cpu) : NULL;

	if (v->cause != CAUSE_CPU_MONOPOLISED || !cpu || !root->task ||
	    root->task->sched != SCHED_KIND_RT || cpu->rq->fair_server ||
	    !cpu->rq->cfs_running)
		return 0;
	/* The thread of an interrupt is a real-time task itself. */
	if (!starved || !starved->task || starved->task->sched == SCHED_KIND_RT)
		return 0;
	*node = cpu;
	*why = say(j,
		   "%s keeps %s as a real-time task, tasks of the fair class wait there, "
		   "and this kernel has no server that gives those a share",
		   who(j, root->task), cpu->name);
	return SURE_KNOWN_RT;
}

/* Who unplugs waits for all users of the device, and they wait for the device. */
static int unplug(struct judge *j, const struct verdict *v, const char **why,
		  const struct node **node)
{
	static const char *const waits[] = {"__synchronize_srcu", "synchronize_srcu",
					    "synchronize_srcu_expedited"};
	const struct node *n = kind_in_chain(v, NODE_VIRTQUEUE);
	const struct studied *st;
	size_t i;

	for (i = 0; n && i < j->f->nblocked; i++) {
		st = j->f->studied.v[i];
		if (!stack_find(&st->stack, "drm_dev_unplug") ||
		    !IS_IN_ONE(j->f, st->task, waits))
			continue;
		*node = graph_task(j->g, st->task);
		*why = say(
			j,
			"%s waits in drm_dev_unplug() for the users of the device, who "
			"wait for the %s",
			who(j, st->task), n->name);
		return SURE_KNOWN_UNPLUG;
	}
	return 0;
}

static const struct bug bugs[] = {
	{{"d1b894c5bbb3",
	  "virtio-gpu: the answer to GET_DISPLAY_INFO sends a hotplug event from the work "
	  "that fetches answers, and that work then waits for modeset locks",
	  "in the chain, the work virtio_gpu_dequeue_ctrl_func() sleeps in a function that "
	  "sends a hotplug event",
	  "up to 6.18.41", "7.2, 7.1.6, 6.18.42, 6.12.101, 6.6.147"},
	 display_info},
	{{"443c2accd1b6",
	  "page allocator: lists of pages of each CPU are drained by a work on that CPU; "
	  "later kernels drain them from afar",
	  "the chain passes a drain_local_pages_wq() that waits to run", "up to 5.19",
	  "6.0"},
	 remote_drain},
	{{"557a6bfc662c",
	  "scheduler: no deadline server gives fair tasks a share beside a real-time one",
	  "a real-time task keeps a CPU for which a task of the fair class in the chain "
	  "waits, and its run queue has no server that gives those a share",
	  "up to 6.11", "6.12"},
	 no_fair_server},
	{{NULL,
	  "virtio-gpu: unplugging a device waits for users who wait for room in its ring",
	  "a task waits for SRCU in drm_dev_unplug(), and the chain passes a queue of the "
	  "device",
	  "up to 7.2", "7.3"},
	 unplug},
};

const struct known_bug *known_bug_at(size_t i)
{
	return i < ARRAY_SIZE(bugs) ? &bugs[i].known : NULL;
}

static void take_fix(struct verdict *v, const char *id, const struct fix *build)
{
	v->fix = id;
	v->build = build;
}

void known_bugs_match(struct judge *j, struct verdict *v)
{
	const struct known_bug *bug;
	const struct node *node;
	struct known_match *m;
	const char *why;
	size_t i;
	int sure;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		sure = bugs[i].test(j, v, &why, &node);
		if (!sure)
			continue;
		bug = &bugs[i].known;
		m = vec_push(j->a, &v->known);
		m->build = fix_by_id(&j->f->fixes, bug->id);
		if (m->build && m->build->build == BUILD_HAS)
			sure = sure < SURE_KNOWN_FIXED ? sure : SURE_KNOWN_FIXED;
		else if (!v->fix)
			take_fix(v, bug->id, m->build);
		m->bug = bug;
		m->id = bug->id;
		m->what = bug->what;
		m->affected = bug->affected;
		m->fixed = bug->fixed;
		m->confidence = sure;
		m->why = why;
		m->address = node ? node->address : 0;
	}
}
