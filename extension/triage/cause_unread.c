// SPDX-License-Identifier: GPL-2.0-or-later
/* Somebody waits for a host, and the types of the modules that ask it were not found. */
#include <string.h>

#include "base/text.h"
#include "judge.h"
#include "kernel/gpu/virtio_wait.h"

/* Who is at the end, or waits for what is there; NULL: no task. */
static const struct task *last_task(const struct verdict *v, const struct node *root)
{
	size_t i;

	if (root->task)
		return root->task;
	for (i = 1; i < v->chain.n; i++)
		if (v->chain.v[i] == root)
			return v->chain.v[i - 1]->task;
	return NULL;
}

/* Built in, its functions are told by their names. */
static bool is_of_gpu(const struct frame *fr)
{
	return !strcmp(fr->module, "virtio_gpu") ||
	       text_starts(fr->function, "virtio_gpu_");
}

/* The innermost function that is a driver's. */
static const struct frame *in_driver(const struct stack *stack)
{
	size_t i;

	for (i = 0; i < stack->n; i++)
		if (stack->v[i].module[0] || is_of_gpu(&stack->v[i]))
			return &stack->v[i];
	return NULL;
}

/* "virtio_fence_ops" until 5.2. */
static bool is_fence_of_gpu(const struct judge *j, const struct task *t)
{
	const struct studied *st = t ? facts_studied(j->f, t) : NULL;

	return st && st->wait.kind == WAIT_FENCE && st->wait.fence_ops &&
	       text_starts(st->wait.fence_ops, "virtio_");
}

/* What of the GPU's is not known; NULL: it is not the GPU that is waited for. */
static const char *of_gpu(struct judge *j, const struct node *root, const struct task *t)
{
	const struct studied *st = t ? facts_studied(j->f, t) : NULL;
	const struct frame *fr = st ? in_driver(&st->stack) : NULL;
	const struct gpus *gpus = &j->f->gpus;

	/* A variable is no device's: those are allocated. */
	if (root->variable || !gpus->all.n || gpus->all.v[0].waits.read ||
	    !gpus->missing.n)
		return NULL;
	if (root->kind == NODE_FENCE && is_fence_of_gpu(j, t))
		return say(j, "what the GPU's host does with %s", root->title);
	if (root->kind == NODE_WAIT_QUEUE && fr && is_of_gpu(fr))
		return say(j, "what the GPU's host does, for which %s waits in %s()",
			   who(j, t), fr->function);
	if (root->kind == NODE_COMPLETION && j->f->commits.works.n)
		return say(j, "whether %s is the GPU's, and what its host does",
			   root->title);
	return NULL;
}

/* The same of a host that was asked and is waited for, where it is not known which. */
static const char *of_host(struct judge *j, const struct task *t)
{
	const struct studied *st = t ? facts_studied(j->f, t) : NULL;
	const char *function = st && !st->virtio ? virtio_wait_function(&st->stack)
						 : NULL;

	return function
		       ? say(j,
			     "which device's host has not answered what %s asked in %s()",
			     who(j, t), function)
		       : NULL;
}

static const char *module_words(struct judge *j, const struct types_missing *m)
{
	return m->builtin ? say(j, "the kernel, which has it built in: %s", m->module)
			  : say(j, "the module %s", m->module);
}

/* He has what others want, and waits like them. */
static void blame_nobody(struct verdict *v)
{
	v->cause = CAUSE_UNEXPLAINED;
	v->confidence = SURE_NOT_EXPLAINED;
	v->culprit = (struct culprit){.name = "", .pid = -1, .cpu = -1};
}

static void say_unread(struct judge *j, struct verdict *v, const char *what,
		       const char *types)
{
	if (types) {
		say_missing(j, v, "%s: the debuginfo of %s", what, types);
		say_debuginfo(j, v);
	} else {
		say_missing(j, v, "%s", what);
	}
	blame_nobody(v);
}

void judge_asker(struct judge *j, struct verdict *v, const struct task *t)
{
	const char *what = of_host(j, t);

	if (!what)
		return;
	/* What was answered may not have been fetched: then it is no host that is late. */
	if (j->f->vring_unread)
		say_unread(j, v, what, "the module virtio_ring");
	else
		say_unread(j, v,
			   say(j, "%s, if one has not: no queue, or several, owe answers",
			       what),
			   NULL);
}

void judge_unread(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct task *t = last_task(v, root);
	const char *what = of_gpu(j, root, t);

	if (what)
		say_unread(j, v, what, module_words(j, &j->f->gpus.missing.v[0]));
	else
		judge_asker(j, v, t);
}
