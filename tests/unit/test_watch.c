// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu --live --watch`: what is written of a hang, and how often. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/commands.h"
#include "fake_dump.h"
#include "fake_loaded.h"
#include "fake_work.h"
#include "kernel/sched/task.h"
#include "scratch.h"

/* A machine that hangs as the drain does, and is looked at. */
struct machine {
	struct reader reader;
	struct fake *fake;
	struct fake_hang hang;
	int looks;
	const char *folder;
	unsigned int kept, renewed; /* small cores, readers */
	char *said, *errors;
	size_t said_n, errors_n;
};

static const char *no_refusal(struct reader *r)
{
	(void)r;
	return NULL;
}

static struct dump *begin(struct reader *r, struct arena *a)
{
	struct machine *m = (struct machine *)r;
	struct dump *d = fake_dump(m->fake);

	m->looks++;
	d->arena = a;
	d->info.about = &r->about;
	memset(&d->notes, 0, sizeof(d->notes));
	return d;
}

static double again(struct reader *r)
{
	((struct machine *)r)->looks++;
	return 1.0;
}

static void end(struct reader *r)
{
	(void)r;
}

static int open_machine(void **state)
{
	struct machine *m = calloc(1, sizeof(*m));

	m->fake = fake_5_10();
	m->hang = fake_drain_hang(m->fake);
	m->reader = (struct reader){.about = fake_about,
				    .usage = "vgpu --live",
				    .refusal = no_refusal,
				    .begin = begin,
				    .again = again,
				    .end = end};
	scratch_make(NULL);
	m->folder = scratch;
	*state = m;
	return 0;
}

static int close_machine(void **state)
{
	struct machine *m = *state;

	free(m->said);
	free(m->errors);
	fake_destroy(m->fake);
	free(m);
	scratch_remove(NULL);
	return 0;
}

static double waited; /* between looks */

static void keep(const struct watch *w, const char *path)
{
	FILE *out = fopen(path, "w");
	struct machine *m = w->of;

	assert_non_null(out);
	assert_int_equal(fclose(out), 0);
	m->kept++;
}

static struct reader *renew(const struct watch *w, struct reader *r)
{
	((struct machine *)w->of)->renewed++;
	return r;
}

static struct fake *loads; /* a module between two looks; NULL: it does not */

static bool no_wait(double seconds)
{
	waited += seconds;
	if (loads)
		fake_loaded(loads, "virtio_gpu",
			    0xffffffffc0270000 + (kaddr_t)waited * 0x10000);
	return true;
}

static enum result watch(struct machine *m, unsigned int seconds, unsigned int looks)
{
	struct watch w = {.seconds = seconds,
			  .looks = looks,
			  .folder = m->folder,
			  .keep = keep,
			  .renew = renew,
			  .wait = no_wait,
			  .of = m};
	struct arena *arena = fake_dump(m->fake)->arena;
	enum result result;

	free(m->said);
	free(m->errors);
	w.out = open_memstream(&m->said, &m->said_n);
	w.errors = open_memstream(&m->errors, &m->errors_n);
	result = commands_watch(&m->reader, &w);
	fclose(w.out);
	fclose(w.errors);
	fake_dump(m->fake)->arena = arena;
	return result;
}

static bool is_written(const struct machine *m, const char *kind)
{
	char *path = NULL;
	bool found;

	assert_true(m->said_n > 4);
	assert_true(asprintf(&path, "%.*s%s", (int)m->said_n - 4, m->said, kind) > 0);
	found = access(path, R_OK) == 0;
	free(path);
	return found;
}

static const char *rehearsed(const struct machine *m, const char *kind)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/rehearsal.%s", m->folder, kind);
	return path;
}

static void a_hang_is_written_once(void **state)
{
	struct machine *m = *state;

	assert_int_equal(watch(m, 10, 1), RESULT_DONE);
	assert_int_equal(strncmp(m->said, scratch, strlen(scratch)), 0);
	assert_contains(m->said, ".txt\n");
	assert_true(is_written(m, "txt"));
	assert_true(is_written(m, "json"));
	assert_true(is_written(m, "core"));
	assert_int_equal(watch(m, 10, 1), RESULT_DONE);
	assert_string_equal(m->said, "");
	/* That of each start's rehearsal is gone again. */
	assert_int_equal(m->kept, 1 + 2);
	assert_int_equal(access(rehearsed(m, "core"), F_OK), -1);
	assert_int_equal(access(rehearsed(m, "txt"), F_OK), -1);
	assert_int_equal(access(rehearsed(m, "json"), F_OK), -1);
}

static void who_is_blocked_for_less_is_left_alone(void **state)
{
	struct machine *m = *state;

	assert_int_equal(watch(m, 90, 1), RESULT_DONE);
	assert_string_equal(m->said, "");
	assert_int_equal(m->looks, 1);
}

/* Nobody is blocked: a worker that has been woken gets no CPU. */
static void who_is_kept_from_a_cpu_counts_too(void **state)
{
	struct machine *m = *state;

	fake_id_set(m->fake, m->hang.xorg, TASK_STATE, TASK_STATE_INTERRUPTIBLE);
	assert_int_equal(watch(m, 90, 1), RESULT_DONE);
	assert_string_equal(m->said, "");
	m->reader.about.own = 36; /* it is ours */
	assert_int_equal(watch(m, 10, 1), RESULT_DONE);
	assert_string_equal(m->said, "");
	m->reader.about.own = 35;
	assert_int_equal(watch(m, 10, 1), RESULT_DONE);
	assert_true(is_written(m, "txt"));
}

/* The report is tried again, ever more rarely, until it can be written. */
static void what_cannot_be_written_is_tried_again(void **state)
{
	char path[PATH_MAX];
	struct machine *m = *state;

	snprintf(path, sizeof(path), "%s/later", scratch);
	m->folder = path;
	assert_int_equal(watch(m, 10, 1), RESULT_DONE);
	assert_contains(m->said, ".txt\n");
	waited = 0;
	m->folder = "/proc/self";
	assert_int_equal(watch(m, 10, 3), RESULT_DONE);
	assert_string_equal(m->said, "");
	assert_contains(m->errors, "vgpu: /proc/self: ");
	assert_true(waited >= 2 * 2 + 2 * 4);
}

/* A look at the tasks, then the triage, which looks twice; then at the tasks alone. */
static void what_stays_hung_is_not_looked_at_closely_again(void **state)
{
	struct machine *m = *state;

	assert_int_equal(watch(m, 4, 3), RESULT_DONE);
	assert_int_equal(m->looks, 1 + 1 + 1 + 1);
}

/* Virtio_gpu is loaded when somebody watches already. */
static void a_machine_that_changes_is_learned_anew(void **state)
{
	struct machine *m = *state;
	kaddr_t head;

	assert_int_equal(watch(m, 90, 3), RESULT_DONE);
	assert_int_equal(m->renewed, 0);
	head = fake_alloc(m->fake, 16);
	fake_symbol(m->fake, "modules", head);
	fake_list_head(m->fake, head);
	loads = m->fake;
	assert_int_equal(watch(m, 90, 4), RESULT_DONE);
	loads = NULL;
	/* Not for each: those that come within a minute wait for their turn. */
	assert_int_equal(m->renewed, 1);
}

static void a_folder_that_cannot_be_is_said(void **state)
{
	struct machine *m = *state;

	m->folder = "/proc/none/here";
	assert_int_equal(watch(m, 10, 1), RESULT_UNREADABLE);
	assert_contains(m->errors, "vgpu: /proc/none/here: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_hang_is_written_once, open_machine,
						close_machine),
		cmocka_unit_test_setup_teardown(who_is_blocked_for_less_is_left_alone,
						open_machine, close_machine),
		cmocka_unit_test_setup_teardown(what_cannot_be_written_is_tried_again,
						open_machine, close_machine),
		cmocka_unit_test_setup_teardown(who_is_kept_from_a_cpu_counts_too,
						open_machine, close_machine),
		cmocka_unit_test_setup_teardown(
			what_stays_hung_is_not_looked_at_closely_again, open_machine,
			close_machine),
		cmocka_unit_test_setup_teardown(a_machine_that_changes_is_learned_anew,
						open_machine, close_machine),
		cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_is_said,
						open_machine, close_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
