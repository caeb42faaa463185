// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `vgpu --live --watch=N`: the first evidence of a hang, without any panic switch.
 *
 * A look at the tasks costs little, and a triage follows only when one is blocked, or kept
 * from its CPU, that was not the last time: a machine that stays hung is not looked at again
 * and again.
 * The first look is a triage, whatever it finds: then what a triage needs is ours, in case
 * that nobody gets memory when it is wanted.
 */
#include "commands.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "command.h"
#include "report/report.h"

#define POLL_MIN 1
#define POLL_MAX 10
#define SEEN_MAX 4096

/* A task in a wait of its own: the next one is another. */
struct stuck {
	kaddr_t task;
	int pid;
	uint64_t switches;
};

struct watcher {
	const struct watch *w;
	struct reader *reader;
	struct stuck seen[SEEN_MAX]; /* that a triage has looked at; .task 0: none */
	size_t next;		     /* place in .seen, which the oldest has */
	bool rehearsed;
};

static jmp_buf out_of_memory;

static void no_memory(void)
{
	longjmp(out_of_memory, 1);
}

static bool was_seen(const struct watcher *w, const struct stuck *s)
{
	size_t i;

	for (i = 0; i < SEEN_MAX; i++)
		if (w->seen[i].task == s->task && w->seen[i].pid == s->pid &&
		    w->seen[i].switches == s->switches)
			return true;
	return false;
}

/* It sleeps so that khungtaskd would count it, or could run and is given no CPU. */
static bool waits(const struct facts *f, const struct task *t)
{
	return !facts_is_ours(f, t) &&
	       (task_wants_cpu(t) || (!t->on_cpu && !t->on_rq && task_is_hung_state(t)));
}

/* Does anybody wait for as long, in a wait that no triage has looked at?  Remembers all. */
static bool has_new(struct watcher *w, const struct facts *f)
{
	bool found = false;
	size_t i;

	for (i = 0; i < f->tasks.all.n; i++) {
		const struct task *t = &f->tasks.all.v[i];
		struct stuck s = {t->addr, t->pid, t->nvcsw + t->nivcsw};

		if (!waits(f, t) || t->since_s < w->w->seconds || was_seen(w, &s))
			continue;
		w->seen[w->next++ % SEEN_MAX] = s;
		found = true;
	}
	return found;
}

/* ---- a report --------------------------------------------------------------- */

/* To a new name, and renamed when it is whole.  False: errno says why. */
static bool write_report(struct session *s, const struct triage *t, const char *kind,
			 void (*write)(FILE *out, const struct facts *f,
				       const struct triage *t),
			 const char *folder)
{
	const char *path =
		arena_printf(&s->arena, "%s/%s.%s", folder, t->signature.hash, kind);
	const char *new = arena_printf(&s->arena, "%s.new", path);
	FILE *out = fopen(new, "we");
	bool ok;

	if (!out)
		return false;
	write(out, s->facts, t);
	ok = !ferror(out);
	ok &= fclose(out) == 0;
	return ok && rename(new, path) == 0;
}

static bool is_reported(struct session *s, const struct triage *t, const char *folder)
{
	const char *path =
		arena_printf(&s->arena, "%s/%s.json", folder, t->signature.hash);

	return access(path, F_OK) == 0;
}

static bool report(const struct watcher *w, struct session *s)
{
	const char *folder = w->w->folder;
	struct triage t;

	s->command = &command_triage;
	facts_read(s->dump, command_triage.facts, s->facts);
	if (s->facts->interrupted || !triage_look(s, &t))
		return true;
	if (is_reported(s, &t, folder))
		return true;
	if (!write_report(s, &t, "txt", text_triage, folder) ||
	    !write_report(s, &t, "json", json_triage, folder)) {
		fprintf(w->w->errors, "vgpu: %s: %s\n", folder, strerror(errno));
		return false;
	}
	fprintf(w->w->out, "%s/%s.txt\n", folder, t.signature.hash);
	if (fflush(w->w->out))
		return false;
	if (w->w->keep)
		w->w->keep(w->w, arena_printf(&s->arena, "%s/%s.core", folder,
					      t.signature.hash));
	return true;
}

/* ---- look after look ---------------------------------------------------------- */

static void rehearse(struct watcher *w, struct session *s)
{
	struct facts *f = arena_alloc(&s->arena, sizeof(*f));
	struct triage t;

	facts_read(s->dump, command_triage.facts, f);
	triage_make(f, &t);
	w->rehearsed = true;
}

static bool look_at(struct watcher *w, struct session *s)
{
	s->dump = w->reader->begin(w->reader, &s->arena);
	s->facts = arena_alloc(&s->arena, sizeof(*s->facts));
	facts_read(s->dump, FACTS_TASKS, s->facts);
	if (!w->rehearsed)
		rehearse(w, s);
	return s->facts->interrupted || !has_new(w, s->facts) || report(w, s);
}

/* False: nothing more can be written. */
static bool look(struct watcher *w)
{
	struct session s = {.reader = w->reader, .arena.no_memory = no_memory};
	volatile bool ok = true;

	if (!setjmp(out_of_memory))
		ok = look_at(w, &s);
	w->reader->end(w->reader);
	arena_free(&s.arena);
	return ok;
}

static unsigned int poll_seconds(const struct watch *w)
{
	unsigned int s = w->seconds / 4;

	return s < POLL_MIN ? POLL_MIN : s > POLL_MAX ? POLL_MAX : s;
}

enum result commands_watch(struct reader *r, const struct watch *watch)
{
	struct watcher *w;
	const char *why = r->refusal(r);
	unsigned int looks = 0;
	bool ok;

	if (why || (mkdir(watch->folder, 0700) && errno != EEXIST)) {
		fprintf(watch->errors, "vgpu: %s%s%s\n", why ? why : watch->folder,
			why ? "" : ": ", why ? "" : strerror(errno));
		return RESULT_UNREADABLE;
	}
	w = calloc(1, sizeof(*w));
	if (!w)
		return RESULT_UNREADABLE;
	w->w = watch;
	w->reader = r;
	while ((ok = look(w)) && ++looks != watch->looks)
		watch->wait(poll_seconds(watch));
	free(w);
	return ok ? RESULT_DONE : RESULT_UNREADABLE;
}
