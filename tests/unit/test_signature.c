// SPDX-License-Identifier: GPL-2.0-or-later
/* The same fault has the same signature elsewhere, and no other fault has it. */
#include "test.h"

#include "scene.h"
#include "triage/triage.h"

static struct triage t;

static int begin(void **state)
{
	*state = scene_create();
	return 0;
}

static int end(void **state)
{
	scene_destroy(*state);
	return 0;
}

#define scene_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

static void judge_all(struct scene *s)
{
	size_t i, bars = 0;

	triage_make(&s->facts, &t);
	assert_int_equal(strlen(t.signature.hash), 16);
	/* vgpu-score takes it apart: one bar, no other separators than these. */
	for (i = 0; t.signature.text[i]; i++)
		bars += t.signature.text[i] == '|';
	assert_true(bars <= 1);
	assert_null(strstr(t.signature.text, "  "));
	assert_null(strstr(t.signature.text, "<<"));
}

/* The signature's text of a task that hangs with this stack. */
#define of_stack(s, ...) of_functions(s, (const char *const[]){__VA_ARGS__, NULL})
static const char *of_functions(struct scene *s, const char *const *functions)
{
	struct task *task = task_by_pid(&s->facts.tasks, 700);

	if (!task) {
		task = scene_task(s, 700, "a");
		scene_waits(s, task, 20, WAIT_COMPLETION, 0xffff888009990000, NULL);
		scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	}
	scene_stack_of(s, task, functions);
	judge_all(s);
	return t.signature.text;
}

static char hash[17];

static void hash_of_machine(struct scene_machine m)
{
	struct scene *s = scene_create();

	scene_address(s);
	s->next += (kaddr_t)m.pids * 0x100000;
	scene_drain_hang(s, m);
	judge_all(s);
	memcpy(hash, t.signature.hash, sizeof(hash));
	scene_destroy(s);
}

static void signature_is_the_faults(void **state)
{
	char first[17];

	(void)state;
	hash_of_machine(SCENE_MACHINE);
	memcpy(first, hash, sizeof(first));
	hash_of_machine((struct scene_machine){1000, 1, "", "rt-hog", "Xorg"});
	assert_string_equal(first, hash);
	hash_of_machine((struct scene_machine){0, 3, "", "rt-hog", "Xorg"});
	assert_string_equal(first, hash);
	hash_of_machine((struct scene_machine){0, 1, "", "cyclictest", "Xwayland"});
	assert_string_equal(first, hash);
	hash_of_machine((struct scene_machine){0, 1, ".isra.0", "rt-hog", "Xorg"});
	assert_string_equal(first, hash);
	hash_of_machine((struct scene_machine){77, 2, ".constprop.0", "a", "b"});
	assert_string_equal(first, hash);
}

static void signature_names_nothing_of_the_machine(void **state)
{
	scene_drain_hang(*state, SCENE_MACHINE);
	judge_all(*state);
	assert_null(strstr(t.signature.text, "0x"));
	assert_null(strstr(t.signature.text, "Xorg"));
	assert_null(strstr(t.signature.text, "rt-hog"));
	assert_null(strstr(t.signature.text, "196"));
	assert_non_null(strstr(t.signature.text, "cpu-monopolised"));
	assert_non_null(strstr(t.signature.text, "drain_local_pages_wq"));
	assert_non_null(strstr(t.signature.text, "virtio_gpu_object_create"));
	assert_null(strstr(t.signature.text, "do_syscall_64"));
}

/* Another cause, another work, another stack, another trigger. */
static void signatures_differ(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	char seen[8][17];
	size_t n = 0, i, k;

	judge_all(s);
	memcpy(seen[n++], t.signature.hash, 17);
	scene_stack(s, h.xorg, "schedule", "flush_work", "lru_add_drain_all");
	judge_all(s);
	memcpy(seen[n++], t.signature.hash, 17);
	h.work->function = "lru_add_drain_per_cpu";
	judge_all(s);
	memcpy(seen[n++], t.signature.hash, 17);
	h.hog->sched = SCHED_KIND_FAIR;
	judge_all(s);
	memcpy(seen[n++], t.signature.hash, 17);
	h.kworker->since_s = 0.1;
	judge_all(s);
	memcpy(seen[n++], t.signature.hash, 17);
	s->facts.nblocked = 0;
	scene_fired(s, TRIGGER_SYSRQ, "");
	judge_all(s);
	memcpy(seen[n++], t.signature.hash, 17);
	scene_fired(s, TRIGGER_OOM, "");
	judge_all(s);
	memcpy(seen[n++], t.signature.hash, 17);
	scene_fired(s, TRIGGER_NMI, "");
	judge_all(s);
	memcpy(seen[n++], t.signature.hash, 17);
	for (i = 0; i < n; i++)
		for (k = 0; k < i; k++)
			assert_string_not_equal(seen[i], seen[k]);
}

/* ---- another compiler, another release ----------------------------------- */

static void entry_says_nothing(void **state)
{
	const char *want = of_stack(*state, "schedule", "wait", "vfs_write");

	assert_string_equal(of_stack(*state, "__schedule", "schedule", "wait",
				     "vfs_write", "ksys_write", "__x64_sys_write",
				     "do_syscall_64", "entry_SYSCALL_64_after_hwframe"),
			    want);
	assert_string_equal(of_stack(*state, "__switch_to", "__schedule", "schedule",
				     "schedule_timeout", "wait", "new_sync_write",
				     "vfs_write", "ksys_write", "__arm64_sys_write",
				     "invoke_syscall.constprop.0", "el0_svc_common",
				     "do_el0_svc", "el0_svc"),
			    want);
	assert_string_equal(of_stack(*state, "wait.cold", "vfs_write.part.0",
				     "__se_sys_write", "entry_INT80_compat"),
			    want);
	assert_string_not_equal(of_stack(*state, "wait", "vfs_read"), want);
}

/* Which half of mutex_lock() is inlined is the compiler's choice. */
static void one_name_for_a_way_to_wait(void **state)
{
	const char *want = of_stack(*state, "mutex_lock", "take");

	assert_string_equal(of_stack(*state, "__mutex_lock.constprop.0", "take"), want);
	assert_string_equal(of_stack(*state, "__mutex_lock", "__mutex_lock_slowpath",
				     "mutex_lock", "take"),
			    want);
	assert_string_not_equal(of_stack(*state, "down_write", "take"), want);
	assert_string_equal(of_stack(*state, "rwsem_down_write_slowpath", "take"),
			    of_stack(*state, "rwsem_down_write_failed", "down_write",
				     "take"));
	assert_string_equal(of_stack(*state, "__wait_for_common", "wait_for_completion",
				     "__flush_work.isra.0", "flush_work", "take"),
			    of_stack(*state, "wait_for_completion", "__flush_work",
				     "take"));
	assert_string_equal(of_stack(*state, "wait_for_common", "__wait_rcu_gp",
				     "synchronize_sched.part.0", "take"),
			    of_stack(*state, "__wait_for_common", "__wait_rcu_gp",
				     "synchronize_rcu", "take"));
	assert_string_equal(of_stack(*state, "_rcu_barrier", "rcu_barrier_sched", "take"),
			    of_stack(*state, "rcu_barrier", "take"));
}

static void allocators_with_tags(void **state)
{
	const char *want = of_stack(*state, "wait", "alloc_pages", "shmem_alloc_folio");

	assert_string_equal(of_stack(*state, "wait", "alloc_pages_noprof",
				     "shmem_alloc_folio"),
			    want);
	assert_non_null(strstr(of_stack(*state, "wait", "_noprof"), "_noprof"));
}

/* A name that would look like two, were it taken as it is. */
static void hostile_names(void **state)
{
	const char *text = of_stack(*state, "wait|for", "a<b", "c d", "");

	assert_non_null(strstr(text, "wait_for<a_b<c_d"));
}

/* ---- where nobody waits -------------------------------------------------- */

static const char *panicked(struct scene *s, enum trigger_kind kind, const char *message)
{
	scene_fired(s, kind, message);
	s->facts.panic.trigger.cpu = 2;
	judge_all(s);
	return t.signature.text;
}

/* What nobody explains is told apart by its words and by who called panic(). */
static void unexplained_panics(void **state)
{
	struct scene *s = *state;
	struct task *task = scene_task(s, 1, "init");
	const char *root, *other;

	scene_runs(s, task, 2, 1);
	scene_study(s, task);
	scene_stack(s, task, "panic", "mount_block_root", "kernel_init");
	root = panicked(s, TRIGGER_OTHER, "VFS: Unable to mount root fs on block(8,1)");
	assert_string_equal(root,
			    "unexplained other VFS-Unable-to-mount-root-fs-on-block | "
			    "mount_block_root<kernel_init");
	assert_string_equal(panicked(s, TRIGGER_OTHER,
				     "VFS: Unable to mount root fs on block(0,0)"),
			    root);
	other = panicked(s, TRIGGER_OTHER, "stack-protector: stack is corrupted in: x");
	assert_string_not_equal(other, root);
	scene_stack(s, task, "panic", "__stack_chk_fail", "kernel_init");
	assert_string_not_equal(panicked(s, TRIGGER_OTHER,
					 "stack-protector: stack is corrupted in: x"),
				other);
}

/* Whoever wrote to sysrq-trigger, and from where: it is one kind of core. */
static void requests(void **state)
{
	struct scene *s = *state;
	struct task *task = scene_task(s, 321, "sh");
	const char *text;

	scene_runs(s, task, 2, 1);
	scene_study(s, task);
	scene_stack(s, task, "panic", "sysrq_handle_crash", "write_sysrq_trigger");
	text = panicked(s, TRIGGER_SYSRQ, "sysrq triggered crash");
	assert_string_equal(text, "panic-by-request sysrq");
}

/* ---- the culprit --------------------------------------------------------- */

static void culprits(void **state)
{
	static const struct {
		struct culprit culprit;
		const char *words;
	} cases[] = {
		{{CULPRIT_CACHE, "kmalloc-128", -1, -1, 1},
		 "slab-leak cache:kmalloc_128"},
		{{CULPRIT_CACHE, "kmalloc-96", -1, -1, 1}, "slab-leak cache:kmalloc_96"},
		{{CULPRIT_FUNCTION, "do_msgsnd+0x12 [mod]", -1, -1, 1},
		 "slab-leak function:do_msgsnd"},
		{{CULPRIT_TASK, "eater", 300, 1, 1}, "slab-leak"},
		{{CULPRIT_DEVICE, "virtio0", -1, -1, 1}, "slab-leak device"},
		{{CULPRIT_HOST, "the host", -1, -1, 0}, "slab-leak host"},
	};
	struct scene *s = *state;
	struct verdict v = {.cause = CAUSE_SLAB_LEAK, .confidence = 80};
	struct verdicts all = {0};
	struct signature signature;
	size_t i;

	scene_fired(s, TRIGGER_OOM, "");
	*vec_push(&s->arena, &all.all) = &v;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		v.culprit = cases[i].culprit;
		signature_make(&s->facts, &all, &signature);
		assert_string_equal(signature.text, cases[i].words);
	}
	/* A program's own memory that runs out is another fault than the GPU's. */
	v.holds = "gpu-objects";
	signature_make(&s->facts, &all, &signature);
	assert_string_equal(signature.text, "slab-leak host gpu-objects");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(signature_is_the_faults),
		scene_test(signature_names_nothing_of_the_machine),
		scene_test(signatures_differ),
		scene_test(entry_says_nothing),
		scene_test(one_name_for_a_way_to_wait),
		scene_test(allocators_with_tags),
		scene_test(hostile_names),
		scene_test(unexplained_panics),
		scene_test(requests),
		scene_test(culprits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
