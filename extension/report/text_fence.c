// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu fence`. */
#include "report.h"
#include "text_writer.h"

#define INDENT 12

static void waiters(FILE *out, const struct gpu_fence *g)
{
	const struct fence_waiter *w;
	size_t i;

	for (i = 0; i < g->f.waiters.n; i++) {
		w = &g->f.waiters.v[i];
		if (w->task)
			fprintf(out, "    pid %d (%s) waits, for %s\n", w->task->pid,
				w->task->comm, text_seconds(w->task->since_s));
		else
			fprintf(out, "    calls %s, dma_fence_cb 0x%llx\n",
				w->function ? w->function : "?", HEX(w->cb));
	}
}

static void holders(FILE *out, const struct gpu_fences *fs, const struct gpu_fence *g)
{
	const struct fence_holder *h;
	size_t i;

	for (i = 0; i < g->nholders; i++) {
		h = &fs->holders.v[g->first_holder + i];
		fprintf(out, "    held by %s 0x%llx", holder_kind_name(h->kind),
			HEX(h->addr));
		if (h->kind == HOLDER_SYNC_FILE)
			fprintf(out, ": fd %d of pid %d (%s)", h->fd, h->pid,
				h->comm ? h->comm : "?");
		else if (h->kind == HOLDER_STACK)
			fprintf(out, " of pid %d (%s)", h->pid, h->comm);
		else if (h->kind == HOLDER_SYNCOBJ)
			fprintf(out, ": handle %d of pid %d", h->fd, h->pid);
		fprintf(out, "%s%s\n", h->container ? " in a " : "",
			h->container ? h->container : "");
	}
}

static void fence(FILE *out, const struct gpu *gpu, const struct gpu_fence *g)
{
	fprintf(out, "  0x%llx %8llu %8llu %8llu %5d 0x%02llx  %s", HEX(g->f.addr),
		HEX(g->fence_id), HEX(g->f.context), HEX(g->f.seqno), g->f.refcount,
		HEX(g->f.flags), fence_state_name(g->state));
	if (g->f.error)
		fprintf(out, " error %d", g->f.error);
	if (g->command)
		fprintf(out, "; %s in descriptor %u", g->command->name,
			g->command->slot.head);
	else if (g->state == FENCE_IN_FLIGHT && gpu_commands_known(gpu))
		fputs("; no command in the ring carries it", out);
	fputc('\n', out);
	waiters(out, g);
	holders(out, &gpu->fences, g);
}

static void contexts(FILE *out, const struct gpu_fences *fs)
{
	const struct fence_context *c;
	char signalled[48];
	size_t i;

	for (i = 0; i < fs->contexts.n; i++) {
		c = &fs->contexts.v[i];
		/* Of those that are still there: a signalled one is freed soon. */
		if (c->signalled)
			snprintf(signalled, sizeof(signalled),
				 "newest signalled one left %llu", HEX(c->signalled));
		else
			snprintf(signalled, sizeof(signalled), "no signalled one left");
		text_wrapf(out, "  context", INDENT,
			   "%llu: newest seqno %llu, %s; %zu waiting, %zu held",
			   HEX(c->context), HEX(c->emitted), signalled, c->waiting,
			   c->held);
	}
}

static void gpu(FILE *out, const struct gpu *g, bool all)
{
	const struct gpu_fences *fs = &g->fences;
	bool any = false;
	size_t i;

	fprintf(out, "%s  virtio_gpu_fence_driver of virtio_gpu_device 0x%llx\n", g->name,
		HEX(g->vgdev));
	text_wrapf(out, "  emitted", INDENT,
		   "%llu; last signalled %llu; %zu on the list%s", HEX(g->fence_emitted),
		   HEX(g->fence_signalled), fs->on_list,
		   fs->list_complete ? "" : " (it could not be followed to its end)");
	text_wrapf(
		out, "  off it", INDENT,
		"%zu held, %zu leaked, %zu freed and waiting for RCU, %zu never emitted%s",
		fs->counts[FENCE_HELD], fs->counts[FENCE_LEAKED],
		fs->counts[FENCE_FREEING], fs->counts[FENCE_UNEMITTED],
		fs->slabs_read ? "" : " (of those that something leads to)");
	if (fs->counts[FENCE_LEAKED] && !fs->holders_complete)
		text_wrap(
			out, "  unsure", INDENT,
			"not all that may hold a fence could be looked at: of the leaked "
			"some may be held");
	contexts(out, fs);
	for (i = 0; i < fs->all.n; i++) {
		if (!all && !fs->all.v[i].on_list)
			continue;
		if (!any)
			fprintf(out, "  %-18s %8s %8s %8s %5s %4s  %s\n", "fence", "id",
				"context", "seqno", "refs", "flag", "state");
		any = true;
		fence(out, g, &fs->all.v[i]);
	}
}

void text_fences(FILE *out, const struct facts *f, bool all)
{
	size_t i;

	if (f->gpus.state != GPUS_FOUND)
		text_wrap(out, "", 0, gpus_state_words(f->gpus.state));
	for (i = 0; i < f->gpus.all.n; i++)
		if (f->gpus.all.v[i].use_read)
			gpu(out, &f->gpus.all.v[i], all);
	text_missing(out, f);
	text_notes(out, f);
}
