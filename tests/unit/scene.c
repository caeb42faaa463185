// SPDX-License-Identifier: GPL-2.0-or-later
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_dump.h"

#define CPUS 4
#define ROOM 64 /* of what must not move */
#define HZ 250
#define NS(s) ((uint64_t)((s)*1e9))

kaddr_t scene_address(struct scene *s)
{
	s->next += 0x1000;
	return s->next;
}

#define reserve(s, vec)                                                                  \
	((vec)->v = arena_alloc(&(s)->arena, ROOM * sizeof(*(vec)->v)),                  \
	 (vec)->room = ROOM)
#define push(s, vec) (check_room((vec)->n), vec_push(&(s)->arena, vec))

static void check_room(size_t n)
{
	if (n < ROOM)
		return;
	fprintf(stderr, "scene: more than %d of a kind\n", ROOM);
	abort();
}

static struct task *new_task(struct scene *s, int pid, const char *comm)
{
	struct task *t = push(s, &s->facts.tasks.all);

	t->addr = scene_address(s);
	t->pid = t->tgid = pid;
	snprintf(t->comm, sizeof(t->comm), "%s", comm);
	t->state = TASK_STATE_INTERRUPTIBLE;
	t->state_letter = 'S';
	t->prio = 120;
	t->sched = SCHED_KIND_FAIR;
	t->since_s = -1;
	return t;
}

static void add_cpu(struct scene *s, unsigned int cpu)
{
	struct runqueue *rq = push(s, &s->facts.rqs.all);
	char comm[16];

	snprintf(comm, sizeof(comm), "swapper/%u", cpu);
	rq->cpu = cpu;
	rq->addr = scene_address(s);
	rq->clock = rq->clock_task = NS(SCENE_NOW);
	rq->alone_s = rq->softirq_s = -1;
	rq->curr = new_task(s, 0, comm);
	rq->curr_addr = rq->curr->addr;
	rq->curr->idle = rq->curr->on_cpu = rq->curr->kthread = true;
	rq->curr->sched = SCHED_KIND_IDLE;
	rq->curr->state = TASK_STATE_RUNNING;
	rq->curr->state_letter = 'R';
	rq->curr->cpu = (int)cpu;
}

struct scene *scene_create(void)
{
	struct scene *s = calloc(1, sizeof(*s));
	unsigned int cpu;

	if (!s)
		abort();
	s->next = 0xffff888001000000;
	s->about = fake_about;
	s->info = (struct dump_info){
		.release = "5.10.0-scene-amd64",
		.machine = "x86_64",
		.about = &s->about,
		.cpus = CPUS,
		.hz = HZ,
		.page_size = 4096,
		.crash_time = 1700000000,
	};
	s->facts.info = &s->info;
	s->facts.notes = &s->notes;
	s->facts.arena = &s->arena;
	s->facts.hz = HZ;
	s->facts.jiffies = 4294967296 + (uint64_t)SCENE_NOW * HZ;
	s->facts.rqs.now = NS(SCENE_NOW);
	reserve(s, &s->facts.tasks.all);
	reserve(s, &s->facts.rqs.all);
	reserve(s, &s->facts.gpus.all);
	s->facts.tasks.complete = s->facts.rqs.complete = true;
	for (cpu = 0; cpu < CPUS; cpu++)
		add_cpu(s, cpu);
	scene_fired(s, TRIGGER_NONE, "");
	s->facts.panic.uptime_s = SCENE_NOW;
	return s;
}

void scene_destroy(struct scene *s)
{
	arena_free(&s->arena);
	free(s);
}

/* ---- tasks -------------------------------------------------------------- */

struct task *scene_task(struct scene *s, int pid, const char *comm)
{
	return new_task(s, pid, comm);
}

struct task *scene_kthread(struct scene *s, int pid, const char *comm)
{
	struct task *t = new_task(s, pid, comm);

	t->kthread = true;
	return t;
}

void scene_rt(struct scene *s, struct task *t, int rt_priority)
{
	(void)s;
	t->sched = SCHED_KIND_RT;
	t->policy = 1; /* FIFO */
	t->rt_priority = rt_priority;
	t->prio = 99 - rt_priority;
}

static void runnable(struct task *t, unsigned int cpu, double seconds)
{
	t->state = TASK_STATE_RUNNING;
	t->state_letter = 'R';
	t->on_rq = true;
	t->cpu = (int)cpu;
	t->since_s = seconds;
}

void scene_no_queue(struct scene *s, unsigned int cpu)
{
	struct runqueues *rqs = &s->facts.rqs;
	size_t i;

	for (i = 0; i < rqs->all.n && rqs->all.v[i].cpu != cpu; i++)
		;
	rqs->all.n--;
	memmove(&rqs->all.v[i], &rqs->all.v[i + 1],
		(rqs->all.n - i) * sizeof(rqs->all.v[0]));
	rqs->complete = false;
}

void scene_runs(struct scene *s, struct task *t, unsigned int cpu, double seconds)
{
	struct runqueue *rq = &s->facts.rqs.all.v[cpu];

	runnable(t, cpu, seconds);
	t->on_cpu = true;
	t->sum_exec = NS(seconds);
	rq->curr = t;
	rq->curr_addr = t->addr;
}

void scene_queued(struct scene *s, struct task *t, unsigned int cpu, double seconds)
{
	runnable(t, cpu, seconds);
	*vec_push(&s->arena, &s->facts.rqs.all.v[cpu].waiting) = t;
}

struct quota_group *scene_throttled(struct scene *s, struct task *t, unsigned int cpu,
				    double seconds, const char *path, double quota_ms,
				    double period_ms)
{
	struct quota_group *g = arena_alloc(&s->arena, sizeof(*g));
	struct throttle *th = arena_alloc(&s->arena, sizeof(*th));

	g->addr = scene_address(s);
	g->path = path;
	g->quota = (uint64_t)(quota_ms * 1e6);
	g->period = (uint64_t)(period_ms * 1e6);
	g->tasks = 1;
	th->group = g;
	th->cfs_rq = scene_address(s);
	th->remaining = -3000000;
	runnable(t, cpu, seconds);
	t->throttle = th;
	s->facts.rqs.quotas.known = true;
	*vec_push(&s->arena, &s->facts.rqs.quotas.groups) = g;
	*vec_push(&s->arena, &s->facts.rqs.all.v[cpu].throttled) = t;
	return g;
}

struct studied *scene_study(struct scene *s, struct task *t)
{
	struct studied *st = arena_alloc(&s->arena, sizeof(*st));

	st->task = t;
	facts_add_studied(&s->facts, st);
	return st;
}

/* Those in uninterruptible sleep come first. */
static struct studied *study_blocked(struct scene *s, struct task *t)
{
	struct studied *st = scene_study(s, t);
	struct facts *f = &s->facts;

	memmove(&f->studied.v[f->nblocked + 1], &f->studied.v[f->nblocked],
		(f->studied.n - 1 - f->nblocked) * sizeof(struct studied *));
	f->studied.v[f->nblocked++] = st;
	return st;
}

void scene_stack_of(struct scene *s, const struct task *t, const char *const *functions)
{
	struct studied *st = facts_studied(&s->facts, t);
	VEC(struct frame) frames = {0};
	struct frame *fr;

	if (!st)
		abort();
	for (; *functions; functions++) {
		fr = vec_push(&s->arena, &frames);
		fr->function = *functions;
		fr->module = "";
		fr->offset = 0x10;
	}
	st->stack.v = frames.v;
	st->stack.n = frames.n;
	st->stack.complete = true;
}

/* As the walkers of each kind of lock say it. */
static struct look look_owner(enum wait_kind kind, kaddr_t lock)
{
	if (kind == WAIT_MUTEX)
		return LOOK_BITS("mutex.owner", lock);
	if (kind == WAIT_RWSEM)
		return LOOK_BITS("rw_semaphore.count,owner", lock);
	if (kind == WAIT_SEMAPHORE)
		return LOOK_AT("semaphore.count", lock);
	if (kind == WAIT_PERCPU_RWSEM)
		return LOOK_AT("percpu_rw_semaphore.block,writer", lock);
	return LOOK(NONE);
}

struct wait *scene_waits(struct scene *s, struct task *t, double seconds,
			 enum wait_kind kind, kaddr_t object, struct task *owner)
{
	struct wait *w = &study_blocked(s, t)->wait;

	t->state = TASK_STATE_UNINTERRUPTIBLE;
	t->state_letter = 'D';
	t->since_s = seconds;
	w->kind = kind;
	/* I/O may be known by the stack alone. */
	w->record = object || kind != WAIT_IO ? scene_address(s) : 0;
	w->object = object;
	w->owner.look = look_owner(kind, object);
	if (kind == WAIT_NOTHING)
		w->why = "it was made so";
	if (owner) {
		w->owner.known = true;
		w->owner.owner = owner;
		w->owner.task = owner->addr;
	}
	return w;
}

struct inside *scene_inside(struct scene *s, enum wait_kind kind, kaddr_t lock,
			    int64_t holders)
{
	struct inside *in = vec_push(&s->arena, &s->facts.insides.all);

	memset(in, 0, sizeof(*in));
	in->kind = kind;
	in->lock = lock;
	in->holders = holders;
	in->reading = kind != WAIT_SEMAPHORE;
	return in;
}

void scene_insider(struct scene *s, struct inside *in, struct task *t, unsigned int clues,
		   bool sure)
{
	struct insider *i = vec_push(&s->arena, &in->all);

	memset(i, 0, sizeof(*i));
	i->task = t;
	i->clues = clues;
	i->sure = sure;
	i->taker = "down_read";
	snprintf(i->function, sizeof(i->function), "count_items");
	in->nsure += sure;
	scene_study(s, t);
}

struct disk *scene_disk(struct scene *s, const char *name)
{
	struct disk *disk = arena_alloc(&s->arena, sizeof(*disk));

	disk->addr = scene_address(s);
	disk->in_flight = 1;
	disk->look = LOOK_AT("request.state,io_start_time_ns", scene_address(s));
	snprintf(disk->name, sizeof(disk->name), "%s", name);
	return disk;
}

void scene_carried(struct scene *s, const struct task *t, const struct disk *disk,
		   double seconds)
{
	struct disk_request *rq = arena_alloc(&s->arena, sizeof(*rq));
	struct io_wait *io = &facts_studied(&s->facts, t)->io;

	rq->addr = scene_address(s);
	rq->operation = 0;
	rq->sector = 2048;
	rq->bytes = 4096;
	io->request = rq;
	io->disk = disk;
	io->since_s = seconds;
}

/* ---- workqueues --------------------------------------------------------- */

struct pool *scene_pool(struct scene *s, int id, int cpu)
{
	struct pool *p = arena_alloc(&s->arena, sizeof(*p));

	p->addr = scene_address(s);
	p->id = id;
	p->cpu = cpu;
	p->watchdog_ts = s->facts.jiffies - 30 * HZ;
	*vec_push(&s->arena, &s->facts.wqs.pools) = p;
	return p;
}

struct worker *scene_worker(struct scene *s, struct pool *pool, struct task *t)
{
	struct worker *w = arena_alloc(&s->arena, sizeof(*w));

	w->addr = scene_address(s);
	w->pool = pool;
	w->task = t;
	w->task_addr = t ? t->addr : scene_address(s);
	w->idle = true;
	*vec_push(&s->arena, &pool->workers) = w;
	keyed_put(&s->arena, &s->facts.wqs.by_task, w->task_addr, w);
	pool->nr_workers++;
	pool->nr_idle++;
	return w;
}

static struct work *new_work(struct scene *s, struct pool *pool, enum work_place place,
			     const char *function)
{
	struct work *w = arena_alloc(&s->arena, sizeof(*w));

	w->addr = scene_address(s);
	w->func = scene_address(s);
	w->place = place;
	w->pool = pool;
	w->function = function;
	w->module = "";
	if (place == WORK_PENDING)
		w->position = pool->pending++;
	*vec_push(&s->arena, &pool->works) = w;
	return w;
}

struct work *scene_pending(struct scene *s, struct pool *pool, const char *function)
{
	return new_work(s, pool, WORK_PENDING, function);
}

struct work *scene_busy(struct scene *s, struct worker *worker, const char *function)
{
	struct work *w = new_work(s, worker->pool, WORK_RUNNING, function);

	w->worker = worker;
	worker->current = w;
	worker->idle = false;
	worker->pool->nr_idle--;
	return w;
}

struct work *scene_flushes(struct scene *s, struct task *t, double seconds,
			   struct work *target)
{
	enum work_place place = target->worker ? WORK_SCHEDULED : WORK_PENDING;
	struct work *w = new_work(s, target->pool, place, "wq_barrier_func");
	struct wait *wait;

	w->barrier = true;
	w->barrier_task = t->addr;
	w->target = target;
	w->worker = target->worker;
	wait = scene_waits(s, t, seconds, WAIT_WORK, w->addr, NULL);
	wait->barrier = w;
	wait->where = "flush_work";
	return w;
}

/* ---- devices ------------------------------------------------------------ */

static void idle_queue(struct scene *s, struct gpu *gpu, const char *name,
		       unsigned int num)
{
	struct virtqueue *vq = vec_push(&s->arena, &gpu->vqs.all);

	vq->addr = scene_address(s);
	snprintf(vq->name, sizeof(vq->name), "%s", name);
	vq->num = vq->num_free = num;
	vq->kind = VRING_SPLIT;
	vq->num_sane = vq->event = vq->ring_read = vq->counted = true;
	vq->desc_ring = scene_address(s);
	vq->avail_ring = scene_address(s);
	vq->used_ring = scene_address(s);
	vq->avail_idx = vq->avail_idx_shadow = vq->used_idx = vq->last_used_idx =
		vq->used_event = 65530;
}

/* Of each queue one, on CPU 0. */
static void add_irqs(struct scene *s, const struct gpu *gpu)
{
	struct gpu_irq *irq;
	size_t i;

	reserve(s, &s->facts.irqs.all);
	s->facts.irqs.complete = true;
	for (i = 0; i < gpu->vqs.all.n; i++) {
		irq = push(s, &s->facts.irqs.all);
		irq->vdev = gpu->vdev;
		irq->vq = gpu->vqs.all.v[i].addr;
		irq->addr = scene_address(s);
		irq->irq = 25 + (unsigned int)i;
		snprintf(irq->name, sizeof(irq->name), "virtio1-%.50s",
			 gpu->vqs.all.v[i].name);
		irq->affinity = irq->effective = "0";
	}
}

struct gpu *scene_gpu(struct scene *s)
{
	struct gpu *gpu;

	gpu = push(s, &s->facts.gpus.all);
	s->facts.gpus.state = GPUS_FOUND;
	s->facts.gpu_driver = true;
	gpu->vdev = scene_address(s);
	snprintf(gpu->name, sizeof(gpu->name), "virtio1");
	gpu->drm = scene_address(s);
	gpu->vgdev = scene_address(s);
	gpu->config_enabled = true;
	gpu->read = gpu->waits.read = gpu->vqs.complete = true;
	idle_queue(s, gpu, "control", 64);
	idle_queue(s, gpu, "cursor", 16);
	gpu->ctrlq_vq = gpu->waits.ctrl.vq = gpu->vqs.all.v[0].addr;
	gpu->cursorq_vq = gpu->waits.cursor.vq = gpu->vqs.all.v[1].addr;
	gpu->waits.ctrl.ack_queue = scene_address(s);
	gpu->waits.ctrl.work = scene_address(s);
	gpu->waits.cursor.ack_queue = scene_address(s);
	gpu->waits.cursor.work = scene_address(s);
	gpu->waits.ctrl.work_known = gpu->waits.cursor.work_known = true;
	gpu->waits.resp_wq = scene_address(s);
	gpu->waits.fence_lock = scene_address(s);
	add_irqs(s, gpu);
	return gpu;
}

struct virtqueue *scene_commands(struct gpu *gpu, unsigned int in_flight,
				 unsigned int answered)
{
	struct virtqueue *vq = &gpu->vqs.all.v[0];

	vq->in_flight = in_flight;
	vq->num_free = vq->num - in_flight;
	vq->completed = answered;
	vq->unanswered = in_flight - answered;
	vq->interrupt_due = answered; /* of the answer after the last that was fetched */
	vq->kick_wanted = vq->kick_due = true;
	vq->used_idx = (uint16_t)(vq->last_used_idx + answered);
	vq->avail_idx = vq->avail_idx_shadow = (uint16_t)(vq->last_used_idx + in_flight);
	return vq;
}

void scene_packed(struct virtqueue *vq)
{
	vq->kind = VRING_PACKED;
	vq->last_used_idx = 5;
	vq->used_wrap = true;
	vq->driver_off_wrap = 0x8005;
	vq->driver_flags = 2; /* at that index */
}

struct wait *scene_waits_room(struct scene *s, struct task *t, double seconds,
			      const struct gpu *gpu)
{
	return scene_waits(s, t, seconds, WAIT_QUEUE, gpu->waits.ctrl.ack_queue, NULL);
}

struct wait *scene_waits_fence(struct scene *s, struct task *t, double seconds,
			       const struct gpu *gpu)
{
	struct wait *w = scene_waits(s, t, seconds, WAIT_FENCE, scene_address(s), NULL);

	w->fence_lock = gpu->waits.fence_lock;
	return w;
}

struct work *scene_dequeue(struct scene *s, struct gpu *gpu, struct pool *pool)
{
	struct work *w = scene_pending(s, pool, "virtio_gpu_dequeue_ctrl_func");

	w->addr = gpu->waits.ctrl.work;
	gpu->waits.ctrl.work_pending = true;
	return w;
}

/* ---- what fired --------------------------------------------------------- */

void scene_fired(struct scene *s, enum trigger_kind kind, const char *message)
{
	struct trigger *t = &s->facts.panic.trigger;

	memset(t, 0, sizeof(*t));
	t->kind = kind;
	t->message = message;
	t->begins = t->accused_name = "";
	t->cpu = t->locked_cpu = t->rcu_cpu = t->pid = -1;
	t->exception = kind == TRIGGER_OOPS || kind == TRIGGER_BUG ||
		       kind == TRIGGER_WARN;
	t->ts_s = SCENE_NOW;
	t->begins_s = -1;
}

void scene_reported(struct scene *s, const struct task *t)
{
	struct hung_report *r = vec_push(&s->arena, &s->facts.panic.hung);

	r->pid = t->pid;
	snprintf(r->comm, sizeof(r->comm), "%s", t->comm);
	r->seconds = 10;
	r->ts_s = SCENE_NOW;
}

/* ---- the drain hang ------------------------------------------------------ */

static const char *suffixed(struct scene *s, const char *function,
			    const struct scene_machine *m)
{
	return arena_printf(&s->arena, "%s%s", function, m->suffix);
}

struct scene_hang scene_drain_hang(struct scene *s, struct scene_machine m)
{
	struct scene_hang h;

	h.rq = &s->facts.rqs.all.v[m.cpu];
	h.xorg = scene_task(s, 196 + m.pids, m.victim);
	h.khugepaged = scene_kthread(s, 31 + m.pids, "khugepaged");
	h.kworker = scene_kthread(s, 36 + m.pids, "kworker/1:0");
	h.hog = scene_task(s, 191 + m.pids, m.hog);
	h.pool = scene_pool(s, (int)m.cpu * 2, (int)m.cpu);
	scene_worker(s, h.pool, h.kworker);
	h.work = scene_pending(s, h.pool, suffixed(s, "drain_local_pages_wq", &m));
	scene_flushes(s, h.xorg, 17, h.work);
	scene_stack(s, h.xorg, "__schedule", "schedule", "schedule_timeout",
		    "wait_for_completion", suffixed(s, "__flush_work", &m),
		    suffixed(s, "drain_all_pages", &m), "__alloc_pages_slowpath",
		    "virtio_gpu_object_create", "drm_ioctl", "__x64_sys_ioctl",
		    "do_syscall_64");
	scene_flushes(s, h.khugepaged, 20, h.work);
	scene_queued(s, h.kworker, m.cpu, 18);
	scene_rt(s, h.hog, 99);
	scene_runs(s, h.hog, m.cpu, 19);
	h.rq->other = h.kworker;
	h.rq->alone_s = 19.5;
	s->facts.rqs.rt_bandwidth_known = s->facts.rqs.rt_bandwidth_off = true;
	scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	scene_reported(s, h.xorg);
	return h;
}
