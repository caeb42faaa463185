// SPDX-License-Identifier: GPL-2.0-or-later
/* I/O at the end of a chain, and the disk that has it. */
#include "base/text.h"
#include "functions.h"
#include "judge.h"

#include <string.h>

void judge_io(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct wait *w = v->chain.n > 1 ? v->chain.v[v->chain.n - 2]->wait : NULL;
	bool named = strcmp(root->title, "I/O") != 0;

	/* A page's lock is a task's, too. */
	if (judge_inside(j, v, root))
		return;
	v->cause = CAUSE_IO_WAIT;
	v->confidence = SURE_IO;
	if (w && w->frozen) {
		v->confidence = SURE_FILE_SYSTEM_FROZEN;
		add_for(j, v,
			say(j, "%s: its super_block's s_writers.frozen is set",
			    w->symbol),
			w->object, LOOK(MOUNT, .address = w->frozen));
		v->summary = say(j, "%s to write to a %s.", wait_words(j, v), w->symbol);
		say_next(j, v,
			 "Find out who froze it (fsfreeze, a snapshot, a backup agent) "
			 "and did not thaw it.");
		return;
	}
	v->summary = say(j, "%s for I/O that has not come back%s%s.", wait_words(j, v),
			 named ? ": " : "", named ? root->title : "");
	say_next(j, v,
		 "Look at the block devices" LOOK_ASIDE " and the file system's tasks.");
	say_look(j, v, LOOK(DISKS));
}

/* A request younger than the hang is not what began it: the disk answers others. */
static int judge_request(struct judge *j, struct verdict *v, const struct node *root)
{
	double s = root->io->since_s;

	if (s < 0) {
		say_missing(j, v, "since when its driver has the request");
		return SURE_REQUEST_TIME_UNKNOWN;
	}
	if (s >= STUCK_S)
		return 0;
	add_against(j, v,
		    say(j,
			"the request has been with the disk for only %s: it may be slow",
			span(j, s)),
		    root->io->request->addr, LOOK_AT("request", root->io->request->addr));
	return SURE_REQUEST_IS_YOUNG;
}

/* How long the oldest of its requests has been with it; < 0: not known, or it has none. */
static double oldest(const struct judge *j, const struct disk *disk)
{
	uint64_t now = facts_monotonic(j->f);

	return disk->in_flight && disk->oldest_ns && disk->oldest_ns <= now
		       ? (double)(now - disk->oldest_ns) / 1e9
		       : -1;
}

/* Others have requests with the disk that it does not finish: so has, perhaps, this one. */
static bool judge_place(struct judge *j, struct verdict *v, const struct node *root)
{
	if (root->io->request)
		return false;
	v->confidence = SURE_IO;
	if (!root->io->room)
		say_missing(
			j, v,
			"the request that carries what is waited for: it has perhaps not been "
			"given to the driver, or another disk has it");
	return oldest(j, root->disk) < STUCK_S;
}

/* By its driver, which its name tells. */
static const char *server_of(const struct disk *disk)
{
	return disk->of_file ? "the file that it is made of, and what that lies on"
	       : text_starts(disk->name, "nbd")
		       ? "its server, a process here or on another machine, and the "
			 "connection to it"
		       : "its host or its hardware, and its driver";
}

/* How many there are is in no word of the disk's: it is summed up, and no claim. */
static const char *oldest_words(struct judge *j, const struct disk *disk, double s)
{
	if (s < 0)
		return "";
	return say(j, ": its oldest request%s has been with it for %s",
		   disk->in_flight > 1 ? say(j, ", of %zu,", disk->in_flight) : "",
		   span(j, s));
}

/* Another disk that does not finish what it has had for longest; NULL: there is none. */
static const struct disk *stuck_disk(const struct judge *j)
{
	const struct disks *disks = &j->f->disks;
	const struct disk *worst = NULL;
	size_t i;

	for (i = 0; i < disks->all.n; i++)
		if (!disks->all.v[i].of_file && oldest(j, &disks->all.v[i]) >= STUCK_S &&
		    (!worst || disks->all.v[i].oldest_ns < worst->oldest_ns))
			worst = &disks->all.v[i];
	return worst;
}

static void add_stuck(struct judge *j, struct verdict *v, const struct disk *disk)
{
	add_for(j, v,
		say(j, "%s has had its oldest request%s, and has not finished it",
		    disk->name,
		    disk->oldest_ns
			    ? say(j, " since %.3f s", (double)disk->oldest_ns / 1e9)
			    : ""),
		disk->look.address, disk->look);
}

/* A disk that others have the requests of: which ones they are is not read. */
static bool advise_below(struct judge *j, struct verdict *v, const struct disk *disk)
{
	const struct disk *stuck = disk->passes_on ? stuck_disk(j) : NULL;

	if (!stuck)
		return false;
	add_stuck(j, v, stuck);
	say_next(
		j, v,
		"Find out whether %s lies on %s (dmsetup deps, /proc/mdstat), which does "
		"not finish its requests" LOOK_ASIDE ": then look at what serves %s.",
		disk->name, stuck->name, stuck->name);
	return true;
}

/* What was not given to it, though it takes or could take others, is held back on the way. */
static void advise_disk(struct judge *j, struct verdict *v, const struct node *root,
			double oldest_s)
{
	const struct disk *disk = root->disk;
	bool works = oldest_s < STUCK_S && (oldest_s >= 0 || !disk->in_flight);

	if (advise_below(j, v, disk))
		;
	else if (!root->io->request && !disk->of_file && works)
		say_next(
			j, v,
			"Find out what keeps it from %s, none of whose requests is old" LOOK_ASIDE
			": a cgroup's limit (io.max), an I/O scheduler, a device mapper's "
			"device that is suspended or has no path left (dmsetup info).",
			disk->name);
	else
		say_next(j, v, "Look at what serves the disk: %s" LOOK_ASIDE ".",
			 server_of(disk));
	say_look(j, v, LOOK(DISKS));
}

void judge_disk(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct disk *disk = root->disk;
	double s = oldest(j, disk);

	v->cause = CAUSE_IO_WAIT;
	v->summary = say(j, "%s for I/O on %s that has not come back%s.",
			 wait_words(j, v), root->title, oldest_words(j, disk, s));
	advise_disk(j, v, root, s);
	/* What it is made of is not known, and has perhaps not answered. */
	if (disk->of_file) {
		v->confidence = SURE_IO;
		say_missing(j, v, "the file that %s is made of, and where that is",
			    disk->name);
		return;
	}
	if (judge_place(j, v, root))
		return;
	v->culprit.kind = CULPRIT_DEVICE;
	v->culprit.name = disk->name;
	v->culprit.address = disk->addr;
	if (root->io->request)
		v->confidence = SURE_REQUEST_IN_FLIGHT + judge_request(j, v, root);
	add_stuck(j, v, disk);
}

/*
 * By cgroup.freeze: do_freezer_trap(), which is in get_signal() since compilers put it there.
 * What else sleeps in that one stops it, or its tracer does, and its state says so.
 */
static bool is_trapped(const struct judge *j, const struct task *t)
{
	const char *in = function_of_task(j->f, t);

	return in && t->state_letter == 'S' &&
	       (text_is_function(in, "do_freezer_trap") ||
		text_is_function(in, "get_signal"));
}

/* Whom it was stopped by, where it was. */
static const char *stopped_words(const struct judge *j, const struct task *t)
{
	return t->state_letter == 'T'	? "it is stopped, as by SIGSTOP"
	       : t->state_letter == 't' ? "a tracer has stopped it"
	       : facts_is_frozen(j->f, t) || is_trapped(j, t)
		       ? "it is frozen, by its cgroup or for suspend"
		       : NULL;
}

/* What shows that: of the older freezer, which signals know nothing of, where it is. */
static struct look look_stopped(const struct judge *j, const struct task *t)
{
	const struct studied *st = facts_studied(j->f, t);

	if (st && stack_find(&st->stack, "__refrigerator"))
		return LOOK(STACK, .n = t->pid);
	return look_task(t, task_is_frozen(t) ? "task_struct.__state"
					      : "task_struct.jobctl");
}

/* What holds it lets it go on, too. */
static void advise_stopped(struct judge *j, struct verdict *v, const struct task *t)
{
	if (t->state_letter == 'T')
		say_next(
			j, v,
			"Find out who stopped it (SIGSTOP, SIGTSTP, a shell's job control). "
			"Where it still hangs, kill -CONT %d lets it go on.",
			t->pid);
	else if (t->state_letter == 't')
		say_next(
			j, v,
			"Find its tracer, a debugger or strace: it has stopped it and is to "
			"let it go on. Where it still hangs: grep TracerPid "
			"/proc/%d/status.",
			t->pid);
	else
		say_next(
			j, v,
			"Find out who froze its cgroup (cgroup.freeze, freezer.state) or "
			"began to suspend, and did not thaw it.");
}

/* What is waited for, and who serves it. */
static const struct {
	const char *what, *who;
} services[SERVICE_KINDS] = {
	[SERVICE_FUSE] = {"a file system in user space", "its daemon"},
	[SERVICE_LEAVE] = {"leave to use a file", "who watches it by fanotify"},
	[SERVICE_PAGES] = {"a page of memory", "who is to bring it by userfaultfd"},
	[SERVICE_PROGRAM] = {"a program that the kernel runs", "that program"},
};

/* Which process that is was not found. */
static void judge_unserved(struct judge *j, struct verdict *v, const struct node *root)
{
	v->cause = CAUSE_IO_WAIT;
	v->confidence = SURE_IO;
	v->summary = say(j, "%s for %s: which process is to answer was not found.",
			 wait_words(j, v), services[root->service->kind].what);
	say_missing(
		j, v,
		"the process that is to answer: several are possible, or none is left");
	say_next(j, v, "Find out who should answer: " LOOK_HERE ".");
	say_command(j, v, "ps");
}

void judge_daemon(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct service_wait *w = root->service;
	const char *stopped;

	if (!root->task) {
		judge_unserved(j, v, root);
		return;
	}
	stopped = stopped_words(j, root->task);
	v->cause = CAUSE_IO_WAIT;
	v->confidence = SURE_DAEMON;
	blame_task(j, v, root->task, -1);
	if (w->sent)
		v->confidence += SURE_DAEMON_HAS_REQUEST;
	if (stopped) {
		v->confidence += SURE_DAEMON_STOPPED;
		add_for(j, v, say(j, "%s does not run: %s", who(j, root->task), stopped),
			root->task->addr, look_stopped(j, root->task));
	}
	v->summary = say(j, "%s for %s: %s, %s, has not %s%s%s.", wait_words(j, v),
			 services[w->kind].what, services[w->kind].who,
			 who(j, root->task),
			 w->kind == SERVICE_PROGRAM ? "ended" : "answered",
			 stopped ? ": " : "", stopped ? stopped : "");
	if (stopped) {
		advise_stopped(j, v, root->task);
		return;
	}
	say_next(j, v, "See what %s does: " LOOK_HERE ".",
		 w->kind == SERVICE_FUSE ? "the daemon" : "it");
	say_look(j, v, LOOK(STACK, .n = root->task->pid));
}
