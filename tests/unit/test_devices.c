// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts on virtio devices: each beside the nearest case where they are innocent. */
#include "judged.h"
#include "report/triage_words.h"
#include "report/debuginfo.h"
#include "report/spelling.h"

#define LOCK_A 0xffff888009990000

static struct task *xorg;

/* Xorg has slept for long for room in the ring of a GPU. */
static struct gpu *stuck(struct scene *s)
{
	struct gpu *gpu = scene_gpu(s);

	xorg = scene_task(s, 196, "Xorg");
	scene_waits_room(s, xorg, 30, gpu);
	return gpu;
}

static void assert_culprit(const struct verdict *v, enum culprit_kind kind,
			   const struct gpu *gpu)
{
	assert_int_equal(v->culprit.kind, kind);
	assert_string_equal(v->culprit.name, gpu->name);
	assert_int_equal(v->culprit.address, gpu->vdev);
	assert_int_equal(v->culprit.pid, -1);
}

/* Nobody is blamed, and the verdict says so by being unsure. */
static const struct verdict *assert_nobody(struct scene *s)
{
	const struct verdict *v = only(s, CAUSE_UNEXPLAINED);

	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(v->confidence <= 30);
	return v;
}

static const char *chain_words(struct scene *s, const struct verdict *v)
{
	const char *words = "";
	size_t i;

	for (i = 0; i < v->chain.n; i++)
		words = arena_printf(&s->arena, "%s%s%s", words, i ? " " : "",
				     node_kind_name(v->chain.v[i]->kind));
	return words;
}

static bool knows(const struct verdict *v, const char *id)
{
	size_t i;

	for (i = 0; i < v->known.n; i++)
		if (v->known.v[i].id && !strcmp(v->known.v[i].id, id))
			return true;
	return false;
}

/* Xorg has waited for long for a fence of the GPU's. */
static struct awaited_fence *fence_wait(struct scene *s, struct task *t,
					const struct gpu *gpu)
{
	scene_waits_fence(s, t, 30, gpu);
	return &facts_studied(&s->facts, t)->gpu.fence;
}

/* ---- the host ------------------------------------------------------------ */

static void host_stalls(void **state)
{
	struct gpu *gpu = stuck(*state);
	const struct verdict *v;

	scene_commands(gpu, 64, 0);
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_culprit(v, CULPRIT_HOST, gpu);
	assert_true(v->confidence >= 85);
	assert_string_equal(chain_words(*state, v), "task waitqueue virtqueue host");
	assert_int_equal(v->against.n, 0);
	assert_true(says(&v->evidence, "published 64 commands"));
	assert_true(says(&v->evidence, "no answer waits to be fetched"));
	assert_true(says(&v->evidence, "num_added is 0"));
	assert_true(says(&v->evidence, "pending_commands is 0"));
	assert_true(says(&v->evidence, "neither queued nor running"));
	assert_true(says(&v->evidence, "not marked broken"));
	assert_true(says(&v->evidence, "0 of 64 descriptors"));
	assert_true(lacks(v, "30.0 s"));
}

/* What QEMU said of the queue when it was asked, in that moment of the ring or before. */
static struct host_queue *asked_host(struct scene *s, const struct virtqueue *vq,
				     unsigned int fetched, unsigned int answered_since)
{
	struct host_state *host = arena_alloc(&s->arena, sizeof(*host));
	struct host_queue *q = vec_push(&s->arena, &host->all);

	s->facts.host = host;
	q->vq = vq;
	q->answered_since = answered_since;
	q->used = (uint16_t)(vq->used_idx - answered_since);
	q->last_avail = (uint16_t)(vq->used_idx + fetched);
	q->inuse = fetched + answered_since;
	q->seen = vq->avail_idx;
	return q;
}

static void asked_device(struct scene *s, bool disabled)
{
	struct host_state *host = arena_alloc(&s->arena, sizeof(*host));

	*host = *s->facts.host;
	host->devices = 1;
	host->disabled = disabled;
	s->facts.host = host;
}

static void host_says_that_it_has_none(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 0);
	struct host_queue *q = asked_host(*state, vq, 0, 0);
	const struct verdict *v;

	q->seen = vq->used_idx;
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_false(says(&v->evidence, "is disabled"));
	asked_device(*state, true);
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(says(&v->evidence, "is disabled"));
	assert_true(v->confidence >= 90);
	assert_true(says(&v->evidence, "has fetched none of them"));
	assert_true(says(&v->evidence, "has not looked at the ring since"));
	assert_contains(v->summary, "never fetched one, as it says itself");
	assert_contains(next_step(*state, v, 0), "lost the kick");
	assert_int_equal(v->against.n, 0);
}

static void host_says_that_it_is_stuck(void **state)
{
	struct gpu *gpu = stuck(*state);
	const struct verdict *v;

	asked_host(*state, scene_commands(gpu, 64, 0), 3, 0);
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(says(&v->evidence, "fetched 3 commands that it has not answered"));
	assert_contains(v->summary, "has fetched 3 of 64 commands");
	assert_contains(next_step(*state, v, 0), "gdb -p PID");
	assert_contains(next_step(*state, v, 0), "journalctl -k");
}

/* What was asked in the midst of the wait, and has answered since, has not stopped. */
static void host_says_that_it_is_slow(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 0);
	const struct verdict *v;
	int before;

	before = only(*state, CAUSE_HOST_NOT_CONSUMING)->confidence;
	asked_host(*state, vq, 1, 2);
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(v->confidence < before);
	assert_true(says(&v->against, "2 more until the end"));
	assert_contains(v->summary, "is slow");
}

/* Of the other queue it may say what it wants. */
static void host_says_nothing_of_it(void **state)
{
	struct gpu *gpu = stuck(*state);
	const struct verdict *v;

	scene_commands(gpu, 64, 0);
	asked_host(*state, &gpu->vqs.all.v[1], 3, 0);
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_false(says(&v->evidence, "QEMU"));
	assert_true(says(&v->evidence, "published 64 commands"));
}

static void host_stalls_packed(void **state)
{
	struct gpu *gpu = stuck(*state);
	const struct verdict *v;

	scene_packed(scene_commands(gpu, 64, 0));
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_culprit(v, CULPRIT_HOST, gpu);
	assert_true(says(&v->evidence, "descriptor 5 is not marked used"));
	assert_true(says(&v->evidence, "64 commands are in flight"));
}

/* By its own event index the device has the commands, or never looked at them. */
static void host_has_taken(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 0);
	const struct verdict *v;

	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_non_null(strstr(v->summary, "was told of 64 commands in the control queue "
					   "and has answered none"));
	assert_true(lacks(v, "whether the device has taken the commands"));
	assert_int_equal(v->next.n, 3);
	vq->fetched_known = true;
	vq->avail_event = 65530;
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(says(&v->evidence, "has taken none of them: it asks for its next "
				       "kick at index 65530, the first of them"));
	assert_non_null(strstr(v->summary, "seems to have taken none"));
	assert_non_null(strstr(next_step(*state, v, 0), "Was bus mastering taken"));
	vq->fetched = 3;
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(says(&v->evidence, "has taken 3 of them"));
	vq->fetched = 64;
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(says(&v->evidence, "has taken all of them"));
	assert_non_null(strstr(v->summary, "has taken 64 commands in the control queue "
					   "and answered none"));
	assert_non_null(strstr(next_step(*state, v, 0), "stuck in a command"));
	scene_packed(vq);
	vq->device_off_wrap = 0x8009;
	assert_true(says(&only(*state, CAUSE_HOST_NOT_CONSUMING)->evidence,
			 "next kick at descriptor 9"));
}

/* The command that it is stuck in is the oldest, where which that is is known. */
static void host_stuck_in(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	struct virtqueue *vq = scene_commands(gpu, 64, 0);
	struct gpu_command c = {.queue = "control",
				.read = true,
				.name = "RESOURCE_FLUSH",
				.slot = {.head = 3, .place = VRING_ANSWERED, .order = 1}};

	*vec_push(&s->arena, &gpu->waited.all) = c;
	c.slot = (struct vring_slot){.head = 9, .order = 2, .fetched = VRING_FETCHED};
	c.name = "SUBMIT_3D";
	c.type = 0x207;
	c.flags = GPU_CMD_FLAG_FENCE;
	c.fence_id = 77;
	*vec_push(&s->arena, &gpu->waited.all) = c;
	c.slot.order = 3;
	*vec_push(&s->arena, &gpu->waited.all) = c;
	assert_true(says(&only(s, CAUSE_HOST_NOT_CONSUMING)->evidence,
			 "not answered is SUBMIT_3D (0x207), fence 77, in descriptor 9: "
			 "what it is stuck in"));
	gpu->waited.all.v[1].slot.order = 0; /* alone, it is the oldest */
	assert_ptr_equal(gpu_commands_oldest(&gpu->waited, vq), &gpu->waited.all.v[1]);
	gpu->waited.all.v[2].slot.order = 0; /* of several, the one of the first fence */
	gpu->waited.all.v[2].fence_id = 76;
	assert_ptr_equal(gpu_commands_oldest(&gpu->waited, vq), &gpu->waited.all.v[2]);
	gpu->waited.all.v[2].flags = 0;
	assert_null(gpu_commands_oldest(&gpu->waited, vq));
	assert_false(says(&only(s, CAUSE_HOST_NOT_CONSUMING)->evidence, "the oldest"));
}

static void host_owes_a_fence(void **state)
{
	struct gpu *gpu = scene_gpu(*state);
	const struct verdict *v;

	xorg = scene_task(*state, 196, "Xorg");
	scene_waits_fence(*state, xorg, 30, gpu);
	scene_commands(gpu, 1, 0);
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_string_equal(chain_words(*state, v), "task fence virtqueue host");
	assert_false(says(&v->evidence, "ring is full"));
}

/* Where the fence's own command was found, the chain names it. */
static void fence_names_its_command(void **state)
{
	struct gpu *gpu = scene_gpu(*state);
	struct gpu_command submit = {.name = "SUBMIT_3D",
				     .fence_id = 41,
				     .slot.head = 7,
				     .type = 0x207,
				     .buf = 0xffff888007770000};
	const struct verdict *v;
	const struct edge *e;
	struct awaited_fence *w;

	xorg = scene_task(*state, 196, "Xorg");
	w = fence_wait(*state, xorg, gpu);
	w->command = FENCE_COMMAND_IN_RING;
	w->carrier = &submit;
	scene_commands(gpu, 3, 0);
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_string_equal(chain_words(*state, v), "task fence virtqueue host");
	e = graph_edge(v->chain.v[1], v->chain.v[2]);
	assert_non_null(strstr(e->why, "SUBMIT_3D (0x207), fence 41, in descriptor 7"));
	assert_string_equal(look_text(&((struct scene *)*state)->facts, &e->look),
			    "rd -32 0xffff888007770000 4");
}

/* What to install, as the kernel's own distribution names it. */
static void debuginfo_packages(void **state)
{
	static const struct {
		const char *release, *package, *command;
	} said[] = {
		{"5.10.0-46-amd64", "linux-image-5.10.0-46-amd64-dbg",
		 "!apt-get install -y linux-image-5.10.0-46-amd64-dbg"},
		{"5.15.0-91-generic", "linux-image-unsigned-5.15.0-91-generic-dbgsym",
		 "!apt-get install -y linux-image-unsigned-5.15.0-91-generic-dbgsym"},
		{"4.19.90-2003.4.0.0036.oe1.aarch64",
		 "kernel-debuginfo-4.19.90-2003.4.0.0036.oe1.aarch64",
		 "!dnf install -y --enablerepo=*debug* "
		 "kernel-debuginfo-4.19.90-2003.4.0.0036.oe1.aarch64"},
		{"5.14.21-150500.55.39-default", "kernel-default-debuginfo",
		 "!zypper install -y kernel-default-debuginfo"},
		{"5.14.21-150500.13.5-rt", "kernel-rt-debuginfo",
		 "!zypper install -y kernel-rt-debuginfo"},
		{"5.14.21-150500.33.20-azure", "kernel-azure-debuginfo",
		 "!zypper install -y kernel-azure-debuginfo"},
		{"6.8.0-1015-azure", "linux-image-unsigned-6.8.0-1015-azure-dbgsym",
		 "!apt-get install -y linux-image-unsigned-6.8.0-1015-azure-dbgsym"},
		{"6.1.0-57-rt-amd64", "linux-image-6.1.0-57-rt-amd64-dbg",
		 "!apt-get install -y linux-image-6.1.0-57-rt-amd64-dbg"},
		{"4.18.0-553.rt7.342.el8_10.x86_64",
		 "kernel-rt-debuginfo-4.18.0-553.rt7.342.el8_10.x86_64",
		 "!dnf install -y --enablerepo=*debug* "
		 "kernel-rt-debuginfo-4.18.0-553.rt7.342.el8_10.x86_64"},
		{"5.14.0-427.el9.x86_64+rt", "kernel-rt-debuginfo-5.14.0-427.el9.x86_64",
		 "!dnf install -y --enablerepo=*debug* "
		 "kernel-rt-debuginfo-5.14.0-427.el9.x86_64"},
		{"6.6.1-mine", "", ""},
		/* Nobody shall paste what a dump says into a shell. */
		{"5.10.0-46-amd64;reboot", "", ""},
		{"$(reboot)-amd64", "", ""},
		{"-oDpkg-amd64", "", ""},
	};
	struct scene *s = *state;
	static struct dump_info info = {.about = &fake_about};
	size_t i;

	s->facts.info = &info;
	for (i = 0; i < ARRAY_SIZE(said); i++) {
		snprintf(info.release, sizeof(info.release), "%s", said[i].release);
		assert_string_equal(debuginfo_package(&s->facts), said[i].package);
		assert_string_equal(debuginfo_command(&s->facts), said[i].command);
		assert_true(strlen(debuginfo_advice(&s->facts)) > 0);
	}
}

/* Without the debuginfo of its driver nobody can tell whose fence it is: that is said. */
static void device_without_debuginfo(void **state)
{
	static const struct types_missing lost = {.module = "virtio_gpu"};
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct task *holder = scene_task(s, 197, "holder");
	const struct verdict *v;
	struct wait *w;

	xorg = scene_task(s, 196, "Xorg");
	w = scene_waits_fence(s, holder, 40, gpu);
	w->fence_ops = "virtio_fence_ops";
	gpu->waits.read = false;
	*vec_push(&s->arena, &s->facts.gpus.missing) = lost;
	v = assert_nobody(s);
	assert_non_null(strstr(v->summary, "waits for fence (virtio_fence_ops);"));
	assert_int_equal(v->missing.n, 1);
	assert_non_null(
		strstr(v->missing.v[0], "the debuginfo of the module virtio_gpu"));
	s->facts.gpus.missing.v[0].builtin = true;
	v = assert_nobody(s);
	assert_non_null(
		strstr(v->missing.v[0], "the kernel, which has it built in: virtio_gpu"));
	s->facts.gpus.missing.v[0].builtin = false;
	assert_string_equal(next_step(s, v, v->next.n),
			    "!apt-get install -y linux-image-5.10.0-scene-amd64-dbg");
	/* Whoever holds a lock meanwhile is a victim, too. */
	scene_waits(s, xorg, 30, WAIT_MUTEX, scene_address(s), holder);
	v = assert_nobody(s);
	assert_int_equal(v->missing.n, 1);
	/* Another driver's is not the GPU's, whatever is missing. */
	w->fence_ops = "vgem_fence_ops";
	assert_int_equal(assert_nobody(s)->missing.n, 0);
	w->fence_ops = NULL;
	assert_int_equal(assert_nobody(s)->missing.n, 0);
	w->fence_ops = "virtio_fence_ops";
	/* Where the GPU is known, it is known not to be its. */
	gpu->waits.read = true;
	s->facts.gpus.missing.n = 0;
	facts_studied(&s->facts, holder)->wait.fence_lock = scene_address(s);
	v = assert_nobody(s);
	assert_int_equal(v->missing.n, 0);
}

/* The kernel's packages have nothing of a module that somebody else built. */
static void debuginfo_of_a_foreign_module(void **state)
{
	static const struct types_missing lost[] = {{.module = "virtio_gpu"},
						    {.module = "virtio_ring"}};
	static struct dump_info info = {.about = &fake_about,
					.release = "5.10.0-46-amd64"};
	struct scene *s = *state;
	struct module *m = vec_push(&s->arena, &s->facts.modules.all);

	*m = (struct module){.name = "virtio_gpu", .taints = 1u << 12};
	s->facts.info = &info;
	*vec_push(&s->arena, &s->facts.gpus.missing) = lost[0];
	assert_string_equal(debuginfo_command(&s->facts), "");
	assert_string_equal(debuginfo_package(&s->facts), "");
	assert_non_null(strstr(debuginfo_advice(&s->facts), "ask who built it"));
	assert_null(strstr(debuginfo_advice(&s->facts), "linux-image"));
	*vec_push(&s->arena, &s->facts.gpus.missing) = lost[1];
	assert_non_null(strstr(debuginfo_command(&s->facts), "linux-image"));
	assert_non_null(strstr(debuginfo_advice(&s->facts), "Of virtio_gpu, which"));
	assert_non_null(strstr(debuginfo_advice(&s->facts), "ask who built it"));
}

/* Who has a lock, and sleeps with it for what the GPU's host is to do, is a victim. */
static void holder_in_a_driver_without_debuginfo(void **state)
{
	static const struct types_missing lost = {.module = "virtio_gpu"};
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct task *xrandr = scene_task(s, 197, "xrandr");
	const struct verdict *v;

	xorg = scene_task(s, 196, "Xorg");
	scene_waits(s, xrandr, 30, WAIT_MUTEX, scene_address(s), xorg);
	scene_waits(s, xorg, 31, WAIT_QUEUE, scene_address(s), NULL);
	scene_stack(s, xorg, "schedule", "virtio_gpu_queue_fenced_ctrl_buffer",
		    "drm_mode_setcrtc");
	gpu->waits.read = false;
	assert_int_equal(only(s, CAUSE_LOCK_HOLDER_BLOCKED)->culprit.pid, 196);
	*vec_push(&s->arena, &s->facts.gpus.missing) = lost;
	v = assert_nobody(s);
	assert_non_null(strstr(v->missing.v[0], "for which Xorg (pid 196) waits in "
						"virtio_gpu_queue_fenced_ctrl_buffer()"));
	/* It sleeps elsewhere: nothing that is missing would tell more. */
	scene_stack(s, xorg, "schedule", "some_driver_waits");
	assert_int_equal(only(s, CAUSE_LOCK_HOLDER_BLOCKED)->missing.n, 0);
}

static void host_owes_an_answer(void **state)
{
	struct gpu *gpu = scene_gpu(*state);

	xorg = scene_task(*state, 196, "Xorg");
	scene_waits(*state, xorg, 30, WAIT_QUEUE, gpu->waits.resp_wq, NULL);
	scene_commands(gpu, 1, 0);
	only(*state, CAUSE_HOST_NOT_CONSUMING);
}

/* Each who sleeps on resp_wq waits for an answer of its own. */
static void host_owes_another_answer(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct task *mapper = scene_task(s, 300, "mapper");
	struct gpu_command c = {.slot.head = 4};
	struct awaited_answer *a;
	const struct verdict *v;
	const struct edge *e;

	scene_commands(gpu, 3, 0);
	scene_waits(s, mapper, 30, WAIT_QUEUE, gpu->waits.resp_wq, NULL);
	a = &facts_studied(&s->facts, mapper)->gpu.answer;
	a->name = "RESOURCE_MAP_BLOB";
	a->resource = 7;
	a->command = FENCE_COMMAND_NOWHERE;
	v = assert_nobody(s);
	assert_non_null(strstr(v->summary, "waits for the answer of virtio1 to "
					   "RESOURCE_MAP_BLOB of resource 7, which is "
					   "not in the ring"));
	/* Another's is there: the host owes that one, and only to him. */
	xorg = scene_task(s, 196, "Xorg");
	scene_waits(s, xorg, 30, WAIT_QUEUE, gpu->waits.resp_wq, NULL)->record += 64;
	*(&facts_studied(&s->facts, xorg)->gpu.answer) =
		(struct awaited_answer){.name = "RESOURCE_MAP_BLOB",
					.resource = 8,
					.command = FENCE_COMMAND_IN_RING,
					.carrier = &c};
	judge_all(s);
	v = verdict(0);
	assert_int_equal(v->cause, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->victims.n, 1);
	assert_ptr_equal(v->victims.v[0]->task, xorg);
	e = graph_edge(v->chain.v[1], v->chain.v[2]);
	assert_non_null(strstr(e->why, "woken by the answer to RESOURCE_MAP_BLOB of "
				       "resource 8, in descriptor 4"));
	assert_int_equal(verdict(1)->cause, CAUSE_UNEXPLAINED);
	/* A broken queue takes no command. */
	gpu->vqs.all.v[0].broken = true;
	only(s, CAUSE_DEVICE_BROKEN);
}

/* Another driver's fence, while commands are in flight: not this device's doing. */
static void fence_of_another(void **state)
{
	struct gpu *gpu = scene_gpu(*state);

	xorg = scene_task(*state, 196, "Xorg");
	scene_waits_fence(*state, xorg, 30, gpu)->fence_lock = scene_address(*state);
	scene_commands(gpu, 64, 0);
	assert_nobody(*state);
}

/*
 * The device's own fence, and none of the commands in flight is the one that it signals
 * with: a busy device, caught at any moment, has some.
 */
static void fence_that_no_command_carries(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct virtqueue *vq = scene_commands(gpu, 3, 0);
	const struct verdict *v;
	struct awaited_fence *w;

	xorg = scene_task(s, 196, "Xorg");
	w = fence_wait(s, xorg, gpu);
	w->command = FENCE_COMMAND_NOWHERE;
	v = assert_nobody(s);
	assert_string_equal(chain_words(s, v), "task fence");
	assert_non_null(strstr(v->summary, "that no command in flight carries"));
	/* Nor do answers that lie there, or a kick that is due, tell of it. */
	scene_commands(gpu, 3, 3);
	assert_nobody(s);
	scene_commands(gpu, 3, 0);
	vq->num_added = 3;
	assert_nobody(s);
	vq->num_added = 0;
	w->command = FENCE_COMMAND_IN_RING;
	only(s, CAUSE_HOST_NOT_CONSUMING);
	/* A broken queue takes no command: then the fence has none because of it. */
	w->command = FENCE_COMMAND_NOWHERE;
	vq->broken = true;
	only(s, CAUSE_DEVICE_BROKEN);
}

/* Emitted, unsignalled, and no command in flight carries it: its answer was fetched. */
static void fence_lost(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	const struct verdict *v;
	struct awaited_fence *w;
	struct gpu_refusal refusal = {.command_name = "SUBMIT_3D",
				      .answer_name = "ERR_UNSPEC",
				      .count = 2};
	int sure;

	scene_commands(gpu, 3, 0);
	xorg = scene_task(s, 196, "Xorg");
	w = fence_wait(s, xorg, gpu);
	w->command = FENCE_COMMAND_NOWHERE;
	w->id = 77;
	assert_nobody(s);
	w->pending = true;
	v = only(s, CAUSE_FENCE_LOST);
	assert_culprit(v, CULPRIT_DEVICE, gpu);
	assert_true(v->confidence >= 60 && v->confidence < 85);
	assert_string_equal(chain_words(s, v), "task fence");
	assert_non_null(strstr(v->summary, "waits for fence 77 of virtio1"));
	assert_true(says(&v->evidence, "fence 77 is on the device's list"));
	assert_true(says(&v->evidence, "no command in the ring carries it (3 in"));
	sure = v->confidence;
	/* The log tells of errors: from that time, or long before. */
	*vec_push(&s->arena, &s->facts.refusals.all) = refusal;
	s->facts.refusals.count = 2;
	s->facts.refusals.last_s = SCENE_NOW - 30;
	v = only(s, CAUSE_FENCE_LOST);
	assert_int_equal(v->confidence, sure + SURE_REFUSED);
	assert_true(says(&v->evidence, "2 answers of the device that are errors: "
				       "ERR_UNSPEC to SUBMIT_3D 2 times"));
	s->facts.refusals.last_s = 5;
	assert_int_equal(only(s, CAUSE_FENCE_LOST)->confidence, sure);
	/* Nothing was ever sent for it; or the device is out of use. */
	w->id = 0;
	assert_nobody(s);
	w->id = 77;
	gpu->config_enabled = false;
	assert_nobody(s);
}

/* Merged: each of the fences that it stands for has a command of its own. */
static void fence_merged(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct gpu_command submit = {.name = "SUBMIT_3D", .fence_id = 41};
	struct fence_member others = {.fence = scene_address(s), .ops = "vgem_fence_ops"};
	struct fence_member ours = {.fence = scene_address(s),
				    .ops = "virtio_gpu_fence_ops",
				    .lock = gpu->waits.fence_lock};
	const struct verdict *v;
	struct gpu_wait *w;

	scene_commands(gpu, 1, 0);
	xorg = scene_task(s, 196, "Xorg");
	scene_waits(s, xorg, 30, WAIT_FENCE, scene_address(s), NULL);
	w = &facts_studied(&s->facts, xorg)->gpu;
	ours.own.command = FENCE_COMMAND_IN_RING;
	ours.own.carrier = &submit;
	w->container = "fence array";
	w->nmembers = 3;
	w->unsignalled = 2;
	*vec_push(&s->arena, &w->members) = others;
	*vec_push(&s->arena, &w->members) = ours;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_string_equal(chain_words(s, v), "task fence fence virtqueue host");
	assert_string_equal(v->chain.v[1]->name,
			    "a fence array of 3 fences, 2 of them not signalled");
	assert_true(lacks(v, "who should signal fence (vgem_fence_ops)"));
	/* The others' alone: nothing of the device's is waited for. */
	w->members.n = 1;
	v = assert_nobody(s);
	assert_non_null(strstr(v->summary, "waits for fence (vgem_fence_ops)"));
	w->members.v[0] = ours;
	assert_false(lacks(only(s, CAUSE_HOST_NOT_CONSUMING), "who should signal"));
	/* All are signalled, and it is not. */
	w->members.n = w->unsignalled = 0;
	v = assert_nobody(s);
	assert_non_null(strstr(v->summary, "3 fences, 0 of them not signalled"));
	/* One of them is lost. */
	*vec_push(&s->arena, &w->members) = ours;
	w->members.v[0].own = (struct awaited_fence){.command = FENCE_COMMAND_NOWHERE,
						     .id = 41,
						     .pending = true};
	assert_string_equal(chain_words(s, only(s, CAUSE_FENCE_LOST)),
			    "task fence fence");
}

/* An error is an answer: what has given one since the wait began has not stopped. */
static void host_answered_lately(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	struct gpu_refusal refusal = {.command_name = "SUBMIT_3D",
				      .answer_name = "ERR_UNSPEC",
				      .count = 1};
	const struct verdict *v;
	int sure;

	scene_commands(gpu, 64, 0);
	sure = only(s, CAUSE_HOST_NOT_CONSUMING)->confidence;
	*vec_push(&s->arena, &s->facts.refusals.all) = refusal;
	s->facts.refusals.count = 1;
	s->facts.refusals.last_s = SCENE_NOW - 29;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->confidence, sure); /* clocks differ by so much */
	assert_true(says(&v->evidence, "1 answer of the device that is an error"));
	s->facts.refusals.last_s = SCENE_NOW - 3;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->confidence, sure + SURE_ANSWERED_LATELY);
	assert_true(says(&v->against, "3.0 s before the end: it is slow"));
	assert_non_null(
		strstr(v->summary, "its host is slow: it still has to answer 64"));
	/* So does a fence; one from before the wait says that it has stopped since. */
	s->facts.refusals.count = 0;
	gpu->last.addr = scene_address(s);
	gpu->last.at_s = SCENE_NOW - 40;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->confidence, sure);
	assert_true(says(&v->evidence, "that is known came 40.0 s before the end"));
	gpu->last.at_s = SCENE_NOW - 5;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->confidence, sure + SURE_ANSWERED_LATELY);
	assert_true(says(&v->against, "came 5.0 s before the end, since the wait began"));
	/* It may have stopped soon after the wait began. */
	gpu->last.at_s = SCENE_NOW - 20;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->confidence, sure + SURE_ANSWERED_EARLY);
	assert_true(says(&v->against, "it is slow, or has stopped since"));
	assert_null(strstr(v->summary, "its host is slow"));
	gpu->last.at_s = SCENE_NOW + 5; /* of another clock: nothing follows */
	assert_int_equal(only(s, CAUSE_HOST_NOT_CONSUMING)->confidence, sure);
	/* By so much NTP has turned it since the boot. */
	s->facts.rqs.monotonic_ahead = 10000000000;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->confidence, sure + SURE_ANSWERED_LATELY);
	assert_true(says(&v->against, "came 5.0 s before the end, since the wait began"));
	s->facts.rqs.monotonic_ahead = 0;
	gpu->last.addr = 0;
	s->facts.refusals.count = 1;
	/* It may have been another device. */
	scene_gpu(s);
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->confidence, sure);
	assert_false(says(&v->evidence, "error"));
}

/* The work that fetches answers has taken the command out, and signals it next. */
static void fence_in_the_works_hands(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct task *kworker = scene_kthread(s, 36, "kworker/1:0");
	struct worker *w = scene_worker(s, scene_pool(s, 2, 1), kworker);
	struct task *owner = scene_task(s, 200, "owner");

	xorg = scene_task(s, 196, "Xorg");
	scene_waits_fence(s, xorg, 30, gpu);
	facts_studied(&s->facts, xorg)->gpu.fence.command = FENCE_COMMAND_NOWHERE;
	scene_commands(gpu, 1, 0);
	scene_busy(s, w, "virtio_gpu_dequeue_ctrl_func")->addr = gpu->waits.ctrl.work;
	scene_waits(s, kworker, 20, WAIT_MUTEX, LOCK_A, owner);
	assert_blames(only(s, CAUSE_LOCK_HOLDER_BLOCKED), owner);
}

/* There is room for a command of one descriptor: the sleeper was not woken. */
static void room_in_the_ring(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 63, 0);
	const struct verdict *v;

	only(*state, CAUSE_HOST_NOT_CONSUMING); /* it may want more than one */
	gpu->has_indirect = true;
	v = assert_nobody(*state);
	assert_non_null(strstr(v->summary, "whose ring has room"));
	vq->broken = true;
	only(*state, CAUSE_DEVICE_BROKEN);
	vq->broken = false;
	scene_commands(gpu, 64, 0);
	only(*state, CAUSE_HOST_NOT_CONSUMING);
	/* Until 5.4 a command may want three, and none more. */
	gpu->has_indirect = false;
	gpu->three_at_most = true;
	scene_commands(gpu, 62, 0);
	only(*state, CAUSE_HOST_NOT_CONSUMING);
	scene_commands(gpu, 61, 0);
	v = assert_nobody(*state);
	assert_non_null(strstr(v->summary, "whose ring has room"));
}

/* A wait queue that lies beside the device's own. */
static void queue_of_another(void **state)
{
	struct gpu *gpu = scene_gpu(*state);

	xorg = scene_task(*state, 196, "Xorg");
	scene_waits(*state, xorg, 30, WAIT_QUEUE, gpu->waits.ctrl.ack_queue + 8, NULL);
	scene_commands(gpu, 64, 0);
	assert_nobody(*state);
}

static void idle_device(void **state)
{
	const struct verdict *v;

	stuck(*state);
	v = assert_nobody(*state);
	assert_true(says(&v->against, "no command is in flight"));
}

/* Added and not published: the device cannot know of them. */
static void unpublished(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 3, 0);
	const struct verdict *v;

	vq->unanswered = 0;
	v = assert_nobody(*state);
	assert_true(says(&v->against, "3 commands are being added"));
}

/* The work is queued, and there is no answer for it: the guest has not done its part. */
static void host_stalls_dequeue_queued(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	const struct verdict *v;
	int sure;

	scene_commands(gpu, 64, 0);
	sure = only(s, CAUSE_HOST_NOT_CONSUMING)->confidence;
	scene_dequeue(s, gpu, scene_pool(s, 2, 1));
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_true(v->confidence < sure);
	assert_true(says(&v->against, "dequeue work is queued"));
	assert_false(says(&v->against, "on no list"));
}

static void host_stalls_dequeue_unread(void **state)
{
	struct gpu *gpu = stuck(*state);
	const struct verdict *v;

	scene_commands(gpu, 64, 0);
	gpu->waits.ctrl.work_known = false;
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(lacks(v, "whether the queue's dequeue work is queued"));
	assert_false(says(&v->evidence, "neither queued nor running"));
}

/* The device works, and nobody waits for it for long. */
static void busy_device(void **state)
{
	struct gpu *gpu = scene_gpu(*state);
	const struct verdict *v;

	xorg = scene_task(*state, 196, "Xorg");
	scene_waits_room(*state, xorg, 4.9, gpu);
	scene_commands(gpu, 64, 0);
	scene_fired(*state, TRIGGER_SYSRQ, "sysrq triggered crash");
	v = only(*state, CAUSE_PANIC_BY_REQUEST);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
}

/* Commands in flight, and a task that is stuck for another reason. */
static void other_trouble(void **state)
{
	struct gpu *gpu = scene_gpu(*state);
	struct task *owner = scene_task(*state, 200, "owner");
	const struct verdict *v;

	xorg = scene_task(*state, 196, "Xorg");
	scene_waits(*state, xorg, 30, WAIT_MUTEX, LOCK_A, owner);
	scene_commands(gpu, 64, 0);
	v = only(*state, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, owner);
}

static void damaged_ring(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 0);
	struct scene *s = *state;
	const struct verdict *v;

	*vec_push(&s->arena, &vq->damage) =
		"the available index is 3 in the ring, and the driver wrote 7";
	v = assert_nobody(s);
	assert_true(says(&v->evidence, "the driver wrote 7"));
}

static void unread_ring(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 0);
	const struct verdict *v;

	vq->ring_read = false;
	v = assert_nobody(*state);
	assert_true(lacks(v, "the ring of the control queue"));
	vq->ring_read = true;
	vq->counted = false;
	assert_nobody(*state);
}

/* Part of what is in the ring was not kicked: less sure, and it says why. */
static void host_stalls_partly_kicked(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 0);
	const struct verdict *v;
	int sure;

	sure = only(*state, CAUSE_HOST_NOT_CONSUMING)->confidence;
	vq->num_added = 2;
	gpu->pending_commands = 2;
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(v->confidence <= sure - 30);
	assert_true(says(&v->against, "2 of the 64 unanswered"));
	assert_true(says(&v->against, "2 commands that it has not kicked"));
}

/* ---- the modeset chain ---------------------------------------------------- */

static void modeset_chain(void **state)
{
	struct gpu *gpu = scene_gpu(*state);
	struct task *mutter = scene_task(*state, 300, "mutter");
	struct wait *w;
	const struct verdict *v;

	xorg = scene_task(*state, 196, "Xorg");
	scene_waits_room(*state, xorg, 40, gpu);
	w = scene_waits(*state, mutter, 20, WAIT_MUTEX, LOCK_A, xorg);
	w->symbol = "modeset lock";
	scene_commands(gpu, 64, 0);
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	/* The chain that passes the lock tells more than its holder's own. */
	assert_string_equal(chain_words(*state, v),
			    "task mutex task waitqueue virtqueue host");
	assert_int_equal(v->victims.n, 2);
	assert_string_equal(v->chain.v[1]->name, "modeset lock");
	assert_true(lacks(v, "40.0 s"));
}

/* ---- the interrupt -------------------------------------------------------- */

static void interrupt_lost(void **state)
{
	struct gpu *gpu = stuck(*state);
	const struct verdict *v;

	scene_commands(gpu, 64, 64);
	v = only(*state, CAUSE_INTERRUPT_LOST);
	assert_culprit(v, CULPRIT_DEVICE, gpu);
	assert_true(v->confidence >= 80);
	assert_string_equal(chain_words(*state, v), "task waitqueue virtqueue");
	assert_true(says(&v->evidence, "answered 64 commands"));
	assert_true(says(&v->evidence, "answered every command"));
	assert_true(says(&v->evidence, "used index is 58"));
	assert_true(says(&v->evidence, "of the answer after 65530"));
	assert_true(says(&v->evidence, "neither queued nor running"));
	assert_true(says(&v->evidence, "answered all 64"));
	assert_true(lacks(v, "MSI-X"));
	assert_int_equal(v->against.n, 0);
}

/* Answers that lay there when QEMU was asked were not given after the panic. */
static void host_says_that_it_answered(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 3);
	const struct verdict *v;
	int before;

	before = only(*state, CAUSE_INTERRUPT_LOST)->confidence;
	asked_host(*state, vq, 0, 0);
	v = only(*state, CAUSE_INTERRUPT_LOST);
	assert_true(v->confidence > before);
	assert_true(says(&v->evidence, "the answers lay there"));
	asked_host(*state, vq, 0, 3); /* all of them came later */
	v = only(*state, CAUSE_INTERRUPT_LOST);
	assert_true(v->confidence < before);
	assert_true(says(&v->against, "3 of the answers came later"));
}

static void interrupt_lost_packed(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 64);
	const struct verdict *v;

	scene_packed(vq);
	v = only(*state, CAUSE_INTERRUPT_LOST);
	assert_true(says(&v->evidence, "descriptor 5 is marked used"));
	vq->driver_flags = 0; /* always, not at an index */
	vq->driver_off_wrap = 0;
	only(*state, CAUSE_INTERRUPT_LOST);
}

/* The host goes on answering: less sure than when it has done everything. */
static void interrupt_lost_partly(void **state)
{
	struct gpu *gpu = stuck(*state);
	int all;

	scene_commands(gpu, 64, 64);
	all = only(*state, CAUSE_INTERRUPT_LOST)->confidence;
	scene_commands(gpu, 64, 63);
	assert_true(only(*state, CAUSE_INTERRUPT_LOST)->confidence < all);
}

/* A renderer's answer may be late, and then no interrupt was lost. */
static void interrupt_or_slow_renderer(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	struct virtqueue *vq = scene_commands(gpu, 64, 64);
	struct gpu_command c = {.read = true,
				.type = 0x0105,
				.name = "TRANSFER_TO_HOST_2D"};
	const struct verdict *v;

	c.queue = vq->name;
	c.slot.place = VRING_ANSWERED;
	*vec_push(&s->arena, &gpu->waited.all) = c;
	assert_true(only(s, CAUSE_INTERRUPT_LOST)->confidence >= 80);
	gpu->waited.all.v[0].type = 0x0207;
	gpu->waited.all.v[0].name = "SUBMIT_3D";
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_true(v->confidence < 60);
	assert_true(says(&v->against, "SUBMIT_3D (0x207), which a renderer carries out"));
	gpu->waited.all.v[0].slot.place = VRING_WITH_DEVICE;
	assert_true(only(s, CAUSE_INTERRUPT_LOST)->confidence >= 80);
}

/* Who waits for a fence slept through answers that were fetched: nothing tells the two apart. */
static void interrupt_or_slow_renderer_by_a_fence(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct virtqueue *vq = scene_commands(gpu, 64, 64);
	struct gpu_command c = {.read = true, .type = 0x0207, .name = "SUBMIT_3D"};
	const struct verdict *v;

	xorg = scene_task(s, 196, "Xorg");
	fence_wait(s, xorg, gpu)->command = FENCE_COMMAND_ANSWERED;
	c.queue = vq->name;
	c.slot.place = VRING_ANSWERED;
	*vec_push(&s->arena, &gpu->waited.all) = c;
	v = assert_nobody(s);
	assert_non_null(strstr(v->summary, "or its renderer is slow"));
	assert_true(lacks(v, "goes on answering after the machine has stopped"));
	/* QEMU says when it had answered. */
	asked_host(s, vq, 0, 0);
	assert_culprit(only(s, CAUSE_INTERRUPT_LOST), CULPRIT_DEVICE, gpu);
	s->facts.host = NULL;
	/* Another has waited for room all the time. */
	scene_waits_room(s, scene_task(s, 197, "client"), 20, gpu);
	only(s, CAUSE_INTERRUPT_LOST);
}

/* The driver did not ask: its own doing, whatever the device did. */
static void interrupt_not_asked_for(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 64);
	const struct verdict *v;

	vq->interrupt_due = false;
	v = assert_nobody(*state);
	assert_true(says(&v->against, "not asked to be told"));
	vq->event = false;
	vq->avail_flags = 1;
	assert_nobody(*state);
	vq->avail_flags = 0;
	vq->interrupt_due = true;
	v = only(*state, CAUSE_INTERRUPT_LOST);
	assert_true(says(&v->evidence, "of each answer"));
}

/* It did come: event_triggered is set by its handler, and cleared by who asks for one. */
static void interrupt_came(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 64);
	const struct verdict *v;

	vq->event_triggered = true;
	v = assert_nobody(*state);
	assert_true(says(&v->against, "event_triggered is 1"));
	assert_non_null(strstr(v->summary, "the interrupt has come"));
	vq->event_triggered = false;
	v = only(*state, CAUSE_INTERRUPT_LOST);
	assert_true(lacks(v, "goes on answering after the machine has stopped"));
}

/* What lies there is to other commands: the one that is waited for is the device's. */
static void answers_of_others(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	const struct verdict *v;
	struct awaited_fence *w;

	xorg = scene_task(s, 196, "Xorg");
	w = fence_wait(s, xorg, gpu);
	w->command = FENCE_COMMAND_IN_RING;
	scene_commands(gpu, 8, 7);
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_culprit(v, CULPRIT_HOST, gpu);
	assert_int_equal(v->confidence, SURE_HOST_OWES);
	assert_true(says(&v->evidence, "not among them"));
	assert_true(lacks(v, "goes on answering after the machine has stopped"));
	/* It was perhaps never told of that one. */
	gpu->vqs.all.v[0].num_added = 1;
	assert_nobody(s);
	gpu->vqs.all.v[0].num_added = 0;
	w->command = FENCE_COMMAND_ANSWERED;
	only(s, CAUSE_INTERRUPT_LOST);
	/* Somebody else waits for room, which the answers would make. */
	w->command = FENCE_COMMAND_IN_RING;
	scene_waits_room(s, scene_task(s, 197, "client"), 20, gpu);
	only(s, CAUSE_INTERRUPT_LOST);
}

/* Interrupts came in the midst of the wait: the answers may be younger than the panic. */
static void answers_after_the_end(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	const struct verdict *v;

	scene_commands(gpu, 64, 64);
	gpu->last.addr = scene_address(s);
	gpu->last.at_s = SCENE_NOW - 3;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_culprit(v, CULPRIT_HOST, gpu);
	assert_int_equal(v->confidence, SURE_HOST_OWES);
	assert_non_null(strstr(v->summary, "whose host is slow"));
	/* They stopped coming soon after it began. */
	gpu->last.at_s = SCENE_NOW - 20;
	only(s, CAUSE_INTERRUPT_LOST);
}

static void interrupt_not_asked_for_packed(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 64);
	const struct verdict *v;

	scene_packed(vq);
	vq->interrupt_due = false;
	v = assert_nobody(*state);
	/* 40ce7919d873 fixes a way to ask that virtio-gpu does not use. */
	assert_int_equal(v->known.n, 0);
	vq->interrupt_due = true; /* asked for: the interrupt is what is missing */
	assert_int_equal(only(*state, CAUSE_INTERRUPT_LOST)->known.n, 0);
}

/* Somebody is about to fetch the answers: the interrupt came. */
static void dequeue_starved(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	struct gpu *gpu = scene_gpu(s);
	struct task *client = scene_task(s, 400, "client");
	const struct verdict *v;

	scene_waits_room(s, client, 30, gpu);
	scene_commands(gpu, 64, 64);
	scene_dequeue(s, gpu, h.pool);
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, h.hog);
	assert_ptr_equal(v->victims.v[0]->task, client);
	assert_string_equal(chain_words(s, v),
			    "task waitqueue virtqueue work pool worker cpu task");
}

static void dequeue_runs(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	struct task *kworker = scene_kthread(s, 36, "kworker/1:0");
	struct worker *w = scene_worker(s, scene_pool(s, 2, 1), kworker);
	const struct verdict *v;
	struct task *owner = scene_task(s, 200, "owner");

	scene_commands(gpu, 64, 0);
	scene_busy(s, w, "virtio_gpu_dequeue_ctrl_func")->addr = gpu->waits.ctrl.work;
	scene_waits(s, kworker, 20, WAIT_MUTEX, LOCK_A, owner);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, owner);
}

/* It says that it is queued, and is on no list: that is no lost interrupt for sure. */
static void dequeue_lost(void **state)
{
	struct gpu *gpu = stuck(*state);
	const struct verdict *v;

	scene_commands(gpu, 64, 64);
	gpu->waits.ctrl.work_pending = true;
	v = only(*state, CAUSE_INTERRUPT_LOST);
	assert_true(v->confidence <= 50);
	assert_true(says(&v->against, "on no list"));
}

/* Its descriptor was not found: any CPU that is deaf may be the one that it is for. */
static void deaf_cpu(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	const struct verdict *v;
	int sure;

	scene_commands(gpu, 64, 64);
	s->facts.irqs.all.n = 0;
	assert_true(lacks(only(s, CAUSE_INTERRUPT_LOST), "the interrupt's descriptor"));
	sure = only(s, CAUSE_INTERRUPT_LOST)->confidence;
	s->facts.rqs.all.v[1].clock -= 10000000000; /* idle: it ticks no more */
	assert_int_equal(only(s, CAUSE_INTERRUPT_LOST)->confidence, sure);
	scene_runs(s, scene_task(s, 77, "spinner"), 1, 40);
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_true(v->confidence <= sure - 40);
	assert_true(says(&v->against, "CPU 1 has stood still for 10.0 s"));
}

/* What the guest does with the control queue's interrupt. */
static struct gpu_irq *irq_of(struct scene *s)
{
	scene_commands(stuck(s), 64, 64);
	return &s->facts.irqs.all.v[0];
}

static void its_way_is_free(void **state)
{
	struct scene *s = *state;
	struct gpu_irq *irq = irq_of(s);
	struct task *thread = scene_kthread(s, 77, "irq/25-virtio1-");
	const struct verdict *v;
	int sure;

	irq->count = 101;
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_true(says(&v->evidence, "interrupt 25 (virtio1-control) up: depth 0"));
	assert_true(says(&v->evidence, "CPU 0, to which it goes, takes interrupts"));
	irq->threaded = true;
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_true(lacks(v, "the thread that handles the interrupt"));
	irq->thread = thread;
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_true(says(&v->evidence, "irq/25-virtio1- (pid 77) sleeps"));
	sure = v->confidence;
	scene_no_queue(s, 0);
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_false(says(&v->evidence, "takes interrupts"));
	assert_true(lacks(v, "the run queue of CPU 0"));
	assert_true(v->confidence <= sure - 40);
	assert_culprit(v, CULPRIT_DEVICE, &s->facts.gpus.all.v[0]);
	/* Masked while it is handled. */
	irq->masked = irq->in_progress = true;
	only(s, CAUSE_INTERRUPT_LOST);
	assert_int_equal(v->chain.n, 3);
}

/* Woken, and starved: whoever has its CPU is at fault, and neither device nor thread. */
static void its_thread_is_starved(void **state)
{
	struct scene *s = *state;
	struct gpu_irq *irq = irq_of(s);
	struct task *thread = scene_kthread(s, 77, "irq/25-virtio1-");
	struct task *hog = scene_task(s, 78, "hog");
	const struct verdict *v;

	irq->threaded = irq->woken = true;
	irq->thread = thread;
	scene_rt(s, thread, 50);
	scene_rt(s, hog, 99);
	scene_queued(s, thread, 1, 30);
	scene_runs(s, hog, 1, 31);
	s->facts.rqs.all.v[1].cfs_running = 1;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_string_equal(chain_words(s, v),
			    "task waitqueue virtqueue interrupt task cpu task");
	assert_blames(v, hog);
	/* A server for fair tasks would not help it. */
	assert_int_equal(v->known.n, 0);
}

/* It sleeps for a mutex, as the handler of another driver's may: so its owner is next. */
static void its_thread_waits(void **state)
{
	struct scene *s = *state;
	struct gpu_irq *irq = irq_of(s);
	struct task *thread = scene_kthread(s, 77, "irq/25-virtio1-");
	struct task *owner = scene_task(s, 78, "owner");
	const struct verdict *v;

	irq->threaded = true;
	irq->thread = thread;
	scene_waits(s, thread, 20, WAIT_MUTEX, 0x1000, owner);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, owner);
}

static void it_is_disabled(void **state)
{
	struct scene *s = *state;
	struct gpu_irq *irq = irq_of(s);
	const struct verdict *v;

	irq->disabled = true;
	irq->depth = 1;
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_int_equal(v->confidence, SURE_INTERRUPT_OFF);
	assert_string_equal(chain_words(s, v), "task waitqueue virtqueue interrupt");
	assert_non_null(strstr(v->summary, "is disabled in the guest (depth 1)"));
	irq->pending = true;
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_int_equal(v->confidence, SURE_INTERRUPT_OFF + SURE_INTERRUPT_PENDING);
	assert_true(says(&v->evidence, "the device has done its part"));
	irq->nobody_cared = true;
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_non_null(strstr(v->summary, "no handler took what came"));
	*irq = (struct gpu_irq){.vdev = irq->vdev, .vq = irq->vq, .effective = "3"};
	irq->masked = true;
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_non_null(strstr(v->summary, "masked in the guest"));
	irq->masked = false;
	irq->offline = true;
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_non_null(strstr(v->summary, "CPU 3, and none of these is online"));
}

/* The CPU that it goes to takes none: what runs there is at fault, or its host. */
static void its_cpu_is_deaf(void **state)
{
	struct scene *s = *state;
	struct gpu_irq *irq = irq_of(s);
	struct task *looper = scene_task(s, 78, "looper");
	struct studied *st;
	const struct verdict *v;

	irq->cpu = 1;
	s->facts.rqs.all.v[1].clock -= 10000000000; /* idle: it ticks no more */
	only(s, CAUSE_INTERRUPT_LOST);
	scene_runs(s, looper, 1, 12);
	v = only(s, CAUSE_UNEXPLAINED); /* what it is at is not known */
	assert_int_equal(v->culprit.kind, CULPRIT_CPU);
	st = scene_study(s, looper);
	scene_stack(s, looper, "poll_register", "mod_ioctl");
	st->stack.v[0].kind = FRAME_REGISTERS;
	only(s, CAUSE_UNEXPLAINED); /* interrupts are on: its host does not run it */
	st->stack.v[0].irqs_off = true;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, looper);
	assert_non_null(
		strstr(v->summary, "with interrupts off, for 10.0 s, in poll_register"));
	assert_string_equal(chain_words(s, v),
			    "task waitqueue virtqueue interrupt cpu task");
}

static struct watchdog *watched(struct scene *s, unsigned int cpu, double ago,
				uint32_t timers)
{
	struct watchdog *w = vec_push(&s->arena, &s->facts.watchdogs.all);

	*w = (struct watchdog){.cpu = cpu,
			       .ran_s = (double)s->facts.rqs.now / 1e9 - ago,
			       .woken_s = -1,
			       .timers = timers,
			       .counted = true};
	return w;
}

/* An idle CPU may always be in its first interrupt for long: its watchdog tells. */
static void its_idle_cpu_is_in_an_interrupt_without_end(void **state)
{
	struct scene *s = *state;
	struct gpu_irq *irq = irq_of(s);
	struct runqueue *rq = &s->facts.rqs.all.v[1];
	const struct verdict *v;
	struct studied *st;

	irq->cpu = 1;
	rq->clock -= 15000000000;
	st = scene_study(s, rq->curr);
	scene_stack(s, rq->curr, "poll_register", "my_hrtimer", "__hrtimer_run_queues",
		    "hrtimer_interrupt", "sysvec_apic_timer_interrupt",
		    "default_idle_call", "do_idle");
	st->stack.v[0].kind = FRAME_REGISTERS;
	st->stack.v[0].irqs_off = true;
	st->stack.v[5].kind = FRAME_INTERRUPT;
	v = only(s, CAUSE_INTERRUPT_LOST);
	assert_true(v->confidence < CONFIDENCE_LIKELY);
	assert_true(says(&v->against, "CPU 1, to which it goes, was in an interrupt"));
	watched(s, 0, 3, 20);
	watched(s, 1, 15, 19);
	only(s, CAUSE_INTERRUPT_LOST); /* it began later, perhaps */
	s->facts.watchdogs.all.v[1].timers = 17;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_int_equal(v->culprit.kind, CULPRIT_FUNCTION);
	assert_int_equal(v->culprit.cpu, 1);
	assert_string_equal(chain_words(s, v), "task waitqueue virtqueue interrupt cpu");
	/* It has had one since: what it is in has just begun. */
	s->facts.watchdogs.all.v[1].ran_s += 12;
	only(s, CAUSE_INTERRUPT_LOST);
	s->facts.watchdogs.all.v[1].ran_s -= 12;
	s->facts.watchdogs.all.v[1].counted = false;
	only(s, CAUSE_INTERRUPT_LOST);
}

static void hard_lockup(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	size_t i;

	scene_commands(gpu, 64, 64);
	s->facts.irqs.all.n = 0;
	scene_fired(s, TRIGGER_HARDLOCKUP, "Hard LOCKUP");
	judge_all(s);
	for (i = 0; i < judged.verdicts.all.n; i++)
		if (verdict(i)->cause == CAUSE_INTERRUPT_LOST)
			assert_true(says(&verdict(i)->against, "with interrupts off"));
	assert_true(verdict(0)->cause != CAUSE_INTERRUPT_LOST ||
		    verdict(0)->confidence <= 60);
}

/* ---- the kick ------------------------------------------------------------- */

static void host_says_that_it_saw_none(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 3, 0);
	struct host_queue *q;
	const struct verdict *v;
	int before;

	vq->num_added = 3;
	before = only(*state, CAUSE_NOT_KICKED)->confidence;
	q = asked_host(*state, vq, 0, 0);
	v = only(*state, CAUSE_NOT_KICKED);
	assert_true(v->confidence < before);
	assert_true(says(&v->against, "has seen them"));
	q->seen = vq->used_idx;
	v = only(*state, CAUSE_NOT_KICKED);
	assert_true(v->confidence > before);
	assert_true(says(&v->evidence, "has not seen them"));
}

static void not_kicked(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 3, 0);
	const struct verdict *v;

	vq->num_added = 3;
	gpu->pending_commands = 3;
	v = only(*state, CAUSE_NOT_KICKED);
	assert_culprit(v, CULPRIT_DEVICE, gpu);
	assert_true(says(&v->evidence, "num_added is 3"));
	assert_true(says(&v->evidence, "3 commands that it has not kicked"));
	assert_true(says(&v->evidence, "asked for a kick at the command after"));
	vq->event = false;
	v = only(*state, CAUSE_NOT_KICKED);
	assert_true(says(&v->evidence, "asked for a kick at each command"));
	scene_packed(vq);
	v = only(*state, CAUSE_NOT_KICKED);
	assert_true(says(&v->evidence, "asked for a kick: its event words"));
	vq->kind = VRING_SPLIT;
	vq->event = true;
	/* Kicked: the same queue is the host's. */
	vq->num_added = 0;
	gpu->pending_commands = 0;
	only(*state, CAUSE_HOST_NOT_CONSUMING);
	/* The counter goes on counting what was answered without a kick. */
	vq->num_added = 5;
	only(*state, CAUSE_NOT_KICKED);
	/* Nor does a device that polls want any. */
	vq->kick_due = false;
	only(*state, CAUSE_HOST_NOT_CONSUMING);
	scene_commands(gpu, 0, 0);
	assert_nobody(*state);
}

/* ---- out of service ------------------------------------------------------- */

static void broken(void **state)
{
	struct gpu *gpu = stuck(*state);
	struct virtqueue *vq = scene_commands(gpu, 64, 0);
	const struct verdict *v;

	vq->broken = true;
	v = only(*state, CAUSE_DEVICE_BROKEN);
	assert_culprit(v, CULPRIT_DEVICE, gpu);
	assert_true(says(&v->evidence, "marked broken"));
	assert_true(says(&v->evidence, "64 commands are in it"));
	/* Long before the panic, around which the other command shows the log. */
	assert_contains(next_step(*state, v, 0), "a removed device): log.");
	/* However full of answers it is, and whoever would fetch them. */
	scene_commands(gpu, 64, 64);
	only(*state, CAUSE_DEVICE_BROKEN);
	scene_dequeue(*state, gpu, scene_pool(*state, 2, 1));
	only(*state, CAUSE_DEVICE_BROKEN);
	gpu->waits.ctrl.work = scene_address(*state);
	vq->broken = false;
	scene_commands(gpu, 64, 0);
	gpu->failed = true;
	v = only(*state, CAUSE_DEVICE_BROKEN);
	assert_true(says(&v->evidence, "marked failed"));
	gpu->failed = false;
	vq->reset = true;
	v = only(*state, CAUSE_DEVICE_BROKEN);
	assert_true(says(&v->evidence, "has been reset"));
	vq->reset = false;
	only(*state, CAUSE_HOST_NOT_CONSUMING);
}

/* On the way out, or asleep: neither its host nor its interrupts can do anything. */
static void withdrawn(void **state)
{
	struct gpu *gpu = stuck(*state);
	const struct verdict *v;

	gpu->config_enabled = false;
	scene_commands(gpu, 64, 0);
	v = assert_nobody(*state);
	assert_true(says(&v->against, "remove or suspend"));
	scene_commands(gpu, 64, 64);
	assert_nobody(*state);
	scene_commands(gpu, 64, 0)->num_added = 64;
	assert_nobody(*state);
	scene_commands(gpu, 64, 0)->num_added = 0;
	/* Not yet in use: who probes it waits for the host. */
	scene_stack(*state, xorg, "__schedule", "virtio_gpu_probe", "virtio_dev_probe");
	only(*state, CAUSE_HOST_NOT_CONSUMING);
	scene_stack(*state, xorg, "__schedule", "schedule");
	scene_commands(gpu, 64, 0)->broken = true;
	only(*state, CAUSE_DEVICE_BROKEN);
}

/*
 * Somebody removes the device after it has stopped: until the driver resets it, it owes
 * its answers, and who removes it waits for those that it does not let go.
 */
static void removed_later(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	struct task *sh = scene_task(s, 300, "sh");
	const struct verdict *v;
	int sure;

	scene_commands(gpu, 64, 0);
	sure = only(s, CAUSE_HOST_NOT_CONSUMING)->confidence;
	gpu->config_enabled = false;
	scene_waits(s, sh, 12, WAIT_COMPLETION, scene_address(s), NULL);
	scene_stack(s, sh, "__schedule", "wait_for_completion", "__synchronize_srcu",
		    "drm_dev_unplug", "virtio_gpu_remove", "virtio_dev_remove");
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_culprit(v, CULPRIT_HOST, gpu);
	assert_int_equal(v->confidence, sure);
	assert_int_equal(v->victims.n, 2);
	assert_true(says(&v->evidence, "sh (pid 300) removes or suspends the device and "
				       "has slept for 12.0 s"));
	assert_true(says(&v->evidence, "others have waited for 30.0 s"));
	/* It came before all others. */
	facts_studied(&s->facts, sh)->task->since_s = 40;
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_true(v->confidence < sure);
	assert_true(says(&v->against, "sh (pid 300) removes or suspends"));
	/* It has come to the reset: the device may answer no more. */
	scene_stack(s, sh, "__schedule", "msleep", "vp_reset", "virtio_gpu_deinit",
		    "virtio_gpu_remove", "virtio_dev_remove");
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_UNEXPLAINED);
	/* Another driver's device is what it removes. */
	scene_stack(s, sh, "__schedule", "virtnet_remove", "virtio_dev_remove");
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_UNEXPLAINED);
}

/* Of two devices out of use one may have been suspended: which is removed is not known. */
static void removed_of_two(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s), *other = scene_gpu(s);
	struct task *sh = scene_task(s, 300, "sh");

	scene_commands(gpu, 64, 0);
	gpu->config_enabled = false;
	scene_waits(s, sh, 12, WAIT_COMPLETION, scene_address(s), NULL);
	scene_stack(s, sh, "__schedule", "drm_dev_unplug", "virtio_gpu_remove",
		    "virtio_dev_remove");
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_HOST_NOT_CONSUMING);
	other->config_enabled = false;
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_UNEXPLAINED);
}

/* What the driver has not kicked is told of the control queue, and of no other. */
static void cursor_queue(void **state)
{
	struct gpu *gpu = scene_gpu(*state);
	struct virtqueue *vq = &gpu->vqs.all.v[1];
	const struct verdict *v;

	xorg = scene_task(*state, 196, "Xorg");
	scene_waits(*state, xorg, 30, WAIT_QUEUE, gpu->waits.cursor.ack_queue, NULL);
	vq->in_flight = vq->unanswered = vq->num;
	vq->num_free = 0;
	gpu->pending_commands = 2;
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->against.n, 0);
	assert_false(says(&v->evidence, "pending_commands"));
	assert_true(says(&v->evidence, "0 of 16 descriptors"));
}

/* Full is what has no room for another command. */
static void nearly_full(void **state)
{
	struct gpu *gpu = scene_gpu(*state);

	xorg = scene_task(*state, 196, "Xorg");
	scene_waits_fence(*state, xorg, 30, gpu);
	scene_commands(gpu, 62, 0);
	assert_true(says(&only(*state, CAUSE_HOST_NOT_CONSUMING)->evidence, "is full"));
	gpu->has_indirect = true;
	assert_false(says(&only(*state, CAUSE_HOST_NOT_CONSUMING)->evidence, "is full"));
}

/* Another queue of the device that is broken says nothing of this one. */
static void other_queue_broken(void **state)
{
	struct gpu *gpu = stuck(*state);

	scene_commands(gpu, 64, 0);
	gpu->vqs.all.v[1].broken = true;
	only(*state, CAUSE_HOST_NOT_CONSUMING);
}

/* ---- known bugs ----------------------------------------------------------- */

/* The worker that fetches answers waits for the lock of who waits for an answer. */
static void display_info_deadlock(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct task *kworker = scene_kthread(s, 36, "kworker/1:0");
	struct worker *w = scene_worker(s, scene_pool(s, 2, 1), kworker);
	const struct verdict *v;

	xorg = scene_task(s, 196, "Xorg");
	scene_waits_fence(s, xorg, 30, gpu);
	scene_commands(gpu, 2, 1);
	scene_busy(s, w, "virtio_gpu_dequeue_ctrl_func")->addr = gpu->waits.ctrl.work;
	scene_waits(s, kworker, 30, WAIT_MUTEX, LOCK_A, xorg);
	assert_false(knows(only(s, CAUSE_LOCK_CYCLE), "d1b894c5bbb3"));
	scene_stack(s, kworker, "__schedule", "drm_modeset_lock",
		    "virtio_gpu_cmd_get_display_info_cb", "virtio_gpu_dequeue_ctrl_func");
	v = only(s, CAUSE_LOCK_CYCLE);
	assert_true(knows(v, "d1b894c5bbb3"));
	assert_int_equal(v->known.v[0].confidence, 95);
}

/*
 * Compilers end the callback, and the function that calls it, in jumps: neither has a
 * frame then.
 */
static void display_info_without_frames(void **state)
{
	static const char *const sends[] = {"drm_client_dev_hotplug",
					    "drm_kms_helper_hotplug_event.part.0",
					    "drm_helper_hpd_irq_event.cold"};
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct task *kworker = scene_kthread(s, 36, "kworker/1:0");
	struct worker *w = scene_worker(s, scene_pool(s, 2, 1), kworker);
	struct work *work;
	size_t i;

	xorg = scene_task(s, 196, "Xorg");
	scene_waits_fence(s, xorg, 30, gpu);
	scene_commands(gpu, 2, 1);
	work = scene_busy(s, w, "virtio_gpu_dequeue_ctrl_func");
	work->addr = gpu->waits.ctrl.work;
	scene_waits(s, kworker, 30, WAIT_MUTEX, LOCK_A, xorg);
	for (i = 0; i < ARRAY_SIZE(sends); i++) {
		scene_stack(s, kworker, "__schedule", "__mutex_lock.constprop.0",
			    sends[i], "process_one_work");
		assert_true(knows(only(s, CAUSE_LOCK_CYCLE), "d1b894c5bbb3"));
	}
	work->function = "virtio_gpu_dequeue_ctrl_func.llvm.7";
	assert_true(knows(only(s, CAUSE_LOCK_CYCLE), "d1b894c5bbb3"));
	/* Another driver's work may send one too. */
	work->function = "output_poll_execute";
	assert_false(knows(only(s, CAUSE_LOCK_CYCLE), "d1b894c5bbb3"));
}

/* It is in the callback and about to go on: no deadlock. */
static void display_info_goes_on(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct task *kworker = scene_kthread(s, 36, "kworker/1:0");
	struct worker *w = scene_worker(s, scene_pool(s, 2, 1), kworker);

	xorg = scene_task(s, 196, "Xorg");
	scene_waits_fence(s, xorg, 30, gpu);
	scene_commands(gpu, 2, 1);
	scene_busy(s, w, "virtio_gpu_dequeue_ctrl_func")->addr = gpu->waits.ctrl.work;
	scene_runs(s, kworker, 1, 3);
	scene_study(s, kworker);
	scene_stack(s, kworker, "virtio_gpu_cmd_get_display_info_cb");
	assert_int_equal(only(s, CAUSE_WORKERS_BLOCKED)->known.n, 0);
}

static void drain_bugs(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	const struct verdict *v;

	h.rq->cfs_running = 1;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_true(knows(v, "443c2accd1b6"));
	assert_true(knows(v, "557a6bfc662c"));
	h.rq->cfs_running = 0; /* only real-time tasks wait there */
	assert_false(knows(only(s, CAUSE_CPU_MONOPOLISED), "557a6bfc662c"));
	h.rq->cfs_running = 1;
	h.hog->sched = SCHED_KIND_FAIR;
	assert_false(knows(only(s, CAUSE_CPU_MONOPOLISED), "557a6bfc662c"));
	h.hog->sched = SCHED_KIND_RT;
	h.rq->fair_server = true;
	h.work->function = "vmstat_update";
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_int_equal(v->known.n, 0);
}

/* Its commit is not verified: no id is quoted. */
static void unplug_bug(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = stuck(s);
	struct task *rmmod = scene_task(s, 500, "rmmod");
	const struct verdict *v;

	scene_commands(gpu, 64, 0);
	scene_waits(s, rmmod, 3, WAIT_COMPLETION, scene_address(s), NULL);
	assert_int_equal(only(s, CAUSE_HOST_NOT_CONSUMING)->known.n, 0);
	scene_stack(s, rmmod, "wait_for_completion", "__synchronize_srcu");
	assert_int_equal(only(s, CAUSE_HOST_NOT_CONSUMING)->known.n, 0);
	scene_stack(s, rmmod, "wait_for_completion", "drm_dev_unplug");
	assert_int_equal(only(s, CAUSE_HOST_NOT_CONSUMING)->known.n, 0);
	scene_stack(s, rmmod, "wait_for_completion", "__synchronize_srcu",
		    "drm_dev_unplug");
	v = only(s, CAUSE_HOST_NOT_CONSUMING);
	assert_int_equal(v->known.n, 1);
	assert_null(v->known.v[0].id);
	assert_contains(known_words(&s->facts, &v->known.v[0]),
			"A fix is expected in 7.3, its commit is not checked");
	assert_non_null(strstr(v->known.v[0].why, "rmmod (pid 500)"));
	/* As gcc splits it on most kernels. */
	scene_stack(s, rmmod, "wait_for_completion", "__synchronize_srcu.part.19",
		    "drm_dev_unplug");
	assert_int_equal(only(s, CAUSE_HOST_NOT_CONSUMING)->known.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(host_says_that_it_has_none),
		scene_test(host_says_that_it_is_stuck),
		scene_test(host_says_that_it_is_slow),
		scene_test(host_says_nothing_of_it),
		scene_test(host_says_that_it_answered),
		scene_test(host_says_that_it_saw_none),
		scene_test(host_stalls),
		scene_test(host_stalls_packed),
		scene_test(host_has_taken),
		scene_test(host_stuck_in),
		scene_test(host_owes_a_fence),
		scene_test(fence_names_its_command),
		scene_test(debuginfo_packages),
		scene_test(device_without_debuginfo),
		scene_test(debuginfo_of_a_foreign_module),
		scene_test(holder_in_a_driver_without_debuginfo),
		scene_test(host_owes_an_answer),
		scene_test(host_owes_another_answer),
		scene_test(fence_of_another),
		scene_test(fence_that_no_command_carries),
		scene_test(fence_lost),
		scene_test(fence_merged),
		scene_test(host_answered_lately),
		scene_test(fence_in_the_works_hands),
		scene_test(room_in_the_ring),
		scene_test(queue_of_another),
		scene_test(idle_device),
		scene_test(unpublished),
		scene_test(host_stalls_dequeue_queued),
		scene_test(host_stalls_dequeue_unread),
		scene_test(busy_device),
		scene_test(other_trouble),
		scene_test(damaged_ring),
		scene_test(unread_ring),
		scene_test(host_stalls_partly_kicked),
		scene_test(modeset_chain),
		scene_test(interrupt_lost),
		scene_test(interrupt_lost_packed),
		scene_test(interrupt_lost_partly),
		scene_test(interrupt_or_slow_renderer),
		scene_test(interrupt_or_slow_renderer_by_a_fence),
		scene_test(interrupt_not_asked_for),
		scene_test(interrupt_came),
		scene_test(answers_of_others),
		scene_test(answers_after_the_end),
		scene_test(interrupt_not_asked_for_packed),
		scene_test(dequeue_starved),
		scene_test(dequeue_runs),
		scene_test(dequeue_lost),
		scene_test(deaf_cpu),
		scene_test(its_way_is_free),
		scene_test(its_thread_is_starved),
		scene_test(its_thread_waits),
		scene_test(it_is_disabled),
		scene_test(its_cpu_is_deaf),
		scene_test(its_idle_cpu_is_in_an_interrupt_without_end),
		scene_test(hard_lockup),
		scene_test(not_kicked),
		scene_test(broken),
		scene_test(withdrawn),
		scene_test(removed_later),
		scene_test(removed_of_two),
		scene_test(cursor_queue),
		scene_test(nearly_full),
		scene_test(other_queue_broken),
		scene_test(display_info_deadlock),
		scene_test(display_info_without_frames),
		scene_test(display_info_goes_on),
		scene_test(drain_bugs),
		scene_test(unplug_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
