// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who waits for what is served from elsewhere: by the host of a device that is no GPU, or by
 * the daemon of a file system.  Whoever has a lock meanwhile is a victim like the others.
 */
#include "judged.h"

#define LOCK_A 0xffff888009990000
#define STACKED 0xffffc90000208000
#define DEVICE 0xffff888009980000
#define QUEUE 0xffff888009970000
#define REQUEST 0xffff888009960000

/* ---- a host ------------------------------------------------------------------------ */

/* It is in that function, with one command in the control queue of a network device. */
static struct virtio_wait *asks(struct scene *s, struct task *t, const char *function)
{
	struct studied *st = facts_studied(&s->facts, t);
	struct virtio_wait *w = arena_alloc(&s->arena, sizeof(*w));

	if (!st)
		st = scene_study(s, t);
	scene_stack(s, t, function, "dev_set_promiscuity");
	st->stack.v[0].kind = FRAME_INTERRUPT;
	*w = (struct virtio_wait){.function = function,
				  .driver = "virtio_net",
				  .device = "virtio3",
				  .vdev = DEVICE};
	w->vq = (struct virtqueue){.addr = QUEUE,
				   .name = "control",
				   .kind = VRING_SPLIT,
				   .ring_read = true,
				   .in_flight = 1,
				   .unanswered = 1,
				   .avail_idx = 8,
				   .used_idx = 7,
				   .last_used_idx = 7};
	st->virtio = w;
	return w;
}

/* It has CPU 1 and a lock that another waits for. */
static struct task *has_a_lock_and_asks(struct scene *s)
{
	struct task *ip = scene_task(s, 700, "ip"),
		    *dad = scene_kthread(s, 701, "kworker");

	scene_waits(s, dad, 30, WAIT_MUTEX, LOCK_A, ip);
	scene_runs(s, ip, 1, 32);
	asks(s, ip, "virtnet_send_command");
	return ip;
}

static void assert_host(const struct verdict *v)
{
	assert_int_equal(v->culprit.kind, CULPRIT_HOST);
	assert_string_equal(v->culprit.name, "virtio3");
	assert_int_equal(v->culprit.address, DEVICE);
}

/* Who has the lock spins for the host, and the GPU has no part in it. */
static void lock_of_who_spins_for_a_host(void **state)
{
	struct scene *s = *state;
	struct task *ip = scene_task(s, 700, "ip"),
		    *dad = scene_kthread(s, 701, "kworker");
	const struct verdict *v;
	struct virtio_wait *w;

	scene_gpu(s);
	scene_waits(s, dad, 30, WAIT_MUTEX, LOCK_A, ip);
	scene_runs(s, ip, 1, 32);
	w = asks(s, ip, "virtnet_send_command");
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_host(v);
	assert_true(v->confidence >= 75 && v->confidence < 95);
	assert_int_equal(v->victims.n, 1);
	assert_non_null(strstr(v->summary, "1 command in the control queue of virtio3 "
					   "(virtio_net)"));
	assert_non_null(strstr(v->summary, "ip (pid 700) spins for that on CPU 1"));
	assert_true(says(&v->evidence, "the available index is 8"));
	assert_true(says(&v->evidence, "ip (pid 700) has had CPU 1 for 32.0 s"));
	/* He yields in between; that queue was not given much in its life. */
	ip->since_s = 0.5;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_host(v);
	assert_int_equal(v->confidence, SURE_ASKED_JUST_NOW);
	assert_true(says(&v->evidence,
			 "the available index of the control queue is 8: unless"));
	/* He may ask again and again, or asked a moment ago: before that, who knows. */
	w->vq.avail_idx = 30000;
	w->vq.used_idx = w->vq.last_used_idx = 29999;
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_true(v->confidence <= 50);
}

/* No registers tell, but what he calls again and again has left its mark on his stack. */
static void lock_of_who_asks_unseen(void **state)
{
	static const struct spin_trace trace = {"virtnet_send_command", STACKED};
	struct scene *s = *state;
	struct task *ip = has_a_lock_and_asks(s);
	const struct verdict *v;
	struct studied *st;

	st = facts_studied(&s->facts, ip);
	st->stack.n = 0;
	st->may_ask = &trace;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_host(v);
	assert_int_equal(v->confidence, SURE_ASKED_UNSEEN);
	assert_true(says(&v->evidence, "a return address in virtnet_send_command() on"));
}

/* The same where the run queue of his CPU could not be read. */
static void lock_of_who_runs_on_a_cpu_unread(void **state)
{
	struct scene *s = *state;
	struct task *ip = has_a_lock_and_asks(s);
	const struct verdict *v;

	scene_no_queue(s, 1);
	ip->since_s = -1;
	assert_host(only(s, CAUSE_HOST_NOT_CONSUMING));
	/* Nothing says what he is in: he may be another's victim as well. */
	facts_studied(&s->facts, ip)->virtio = NULL;
	scene_stack(s, ip, "some_loop", "some_work");
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_non_null(strstr(v->missing.v[0], "the run queue of its CPU"));
}

/* Which host that is was not found: two owe an answer, or types are missing. */
static void lock_of_who_asks_some_host(void **state)
{
	struct scene *s = *state;
	struct task *ip = has_a_lock_and_asks(s);
	const struct verdict *v;

	facts_studied(&s->facts, ip)->virtio = NULL;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_int_equal(v->missing.n, 1);
	assert_non_null(strstr(v->missing.v[0], "what ip (pid 700) asked in "
						"virtnet_send_command()"));
	assert_non_null(strstr(v->missing.v[0], "if one has not: no queue, or several"));
	assert_null(strstr(v->missing.v[0], "debuginfo"));
	s->facts.vring_unread = true;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_non_null(
		strstr(v->missing.v[0], "the debuginfo of the module virtio_ring"));
}

/* The same of who has kept a CPU meanwhile, whether others want that or a watchdog spoke. */
static void cpu_of_who_asks_some_host(void **state)
{
	struct scene *s = *state;
	struct task *ip = scene_task(s, 700, "ip"), *sh = scene_task(s, 701, "sh");
	const struct verdict *v;

	scene_runs(s, ip, 1, 32);
	asks(s, ip, "virtnet_send_command");
	facts_studied(&s->facts, ip)->virtio = NULL;
	scene_fired(s, TRIGGER_SOFTLOCKUP, "softlockup: hung tasks");
	s->facts.panic.trigger.cpu = 1;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(v->fired);
	assert_non_null(strstr(v->missing.v[0], "virtnet_send_command()"));
	scene_queued(s, sh, 1, 30);
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_non_null(strstr(v->missing.v[0], "virtnet_send_command()"));
}

/* What was added after the last kick may be unknown to the host. */
static void command_that_was_not_kicked(void **state)
{
	struct scene *s = *state;
	struct task *ip = scene_task(s, 700, "ip"),
		    *dad = scene_kthread(s, 701, "kworker");
	const struct verdict *v;
	struct virtio_wait *w;
	int before;

	scene_waits(s, dad, 30, WAIT_MUTEX, LOCK_A, ip);
	scene_runs(s, ip, 1, 32);
	w = asks(s, ip, "virtnet_send_command");
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	before = v->confidence;
	assert_true(says(&v->evidence, "all of them were kicked: num_added is 0"));
	w->vq.num_added = 1;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_true(v->confidence < before);
	assert_true(says(&v->against, "1 of the 1 unanswered commands were added since"));
	/* It asks for a kick: it was told nothing, and owes nothing. */
	w->vq.kick_due = true;
	v = only(s, CAUSE_NOT_KICKED);
	assert_int_equal(v->culprit.kind, CULPRIT_DEVICE);
	assert_string_equal(v->culprit.name, "virtio3");
	assert_true(says(&v->evidence, "none of them was kicked: num_added is 1"));
}

/* Nobody sleeps for it: a watchdog has spoken of its CPU. */
static void lockup_of_who_spins_for_a_host(void **state)
{
	struct scene *s = *state;
	struct task *ip = scene_task(s, 700, "ip");
	const struct verdict *v;

	scene_runs(s, ip, 1, 32);
	asks(s, ip, "virtnet_send_command");
	scene_fired(s, TRIGGER_SOFTLOCKUP, "softlockup: hung tasks");
	s->facts.panic.trigger.cpu = 1;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_host(v);
	assert_true(v->fired);
	assert_true(says(&v->evidence, "looks for the answer until it is there"));
	/* Whoever waits for his lock is the victim of the same. */
	scene_waits(s, scene_task(s, 702, "dad"), 30, WAIT_MUTEX, LOCK_A, ip);
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_host(v);
	assert_true(v->fired);
	assert_int_equal(v->victims.n, 1);
}

/* The same where no kick told it: whoever waits for his lock, it is told once, and alike. */
static void lockup_of_who_has_not_kicked(void **state)
{
	struct scene *s = *state;
	struct task *ip = scene_task(s, 700, "ip");
	const struct verdict *v;
	struct virtio_wait *w;

	scene_runs(s, ip, 1, 32);
	w = asks(s, ip, "virtnet_send_command");
	w->vq.num_added = 1;
	w->vq.kick_due = true;
	scene_fired(s, TRIGGER_SOFTLOCKUP, "softlockup: hung tasks");
	s->facts.panic.trigger.cpu = 1;
	v = only(s, CAUSE_NOT_KICKED);
	assert_string_equal(v->culprit.name, "virtio3");
	assert_contains(v->summary,
			"ip (pid 700) spins on CPU 1 for an answer of virtio3, "
			"whose host was told nothing of 1 command");
	scene_waits(s, scene_task(s, 702, "dad"), 30, WAIT_MUTEX, LOCK_A, ip);
	v = only(s, CAUSE_NOT_KICKED);
	assert_true(v->fired);
	assert_int_equal(v->victims.n, 1);
}

/* A driver may sleep for it in a completion, as that of random numbers does. */
static void lock_of_who_sleeps_for_a_host(void **state)
{
	struct scene *s = *state;
	struct task *dd = scene_task(s, 700, "dd"), *other = scene_task(s, 701, "dd");
	const struct verdict *v;

	scene_waits(s, dd, 30, WAIT_COMPLETION, REQUEST, NULL);
	asks(s, dd, "virtio_read");
	scene_waits(s, other, 29, WAIT_MUTEX, LOCK_A, dd);
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_host(v);
	assert_int_equal(v->victims.n, 2);
}

/* Who wants that CPU, and who wants a lock of who sleeps for the host. */
static void others_of_a_host(void **state)
{
	struct scene *s = *state;
	struct task *ip = scene_task(s, 700, "ip"), *ls = scene_task(s, 703, "ls");
	struct task *mkdir = scene_task(s, 704, "mkdir");
	const struct verdict *v;

	scene_runs(s, ip, 1, 32);
	asks(s, ip, "virtnet_send_command");
	scene_waits(s, ls, 25, WAIT_QUEUE, REQUEST, NULL);
	asks(s, ls, "p9_client_rpc");
	scene_waits(s, mkdir, 20, WAIT_RWSEM, LOCK_A, ls);
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_host(v);
	assert_int_equal(v->victims.n, 2);
	assert_true(says(&v->evidence, "waits in p9_client_rpc() until it has answered"));
}

/* ---- a daemon ---------------------------------------------------------------------- */

/* It waits for the daemon with a folder's lock, and another for that lock. */
static struct task *waits_for_daemon(struct scene *s, bool sent)
{
	struct task *daemon = scene_task(s, 600, "portal"),
		    *one = scene_task(s, 700, "mkdir");
	struct studied *st;

	scene_study(s, daemon);
	scene_waits(s, scene_task(s, 701, "two"), 30, WAIT_RWSEM, LOCK_A, one);
	st = scene_study(s, one);
	scene_stack(s, one, "schedule", "request_wait_answer", "fuse_simple_request");
	st->wait.kind = WAIT_QUEUE;
	st->wait.object = REQUEST + 8;
	st->service = (struct service_wait){.kind = SERVICE_FUSE,
					    .daemon = daemon,
					    .service = REQUEST + 0x1000,
					    .request = REQUEST,
					    .sent = sent};
	return daemon;
}

static bool looks_at(const struct evidences *es, const char *type)
{
	size_t i;

	for (i = 0; i < es->n; i++)
		if (es->v[i].look.type && !strcmp(es->v[i].look.type, type))
			return true;
	return false;
}

static void daemon_that_is_stopped(void **state)
{
	struct scene *s = *state;
	struct task *daemon = waits_for_daemon(s, true);
	const struct verdict *v;

	daemon->state_letter = 'T';
	v = only(s, CAUSE_IO_WAIT);
	assert_blames(v, daemon);
	assert_true(v->confidence >= 85);
	assert_non_null(strstr(v->summary,
			       "its daemon, portal (pid 600), has not answered: "
			       "it is stopped, as by SIGSTOP"));
	assert_true(says(&v->evidence, "this request, which it has read"));
	assert_contains(next_step(s, v, 0), "kill -CONT 600 lets it go on");
	daemon->state_letter = 't';
	v = only(s, CAUSE_IO_WAIT);
	assert_true(says(&v->evidence, "a tracer has stopped it"));
	assert_contains(next_step(s, v, 0), "Find its tracer");
	daemon->state_letter = 'S';
	scene_stack(s, daemon, "schedule", "do_freezer_trap", "get_signal");
	v = only(s, CAUSE_IO_WAIT);
	assert_true(says(&v->evidence, "it is frozen"));
	assert_contains(next_step(s, v, 0), "who froze its cgroup");
	/* That function in its caller, which calls what sleeps for other reasons, too. */
	scene_stack(s, daemon, "__schedule", "schedule", "get_signal");
	v = only(s, CAUSE_IO_WAIT);
	assert_true(says(&v->evidence, "it is frozen"));
	scene_stack(s, daemon, "schedule", "something", "get_signal");
	v = only(s, CAUSE_IO_WAIT);
	assert_false(says(&v->evidence, "it is frozen"));
}

/* The older freezer keeps him where he sleeps, or in a function of its own: no signal. */
static void daemon_that_is_frozen(void **state)
{
	struct scene *s = *state;
	struct task *daemon = waits_for_daemon(s, true);
	const struct verdict *v;

	scene_waits(s, daemon, 30, WAIT_QUEUE, REQUEST + 0x2000, NULL);
	daemon->state = 0x8000;
	scene_stack(s, daemon, "schedule", "do_epoll_wait");
	v = only(s, CAUSE_IO_WAIT);
	assert_blames(v, daemon);
	assert_int_equal(v->victims.n, 1);
	assert_true(says(&v->evidence, "it is frozen"));
	assert_true(looks_at(&v->evidence, "task_struct.__state"));
	assert_contains(next_step(s, v, 0), "who froze its cgroup");
	daemon->state = 0x2;
	scene_stack(s, daemon, "schedule", "__refrigerator", "get_signal");
	v = only(s, CAUSE_IO_WAIT);
	assert_true(says(&v->evidence, "it is frozen"));
	assert_false(looks_at(&v->evidence, "task_struct.jobctl"));
}

/* Without its module's types there is nothing of them to show. */
static void daemon_of_the_only_file_system(void **state)
{
	struct scene *s = *state;
	struct task *daemon = waits_for_daemon(s, true);
	struct service_wait *w =
		&facts_studied(&s->facts, task_by_pid(&s->facts.tasks, 700))->service;
	const struct verdict *v;
	size_t i;

	w->request = 0;
	w->only = true;
	daemon->state_letter = 'T';
	v = only(s, CAUSE_IO_WAIT);
	assert_blames(v, daemon);
	assert_true(says(&v->evidence, "the only file system that is served here"));
	for (i = 0; i < v->evidence.n; i++)
		if (strstr(v->evidence.v[i].claim, "is served here")) {
			assert_int_equal(v->evidence.v[i].look.kind, LOOK_STACK);
			assert_int_equal(v->evidence.v[i].look.n, 700);
		}
}

/* It sleeps, and what for is its own matter: likely, and no more. */
static void daemon_that_sleeps(void **state)
{
	struct scene *s = *state;
	struct task *daemon = waits_for_daemon(s, false);
	const struct verdict *v = only(s, CAUSE_IO_WAIT);

	assert_blames(v, daemon);
	assert_true(v->confidence >= 60 && v->confidence < 85);
	assert_true(says(&v->evidence, "this request, which it has not read"));
	assert_contains(next_step(s, v, 0), "See what the daemon does: ");
}

/* dd waits in that way for a disk whose file the daemon serves. */
static struct studied *waits_above_daemon(struct scene *s, enum wait_kind kind,
					  const struct io_wait *below)
{
	struct task *daemon = scene_task(s, 600, "sshfs"), *dd = scene_task(s, 700, "dd");
	struct disk *loop = scene_disk(s, "loop0");
	struct studied *st;

	loop->of_file = true;
	daemon->state_letter = 'T';
	scene_study(s, daemon);
	scene_waits(s, dd, 20, kind, scene_address(s), NULL);
	scene_carried(s, dd, loop, 20);
	st = facts_studied(&s->facts, dd);
	st->io.below = below;
	st->service = (struct service_wait){.kind = SERVICE_FUSE,
					    .daemon = daemon,
					    .service = REQUEST};
	return st;
}

/* A disk is made of a file that the daemon serves: so is what is written to that disk. */
static void daemon_below_a_disk(void **state)
{
	struct scene *s = *state;
	struct io_wait below = {.file_system = LOCK_A, .file_system_id = "fuse"};
	struct studied *st = waits_above_daemon(s, WAIT_IO, &below);
	struct service_wait service = st->service;
	const struct disk *loop = st->io.disk;
	const struct verdict *v;

	/* No process that serves it was found. */
	st->service = (struct service_wait){0};
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_contains(v->summary, "I/O of file system fuse");
	st->service = service;
	v = only(s, CAUSE_IO_WAIT);
	assert_blames(v, service.daemon);
	assert_true(v->confidence >= CONFIDENCE_LIKELY);
	/* Through the disk, whether a request is seen or not. */
	assert_ptr_equal(v->chain.v[v->chain.n - 3]->disk, loop);
	st->io.request = NULL;
	v = only(s, CAUSE_IO_WAIT);
	assert_blames(v, service.daemon);
	assert_ptr_equal(v->chain.v[v->chain.n - 3]->disk, loop);
}

/* That file is on a disk that is made of a file itself. */
static void daemon_below_two_disks(void **state)
{
	struct scene *s = *state;
	struct io_wait file = {.file_system = LOCK_A, .file_system_id = "fuse"};
	struct io_wait below = {.below = &file, .since_s = -1};
	const struct verdict *v;

	below.disk = scene_disk(s, "loop1");
	waits_above_daemon(s, WAIT_IO, &below);
	v = only(s, CAUSE_IO_WAIT);
	assert_blames(v, task_by_pid(&s->facts.tasks, 600));
	assert_string_equal(v->chain.v[v->chain.n - 3]->disk->name, "loop1");
}

/* Who has given a bio to the disk himself waits for the disk, too. */
static void daemon_below_a_bio(void **state)
{
	struct scene *s = *state;
	struct io_wait below = {.file_system = LOCK_A, .file_system_id = "fuse"};
	struct studied *st = waits_above_daemon(s, WAIT_COMPLETION, &below);
	const struct verdict *v = only(s, CAUSE_IO_WAIT);

	assert_blames(v, task_by_pid(&s->facts.tasks, 600));
	assert_ptr_equal(v->chain.v[v->chain.n - 3]->disk, st->io.disk);
}

/* The disk has nothing to do: whoever keeps its queue from being frozen, it is not its file. */
static void daemon_below_a_queue_to_freeze(void **state)
{
	struct scene *s = *state;
	struct io_wait below = {.file_system = LOCK_A, .file_system_id = "fuse"};
	struct studied *st = waits_above_daemon(s, WAIT_QUEUE, &below);

	st->io.frozen = FROZEN_BY_IT;
	st->io.request = NULL;
	assert_int_equal(only(s, CAUSE_UNEXPLAINED)->culprit.kind, CULPRIT_NONE);
}

/* It waits for something else itself, and that is the end of the chain. */
static void daemon_that_is_a_victim(void **state)
{
	struct scene *s = *state;
	struct task *daemon = waits_for_daemon(s, true),
		    *keeper = scene_task(s, 500, "keeper");
	const struct verdict *v;

	scene_waits(s, daemon, 40, WAIT_MUTEX, LOCK_A + 0x100, keeper);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, keeper);
	/* It uses its own file system. */
	facts_studied(&s->facts, daemon)->wait.owner.owner =
		task_by_pid(&s->facts.tasks, 700);
	only(s, CAUSE_LOCK_CYCLE);
}

/* ---- other processes that are asked ------------------------------------------------- */

/* Who asks has a lock meanwhile, and he is no culprit, whoever is. */
static void others_that_serve(void **state)
{
	static const struct {
		enum service_kind kind;
		const char *words;
	} kinds[] = {
		{SERVICE_LEAVE, "for leave to use a file: who watches it by fanotify, "
				"portal (pid 600), has not answered"},
		{SERVICE_PAGES, "for a page of memory: who is to bring it by "
				"userfaultfd, portal (pid 600), has not answered"},
		{SERVICE_PROGRAM, "for a program that the kernel runs: that program, "
				  "portal (pid 600), has not ended"},
	};
	struct scene *s = *state;
	struct task *daemon = waits_for_daemon(s, false);
	struct studied *one = facts_studied(&s->facts, task_by_pid(&s->facts.tasks, 700));
	const struct verdict *v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		one->service.kind = kinds[i].kind;
		one->service.request = 0;
		one->service.daemon = daemon;
		one->wait.kind = kinds[i].kind == SERVICE_PROGRAM ? WAIT_COMPLETION
								  : WAIT_QUEUE;
		v = only(s, CAUSE_IO_WAIT);
		assert_blames(v, daemon);
		assert_non_null(strstr(v->summary, kinds[i].words));
		/* Which process that is was not found: he who asks is innocent still. */
		one->service.daemon = NULL;
		v = only(s, CAUSE_IO_WAIT);
		assert_int_equal(v->culprit.kind, CULPRIT_NONE);
		assert_true(v->confidence < 60);
	}
}

/* The owner of a lock waits for a thread's end, and that thread for nobody knows what. */
static void holder_that_waits_for_another(void **state)
{
	struct scene *s = *state;
	struct task *stops = scene_task(s, 700, "rmmod"),
		    *thread = scene_kthread(s, 600, "poller");
	struct studied *st;
	const struct verdict *v;

	scene_study(s, thread);
	scene_waits(s, scene_task(s, 701, "two"), 30, WAIT_MUTEX, LOCK_A, stops);
	scene_waits(s, stops, 40, WAIT_COMPLETION, LOCK_A + 0x100, NULL);
	st = facts_studied(&s->facts, stops);
	st->wait.thread = thread;
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, thread);
	assert_non_null(strstr(v->summary, "held by rmmod (pid 700), which waits for "
					   "poller (pid 600), which itself sleeps"));
}

/* ---- disks ---------------------------------------------------------------------------- */

/* What it is made of is a file on another one, which does not answer. */
static void disk_made_of_a_file(void **state)
{
	struct scene *s = *state;
	struct task *ls = scene_task(s, 700, "ls");
	struct disk *vda = scene_disk(s, "vda"), *loop = scene_disk(s, "loop0");
	struct studied *st;
	struct io_wait below;
	const struct verdict *v;

	scene_waits(s, ls, 30, WAIT_IO, LOCK_A, NULL);
	scene_carried(s, ls, vda, 28);
	st = facts_studied(&s->facts, ls);
	below = st->io;
	scene_carried(s, ls, loop, 29);
	loop->of_file = true;
	st->io.below = &below;
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->culprit.kind, CULPRIT_DEVICE);
	assert_string_equal(v->culprit.name, "vda");
	assert_true(says(&v->evidence, "made of a file on it"));
	/* A disk that answers did not begin it. */
	below.request = NULL;
	vda->oldest_ns = 0;
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	/* A file system that has no disk; and a file that is not known. */
	below.disk = NULL;
	below.file_system = LOCK_A + 0x1000;
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	st->io.below = NULL;
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(v->confidence < 60);
}

/* With a file's lock, until the disk has written. */
static void who_writes_too_much(void **state)
{
	struct scene *s = *state;
	struct task *dd = scene_task(s, 700, "dd");
	struct studied *st;
	const struct verdict *v;

	scene_waits(s, scene_task(s, 701, "two"), 30, WAIT_RWSEM, LOCK_A, dd);
	scene_waits(s, dd, 0.1, WAIT_IO, LOCK_A + 0x1000, NULL);
	scene_carried(s, dd, scene_disk(s, "vda"), 29);
	st = facts_studied(&s->facts, dd);
	st->io.dirty = true;
	v = only(s, CAUSE_IO_WAIT);
	assert_string_equal(v->culprit.name, "vda");
	assert_true(says(&v->evidence, "ends when it has written what is dirty"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(lock_of_who_spins_for_a_host),
		scene_test(lock_of_who_asks_unseen),
		scene_test(lock_of_who_runs_on_a_cpu_unread),
		scene_test(lock_of_who_asks_some_host),
		scene_test(cpu_of_who_asks_some_host),
		scene_test(command_that_was_not_kicked),
		scene_test(lockup_of_who_spins_for_a_host),
		scene_test(lockup_of_who_has_not_kicked),
		scene_test(lock_of_who_sleeps_for_a_host),
		scene_test(others_of_a_host),
		scene_test(daemon_that_is_stopped),
		scene_test(daemon_that_is_frozen),
		scene_test(daemon_of_the_only_file_system),
		scene_test(daemon_that_sleeps),
		scene_test(daemon_below_a_disk),
		scene_test(daemon_below_two_disks),
		scene_test(daemon_below_a_bio),
		scene_test(daemon_below_a_queue_to_freeze),
		scene_test(daemon_that_is_a_victim),
		scene_test(others_that_serve),
		scene_test(holder_that_waits_for_another),
		scene_test(disk_made_of_a_file),
		scene_test(who_writes_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
