// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `vgpu --live --watch=N`: the first evidence of a hang, without any panic switch.
 *
 * A look at the tasks costs little, and a triage follows only when one is blocked, or kept
 * from its CPU, that was not the last time: a machine that stays hung is not looked at again
 * and again.
 * The first look is a triage that is written down, whatever it finds: then what a report
 * needs is ours, in case that nobody gets memory when it is wanted.
 */
#include "commands.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/new_file.h"
#include "base/seconds.h"
#include "base/text.h"
#include "command.h"
#include "report/report.h"

#define POLL_MIN 1
#define POLL_MAX 10
#define FAILED_MAX 4 /* doublings of that */
#define SEEN_MAX 4096
#define REPORTS_MAX 64 /* they are in memory (/run), as they should be */
#define RENEWED_S 60   /* whoever loads modules all the time is not followed each time */

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
	uint64_t machine;     /* what the reader knows of it: machine_of() */
	bool changed;	      /* it is another one by now */
	double renewed;	      /* when: seconds_now() */
	unsigned int written; /* reports */
	unsigned int failed;  /* looks, one after the other */
	struct new_file file; /* the report that is being written */
	FILE *stream;	      /* to it; NULL: none is */
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

static bool waits_long(const struct watcher *w, const struct facts *f,
		       const struct task *t)
{
	return waits(f, t) && t->since_s >= w->w->seconds;
}

static struct stuck wait_of(const struct task *t)
{
	return (struct stuck){t->addr, t->pid, t->nvcsw + t->nivcsw};
}

/* Does anybody wait for as long, in a wait that no triage has looked at? */
static bool has_new(const struct watcher *w, const struct facts *f)
{
	struct stuck s;
	size_t i;

	for (i = 0; i < f->tasks.all.n; i++) {
		s = wait_of(&f->tasks.all.v[i]);
		if (waits_long(w, f, &f->tasks.all.v[i]) && !was_seen(w, &s))
			return true;
	}
	return false;
}

/* A triage has looked at all of them. */
static void remember(struct watcher *w, const struct facts *f)
{
	struct stuck s;
	size_t i;

	for (i = 0; i < f->tasks.all.n; i++) {
		s = wait_of(&f->tasks.all.v[i]);
		if (waits_long(w, f, &f->tasks.all.v[i]) && !was_seen(w, &s))
			w->seen[w->next++ % SEEN_MAX] = s;
	}
}

/* ---- a report --------------------------------------------------------------- */

/* True, too, where none is open. */
static bool close_stream(struct watcher *w)
{
	bool ok = !w->stream || fclose(w->stream) == 0;

	w->stream = NULL;
	return ok;
}

/* False: errno says why. */
static bool write_report(struct watcher *w, struct session *s, const struct triage *t,
			 const char *path,
			 void (*write)(FILE *out, const struct facts *f,
				       const struct triage *t))
{
	bool ok;

	if (!new_file_open(&s->arena, &w->file, path))
		return false;
	w->stream = new_file_stream(&w->file);
	if (w->stream)
		write(w->stream, s->facts, t);
	ok = w->stream && !ferror(w->stream);
	ok = close_stream(w) && ok;
	if (ok)
		return new_file_keep(&w->file, 0600);
	new_file_remove(&w->file);
	return false;
}

static const char *path_of(struct session *s, const struct watcher *w, const char *name,
			   const char *kind)
{
	return arena_printf(&s->arena, "%s/%s.%s", w->w->folder, name, kind);
}

/* Is somebody harmed, or something wrong?  Who waited may have gone on by now. */
static bool says_something(const struct triage *t)
{
	const struct verdict *v = t->verdicts.all.n ? t->verdicts.all.v[0] : NULL;

	return v && (v->cause != CAUSE_UNEXPLAINED || v->victims.n);
}

static bool write_reports(struct watcher *w, struct session *s, const struct triage *t,
			  const char *name)
{
	if (write_report(w, s, t, path_of(s, w, name, "txt"), text_triage) &&
	    write_report(w, s, t, path_of(s, w, name, "json"), json_triage))
		return true;
	fprintf(w->w->errors, "vgpu: %s: %s\n", w->w->folder, strerror(errno));
	return false;
}

/* For that core memory is looked at anew: not beside what the reports were made of. */
static void keep_core(struct watcher *w, struct session *s, const char *name)
{
	session_forget(s);
	if (w->w->keep)
		w->w->keep(w->w, path_of(s, w, name, "core"));
}

static void say_report(struct watcher *w, struct session *s, const char *name)
{
	fprintf(w->w->out, "%s\n", path_of(s, w, name, "txt"));
	fflush(w->w->out);
	if (++w->written == REPORTS_MAX)
		fprintf(w->w->errors,
			"vgpu: %u reports are in %s, and no more are written\n",
			w->written, w->w->folder);
}

static bool is_to_write(struct watcher *w, struct session *s, const struct triage *t)
{
	return says_something(t) && w->written < REPORTS_MAX &&
	       access(path_of(s, w, t->signature.hash, "json"), F_OK) != 0;
}

/* False: it is to be tried again.  What was read is gone then. */
static bool report(struct watcher *w, struct session *s)
{
	struct triage t;
	bool is_new;

	s->command = &command_triage;
	session_read(s, command_triage.facts);
	if (s->facts->interrupted || !triage_look(s, &t)) {
		fprintf(w->w->errors, "vgpu: somebody waits, and the triage took longer "
				      "than it may (--time-limit)\n");
		return false;
	}
	is_new = is_to_write(w, s, &t);
	if (is_new && !write_reports(w, s, &t, t.signature.hash))
		return false;
	remember(w, s->facts);
	if (!is_new)
		return true;
	/* All of it before the line is printed: who reads that may hang as well. */
	keep_core(w, s, t.signature.hash);
	say_report(w, s, t.signature.hash);
	return true;
}

/* ---- look after look ---------------------------------------------------------- */

/*
 * What is written is removed again: nobody hangs, as far as anybody knows.  What was read is
 * gone then.
 */
static void rehearse(struct watcher *w, struct session *s)
{
	static const char *const kinds[] = {"txt", "json", "core"};
	struct triage t;
	size_t i;

	w->rehearsed = true;
	session_read(s, command_triage.facts);
	triage_make(s->facts, &t);
	if (write_reports(w, s, &t, "rehearsal"))
		keep_core(w, s, "rehearsal");
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		unlink(path_of(s, w, "rehearsal", kinds[i]));
}

/*
 * Of what a reader learns once: the modules, which have types and symbols of their own, and
 * where memory ends, which may be added.
 */
static uint64_t machine_of(struct dump *d, const struct facts *f)
{
	uint64_t all = 0;
	size_t i;

	dump_symbol_u64(d, "max_pfn", &all);
	for (i = 0; i < f->modules.all.n; i++)
		all = all * 31 + f->modules.all.v[i].addr;
	return all;
}

static bool has_changed(const struct watcher *w, const struct session *s)
{
	return w->w->renew && w->rehearsed && !s->facts->interrupted &&
	       machine_of(s->dump, s->facts) != w->machine &&
	       seconds_now() - w->renewed > RENEWED_S;
}

static void renew(struct watcher *w)
{
	w->reader = w->w->renew(w->w, w->reader);
	w->renewed = seconds_now();
	w->changed = w->rehearsed = false;
}

/* False: what was to be written is not. */
static bool look_at(struct watcher *w, struct session *s)
{
	s->dump = w->reader->begin(w->reader, &s->look);
	session_read(s, FACTS_TASKS);
	if (!w->rehearsed) {
		w->machine = machine_of(s->dump, s->facts);
		rehearse(w, s);
		session_read(s, FACTS_TASKS);
	}
	w->changed = has_changed(w, s);
	return s->facts->interrupted || !has_new(w, s->facts) || report(w, s);
}

static bool look(struct watcher *w)
{
	struct session s = {.reader = w->reader,
			    .arena.no_memory = no_memory,
			    .look.no_memory = no_memory};
	volatile bool ok = false;

	if (!setjmp(out_of_memory))
		ok = look_at(w, &s);
	else
		fprintf(w->w->errors, "vgpu: %s\n", reader_no_memory(w->reader));
	/* Open still where the memory ended while it was written. */
	if (w->stream) {
		close_stream(w);
		new_file_remove(&w->file);
	}
	w->reader->end(w->reader);
	arena_free(&s.look);
	arena_free(&s.arena);
	return ok;
}

/* From look to look; longer where looks fail: they shall not make it worse. */
static unsigned int pause_seconds(const struct watcher *w)
{
	unsigned int s = w->w->seconds / 4;

	s = s < POLL_MIN ? POLL_MIN : s > POLL_MAX ? POLL_MAX : s;
	return s << (w->failed < FAILED_MAX ? w->failed : FAILED_MAX);
}

enum result commands_watch(struct reader *r, const struct watch *watch)
{
	struct watcher *w;
	const char *why = r->refusal(r);
	unsigned int looks = 0;

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
	w->renewed = -RENEWED_S;
	do {
		if (w->changed)
			renew(w);
		w->failed = look(w) ? 0 : w->failed + 1;
	} while (++looks != watch->looks && watch->wait(pause_seconds(w)));
	free(w);
	return RESULT_DONE;
}
