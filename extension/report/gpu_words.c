// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu_words.h"

#include "text_writer.h"

const char *ring_words(const struct virtqueue *vq)
{
	switch (vq->kind) {
	case VRING_SPLIT:
		return "split";
	case VRING_PACKED:
		return "packed";
	case VRING_UNREAD:
		break;
	}
	return "?";
}

/* What stands after others has a comma between. */
#define add_state(a, s, words)                                                           \
	(*(s) = arena_printf(a, "%s%s%s", *(s), **(s) ? ", " : "", words))

const char *gpu_state_words(struct arena *a, const struct gpu *g)
{
	const char *s = "";

	if (g->failed)
		add_state(a, &s, "failed");
	if (!g->config_enabled)
		add_state(a, &s, "config disabled");
	if (g->config_change_pending)
		add_state(a, &s, "config change pending");
	if (g->unbound)
		add_state(a, &s, "UNBOUND from its driver");
	if (g->use_read && g->drm_use.unplugged)
		add_state(a, &s, "UNPLUGGED");
	return s;
}

static const char *thread_words(struct arena *a, const struct gpu_irq *irq)
{
	if (!irq->threaded)
		return "";
	if (!irq->thread)
		return "; its thread was not found";
	return arena_printf(a, "; handled by %s, pid %d (%s)", irq->thread->comm,
			    irq->thread->pid,
			    irq->thread->state_letter == 'R' ? "runnable" : "asleep");
}

const char *irq_words(struct arena *a, const struct gpu_irq *irq)
{
	const char *to = irq->affinity
				 ? arena_printf(a, "; goes to CPU %s%s (affinity %s)",
						irq->effective,
						irq->offline ? ", which is OFFLINE" : "",
						irq->affinity)
				 : "";

	return arena_printf(a, "%u %s: came %llu times%s%s%s%s%s%s%s", irq->irq,
			    irq->name, COUNT(irq->count), to,
			    irq->disabled
				    ? arena_printf(a, "; DISABLED, depth %u", irq->depth)
				    : "",
			    irq->nobody_cared ? " by the kernel, since nobody cared" : "",
			    irq->pending ? "; one came while it was disabled" : "",
			    irq->masked ? "; masked" : "",
			    irq->in_progress ? "; in progress" : "",
			    thread_words(a, irq));
}

const char *command_words(struct arena *a, const struct gpu_command *c)
{
	const char *what = c->name;

	if (c->resource >= 0)
		what = arena_printf(a, "%s resource %lld", what, (long long)c->resource);
	if (c->scanout >= 0)
		what = arena_printf(a, "%s scanout %lld", what, (long long)c->scanout);
	if (c->context)
		what = arena_printf(a, "%s context %u", what, c->context);
	if (c->flags & GPU_CMD_FLAG_FENCE)
		what = arena_printf(a, "%s fence %llu", what, HEX(c->fence_id));
	if (c->ring >= 0)
		what = arena_printf(a, "%s ring %d", what, c->ring);
	if (c->data_size)
		what = arena_printf(a, "%s data %u", what, c->data_size);
	if (c->slot.place != VRING_ANSWERED && c->slot.fetched)
		what = arena_printf(a, "%s; %sfetched", what,
				    c->slot.fetched == VRING_FETCHED ? "" : "not ");
	if (c->answer_name)
		what = arena_printf(a, "%s; answer %s", what, c->answer_name);
	if (c->waited_s >= 0)
		what = arena_printf(a, "%s; for %s at least", what,
				    text_seconds(c->waited_s));
	return what;
}

const char *opener_words(struct arena *a, int pid)
{
	if (pid <= 0)
		return pid ? "a process that is not known" : "the kernel";
	return arena_printf(a, "pid %d", pid);
}

const char *owner_words(const struct facts *f, int pid)
{
	const struct task *t;

	if (pid <= 0)
		return opener_words(f->arena, pid);
	t = task_by_pid(&f->tasks, pid);
	return arena_printf(f->arena, "pid %d (%s)", pid, t ? t->comm : "gone");
}
