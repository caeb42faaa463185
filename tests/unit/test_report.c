// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include <float.h>
#include <math.h>
#include <yajl/yajl_tree.h>

#include "report/json_writer.h"
#include "report/report.h"
#include "report/text_writer.h"
#include "report/triage_words.h"
#include "scene.h"
#include "base/text.h"

/* ---- what is printed ---------------------------------------------------- */

/* The facts that are shown, and what was made of them. */
static const struct facts *facts;
static struct triage t;
static struct stack_of_task stacks[2];
static struct dump *dump;

/* The last output. */
static char *text;
static size_t length;

static int begin(void **state)
{
	*state = scene_create();
	return 0;
}

static int end(void **state)
{
	scene_destroy(*state);
	free(text);
	text = NULL;
	return 0;
}

static int end_of_dump(void **state)
{
	free(text);
	text = NULL;
	return test_end(state);
}

#define scene_test(f) cmocka_unit_test_setup_teardown(f, begin, end)
#define dump_test(f) cmocka_unit_test_setup_teardown(f, test_5_10, end_of_dump)

static FILE *open_out(void)
{
	FILE *out;

	free(text);
	text = NULL;
	out = open_memstream(&text, &length);
	assert_non_null(out);
	return out;
}

static void print_triage(FILE *out, bool json)
{
	(json ? json_triage : text_triage)(out, facts, &t);
}

static void print_hung(FILE *out, bool json)
{
	if (json)
		json_hung(out, facts, &t.graph);
	else
		text_hung(out, facts, &t.graph, false);
}

static void print_graph(FILE *out, bool json)
{
	if (json)
		json_graph(out, facts, &t.graph);
	else
		text_graph(out, facts, &t.graph, false);
}

static void print_panic(FILE *out, bool json)
{
	(json ? json_panic : text_panic)(out, facts);
}

static void print_stacks(FILE *out, bool json)
{
	if (json)
		json_stacks(out, facts, stacks, ARRAY_SIZE(stacks));
	else
		text_stacks(out, facts, stacks, ARRAY_SIZE(stacks), false);
}

static void print_drain(FILE *out, bool json)
{
	(json ? json_drain : text_drain)(out, facts);
}

static void print_workqueues(FILE *out, bool json)
{
	if (json)
		json_workqueues(out, facts, -1);
	else
		text_workqueues(out, facts, -1, false);
}

static void print_cpu_1(FILE *out, bool json)
{
	if (json)
		json_workqueues(out, facts, 1);
	else
		text_workqueues(out, facts, 1, false);
}

static void print_rcu(FILE *out, bool json)
{
	(json ? json_rcu : text_rcu)(out, facts);
}

static void print_devices(FILE *out, bool json)
{
	(json ? json_devices : text_devices)(out, facts);
}

static void print_queues(FILE *out, bool json)
{
	if (json)
		json_queues(out, facts, NULL);
	else
		text_queues(out, facts, NULL, true);
}

static void print_fences(FILE *out, bool json)
{
	(json ? json_fences : text_fences)(out, facts, true);
}

static void print_objects(FILE *out, bool json)
{
	(json ? json_objects : text_objects)(out, facts, true);
}

static void print_layout(FILE *out, bool json)
{
	if (json)
		json_layout(out, facts, dump);
	else
		text_layout(out, dump);
}

static const struct document {
	const char *name;
	void (*print)(FILE *out, bool json);
	const char *key; /* one that its JSON must have */
} documents[] = {
	{"triage", print_triage, "verdicts"},
	{"hung", print_hung, "hung"},
	{"graph", print_graph, "graph"},
	{"panic", print_panic, "sysctls"},
	{"bt", print_stacks, "stacks"},
	{"drain", print_drain, "drain"},
	{"wq", print_workqueues, "workqueues"},
	{"wq -c 1", print_cpu_1, "pools"},
	{"rcu", print_rcu, "rcu"},
	{"dev", print_devices, "devices"},
	{"vq", print_queues, "queues"},
	{"fence", print_fences, "devices"},
	{"obj", print_objects, "devices"},
};

static void print(const struct document *d, bool json)
{
	FILE *out = open_out();

	d->print(out, json);
	fclose(out);
}

/* ---- checks that every output must pass --------------------------------- */

/* Columns of one line, up to its newline. */
static size_t columns(const char *line)
{
	size_t n = 0;

	for (; *line && *line != '\n'; line++)
		n += ((unsigned char)*line & 0xc0) != 0x80;
	return n;
}

static void assert_fits(const char *name, const char *line)
{
	size_t n = strcspn(line, "\n");

	/* A command that is to be pasted is not cut. */
	if (columns(line) <= TEXT_WIDTH ||
	    text_starts(line + strspn(line, " "), "!apt-get"))
		return;
	fail_msg("%s: %zu columns: %.*s", name, columns(line), (int)n, line);
}

/* Nothing that a terminal would obey: C0, DEL, C1, in any encoding. */
static void assert_printable(const char *name)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i;

	assert_int_equal(strlen(text), length);
	for (i = 0; i < length; i++) {
		if (s[i] == '\n' || (s[i] >= 0x20 && s[i] < 0x7f))
			continue;
		if (s[i] < 0x80 || (s[i] == 0xc2 && s[i + 1] < 0xa0))
			fail_msg("%s: byte 0x%02x after: %.60s", name, s[i],
				 text + (i > 60 ? i - 60 : 0));
	}
}

static void assert_text(const char *name, bool fits)
{
	const char *line;

	assert_printable(name);
	assert_true(length > 0 && text[length - 1] == '\n');
	/* What stands for "not known" inside is not shown. */
	assert_null(strstr(text, "pid -1"));
	assert_null(strstr(text, "-1.0 s"));
	assert_null(strstr(text, "(null)"));
	for (line = text; fits && *line; line += strcspn(line, "\n") + 1)
		assert_fits(name, line);
}

/* One document on one line; the caller frees the tree. */
static yajl_val parse(const char *name)
{
	char error[200] = "";
	yajl_val tree;

	assert_printable(name);
	assert_ptr_equal(strstr(text, "{\"vgpu\":1,"), text);
	assert_true(strcspn(text, "\n") == length - 1);
	tree = yajl_tree_parse(text, error, sizeof(error));
	if (!tree)
		fail_msg("%s: %s", name, error);
	assert_true(YAJL_IS_OBJECT(tree));
	keep_documents(text);
	return tree;
}

static yajl_val get(yajl_val v, const char *key)
{
	return v ? yajl_tree_get(v, (const char *[]){key, NULL}, yajl_t_any) : NULL;
}

static yajl_val item(yajl_val v, size_t i)
{
	if (!YAJL_IS_ARRAY(v) || i >= YAJL_GET_ARRAY(v)->len) {
		fail_msg("no array, or none of %zu items", i + 1);
		abort();
	}
	return YAJL_GET_ARRAY(v)->values[i];
}

static size_t items(yajl_val v)
{
	if (!YAJL_IS_ARRAY(v)) {
		fail_msg("no array");
		abort();
	}
	return YAJL_GET_ARRAY(v)->len;
}

static const char *string(yajl_val v, const char *key)
{
	v = get(v, key);
	return YAJL_IS_STRING(v) ? YAJL_GET_STRING(v) : NULL;
}

static void assert_documents(bool fits)
{
	yajl_val tree;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(documents); i++) {
		print(&documents[i], false);
		assert_text(documents[i].name, fits);
		print(&documents[i], true);
		tree = parse(documents[i].name);
		assert_non_null(get(tree, documents[i].key));
		assert_non_null(get(tree, "incomplete"));
		yajl_tree_free(tree);
	}
}

/* ---- a machine with something of everything ------------------------------ */

static void add_sysctl(struct scene *s, const char *name, enum sysctl_state state)
{
	struct sysctl_value *v = vec_push(&s->arena, &s->facts.sysctls.all);

	v->name = name;
	v->state = state;
	v->value = 1;
}

static void add_evidence(struct scene *s)
{
	struct trigger *tr = &s->facts.panic.trigger;
	struct trigger_evidence *e = vec_push(&s->arena, &tr->evidence);
	struct log_line *l;

	e->claim = "[   99.000001] INFO: task Xorg:196 blocked for more than 10 seconds.";
	e->look = LOOK(LOG);
	tr->sysctl = "kernel.hung_task_panic";
	tr->cpu = 0;
	tr->pid = 40;
	snprintf(tr->comm, sizeof(tr->comm), "khungtaskd");
	l = vec_push(&s->arena, &s->facts.log.lines);
	l->ts_s = 99;
	l->text = "INFO: task Xorg:196 blocked for more than 10 seconds.";
	add_sysctl(s, "kernel.hung_task_panic", SYSCTL_READ);
	add_sysctl(s, "kernel.hung_task_check_interval_secs", SYSCTL_UNREADABLE);
	add_sysctl(s, "vm.panic_on_oom", SYSCTL_ABSENT);
}

static void add_drain(struct scene *s, const struct scene_hang *h)
{
	struct drain *dr = &s->facts.drain;
	struct workqueue *wq = arena_alloc(&s->arena, sizeof(*wq));
	struct drain_cpu *c;

	dr->shape = DRAIN_STRUCT;
	dr->mutex = scene_address(s);
	dr->mutex_known = true;
	dr->owner = h->xorg;
	wq->addr = scene_address(s);
	snprintf(wq->name, sizeof(wq->name), "mm_percpu_wq");
	wq->inactive = 2;
	wq->mayday = true;
	*vec_push(&s->arena, &s->facts.wqs.queues) = wq;
	h->work->wq = wq->addr;
	dr->wq = wq;
	c = vec_push(&s->arena, &dr->cpus);
	c->work_addr = scene_address(s);
	c->pcp_known = true;
	c->pcp_pages = 1234567;
	c = vec_push(&s->arena, &dr->cpus);
	c->cpu = 1;
	c->work = h->work;
	c->work_addr = h->work->addr;
	c->waited_for = c->queued = true;
	*vec_push(&s->arena, &dr->lru_works) = NULL;
	*vec_push(&s->arena, &dr->lru_works) = h->work;
}

static void add_gpu(struct scene *s)
{
	struct gpu *g = vec_push(&s->arena, &s->facts.gpus.all);
	struct types_missing *m = vec_push(&s->arena, &s->facts.gpus.missing);
	struct virtqueue *vq = vec_push(&s->arena, &g->vqs.all);
	struct gpu_output *o = vec_push(&s->arena, &g->outputs);
	int i;

	s->facts.gpu_driver = true;
	s->facts.gpus.state = GPUS_FOUND;
	snprintf(g->name, sizeof(g->name), "virtio0");
	g->vdev = scene_address(s);
	g->failed = g->config_change_pending = g->read = true;
	for (i = 0; i < 12; i++)
		*vec_push(&s->arena, &g->feature_names) = "RESOURCE_UUID";
	*vec_push(&s->arena, &g->damage) = "the first queue is not the device's";
	o->host_enabled = o->crtc_known = o->active = true;
	o->host_width = o->host_height = o->width = o->height = 65535;
	snprintf(vq->name, sizeof(vq->name), "control");
	vq->addr = scene_address(s);
	vq->kind = VRING_SPLIT;
	vq->num = vq->num_free = 32768;
	vq->counted = vq->ring_read = vq->broken = vq->reset = vq->event = vq->indirect =
		true;
	vq->in_flight = vq->completed = vq->num_added = 32768;
	*vec_push(&s->arena, &vq->damage) = "the used ring's idx is behind the driver's";
	m->module = "virtio_gpu";
	m->without = "scanouts, fences";
}

static void add_workers(struct scene *s, const struct scene_hang *h)
{
	struct worker *w = scene_worker(s, h->pool, NULL);
	struct task *kworker = scene_kthread(s, 37, "kworker/1:1-events_unbound");
	struct work *held = scene_pending(s, h->pool, "held_back_by_max_active_func");

	scene_flushes(s, scene_task(s, 197, "glxgears"), 3,
		      scene_busy(s, w, "virtio_gpu_dequeue_ctrl_func"))
		->barrier_task = scene_address(s);
	scene_busy(s, scene_worker(s, h->pool, kworker), "");
	held->place = WORK_INACTIVE;
}

static void add_stacks(struct scene *s, const struct scene_hang *h)
{
	struct frame *fr;

	stacks[0].task = h->xorg;
	stacks[0].stack = facts_studied(&s->facts, h->xorg)->stack;
	fr = &stacks[0].stack.v[2];
	fr->module = "virtio_gpu";
	fr->kind = FRAME_INTERRUPT;
	fr->regs = scene_address(s);
	stacks[0].stack.v[3].function = "";
	stacks[0].stack.v[4].function =
		"virtio_gpu_vram_create_with_a_very_long_name_indeed";
	stacks[1].task = h->hog;
	stacks[1].stack = (struct stack){.user = true, .why = "it was made so"};
}

static struct scene_hang everything(struct scene *s)
{
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	static char *notes[] = {"workqueue at 0xffff888001234000 cannot be read",
				"run queue of CPU 3 cannot be read"};

	add_evidence(s);
	add_drain(s, &h);
	add_gpu(s);
	add_workers(s, &h);
	add_stacks(s, &h);
	s->notes = (struct notes){.v = notes, .n = ARRAY_SIZE(notes)};
	facts = &s->facts;
	triage_make(facts, &t);
	return h;
}

/* Nothing was found at all: a dump of which hardly anything can be read. */
static void nothing(struct scene *s)
{
	memset(stacks, 0, sizeof(stacks));
	stacks[0].task = stacks[1].task = scene_task(s, 1, "init");
	scene_fired(s, TRIGGER_OOPS, "");
	s->facts.panic.trigger.cpu = 1;
	facts = &s->facts;
	triage_make(facts, &t);
}

/* ---- RCU ------------------------------------------------------------------- */

static const struct document rcu_document = {"rcu", print_rcu, "rcu"};

/* A grace period that runs since 30 s, and waits for CPU 3, which has a worker waiting. */
static struct task *grace_period_waits(struct scene *s)
{
	struct rcu *rcu = &s->facts.rcu;

	facts = &s->facts;
	rcu->addr = scene_address(s);
	rcu->normal.seq_addr = scene_address(s);
	rcu->expedited.seq_addr = scene_address(s);
	rcu->normal.seq = (uint64_t)-123;
	rcu->normal.running = true;
	s->facts.hz = 100;
	s->facts.jiffies = 10000;
	rcu->normal.started = 7000;
	*vec_push(&s->arena, &rcu->normal.cpus) = 3;
	scene_queued(s, scene_kthread(s, 19, "kworker/3:0"), 3, 30);
	return s->facts.rqs.all.v[3].curr;
}

static void assert_interrupted_by(const char *by, const char *line)
{
	yajl_val tree, gp;

	print(&rcu_document, false);
	assert_text("rcu", true);
	assert_non_null(strstr(text, "sequence -123: a grace period runs, for 30.0 s"));
	if (!strstr(text, line))
		fail_msg("no '%s' in: %s", line, text);
	print(&rcu_document, true);
	tree = parse("rcu");
	gp = get(get(tree, "rcu"), "normal");
	assert_string_equal(string(gp, "sequence"), "-123");
	if (by)
		assert_string_equal(string(item(get(gp, "cpus"), 0), "interrupted_by"),
				    by);
	else
		assert_null(string(item(get(gp, "cpus"), 0), "interrupted_by"));
	yajl_tree_free(tree);
}

/* The idle task of a CPU that a timer's function keeps is not all that is there. */
static void rcu_waits_for_who_interrupted(void **state)
{
	struct scene *s = *state;
	struct task *idle = grace_period_waits(s);
	struct studied *st;

	assert_interrupted_by(NULL, "CPU     3, idle\n");
	st = scene_study(s, idle);
	scene_stack(s, idle, "deep", "my_timer", "call_timer_fn", "run_timer_softirq",
		    "__do_softirq", "irq_exit_rcu", "sysvec_apic_timer_interrupt");
	st->stack.v[0].kind = FRAME_REGISTERS;
	st->stack.v[1].offset = 0xa;
	st->stack.v[1].module = "my_module";
	assert_interrupted_by("my_timer+0xa [my_module]",
			      "CPU     3, idle task, interrupted by my_timer+0xa "
			      "[my_module], a timer's\n          function\n");
}

/* The same where no registers are to be had: the base of its timers tells. */
static void rcu_waits_for_a_timer(void **state)
{
	struct scene *s = *state;
	struct task *idle = grace_period_waits(s);
	struct timer_run *run = &s->facts.rqs.all.v[3].timer;

	scene_study(s, idle);
	*run = (struct timer_run){.timer = 0xffff888001110000,
				  .function = 0xffffffffc0001000,
				  .name = "my_timer [my_module]",
				  .clk = 7000};
	assert_interrupted_by(
		"my_timer [my_module]",
		"CPU     3, idle task, interrupted by my_timer [my_module]");
	run->clk = 9999; /* it has just begun */
	assert_interrupted_by(NULL, "CPU     3, idle\n");
}

/* ---- every document ------------------------------------------------------ */

static void all_documents(void **state)
{
	everything(*state);
	assert_documents(true);
}

static void documents_of_nothing(void **state)
{
	nothing(*state);
	assert_documents(true);
}

/* Each verdict in its words. */
static void documents_of_each_wait(void **state)
{
	struct scene *s = *state;
	struct task *owner = scene_task(s, 600, "owner"), *task;
	struct wait *w;
	int kind;

	nothing(s);
	for (kind = WAIT_FLUSH; kind <= WAIT_TIMER; kind++) {
		task = scene_task(s, 700 + kind, "task-of-15-byte");
		w = scene_waits(s, task, 1000, (enum wait_kind)kind,
				0xffff888009990000 + (kaddr_t)kind * 64, owner);
		w->reader = w->owner.readers = kind == WAIT_RWSEM;
		w->symbol = "a_lock_of_the_kernel+0x18";
		scene_stack(s, task, "schedule", "drm_modeset_lock_all_ctx");
	}
	triage_make(facts, &t);
	assert_documents(true);
}

static void layout(void **state)
{
	struct facts f;
	yajl_val tree;

	dump = fake_dump(*state);
	facts_read(dump, 0, &f);
	facts = &f;
	print(&(struct document){"layout", print_layout, NULL}, false);
	assert_text("layout", false);
	print(&(struct document){"layout", print_layout, NULL}, true);
	tree = parse("layout");
	assert_int_equal(items(get(tree, "layout")), LAYOUT_COUNT);
	assert_string_equal(string(item(get(tree, "layout"), TASK), "found"),
			    "task_struct");
	yajl_tree_free(tree);
}

/* ---- what the JSON says -------------------------------------------------- */

static yajl_val triage_json(void)
{
	print(&documents[0], true);
	return parse("triage");
}

static bool has_node(yajl_val tree, const char *id)
{
	yajl_val nodes = get(get(tree, "graph"), "nodes");
	size_t i;

	assert_non_null(id);
	for (i = 0; i < items(nodes); i++)
		if (!strcmp(string(item(nodes, i), "id"), id))
			return true;
	return false;
}

static void contract(void **state)
{
	static const char *const keys[] = {"vgpu",    "program",   "kernel",
					   "trigger", "sysctls",   "hung",
					   "graph",   "verdicts",  "signature",
					   "score",   "incomplete"};
	yajl_val tree, v;
	size_t i;

	everything(*state);
	tree = triage_json();
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		assert_non_null(get(tree, keys[i]));
	assert_int_equal(YAJL_GET_INTEGER(get(tree, "vgpu")), 1);
	assert_string_equal(string(get(tree, "kernel"), "release"), "5.10.0-scene-amd64");
	v = get(tree, "trigger");
	assert_string_equal(string(v, "kind"), "hung_task");
	assert_string_equal(string(v, "sysctl"), "kernel.hung_task_panic");
	assert_string_equal(string(v, "task"), "khungtaskd");
	v = get(tree, "sysctls");
	assert_int_equal(YAJL_GET_INTEGER(get(v, "kernel.hung_task_panic")), 1);
	assert_true(YAJL_IS_NULL(get(v, "vm.panic_on_oom")));
	assert_true(YAJL_IS_NULL(get(v, "kernel.hung_task_check_interval_secs")));
	assert_int_equal(items(get(tree, "incomplete")), 2);
	yajl_tree_free(tree);
}

static void verdict_in_json(void **state)
{
	struct scene_hang h = everything(*state);
	yajl_val tree, v, list;
	char address[32];
	size_t i;

	tree = triage_json();
	v = item(get(tree, "verdicts"), 0);
	assert_string_equal(string(v, "cause"), "cpu-monopolised");
	assert_in_range(YAJL_GET_INTEGER(get(v, "confidence")), 85, 100);
	assert_string_equal(string(get(v, "culprit"), "kind"), "task");
	assert_string_equal(string(get(v, "culprit"), "name"), "rt-hog");
	assert_int_equal(YAJL_GET_INTEGER(get(get(v, "culprit"), "pid")), 191);
	assert_int_equal(YAJL_GET_INTEGER(get(get(v, "culprit"), "cpu")), 1);
	snprintf(address, sizeof(address), "0x%llx", HEX(h.hog->addr));
	assert_string_equal(string(get(v, "culprit"), "address"), address);
	list = get(v, "chain");
	assert_int_equal(items(list), 7);
	for (i = 0; i < items(list); i++)
		assert_true(has_node(tree, YAJL_GET_STRING(item(list, i))));
	assert_int_equal(items(get(v, "victims")), 2);
	list = get(v, "evidence");
	for (i = 0; i < items(list); i++)
		assert_non_null(string(item(list, i), "claim"));
	assert_string_equal(string(get(tree, "signature"), "hash"), t.signature.hash);
	assert_int_equal(YAJL_GET_INTEGER(get(get(tree, "score"), "total")),
			 t.score.total);
	yajl_tree_free(tree);
}

/* Two are seen inside a lock that one has. */
static void candidates_in_json(void **state)
{
	struct scene *s = *state;
	kaddr_t lock = scene_address(s);
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");
	struct inside *in = scene_inside(s, WAIT_RWSEM, lock, 1);
	yajl_val tree, v, list;
	char address[32];

	nothing(s);
	scene_waits(s, scene_task(s, 700, "Xorg"), 20, WAIT_RWSEM, lock, NULL)
		->owner.readers = true;
	scene_insider(s, in, a, INSIDE_TAKES | INSIDE_CODE, true);
	scene_insider(s, in, b, INSIDE_TAKES | INSIDE_STACK, true);
	triage_make(facts, &t);
	tree = triage_json();
	v = item(get(tree, "verdicts"), 1); /* behind what fired */
	assert_string_equal(string(get(v, "culprit"), "kind"), "lock");
	list = get(v, "candidates");
	assert_int_equal(items(list), 2);
	assert_string_equal(string(item(list, 0), "comm"), "a");
	assert_int_equal(YAJL_GET_INTEGER(get(item(list, 1), "pid")), 702);
	snprintf(address, sizeof(address), "0x%llx", HEX(b->addr));
	assert_string_equal(string(item(list, 1), "address"), address);
	assert_contains(string(item(list, 0), "why"),
			"whose code has this lock's address");
	yajl_tree_free(tree);
}

static void graph_in_json(void **state)
{
	yajl_val tree, list, v;
	size_t i;

	everything(*state);
	tree = triage_json();
	list = get(get(tree, "graph"), "edges");
	assert_true(items(list) >= 8);
	for (i = 0; i < items(list); i++) {
		assert_true(has_node(tree, string(item(list, i), "from")));
		assert_true(has_node(tree, string(item(list, i), "to")));
		assert_non_null(string(item(list, i), "why"));
	}
	list = get(tree, "hung");
	assert_int_equal(items(list), 3);
	v = item(list, 0);
	assert_string_equal(string(v, "comm"), "Xorg");
	assert_int_equal(YAJL_GET_INTEGER(get(v, "pid")), 196);
	assert_true(YAJL_GET_DOUBLE(get(v, "blocked_s")) == 17.0);
	assert_true(has_node(tree, string(v, "waits_for")));
	assert_string_equal(YAJL_GET_STRING(item(get(v, "stack"), 0)), "__schedule+0x10");
	assert_string_equal(YAJL_GET_STRING(item(get(v, "stack"), 2)),
			    "schedule_timeout+0x10 [virtio_gpu]");
	assert_string_equal(YAJL_GET_STRING(item(get(v, "stack"), 3)), "0x0");
	yajl_tree_free(tree);
}

static void unknown_is_null(void **state)
{
	struct scene *s = *state;
	yajl_val tree, v;

	nothing(s);
	s->facts.panic.uptime_s = -1;
	s->info.crash_time = 0;
	scene_fired(s, TRIGGER_NONE, "");
	scene_waits(s, scene_task(s, 700, "a"), -1, WAIT_NOTHING, 0, NULL);
	triage_make(facts, &t);
	tree = triage_json();
	assert_true(YAJL_IS_NULL(get(get(tree, "kernel"), "uptime_s")));
	assert_true(YAJL_IS_NULL(get(get(tree, "kernel"), "crash_time")));
	assert_true(YAJL_IS_NULL(get(get(tree, "trigger"), "task")));
	assert_true(YAJL_IS_NULL(get(get(tree, "trigger"), "pid")));
	assert_true(YAJL_IS_NULL(get(get(tree, "trigger"), "cpu")));
	assert_true(YAJL_IS_NULL(get(get(tree, "trigger"), "sysctl")));
	v = item(get(tree, "hung"), 0);
	assert_true(YAJL_IS_NULL(get(v, "blocked_s")));
	assert_true(YAJL_IS_NULL(get(v, "waits_for")));
	v = item(get(tree, "verdicts"), 0);
	assert_true(YAJL_IS_NULL(get(v, "culprit")));
	yajl_tree_free(tree);
}

/* ---- a hostile dump ------------------------------------------------------ */

static const char *const hostile[] = {
	"\033[2J\033]0;x\a",	     /* a terminal's commands */
	"\"}],\"x\":[{\"",	     /* an end of the document */
	"a\\\"b\\",		     /* backslashes */
	"\xff\xfe\x80\xc0\xaf",	     /* no UTF-8 */
	"\302\2332J",		     /* CSI, as a C1 control code in UTF-8 */
	"</script><b>",		     /* an end of a script in a page */
	"\xe2\x80\x8fgpj.exe",	     /* turned round */
	"a\nb\rc\td\x7f",	     /* lines */
	"%s%n%s%n",		     /* formats */
	"\xf0\x9f\x90\xa7 \xc3\xa9", /* sound UTF-8 */
	"a;b c;d",
};

/* The drain hang, in which every name from the dump is this one. */
static void hang_of(struct fake *f, const char *name, struct facts *read)
{
	struct fake_hang h = fake_drain_hang(f);
	char clipped[16];

	snprintf(clipped, sizeof(clipped), "%s", name);
	fake_set_string(f, h.xorg, "task_struct.comm", clipped);
	fake_set_string(f, h.hog, "task_struct.comm", clipped);
	fake_set_string(f, h.kworker, "task_struct.comm", clipped);
	fake_set_string(f, h.worker, "worker.desc", name);
	fake_set_string(f, h.wq, "workqueue_struct.name", name);
	fake_set(f, h.work, "work_struct.func", fake_function(f, name, name, 0, 0));
	facts_read(fake_dump(f), FACTS_ALL, read);
	facts = read;
	triage_make(facts, &t);
	memset(stacks, 0, sizeof(stacks));
	stacks[0].task = task_by_addr(&read->tasks, h.xorg);
	stacks[1].task = task_by_addr(&read->tasks, h.hog);
	assert_non_null(stacks[0].task);
	assert_non_null(stacks[1].task);
}

static void names_stay_names(void **state)
{
	char escaped[128];
	struct facts read;
	struct fake *f;
	yajl_val tree;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		f = fake_5_10();
		hang_of(f, hostile[i], &read);
		assert_documents(false);
		tree = triage_json();
		assert_null(strstr(text, "</script"));
		text_escape(escaped, sizeof(escaped), hostile[i]);
		assert_string_equal(string(item(get(tree, "hung"), 0), "comm"), escaped);
		assert_string_equal(string(get(item(get(tree, "verdicts"), 0), "culprit"),
					   "name"),
				    escaped);
		assert_null(get(tree, "x"));
		yajl_tree_free(tree);
		fake_destroy(f);
	}
}

static size_t count(const char *s, char c)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == c;
	return n;
}

/* In dot every quote that is not a string's own is escaped; it stays one line each. */
static void names_in_dot(void **state)
{
	struct facts read;
	struct fake *f;
	size_t i, k, open;
	FILE *out;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		f = fake_5_10();
		hang_of(f, hostile[i], &read);
		out = open_out();
		dot_graph(out, &read, &t.graph, false);
		fclose(out);
		assert_printable("dot");
		if (!i) /* an escape is shown as it is elsewhere, not as dot's own */
			assert_non_null(strstr(text, "\\\\x1b[2J"));
		for (k = open = 0; k < length; k++) {
			if (open && text[k] == '\\')
				k++;
			else if (text[k] == '"')
				open = !open;
			assert_false(open && text[k] == '\n');
		}
		assert_false(open);
		assert_int_equal(count(text, '\n'),
				 5 + t.graph.nodes.n + t.graph.edges.n);
		fake_destroy(f);
	}
}

/* Folded stacks: frames between ';', one ' ' before the number. */
static void names_in_folded_stacks(void **state)
{
	struct facts read;
	struct fake *f;
	size_t i;
	FILE *out;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		f = fake_5_10();
		hang_of(f, hostile[i], &read);
		out = open_out();
		text_folded(out, facts, &t.graph, true);
		fclose(out);
		assert_printable("folded");
		assert_int_equal(count(text, '\n'), 1);
		assert_int_equal(count(text, ' '), 1);
		assert_true(atof(strchr(text, ' ')) == 17e6);
		fake_destroy(f);
	}
}

/* ---- the JSON writer ----------------------------------------------------- */

static yajl_val values(double seconds, uint64_t address, const char *s)
{
	struct json *j;
	FILE *out = open_out();
	char error[100];
	yajl_val tree;

	j = json_open(out);
	assert_non_null(j);
	json_object(j, NULL);
	json_seconds(j, "seconds", seconds);
	json_address(j, "address", address);
	json_text(j, "text", s);
	json_bool(j, "bool", true);
	json_int(j, "int", INT64_MIN);
	json_null(j, "null");
	json_array(j, "array");
	json_text(j, NULL, "");
	json_end_array(j);
	json_end_object(j);
	json_close(j);
	fclose(out);
	tree = yajl_tree_parse(text, error, sizeof(error));
	if (!tree)
		fail_msg("%s in %s", error, text);
	return tree;
}

static void assert_seconds(double seconds, const char *printed)
{
	yajl_val tree = values(seconds, 1, "");
	yajl_val v = get(tree, "seconds");

	if (printed)
		assert_string_equal(YAJL_GET_NUMBER(v), printed);
	else
		assert_true(YAJL_IS_NULL(v));
	yajl_tree_free(tree);
}

static void writer(void **state)
{
	yajl_val tree = values(1.5, 0xffffffffffffffff, "\"\\/");

	(void)state;
	assert_string_equal(string(tree, "address"), "0xffffffffffffffff");
	assert_string_equal(string(tree, "text"), "\"\\/");
	assert_true(YAJL_IS_TRUE(get(tree, "bool")));
	assert_true(YAJL_IS_NULL(get(tree, "null")));
	assert_string_equal(YAJL_GET_NUMBER(get(tree, "int")), "-9223372036854775808");
	assert_int_equal(items(get(tree, "array")), 1);
	yajl_tree_free(tree);
	tree = values(0, 0, NULL);
	assert_true(YAJL_IS_NULL(get(tree, "address")));
	assert_true(YAJL_IS_NULL(get(tree, "text")));
	yajl_tree_free(tree);
	assert_seconds(0, "0.000");
	assert_seconds(12.3456, "12.346");
	assert_seconds(1e15, "1000000000000000.000");
	assert_seconds(-1, NULL);
	assert_seconds(NAN, NULL);
	assert_seconds(INFINITY, NULL);
	assert_seconds(DBL_MAX, NULL);
}

/* ---- the text writer ----------------------------------------------------- */

static void wraps_to(const char *first, unsigned int indent, const char *words,
		     const char *should)
{
	FILE *out = open_out();

	text_wrap(out, first, indent, words);
	fclose(out);
	assert_string_equal(text, should);
}

#define TEN "123456789 "
#define SIXTY "123456789012345678901234567890123456789012345678901234567890"

static void wraps(void **state)
{
	(void)state;
	wraps_to("FOR", 5, "a b", "FOR  a b\n");
	wraps_to("FOR", 5, "  a   b  ", "FOR  a b\n");
	wraps_to("", 5, "", "     \n");
	wraps_to("", 0, "a", "a\n");
	/* 80 columns exactly, and one more. */
	wraps_to("", 0, TEN TEN TEN TEN TEN TEN TEN "1234567890",
		 TEN TEN TEN TEN TEN TEN TEN "1234567890\n");
	wraps_to("", 2, TEN TEN TEN TEN TEN TEN TEN "123456789",
		 "  " TEN TEN TEN TEN TEN TEN "123456789\n  123456789\n");
	/* A word that is too long stays whole, on a line of its own. */
	wraps_to("", 2, "a " SIXTY SIXTY " b", "  a\n  " SIXTY SIXTY "\n  b\n");
	wraps_to("X", 2, SIXTY SIXTY, "X " SIXTY SIXTY "\n");
	/* A label that is longer than its room. */
	wraps_to("LONGLABEL", 4, "a", "LONGLABELa\n");
}

static void wraps_formats(void **state)
{
	FILE *out = open_out();

	(void)state;
	text_wrapf(out, "A", 3, "%s %d %s", "%s%n", 5, "x");
	fclose(out);
	assert_string_equal(text, "A  %s%n 5 x\n");
}

static void assert_four(const char *a, const char *b, const char *c, const char *d)
{
	assert_string_equal(a, "1.0 s");
	assert_string_equal(b, "2.0 s");
	assert_string_equal(c, "3.0 s");
	assert_string_equal(d, "4.0 s");
}

static void seconds_in_words(void **state)
{
	(void)state;
	assert_string_equal(text_seconds(-1), "?");
	assert_string_equal(text_seconds(NAN), "?");
	assert_string_equal(text_seconds(0), "0.0 s");
	assert_string_equal(text_seconds(99.94), "99.9 s");
	assert_string_equal(text_seconds(100), "1 min 40 s");
	assert_string_equal(text_seconds(250), "4 min 10 s");
	assert_string_equal(text_seconds(7500), "2 h 5 min");
	assert_string_equal(text_seconds(86400.0 * 3), "72 h 0 min");
	assert_string_equal(text_seconds(1e9), "1000000000 s");
	assert_true(strlen(text_seconds(1e300)) < 32);
	/* Four of them can be in one line. */
	assert_four(text_seconds(1), text_seconds(2), text_seconds(3), text_seconds(4));
}

/* ---- vgpu panic ---------------------------------------------------------- */

static void panic_words(struct scene *s)
{
	FILE *out = open_out();

	facts = &s->facts;
	text_panic(out, facts);
	fclose(out);
	assert_text("panic", true);
}

/* A switch that was off although there was something to catch, and only that. */
static void switches_that_were_off(void **state)
{
	static const struct log_line line = {.ts_s = 31.5,
					     .text = "INFO: task X:1 hangs"};
	struct scene *s = *state;
	struct caught *c;

	add_sysctl(s, "kernel.hung_task_panic", SYSCTL_READ);
	add_sysctl(s, "kernel.panic_on_warn", SYSCTL_READ);
	add_sysctl(s, "vm.panic_on_oom", SYSCTL_ABSENT);
	scene_fired(s, TRIGGER_WARN, "panic_on_warn set ...");
	s->facts.panic.trigger.sysctl = "kernel.panic_on_warn";
	s->facts.sysctls.all.v[1].value = 0;
	c = vec_push(&s->arena, &s->facts.panic.caught);
	*c = (struct caught){"kernel.hung_task_panic", 4, &line};
	c = vec_push(&s->arena, &s->facts.panic.caught);
	*c = (struct caught){"kernel.panic_on_warn", 1, &line};
	c = vec_push(&s->arena, &s->facts.panic.caught);
	*c = (struct caught){"vm.panic_on_oom", 1, &line};
	panic_words(s);
	assert_null(strstr(text, "MISSED"));
	s->facts.sysctls.all.v[0].value = 0;
	panic_words(s);
	assert_non_null(strstr(text,
			       "MISSED    kernel.hung_task_panic is 0 and would have "
			       "caught 4, the first:\n          [ 31.500000] INFO"));
	assert_null(strstr(text, "panic_on_warn is 0"));
	assert_null(strstr(text, "panic_on_oom is 0"));
}

/* Since 6.19 and 7.2 these two may be more than 1: a count. */
static void switches_that_count(void **state)
{
	struct scene *s = *state;

	add_sysctl(s, "kernel.hung_task_panic", SYSCTL_READ);
	add_sysctl(s, "kernel.softlockup_panic", SYSCTL_READ);
	panic_words(s);
	assert_non_null(strstr(text, "1  a task in D state too long"));
	assert_non_null(strstr(text, "1  a CPU that never schedules"));
	s->facts.sysctls.all.v[0].value = 3;
	s->facts.sysctls.all.v[1].value = 2;
	panic_words(s);
	assert_non_null(strstr(text, "3  so many tasks in D state"));
	assert_non_null(strstr(text, "2  a CPU so many times too late"));
}

/* Tasks that the log calls blocked: what became of each. */
static void reported_tasks(void **state)
{
	struct scene *s = *state;
	struct task *still = scene_task(s, 700, "still"),
		    *again = scene_task(s, 701, "again");
	struct task *moved = scene_task(s, 702, "moved"),
		    *gone = scene_task(s, 703, "gone");
	struct task *other = scene_task(s, 704, "other");
	struct hung_report *r;
	size_t i;

	s->facts.panic.uptime_s = SCENE_NOW;
	scene_waits(s, still, 60, WAIT_IO, 0, NULL);
	scene_waits(s, again, 20, WAIT_IO, 0, NULL);
	for (i = 0; i < 5; i++)
		scene_reported(s, (struct task *[]){still, again, moved, gone, other}[i]);
	for (i = 0; i < 5; i++)
		s->facts.panic.hung.v[i].ts_s = SCENE_NOW - 50;
	gone->pid = 9999;
	snprintf(other->comm, sizeof(other->comm), "new");
	panic_words(s);
	assert_non_null(
		strstr(text,
		       "still, pid 700, blocked for more than 10 s: still blocked\n"));
	assert_non_null(
		strstr(text,
		       "again, pid 701, blocked for more than 10 s: blocked again"));
	assert_non_null(
		strstr(text, "moved, pid 702, blocked for more than 10 s: moved on"));
	assert_non_null(strstr(text, "gone, pid 703, blocked for more than 10 s: gone"));
	assert_non_null(strstr(text, "other, pid 704, blocked for more than 10 s: gone"));
	/* The clocks need not agree to the second; and where one is missing, none does. */
	r = &s->facts.panic.hung.v[1];
	r->ts_s = SCENE_NOW - 21;
	assert_int_equal(facts_since_report(&s->facts, r), SINCE_BLOCKED);
	r->ts_s = -1;
	assert_int_equal(facts_since_report(&s->facts, r), SINCE_BLOCKED);
}

static void log_of(struct scene *s, size_t first, size_t n, const char *words)
{
	struct log_line *l;
	size_t i;

	for (i = first; i < first + n; i++) {
		l = vec_push(&s->arena, &s->facts.log.lines);
		*l = (struct log_line){.ts_s = (double)i + 0.0000019,
				       .first = true,
				       .text = arena_printf(&s->arena, "%s %zu", words,
							    i)};
	}
}

/* What led to it and, behind a fault, its trace; stamped as dmesg does, not rounded. */
static void log_around_what_fired(void **state)
{
	struct scene *s = *state;
	struct trigger *tr = &s->facts.panic.trigger;

	log_of(s, 0, 30, "before");
	log_of(s, 30, 30, "story");
	log_of(s, 60, 30, "behind");
	scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	tr->ts_s = s->facts.log.lines.v[60].ts_s;
	tr->begins_s = s->facts.log.lines.v[30].ts_s;
	panic_words(s);
	assert_non_null(strstr(text, "LOG\n[   30.000001] story 30\n"));
	assert_non_null(strstr(text, "behind 65\n"));
	assert_null(strstr(text, "behind 66"));
	/* The rest of a record, which a name with a newline in it may have made. */
	s->facts.log.lines.v[31].first = false;
	panic_words(s);
	assert_non_null(strstr(text, "\n               story 31\n"));
	/* Nothing was said of what led to it. */
	tr->begins_s = -1;
	panic_words(s);
	assert_non_null(strstr(text, "LOG\n[   48.000001] story 48\n"));
	/* The trace of an oops comes after its first line. */
	tr->kind = TRIGGER_OOPS;
	panic_words(s);
	assert_non_null(strstr(text, "behind 89\n"));
	s->facts.log.lines.v[70].text = "---[ end trace 0 ]---";
	panic_words(s);
	assert_non_null(strstr(text, "---[ end trace 0 ]---\n"));
	assert_null(strstr(text, "behind 71"));
	tr->ts_s = 1000;
	panic_words(s);
	assert_null(strstr(text, "LOG"));
}

/* ---- vgpu hung ----------------------------------------------------------- */

static void hung_words(struct scene *s)
{
	FILE *out = open_out();

	facts = &s->facts;
	triage_make(facts, &t);
	print_hung(out, false);
	fclose(out);
	assert_text("hung", true);
}

/* Behind the lock its holder, and where the chain ends; or that it comes back. */
static void chains_of_the_hung(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 10, "a"), *b = scene_task(s, 11, "b"),
		    *c = scene_task(s, 12, "c");
	kaddr_t one = scene_address(s), two = scene_address(s);
	struct wait *w = scene_waits(s, b, 50, WAIT_MUTEX, two, c);

	scene_waits(s, a, 60, WAIT_MUTEX, one, b);
	scene_runs(s, c, 1, 70);
	hung_words(s);
	assert_non_null(strstr(text, "-> b, pid 11\n"));
	assert_non_null(strstr(text, "-> ... c, pid 12, which runs\n"));
	w->owner.owner = a;
	hung_words(s);
	assert_non_null(strstr(text, "-> and back to a, pid 10\n"));
	assert_non_null(strstr(text, "-> and back to b, pid 11\n"));
}

/* ---- five hundred that do the same ------------------------------------------ */

#define CROWD 12

/*
 * Works of one function fill a workqueue and sleep on a completion; a process flushes
 * one that is held back.
 */
static struct task *full_queue(struct scene *s)
{
	struct task *dd = scene_task(s, 700, "dd"), *kworker;
	struct pool *pool = scene_pool(s, 2, 1);
	kaddr_t never = scene_address(s);
	struct wait *w;
	struct work *last;
	char comm[24];
	int i;

	for (i = 0; i < CROWD; i++) {
		snprintf(comm, sizeof(comm), "kworker/1:%d", i);
		kworker = scene_kthread(s, 20 + i, comm);
		scene_busy(s, scene_worker(s, pool, kworker), "waits_for_ever")->wq =
			never;
		w = scene_waits(s, kworker, 20 + i, WAIT_COMPLETION, never, NULL);
		w->symbol = "never";
		scene_stack(s, kworker, "__schedule", "wait_for_completion",
			    "process_one_work", "worker_thread");
	}
	last = scene_pending(s, pool, "waits_for_ever");
	last->place = WORK_INACTIVE;
	last->wq = never;
	scene_flushes(s, dd, 20, last);
	return dd;
}

static void show(struct scene *s, void (*print)(FILE *, bool), bool json)
{
	FILE *out;

	facts = &s->facts;
	triage_make(facts, &t);
	out = open_out();
	print(out, json);
	fclose(out);
}

static size_t lines(void)
{
	return count(text, '\n');
}

static size_t lines_with(const char *words)
{
	const char *at = text;
	size_t n = 0;

	while ((at = strstr(at, words))) {
		n++;
		at += strcspn(at, "\n");
	}
	return n;
}

static void one_line_for_those_alike(void **state)
{
	struct scene *s = *state;
	struct task *other;

	full_queue(s);
	show(s, print_hung, false);
	assert_true(lines() < CROWD);
	/* The process first, though all of the others have waited for as long. */
	assert_true(strstr(text, "dd ") < strstr(text, "kworker/1:0 "));
	assert_non_null(strstr(text, "11 more with this stack and wait, blocked for"));
	assert_non_null(strstr(text, "20.0 s to 31.0 s"));
	assert_non_null(strstr(text, "work waits_for_ever"));
	show(s, print_triage, false);
	assert_non_null(
		strstr(text, "kworker/1:11, pid 31, and 11 more like it: blocked"));
	show(s, print_workqueues, false);
	assert_true(lines() < CROWD);
	assert_non_null(strstr(text, "so are"));
	/* Another stack, or another wait, is another line. */
	other = &s->facts.tasks.all.v[s->facts.tasks.all.n - 1];
	scene_stack(s, other, "__schedule", "elsewhere");
	show(s, print_hung, false);
	assert_non_null(strstr(text, "10 more with this stack and wait"));
	facts_studied(&s->facts, other - 1)->wait.object += 8;
	show(s, print_hung, false);
	assert_non_null(strstr(text, "9 more with this stack and wait"));
}

/* Its JSON has every task, and says which of them are alike. */
static void groups_in_json(void **state)
{
	struct scene *s = *state;
	yajl_val tree, groups;

	full_queue(s);
	show(s, print_hung, true);
	tree = parse("hung");
	assert_int_equal(items(get(tree, "hung")), CROWD + 1);
	groups = get(tree, "groups");
	assert_int_equal(items(groups), 2);
	assert_int_equal(items(get(item(groups, 0), "pids")), 1);
	assert_int_equal(items(get(item(groups, 1), "pids")), CROWD);
	yajl_tree_free(tree);
}

static void print_each_stack(FILE *out, bool json)
{
	(void)json;
	text_stacks(out, facts, stacks, ARRAY_SIZE(stacks), true);
}

static void equal_stacks_once(void **state)
{
	struct scene *s = *state;
	size_t i;

	full_queue(s);
	for (i = 0; i < ARRAY_SIZE(stacks); i++) {
		stacks[i].task = s->facts.studied.v[i + 1]->task;
		stacks[i].stack = s->facts.studied.v[i + 1]->stack;
	}
	show(s, print_stacks, false);
	assert_non_null(strstr(text, "(and 1 more with this stack, pid "));
	show(s, print_each_stack, false);
	assert_null(strstr(text, "more with this stack"));
	assert_non_null(strstr(strstr(text, "worker_thread") + 1, "worker_thread"));
	/* They lie somewhere else in the functions: what they do is the same. */
	stacks[1].stack.v[1].offset += 4;
	show(s, print_stacks, false);
	assert_non_null(strstr(text, "more with this stack"));
	stacks[1].stack.v[1].module = "other";
	show(s, print_stacks, false);
	assert_null(strstr(text, "more with this stack"));
}

/* A worker whose work ends in a jump to what waits: the work is what it is in. */
static void worker_is_in_its_work(void **state)
{
	struct scene *s = *state;

	full_queue(s);
	show(s, print_triage, false);
	assert_non_null(strstr(text, "asleep (D) for 20.0 s in waits_for_ever"));
	assert_null(strstr(text, "in process_one_work"));
}

/* In a chain two works of one function are told apart. */
static void works_of_one_name_are_two(void **state)
{
	struct scene *s = *state;

	full_queue(s);
	show(s, print_triage, false);
	assert_int_equal(lines_with("          work waits_for_ever, 0x"), 2);
}

/* It is not asleep, and waits for a CPU that has not noticed. */
static void woken_is_not_asleep(void **state)
{
	struct scene *s = *state;
	struct task *woken = scene_task(s, 700, "woken");

	woken->state = TASK_STATE_WAKING;
	woken->state_letter = 'R';
	woken->since_s = 28.5;
	assert_string_equal(task_state_words(&s->facts, woken),
			    "woken, and not yet queued to run; off its CPU for 28.5 s");
	assert_string_equal(doing_words(woken), "woken, not yet queued; off its CPU");
	woken->state = 1;
	woken->state_letter = 'S';
	assert_string_equal(doing_words(woken), "asleep");
}

/* The same in the graph and in its pool; and woken it is not idle. */
static void woken_is_not_asleep_anywhere(void **state)
{
	static const char words[] = ": woken, not yet queued; off its CPU for 18.0 s";
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);

	h.kworker->on_rq = false;
	h.kworker->state = TASK_STATE_WAKING;
	h.kworker->state_letter = 'R';
	worker_of_task(&s->facts.wqs, h.kworker->addr)->idle = true;
	h.rq->tick_late_s = 19;
	show(s, print_graph, false);
	assert_non_null(strstr(text, words));
	show(s, print_workqueues, false);
	assert_non_null(strstr(text, words));
}

/* Works of a BH pool run in softirqs: there is no task that could not be read. */
static void a_worker_without_a_task(void **state)
{
	struct scene *s = *state;
	struct pool *pool = scene_pool(s, 4, 1);
	struct worker *w = scene_worker(s, pool, NULL);

	show(s, print_cpu_1, false);
	assert_non_null(strstr(text, "POOL 4    CPU 1 nice 0\n"));
	assert_non_null(strstr(text, ": its task cannot be read\n"));
	w->task_addr = 0;
	show(s, print_cpu_1, false);
	assert_non_null(strstr(text, "POOL 4    CPU 1 nice 0, BH\n"));
	assert_non_null(strstr(text, ": no task, works run in softirqs\n"));
	assert_null(strstr(text, "cannot be read"));
}

/* How sure one is of knowing nothing helps nobody. */
static void unexplained_in_words(void **state)
{
	struct scene *s = *state;

	scene_waits(s, scene_task(s, 700, "a"), 20, WAIT_COMPLETION, 0x1000, NULL);
	show(s, print_triage, false);
	assert_non_null(strstr(text, "VERDICT   unexplained: vgpu blames nobody\n"));
	assert_null(strstr(text, "confidence 30 %"));
	/* A CPU that stood still is a suspicion. */
	scene_drain_hang(s, SCENE_MACHINE).rq->clock -= 10 * 1000000000ull;
	show(s, print_triage, false);
	assert_non_null(strstr(text, "unexplained; the culprit is a suspicion of 45 %"));
}

static void no_driver_is_told_apart_from_not_known(void **state)
{
	struct scene *s = *state;

	s->facts.gpu_driver = 0;
	show(s, print_triage, false);
	assert_non_null(strstr(text, "this kernel has no virtio-gpu driver"));
	s->facts.gpu_driver = -1;
	show(s, print_triage, false);
	assert_null(strstr(text, "this kernel has no virtio-gpu driver"));
	assert_non_null(strstr(text, "whether virtio-gpu is loaded is not known"));
	show(s, print_triage, true);
	assert_non_null(strstr(text, "\"gpu_driver\":null"));
}

/* ---- whose dump it is ----------------------------------------------------------- */

static void machine_at_the_head(void **state)
{
	struct scene *s = *state;
	struct machine *m = &s->facts.machine;
	struct module *mod = vec_push(&s->arena, &s->facts.modules.all);
	yajl_val kernel, tree;

	m->uptime_s = 90;
	m->memory = 984ull << 20;
	snprintf(m->node, sizeof(m->node), "desk7");
	m->taint_known = true;
	m->taint = 1 << 12 | 1 << 13;
	mod->taints = 1 << 12 | 1 << 13;
	snprintf(mod->name, sizeof(mod->name), "buggy");
	show(s, print_triage, false);
	assert_non_null(strstr(text, "node desk7, 4 CPUs, 984 MiB of memory\n"));
	assert_non_null(
		strstr(text, "tainted: OE; modules from outside the kernel: buggy"));
	snprintf(m->node, sizeof(m->node), "(none)"); /* as uname has it of no name */
	show(s, print_triage, false);
	assert_non_null(strstr(text, "\n          4 CPUs, 984 MiB of memory\n"));
	snprintf(m->node, sizeof(m->node), "desk7");
	m->memory = 0; /* not known */
	show(s, print_triage, false);
	assert_non_null(strstr(text, "node desk7, 4 CPUs\n"));
	m->memory = 984ull << 20;
	/* The same in a document that reads no log. */
	s->facts.panic.uptime_s = 0;
	show(s, print_drain, true);
	tree = parse("drain");
	kernel = get(tree, "kernel");
	assert_string_equal(string(kernel, "node"), "desk7");
	assert_string_equal(string(get(kernel, "taint"), "letters"), "OE");
	assert_int_equal(items(get(get(kernel, "taint"), "words")), 2);
	assert_int_equal(items(get(kernel, "out_of_tree")), 1);
	assert_float_equal(YAJL_GET_DOUBLE(get(kernel, "uptime_s")), 90, 0.001);
	yajl_tree_free(tree);
	/* What the log says is not later than the end; other times go on by jiffies. */
	s->facts.panic.uptime_s = 89.9;
	s->facts.panic.last_said_s = 90.2;
	show(s, print_triage, false);
	assert_non_null(strstr(text, ", up 90.2 s"));
	assert_true(fabs(facts_since_monotonic(facts, 80) - 9.9) < 0.001);
}

/* A list of modules that a dump made up is not printed to its end. */
static void many_modules_from_outside(void **state)
{
	struct scene *s = *state;
	struct module *mod;
	size_t i;

	for (i = 0; i < 300; i++) {
		mod = vec_push(&s->arena, &s->facts.modules.all);
		mod->taints = 1 << 12;
		snprintf(mod->name, sizeof(mod->name), "m%zu", i);
	}
	s->facts.machine.taint = 1 << 12;
	show(s, print_triage, false);
	assert_non_null(strstr(text, "and 284 more"));
	assert_null(strstr(text, "m16"));
}

/* panic() sets it to 0: what made the panic was 1, else it is not known. */
static void switch_that_panic_clears(void **state)
{
	struct scene *s = *state;
	struct sysctl_value v = {.name = "kernel.panic_on_warn", .state = SYSCTL_READ};
	int64_t value = -1;

	assert_true(facts_switch(&s->facts, &v, &value));
	assert_int_equal(value, 0); /* nobody called panic() */
	s->facts.panic.source = PANIC_FROM_LOG;
	assert_false(facts_switch(&s->facts, &v, &value));
	s->facts.panic.trigger.sysctl = "kernel.panic_on_warn";
	assert_true(facts_switch(&s->facts, &v, &value));
	assert_int_equal(value, 1);
	v.name = "kernel.panic";
	assert_true(facts_switch(&s->facts, &v, &value));
	assert_int_equal(value, 0);
}

/* ---- the tree ------------------------------------------------------------------- */

/*
 * A pool whose one worker waits for a CPU and whose other sleeps: its verdict names the
 * CPU's task, and there the pool's waiters are drawn, and nowhere else.
 */
static void victims_below_their_root(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	struct task *sleeper = scene_kthread(s, 40, "kworker/1:9");
	const char *elsewhere, *pool;

	scene_busy(s, scene_worker(s, h.pool, sleeper), "sleeps");
	scene_waits(s, sleeper, 30, WAIT_COMPLETION, 0x1000, NULL);
	show(s, print_graph, false);
	assert_int_equal(lines_with("Xorg, pid 196"), 1);
	assert_non_null(strstr(text, "ROOT rt-hog"));
	elsewhere = strstr(text, "pool 2 of CPU 1 (drawn under kworker/1:0)");
	assert_non_null(elsewhere);
	assert_true(elsewhere > strstr(text, "kworker/1:9"));
	pool = strstr(text, "pool 2 of CPU 1\n");
	assert_non_null(pool);
	assert_true(strstr(text, "Xorg") > pool);
	assert_true(strstr(text, "Xorg") > strstr(text, "ROOT rt-hog"));
}

static void tree_of_those_alike(void **state)
{
	struct scene *s = *state;

	full_queue(s);
	show(s, print_graph, false);
	assert_true(lines() < CROWD);
	assert_non_null(strstr(text, "ROOT completion never\n"));
	assert_int_equal(lines_with("dd, pid 700"), 1);
	assert_non_null(strstr(text, "and 10 more like it"));
}

/* A chain of locks that is longer than a tree is deep: who is not drawn is told of. */
static void a_tree_that_is_too_deep(void **state)
{
	struct scene *s = *state;
	struct task *holder = scene_task(s, 800, "first");
	int i;

	for (i = 1; i < 60; i++) {
		struct task *next = scene_task(s, 800 + i, "holder");

		scene_waits(s, next, 20, WAIT_MUTEX, 0x1000 + 0x100 * (kaddr_t)i, holder);
		holder = next;
	}
	show(s, print_graph, false);
	assert_int_equal(lines_with("pid 819"), 1);
	assert_int_equal(lines_with("pid 821"), 0);
	assert_int_equal(lines_with("more below it: vgpu graph -d"), 1);
}

static void circle_in_the_tree(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");

	scene_waits(s, a, 20, WAIT_MUTEX, 0x1000, b);
	scene_waits(s, b, 20, WAIT_MUTEX, 0x2000, a);
	scene_waits(s, scene_task(s, 703, "c"), 30, WAIT_MUTEX, 0x2000, a);
	show(s, print_graph, false);
	assert_int_equal(lines_with("CYCLE"), 1);
	assert_int_equal(lines_with("+- a, pid 701 (here the circle closes)"), 1);
	assert_int_equal(lines_with("c, pid 703"), 1);
}

/* Who could run is not blocked. */
static void a_victim_without_a_cpu_is_ready_to_run(void **state)
{
	struct scene *s = *state;
	struct task *hog = scene_task(s, 702, "hog");

	scene_queued(s, scene_task(s, 700, "Xorg"), 2, 20);
	scene_rt(s, hog, 1);
	scene_runs(s, hog, 2, 21);
	show(s, print_triage, false);
	assert_non_null(
		strstr(text, "Xorg, pid 700: ready to run, and not running, for 20.0 s"));
	assert_null(strstr(text, "blocked for"));
}

/* In dot the root is marked, and a page is filled from the top. */
static void roots_in_dot(void **state)
{
	struct scene *s = *state;
	FILE *out;

	scene_drain_hang(s, SCENE_MACHINE);
	show(s, print_graph, false);
	out = open_out();
	dot_graph(out, &s->facts, &t.graph, false);
	fclose(out);
	assert_non_null(strstr(text, "rankdir=TB"));
	assert_int_equal(lines_with("peripheries=2"), 1);
	assert_non_null(strstr(strstr(text, "rt-hog"), "peripheries=2"));
}

static void show_dot(struct scene *s, bool each)
{
	FILE *out;

	show(s, print_graph, false); /* makes the graph */
	out = open_out();
	dot_graph(out, &s->facts, &t.graph, each);
	fclose(out);
}

static void those_alike_are_one_node_of_dot(void **state)
{
	struct scene *s = *state;

	full_queue(s);
	show_dot(s, false);
	/* The worker whose work another one waits for, those of whom none does, and dd. */
	assert_int_equal(lines_with("shape=box"), 3);
	assert_int_equal(lines_with(", and 10 more like it\", shape=box"), 1);
	assert_int_equal(lines_with("held back by max_active until it ends"), 2);
	assert_int_equal(lines_with("dd, pid"), 1);
	show_dot(s, true);
	assert_int_equal(lines_with("shape=box"), CROWD + 1);
	assert_int_equal(lines_with(" -> "), t.graph.edges.n);
	assert_int_equal(lines_with("more like it"), 0);
}

/* Types come out of a core too. */
static void a_type_of_an_absurd_size(void **state)
{
	struct scene *s = *state;
	struct value v = {.name = "",
			  .type = "struct absurd",
			  .dimensions = "",
			  .class = TYPE_STRUCT,
			  .offset = UINT64_MAX - 1,
			  .size = UINT64_MAX,
			  .more = 1ull << 63};
	FILE *out = open_out();

	json_values(out, &s->facts, "absurd", NULL, &v, 1);
	fclose(out);
	assert_non_null(strstr(text, "\"offset\":18446744073709551614"));
	assert_non_null(strstr(text, "\"size\":18446744073709551615"));
	assert_non_null(strstr(text, "\"more\":9223372036854775808"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(rcu_waits_for_who_interrupted),
		scene_test(rcu_waits_for_a_timer),
		scene_test(all_documents),
		scene_test(a_type_of_an_absurd_size),
		scene_test(documents_of_nothing),
		scene_test(documents_of_each_wait),
		dump_test(layout),
		scene_test(contract),
		scene_test(verdict_in_json),
		scene_test(candidates_in_json),
		scene_test(graph_in_json),
		scene_test(unknown_is_null),
		scene_test(names_stay_names),
		scene_test(names_in_dot),
		scene_test(one_line_for_those_alike),
		scene_test(groups_in_json),
		scene_test(equal_stacks_once),
		scene_test(worker_is_in_its_work),
		scene_test(works_of_one_name_are_two),
		scene_test(woken_is_not_asleep),
		scene_test(woken_is_not_asleep_anywhere),
		scene_test(a_worker_without_a_task),
		scene_test(unexplained_in_words),
		scene_test(no_driver_is_told_apart_from_not_known),
		scene_test(machine_at_the_head),
		scene_test(many_modules_from_outside),
		scene_test(switch_that_panic_clears),
		scene_test(victims_below_their_root),
		scene_test(tree_of_those_alike),
		scene_test(circle_in_the_tree),
		scene_test(a_tree_that_is_too_deep),
		scene_test(a_victim_without_a_cpu_is_ready_to_run),
		scene_test(roots_in_dot),
		scene_test(those_alike_are_one_node_of_dot),
		scene_test(names_in_folded_stacks),
		scene_test(writer),
		scene_test(wraps),
		scene_test(wraps_formats),
		scene_test(seconds_in_words),
		scene_test(switches_that_were_off),
		scene_test(switches_that_count),
		scene_test(reported_tasks),
		scene_test(log_around_what_fired),
		scene_test(chains_of_the_hung),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
