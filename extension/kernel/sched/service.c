// SPDX-License-Identifier: GPL-2.0-or-later
#include "service.h"

#include <string.h>

#include "base/text.h"
#include "dump/layout.h"
#include "files.h"

/* ---- connections ------------------------------------------------------------------ */

/* Who of its threads would have to move: one that is stuck, or was stopped. */
static int urgency(const struct task *t)
{
	return t->state_letter == 'D'				  ? 3
	       : t->state_letter == 'T' || t->state_letter == 't' ? 2
	       : t->pid == t->tgid				  ? 1
								  : 0;
}

static struct task *daemon_of(struct tasks *tasks, int tgid)
{
	struct task *best = NULL, *t;
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		if (t->tgid == tgid && (!best || urgency(t) > urgency(best)))
			best = t;
	}
	return best;
}

static struct service *connection(const struct services *fuse, kaddr_t addr)
{
	size_t i;

	for (i = 0; addr && i < fuse->all.n; i++)
		if (fuse->all.v[i].addr == addr)
			return &fuse->all.v[i];
	return NULL;
}

static void add_open(struct dump *d, struct tasks *tasks, const struct open_file *file,
		     struct services *fuse)
{
	struct service *c;
	kaddr_t addr;

	/* It has been the first member since there is a struct fuse_dev. */
	if (!file->private_data ||
	    !(layout_has(d, FUSE_DEV_CONN)
		      ? member_ptr(d, file->private_data, FUSE_DEV_CONN, &addr)
		      : dump_ptr(d, file->private_data, &addr)) ||
	    !addr)
		return;
	c = connection(fuse, addr);
	if (c) {
		if (c->daemon && c->daemon->tgid != file->task->tgid)
			c->daemon = NULL;
		return;
	}
	c = vec_push(d->arena, &fuse->all);
	c->addr = addr;
	c->daemon = daemon_of(tasks, file->task->tgid);
}

void services_read(struct dump *d, struct tasks *tasks, struct services *fuse)
{
	struct open_files files;
	kaddr_t ops;
	size_t i;

	memset(fuse, 0, sizeof(*fuse));
	fuse->read = true;
	dump_load_module(d, "fuse", NULL);
	if (!dump_symbol(d, "fuse_dev_operations", &ops))
		return;
	open_files_read(d, tasks, &ops, 1, &files);
	for (i = 0; i < files.all.n; i++)
		add_open(d, tasks, &files.all.v[i], fuse);
}

/* ---- who waits --------------------------------------------------------------------- */

bool service_wait_is_likely(const struct stack *stack, const struct wait *w, kaddr_t sb)
{
	bool asks = false;
	size_t i;

	for (i = 0; w->kind == WAIT_QUEUE && i < stack->n; i++) {
		/* The daemon, which waits for requests: not for itself. */
		if (text_starts(stack->v[i].function, "fuse_dev_"))
			return false;
		asks |= text_starts(stack->v[i].function, "fuse_") ||
			text_starts(stack->v[i].function, "__fuse_");
	}
	return asks || sb != 0;
}

/* A mount's, or of an older kernel the connection itself. */
static const struct service *through_mount(struct dump *d, const struct services *fuse,
					   kaddr_t mount)
{
	kaddr_t addr = mount;

	if (layout_has(d, FUSE_MOUNT_CONN) &&
	    (!mount || !member_ptr(d, mount, FUSE_MOUNT_CONN, &addr)))
		return NULL;
	return connection(fuse, addr);
}

/* The queue is a member of the request that is waited for. */
static const struct service *of_request(struct dump *d, const struct services *fuse,
					kaddr_t queue, struct service_wait *out)
{
	const struct service *c;
	kaddr_t request, mount;
	uint64_t flags = 0;

	/* Without types it can be told only where there is no other. */
	if (!layout_has_all(d, FUSE_REQ_WAITQ, FUSE_REQ_MOUNT))
		return fuse->all.n == 1 ? &fuse->all.v[0] : NULL;
	request = member_base(d, queue, FUSE_REQ_WAITQ);
	if (!member_ptr(d, request, FUSE_REQ_MOUNT, &mount))
		return NULL;
	c = through_mount(d, fuse, mount);
	if (!c)
		return NULL;
	out->request = request;
	out->sent = layout_has(d, FUSE_SENT) &&
		    member_u64(d, request, FUSE_REQ_FLAGS, &flags) &&
		    flags >> (layout_enum(d, FUSE_SENT, 0) & 63) & 1;
	return c;
}

void service_wait_find(struct dump *d, const struct services *fuse, const struct wait *w,
		       kaddr_t sb, struct service_wait *out)
{
	const struct service *c = NULL;
	kaddr_t info;

	memset(out, 0, sizeof(*out));
	if (sb && layout_has(d, SB_FS_INFO) && member_ptr(d, sb, SB_FS_INFO, &info))
		c = through_mount(d, fuse, info);
	else if (w->kind == WAIT_QUEUE && w->object)
		c = of_request(d, fuse, w->object, out);
	if (!c)
		return;
	out->connection = c->addr;
	out->daemon = c->daemon;
}
