// SPDX-License-Identifier: GPL-2.0-or-later
/* The end of a commit, and the work that gets it there. */
#include "test.h"

#include "facts/facts.h"
#include "triage/graph.h"

#define UNINTERRUPTIBLE 2
#define CRTC 1 /* of two, the second */

/*
 * A flip of the second CRTC is under way: kworker/0:0 (40) runs its work.  Of the other
 * CRTC's slot nothing is set.
 */
static struct {
	struct fake *f;
	kaddr_t crtc, crtcs, commit, state, kworker, wq;
} u;

static kaddr_t at(kaddr_t base, enum layout_id id)
{
	return fake_id_at(u.f, base, id);
}

static void set(kaddr_t base, enum layout_id id, uint64_t v)
{
	fake_id_set(u.f, base, id, v);
}

static kaddr_t slot(unsigned int crtc)
{
	return u.crtcs + crtc * (kaddr_t)layout_size(fake_dump(u.f), CRTCS_STATE);
}

static void run(const char *function)
{
	kaddr_t worker = fake_worker(u.f, 0, 0, 40);

	fake_work_at(u.f, at(u.state, ATOMIC_STATE_WORK), function);
	fake_work_run(u.f, worker, u.wq, at(u.state, ATOMIC_STATE_WORK));
	u.kworker = fake_get(u.f, worker, "worker.task");
}

static void commit(struct fake *f, const char *function)
{
	u.f = f;
	dump_load_module(fake_dump(f), "virtio_gpu", NULL);
	fake_kernel(f);
	fake_workqueues(f);
	u.wq = fake_wq(f, "events_unbound", 0);
	u.crtc = fake_alloc(f, 4096);
	u.commit = fake_alloc(f, 256);
	u.crtcs = fake_alloc(f, 256);
	u.state = fake_alloc(f, 256);
	set(u.crtc, DRM_CRTC_INDEX, CRTC);
	set(u.commit, CRTC_COMMIT_CRTC, u.crtc);
	set(u.state, ATOMIC_STATE_CRTCS, u.crtcs);
	set(slot(CRTC), CRTCS_STATE_CRTC, u.crtc);
	set(slot(CRTC), CRTCS_STATE_COMMIT, u.commit);
	run(function);
}

static struct drm_commit found;

static bool find(kaddr_t completion)
{
	struct dump *d = fake_dump(u.f);
	struct drm_commits commits;
	struct workqueues wqs;
	struct tasks tasks;

	memset(&found, 0, sizeof(found));
	tasks_read(d, &tasks);
	workqueues_read(d, &tasks, &wqs);
	drm_commits_find(d, &wqs, &commits);
	return drm_commit_of(d, &commits, completion, &found);
}

static void ends_of_a_commit(void **state)
{
	commit(*state, "commit_work");
	assert_true(find(at(u.commit, CRTC_COMMIT_HW_DONE)));
	assert_int_equal(found.addr, u.commit);
	assert_string_equal(found.completion, "hw_done");
	assert_int_equal(found.work->addr, at(u.state, ATOMIC_STATE_WORK));
	assert_true(find(at(u.commit, CRTC_COMMIT_CLEANUP_DONE)));
	assert_string_equal(found.completion, "cleanup_done");
	assert_int_equal(found.addr, u.commit);
}

/* Another driver's. */
static void other_name(void **state)
{
	commit(*state, "intel_atomic_commit_work");
	assert_true(find(at(u.commit, CRTC_COMMIT_HW_DONE)));
}

static void other_work(void **state)
{
	commit(*state, "drm_mode_rmfb_work_fn");
	assert_false(find(at(u.commit, CRTC_COMMIT_HW_DONE)));
	assert_null(found.work);
}

/* Right before hw_done in the commit. */
static kaddr_t flip_done(void)
{
	return at(u.commit, CRTC_COMMIT_HW_DONE) - fake_size(u.f, "completion");
}

/* Of these no work completes any. */
static void other_completions(void **state)
{
	commit(*state, "commit_work");
	assert_false(find(flip_done()));
	assert_false(find(u.commit));
	assert_false(find(0));
	assert_false(find(FAKE_NOWHERE));
}

/* A commit and a state that do not name each other have nothing to do with each other. */
static void commit_of_another(void **state)
{
	kaddr_t done;

	commit(*state, "commit_work");
	done = at(u.commit, CRTC_COMMIT_HW_DONE);
	set(slot(CRTC), CRTCS_STATE_COMMIT, u.commit + 8);
	assert_false(find(done));
	set(slot(CRTC), CRTCS_STATE_COMMIT, u.commit);
	set(slot(CRTC), CRTCS_STATE_CRTC, u.crtc + 8);
	assert_false(find(done));
	set(slot(CRTC), CRTCS_STATE_CRTC, u.crtc);
	set(u.crtc, DRM_CRTC_INDEX, CRTC - 1);
	assert_false(find(done));
	set(u.crtc, DRM_CRTC_INDEX, CRTC);
	assert_true(find(done));
}

static void memory_that_lies(void **state)
{
	kaddr_t done;

	commit(*state, "commit_work");
	done = at(u.commit, CRTC_COMMIT_HW_DONE);
	set(u.crtc, DRM_CRTC_INDEX, 0x10000000);
	assert_false(find(done));
	set(u.crtc, DRM_CRTC_INDEX, CRTC);
	set(u.state, ATOMIC_STATE_CRTCS, FAKE_NOWHERE);
	assert_false(find(done));
	set(u.state, ATOMIC_STATE_CRTCS, 0);
	assert_false(find(done));
	set(u.state, ATOMIC_STATE_CRTCS, u.crtcs);
	/* As of a commit that touches no CRTC. */
	set(u.commit, CRTC_COMMIT_CRTC, 0);
	assert_false(find(done));
	set(u.commit, CRTC_COMMIT_CRTC, FAKE_NOWHERE);
	assert_false(find(done));
}

static void without_rows(void **state)
{
	static const char *const rows[] = {"drm_crtc_commit", "drm_atomic_state",
					   "__drm_crtcs_state", "drm_crtc.index"};
	struct fake *f;
	kaddr_t done;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		f = fake_5_10();
		commit(f, "commit_work");
		done = at(u.commit, CRTC_COMMIT_HW_DONE);
		fake_absent(f, rows[i]);
		assert_false(find(done));
		fake_destroy(f);
	}
}

/* ---- with all that is read ----------------------------------------------- */

/* The end of the chain of the one who waits for the commit. */
static const struct node *last(struct graph *g, const struct facts *f, int pid)
{
	const struct task *t = task_by_pid(&f->tasks, pid);
	struct chain c = {0};

	graph_build(g, f);
	graph_chain(g, graph_task(g, t), SIZE_MAX, &c);
	return c.v[c.n - 1];
}

/* From who waits for the commit to what its work sleeps on, which is looked at as well. */
static void chain_goes_on(void **state)
{
	struct facts f;
	struct graph g;
	kaddr_t xorg, other;

	commit(*state, "commit_work");
	xorg = fake_task(*state, 700, "Xorg");
	fake_list_head(*state,
		       at(at(u.commit, CRTC_COMMIT_HW_DONE), COMPLETION_SWAIT_LIST));
	fake_completion_wait(*state, xorg, at(u.commit, CRTC_COMMIT_HW_DONE));
	/* Asleep, but not blocked: nobody else would look at it. */
	other = fake_alloc(*state, 64);
	fake_list_head(*state, at(other, COMPLETION_SWAIT_LIST));
	fake_completion_wait(*state, u.kworker, other);
	fake_task_state(*state, u.kworker, 1);
	facts_read(fake_dump(*state), FACTS_ALL & ~FACTS_USE, &f);
	assert_int_equal(f.commits.works.n, 1);
	assert_int_equal(last(&g, &f, 700)->address, other);
	/* The driver's types are what shows it: they were asked for. */
	assert_int_equal(f.gpus.state, GPUS_NO_SYMBOL);
	/* Not a commit's: the chain ends there. */
	set(slot(CRTC), CRTCS_STATE_COMMIT, 0);
	facts_read(fake_dump(*state), FACTS_ALL, &f);
	assert_int_equal(last(&g, &f, 700)->address, at(u.commit, CRTC_COMMIT_HW_DONE));
}

/* Where no commit is under way, no completion is worth to load a driver's types for. */
static void no_types_for_nothing(void **state)
{
	struct facts f;

	commit(*state, "some_work");
	fake_list_head(*state,
		       at(at(u.commit, CRTC_COMMIT_HW_DONE), COMPLETION_SWAIT_LIST));
	fake_completion_wait(*state, fake_task(*state, 700, "Xorg"),
			     at(u.commit, CRTC_COMMIT_HW_DONE));
	facts_read(fake_dump(*state), FACTS_ALL & ~FACTS_USE, &f);
	assert_int_equal(facts_studied(&f, task_by_pid(&f.tasks, 700))->wait.kind,
			 WAIT_COMPLETION);
	assert_int_equal(f.gpus.state, GPUS_NO_DRIVER);
}

/* Until 5.7 a completion has a wait_queue_head. */
static void older_kernels(void **state)
{
	kaddr_t xorg, queue, entry;
	struct facts f;
	struct graph g;

	fake_absent(*state, "completion.wait.task_list");
	fake_absent(*state, "swait_queue");
	commit(*state, "commit_work");
	xorg = fake_task(*state, 700, "Xorg");
	queue = at(at(u.commit, CRTC_COMMIT_HW_DONE), COMPLETION_WAIT);
	fake_list_head(*state, at(queue, WAIT_HEAD_LIST));
	entry = fake_stack_top(*state, xorg) - 0x280;
	set(entry, WAIT_ENTRY_PRIVATE, xorg);
	fake_list_add_tail(*state, at(queue, WAIT_HEAD_LIST), at(entry, WAIT_ENTRY_LIST));
	set(xorg, TASK_THREAD_SP, entry - 0x80);
	fake_task_state(*state, xorg, UNINTERRUPTIBLE);
	facts_read(fake_dump(*state), FACTS_ALL, &f);
	assert_int_equal(last(&g, &f, 700)->address, u.kworker);
}

/* A work that waits for its own flip_done does not wait for itself. */
static void own_flip(void **state)
{
	struct facts f;
	struct graph g;
	kaddr_t flip;

	commit(*state, "commit_work");
	flip = flip_done();
	fake_list_head(*state, at(flip, COMPLETION_SWAIT_LIST));
	fake_completion_wait(*state, u.kworker, flip);
	facts_read(fake_dump(*state), FACTS_ALL, &f);
	assert_int_equal(last(&g, &f, 40)->address, flip);
}

static int setup_6_1(void **state)
{
	*state = fake_6_1();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(ends_of_a_commit),
		cmocka_unit_test_setup_teardown(ends_of_a_commit, setup_6_1, test_end),
		fake_test(other_name),
		fake_test(other_work),
		fake_test(other_completions),
		fake_test(commit_of_another),
		fake_test(memory_that_lies),
		cmocka_unit_test(without_rows),
		fake_test(chain_goes_on),
		cmocka_unit_test_setup_teardown(chain_goes_on, setup_6_1, test_end),
		fake_test(no_types_for_nothing),
		fake_test(older_kernels),
		fake_test(own_flip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
