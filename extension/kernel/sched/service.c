// SPDX-License-Identifier: GPL-2.0-or-later
#include "service.h"

#include <string.h>

#include "base/text.h"
#include "dump/layout.h"
#include "files.h"

/* ---- services that have a file ------------------------------------------------------ */

/* The kind of service, by the operations of its file. */
static const struct {
	const char *ops;
	enum service_kind kind;
} kinds[] = {
	{"fuse_dev_operations", SERVICE_FUSE},
	{"fanotify_fops", SERVICE_LEAVE},
	{"userfaultfd_fops", SERVICE_PAGES},
};

static const struct service *service_at(const struct services *services,
					enum service_kind kind, kaddr_t addr)
{
	size_t i;

	for (i = 0; addr && i < services->all.n; i++)
		if (services->all.v[i].kind == kind && services->all.v[i].addr == addr)
			return &services->all.v[i];
	return NULL;
}

/* Of FUSE's it has been the first member since there is a struct fuse_dev. */
static kaddr_t service_of_file(struct dump *d, enum service_kind kind, kaddr_t private)
{
	kaddr_t addr = 0;

	if (kind != SERVICE_FUSE)
		return private;
	if (!private ||
	    !(layout_has(d, FUSE_DEV_CONN) ? member_ptr(d, private, FUSE_DEV_CONN, &addr)
					   : dump_ptr(d, private, &addr)))
		return 0;
	return addr;
}

static void add_open(struct dump *d, enum service_kind kind, const struct open_file *file,
		     struct services *services)
{
	kaddr_t addr = service_of_file(d, kind, file->private_data);
	struct service *s;
	size_t i;

	if (!addr)
		return;
	s = (struct service *)service_at(services, kind, addr);
	if (!s) {
		s = vec_push(d->arena, &services->all);
		*s = (struct service){.kind = kind, .addr = addr};
	}
	for (i = 0; i < s->servers.n; i++)
		if (s->servers.v[i] == file->task->tgid)
			return;
	*vec_push(d->arena, &s->servers) = file->task->tgid;
}

void services_read(struct dump *d, const struct tasks *tasks, struct services *services)
{
	enum service_kind of[ARRAY_SIZE(kinds)];
	kaddr_t ops[ARRAY_SIZE(kinds)];
	struct open_files files;
	size_t i, k, n = 0;

	memset(services, 0, sizeof(*services));
	services->read = true;
	dump_load_module(d, "fuse", NULL);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (dump_symbol(d, kinds[i].ops, &ops[n]))
			of[n++] = kinds[i].kind;
	if (!n)
		return;
	open_files_read(d, tasks, ops, n, &files);
	for (i = 0; i < files.all.n; i++)
		for (k = 0; k < n; k++)
			if (ops[k] == files.all.v[i].f_op)
				add_open(d, of[k], &files.all.v[i], services);
}

/* ---- who serves ---------------------------------------------------------------------- */

/* Who of its threads would have to move: one that is stuck, or was stopped. */
static int urgency(const struct task *t)
{
	return t->state_letter == 'D'				  ? 3
	       : t->state_letter == 'T' || t->state_letter == 't' ? 2
	       : t->pid == t->tgid				  ? 1
								  : 0;
}

static struct task *thread_of(struct tasks *tasks, int tgid, const struct task *waiter)
{
	struct task *best = NULL, *t;
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		if (t->tgid == tgid && t != waiter &&
		    (!best || urgency(t) > urgency(best)))
			best = t;
	}
	return best;
}

/* Who asks may have the file as well, as who forked has: he does not answer himself. */
static struct task *server_of(struct tasks *tasks, const struct service *s,
			      const struct task *waiter)
{
	int tgid = -1;
	size_t i;

	for (i = 0; i < s->servers.n; i++) {
		if (s->servers.v[i] == waiter->tgid)
			continue;
		if (tgid >= 0)
			return NULL;
		tgid = s->servers.v[i];
	}
	if (!s->servers.n)
		return NULL;
	return thread_of(tasks, tgid >= 0 ? tgid : waiter->tgid, waiter);
}

/* ---- who waits: FUSE ------------------------------------------------------------------ */

/* A mount's, or of an older kernel the connection itself. */
static const struct service *through_mount(struct dump *d,
					   const struct services *services, kaddr_t mount)
{
	kaddr_t addr = mount;

	if (layout_has(d, FUSE_MOUNT_CONN) &&
	    (!mount || !member_ptr(d, mount, FUSE_MOUNT_CONN, &addr)))
		return NULL;
	return service_at(services, SERVICE_FUSE, addr);
}

static const struct service *only_connection(const struct services *services,
					     struct service_wait *out)
{
	const struct service *only = NULL;
	size_t i;

	for (i = 0; i < services->all.n; i++) {
		if (services->all.v[i].kind != SERVICE_FUSE)
			continue;
		if (only)
			return NULL;
		only = &services->all.v[i];
	}
	out->only = only;
	return only;
}

/* The queue is a member of the request that is waited for. */
static const struct service *of_request(struct dump *d, const struct services *services,
					kaddr_t queue, struct service_wait *out)
{
	const struct service *s;
	kaddr_t request, mount;
	uint64_t flags = 0;

	/* Without types it can be told only where there is no other. */
	if (!layout_has_all(d, FUSE_REQ_WAITQ, FUSE_REQ_MOUNT))
		return only_connection(services, out);
	request = member_base(d, queue, FUSE_REQ_WAITQ);
	if (!member_ptr(d, request, FUSE_REQ_MOUNT, &mount))
		return NULL;
	s = through_mount(d, services, mount);
	if (!s)
		return NULL;
	out->request = request;
	out->sent = layout_has(d, FUSE_SENT) &&
		    member_u64(d, request, FUSE_REQ_FLAGS, &flags) &&
		    flags >> layout_bit(d, FUSE_SENT, 0) & 1;
	return s;
}

/* ---- who waits: fanotify, userfaultfd ------------------------------------------------- */

static const struct service *of_group(struct dump *d, const struct services *services,
				      kaddr_t queue)
{
	if (!layout_has(d, FANOTIFY_WAITQ))
		return NULL;
	return service_at(services, SERVICE_LEAVE, member_base(d, queue, FANOTIFY_WAITQ));
}

/* Who has the file moves the waiter to the other queue when he reads of it. */
static const struct service *of_context(struct dump *d, const struct services *services,
					kaddr_t queue, struct service_wait *out)
{
	const struct service *s;

	if (!layout_has_all(d, USERFAULT_PENDING, USERFAULT_TOLD))
		return NULL;
	s = service_at(services, SERVICE_PAGES, member_base(d, queue, USERFAULT_PENDING));
	if (s)
		return s;
	s = service_at(services, SERVICE_PAGES, member_base(d, queue, USERFAULT_TOLD));
	out->sent = s != NULL;
	return s;
}

/* ---- who waits: a program --------------------------------------------------------------- */

/* The worker has forked it and waits for its end: it is the worker's child. */
static struct task *child_of(struct tasks *tasks, kaddr_t parent)
{
	struct task *child = NULL, *t;
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		if (t->parent != parent || t->pid != t->tgid || t->exit_state)
			continue;
		if (child)
			return NULL;
		child = t;
	}
	return child;
}

/* The work is a member of the same as the pointer to the completion. */
static bool is_for(struct dump *d, const struct work *w, kaddr_t completion)
{
	kaddr_t at;

	return w && !strcmp(w->function, "call_usermodehelper_exec_work") &&
	       member_ptr(d, member_base(d, w->addr, HELPER_WORK), HELPER_COMPLETE,
			  &at) &&
	       at == completion;
}

static void find_program(const struct service_finder *f, kaddr_t completion,
			 struct service_wait *out)
{
	const struct worker *w;
	struct pool *p;
	size_t i, k;

	if (!completion || !layout_has_all(f->d, HELPER_WORK, HELPER_COMPLETE))
		return;
	for (i = 0; i < f->wqs->pools.n; i++) {
		p = f->wqs->pools.v[i];
		for (k = 0; k < p->workers.n; k++) {
			w = p->workers.v[k];
			if (!w->task || !is_for(f->d, w->current, completion))
				continue;
			out->service = member_base(f->d, w->current->addr, HELPER_WORK);
			out->daemon = child_of(f->tasks, w->task->addr);
			return;
		}
	}
}

/* ---- who waits ------------------------------------------------------------------------- */

/* By the innermost function that says so. */
static enum service_kind kind_of(const struct stack *stack, const struct wait *w)
{
	static const struct {
		const char *begin;
		enum wait_kind wait;
		enum service_kind kind;
	} asks[] = {
		/* The daemon, which waits for requests: not for itself. */
		{"fuse_dev_", WAIT_QUEUE, SERVICE_NONE},
		{"fanotify_read", WAIT_QUEUE, SERVICE_NONE},
		{"fuse_", WAIT_QUEUE, SERVICE_FUSE},
		{"__fuse_", WAIT_QUEUE, SERVICE_FUSE},
		{"fanotify_", WAIT_QUEUE, SERVICE_LEAVE},
		{"handle_userfault", WAIT_QUEUE, SERVICE_PAGES},
		{"call_usermodehelper_exec", WAIT_COMPLETION, SERVICE_PROGRAM},
	};
	enum service_kind kind = SERVICE_NONE;
	size_t i, k;

	for (i = 0; i < stack->n; i++)
		for (k = 0; k < ARRAY_SIZE(asks); k++) {
			if (asks[k].wait != w->kind ||
			    !text_starts(stack->v[i].function, asks[k].begin))
				continue;
			if (asks[k].kind == SERVICE_NONE)
				return SERVICE_NONE;
			if (kind == SERVICE_NONE)
				kind = asks[k].kind;
			break;
		}
	return kind;
}

bool service_wait_is_likely(const struct stack *stack, const struct wait *w, kaddr_t sb)
{
	return sb || kind_of(stack, w) != SERVICE_NONE;
}

void service_wait_find(const struct service_finder *f, const struct task *t,
		       const struct stack *stack, const struct wait *w, kaddr_t sb,
		       struct service_wait *out)
{
	const struct service *s = NULL;
	kaddr_t info;

	memset(out, 0, sizeof(*out));
	out->kind = sb ? SERVICE_FUSE : kind_of(stack, w);
	if (sb) {
		if (layout_has(f->d, SB_FS_INFO) &&
		    member_ptr(f->d, sb, SB_FS_INFO, &info))
			s = through_mount(f->d, f->services, info);
	} else if (out->kind == SERVICE_PROGRAM) {
		find_program(f, w->object, out);
	} else if (w->object && out->kind == SERVICE_FUSE) {
		s = of_request(f->d, f->services, w->object, out);
	} else if (w->object && out->kind == SERVICE_LEAVE) {
		s = of_group(f->d, f->services, w->object);
	} else if (w->object && out->kind == SERVICE_PAGES) {
		s = of_context(f->d, f->services, w->object, out);
	}
	/* Below FUSE's functions one may sleep for other things, too. */
	if (!s && out->kind == SERVICE_FUSE)
		out->kind = SERVICE_NONE;
	if (!s)
		return;
	out->service = s->addr;
	out->daemon = server_of(f->tasks, s, t);
}
