// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages and buffers under I/O, the disks that they are with, and file systems. */
#include "edges.h"

#include <string.h>

static struct node *want_disk(struct build *b, const struct io_wait *io)
{
	bool is_new;
	struct node *n = want(b, NODE_DISK, io->disk->addr, &is_new);

	/* One whose request is with the disk says more than those that are on it. */
	if (is_new || !n->io->request)
		n->io = io;
	if (is_new) {
		n->disk = io->disk;
		n->name = io->disk->name;
		n->title = arena_printf(b->g->arena, "disk %s", io->disk->name);
	}
	return n;
}

/* "a read of 4096 bytes, which its driver has had for 20.1 s" */
static const char *request_words(struct build *b, const struct io_wait *io)
{
	const struct disk_request *rq = io->request;
	const char *operation = disk_operation(rq->operation);

	return arena_printf(b->g->arena, "a %s of %llu bytes at sector %llu%s",
			    operation ? operation : "request", COUNT(rq->bytes),
			    COUNT(rq->sector),
			    io->since_s < 0 ? ""
					    : arena_printf(b->g->arena,
							   ", which its driver has had "
							   "for %.1f s",
							   io->since_s));
}

static struct node *want_file_system(struct build *b, const struct io_wait *io)
{
	bool is_new;
	struct node *n = want(b, NODE_IO, io->file_system, &is_new);

	name_node(n,
		  arena_printf(b->g->arena, "I/O of file system %s", io->file_system_id));
	return n;
}

/* So that all who wait for the same are together. */
static void out_to_place(struct build *b, struct node *n, const struct io_wait *io)
{
	if (io->disk)
		link_to(b->g, n, want_disk(b, io), io->disk->addr,
			LOOK_AT("gendisk.disk_name,queue", io->disk->addr),
			"on it; no request in flight that was found carries it");
	else if (io->file_system)
		link_to(b->g, n, want_file_system(b, io), io->file_system,
			LOOK(MOUNT, .address = io->file_system), "of a file of it");
}

/* What shows the service, and why one waits for who serves it. */
static const struct served {
	const char *type, *told, *not_told;
} served[SERVICE_KINDS] = {
	[SERVICE_FUSE] = {"fuse_conn", "of a file system that this daemon serves",
			  "of a file system that this daemon serves"},
	[SERVICE_LEAVE] = {"fsnotify_group",
			   "woken when it has allowed the use of a file",
			   "woken when it has allowed the use of a file"},
	[SERVICE_PAGES] = {"userfaultfd_ctx",
			   "woken when it has brought a page, which it knows of",
			   "woken when it has brought a page, which it does not know of"},
	[SERVICE_PROGRAM] =
		{"subprocess_info",
		 "completed when this program has ended, which the kernel runs",
		 "completed when this program has ended, which the kernel runs"},
};

static void out_to_daemon(struct build *b, struct node *n, const struct studied *st)
{
	const struct service_wait *w = &st->service;
	const struct served *as = &served[w->kind];
	struct node *to;

	if (w->kind == SERVICE_NONE || n->out.n)
		return;
	if (!w->daemon) {
		n->service = w;
		return;
	}
	to = want_task(b, w->daemon);
	if (!to->service || (w->request && !to->service->request))
		to->service = w;
	if (w->request)
		link_to(b->g, n, to, w->request, LOOK_AT("fuse_req", w->request),
			"woken when it has answered this request, which it has%s read",
			w->sent ? "" : " not");
	else if (w->only) /* without its type: told by what the waiter is in */
		link_to(b->g, n, to, w->service, LOOK(STACK, .n = st->task->pid),
			"of the only file system that is served here, which this daemon "
			"serves");
	else
		link_to(b->g, n, to, w->service, LOOK_AT(as->type, w->service), "%s",
			w->sent ? as->told : as->not_told);
}

/*
 * That of a file that a disk is made of is met by way of the disk: who waits for that disk may
 * do so for another reason than its file.
 */
void out_of_service(struct build *b, struct node *n, const struct studied *st)
{
	if (!st->io.below)
		out_to_daemon(b, n, st);
}

/* Whose wait it is, or is below his; NULL: of nobody studied. */
static const struct studied *who_waits(const struct build *b, const struct io_wait *io)
{
	const struct io_wait *his;
	size_t i;

	for (i = 0; i < b->f->studied.n; i++)
		for (his = &b->f->studied.v[i]->io; his; his = his->below)
			if (his == io)
				return b->f->studied.v[i];
	return NULL;
}

/* The file that a disk is made of is on no disk: its file system may be a process. */
static void out_to_file_system(struct build *b, struct node *n,
			       const struct io_wait *below)
{
	const struct studied *st = who_waits(b, n->io);
	struct node *to = want_file_system(b, below);

	link_to(b->g, n, to, n->disk->addr,
		LOOK_AT("gendisk.disk_name,private_data", n->disk->addr),
		"made of a file of it");
	if (st)
		out_to_daemon(b, to, st);
}

/* A thread of the disk's name, or since 87579e9b7d8d (5.14) who runs a work of such a queue. */
static bool works_for(const struct build *b, const struct task *t, const char *name)
{
	const struct worker *w = t->kthread ? worker_of_task(&b->f->wqs, t->addr) : NULL;
	const struct workqueue *wq =
		w && w->current ? workqueue_by_addr(&b->f->wqs, w->current->wq) : NULL;

	return t->kthread && !strcmp(wq ? wq->name : t->comm, name);
}

/*
 * Who does the requests of a disk that is made of a file, and hangs; NULL: nobody does.  One
 * of several that sleeps for a moment does its own.
 */
static const struct task *stuck_worker(const struct build *b, const struct disk *disk)
{
	const struct task *t;
	size_t i;

	for (i = 0; i < b->f->nblocked && disk->of_file; i++) {
		t = b->f->studied.v[i]->task;
		if (!t->on_cpu && !t->on_rq &&
		    (t->since_s < 0 || t->since_s >= STUCK_S) &&
		    works_for(b, t, disk->name))
			return t;
	}
	return NULL;
}

/* What is below has a request, and has not had it for a moment only, as one that works. */
static bool may_have(const struct io_wait *below)
{
	return below && below->request &&
	       (below->since_s < 0 || below->since_s >= STUCK_S);
}

/*
 * It may be made of a file, and what is below has that: where nothing old is seen there,
 * who should ask for it may not have come to that.
 */
void out_of_disk(struct build *b, struct node *n)
{
	const struct io_wait *below = n->io->below;
	const struct task *worker = may_have(below) ? NULL : stuck_worker(b, n->disk);

	if (worker)
		link_to(b->g, n, want_task(b, worker), worker->addr,
			LOOK(STACK, .n = worker->pid),
			"its requests are done by this one");
	else if (below && below->disk)
		link_to(b->g, n, want_disk(b, below), n->disk->addr,
			LOOK_AT("gendisk.disk_name,private_data", n->disk->addr),
			"made of a file on it%s%s",
			below->request ? ", whose oldest request is " : "",
			below->request ? request_words(b, below) : "");
	else if (below && below->file_system)
		out_to_file_system(b, n, below);
}

void out_of_kernfs(struct build *b, struct node *n, const struct kernfs_wait *w)
{
	const struct kernfs_user *u;
	size_t i;

	if (!w->node || n->kernfs)
		return;
	n->kernfs = w;
	for (i = 0; i < w->users.n; i++) {
		u = &w->users.v[i];
		link_to(b->g, n, want_task(b, u->task), u->open,
			LOOK_AT("kernfs_open_file", u->open),
			"in a read or a write of it: the mutex of what it has open is its own");
	}
}

void out_of_io(struct build *b, struct node *n, const struct studied *st)
{
	if (n->out.n)
		return;
	if (st->io.request) {
		link_to(b->g, n, want_disk(b, &st->io), st->io.request->addr,
			LOOK_AT("request", st->io.request->addr), "%s %s",
			st->io.dirty ? "ends when it has written what is dirty, of which "
				       "the oldest is"
				     : "carried by",
			request_words(b, &st->io));
		return;
	}
	out_to_insiders(b, n);
	out_of_service(b, n, st);
	if (!n->out.n && !(n->inside && n->inside->all.n))
		out_to_place(b, n, &st->io);
}

/* Who freezes a queue waits for its requests, and whoever has one to add for him. */
static void out_to_freezers(struct build *b, struct node *n, const struct disk *disk)
{
	const struct studied *st;
	size_t i;

	for (i = 0; i < b->f->studied.n && !n->out.n; i++) {
		st = b->f->studied.v[i];
		if (st->io.frozen == FROZEN_BY_IT && st->io.disk == disk)
			link_to(b->g, n, want_task(b, st->task), disk->queue,
				LOOK_AT("request_queue.mq_freeze_depth", disk->queue),
				"frozen by it, until all requests have ended");
	}
}

bool out_of_frozen_queue(struct build *b, struct node *n, const struct studied *st)
{
	const struct io_wait *io = &st->io;
	struct node *to;
	bool is_new;

	if (io->frozen == FROZEN_TO_IT) {
		to = want(b, NODE_IO, io->disk->queue, &is_new);
		name_node(to, arena_printf(b->g->arena, "frozen queue of disk %s",
					   io->disk->name));
		link_to(b->g, n, to, st->wait.record,
			LOOK_AT("request_queue.mq_freeze_depth", io->disk->queue),
			"waits until it takes requests again");
		out_to_freezers(b, to, io->disk);
		return true;
	}
	if (io->frozen != FROZEN_BY_IT || !io->request)
		return false;
	link_to(b->g, n, want_disk(b, io), io->request->addr,
		LOOK_AT("request", io->request->addr),
		"freezes its queue, and waits until its requests have ended: the oldest "
		"is %s",
		request_words(b, io));
	return true;
}

/* What he has for it is in no request yet, and all who wait so are in queues of many kinds. */
bool out_to_full_disk(struct build *b, struct node *n, const struct studied *st)
{
	if (!st->io.room)
		return false;
	link_to(b->g, n, want_disk(b, &st->io), st->io.room,
		LOOK(WORDS, .address = st->io.room, .n = 1),
		"has a request for it and waits until it takes more: its queue's address "
		"is on the stack");
	return true;
}

void out_of_lookup(struct build *b, struct node *n, const struct wait *w)
{
	if (w->looker && !n->out.n)
		link_to(b->g, n, want_task(b, w->looker), w->object,
			LOOK(TASK, .type = "task_struct.stack",
			     .address = w->looker->addr),
			"on the stack of this one, who wakes all when the name is looked "
			"up");
}

/* The thread waits for those who have a handle, all others for the thread. */
void out_of_journal(struct build *b, struct node *n, const struct wait *w)
{
	const struct task *t;
	size_t i;

	if (n->out.n)
		return;
	if (w->thread)
		link_to(b->g, n, want_task(b, w->thread), w->object,
			LOOK_AT("wait_queue_head", w->object),
			"woken by this thread, which commits what is in the journal");
	for (i = 0; i < w->handles.all.n && !w->thread; i++) {
		t = w->handles.all.v[i];
		link_to(b->g, n, want_task(b, t), t->addr,
			LOOK_AT("task_struct.journal_info", t->addr),
			"keeps the transaction open: it has a handle of it");
	}
}
