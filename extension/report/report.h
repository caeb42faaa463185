/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts and judgement, as text for a person and as JSON for a program. */
#ifndef VGPU_REPORT_H
#define VGPU_REPORT_H

#include <stdio.h>

#include "dump/block.h"
#include "dump/value.h"
#include "facts/facts.h"
#include "kernel/mm/kmemleak.h"
#include "facts/leak_group.h"
#include "triage/triage.h"

struct known_rules;

struct stack_of_task {
	const struct task *task;
	struct stack stack;
	struct asked asked;
};

/* Memory, in words of so many bytes. */
struct memory_words {
	const struct block *block;
	size_t size;
	enum word_form { WORD_HEX, WORD_SIGNED, WORD_UNSIGNED } form;
	const char *const *symbols; /* of each; NULL: not asked for, or it is none */
	bool text;		    /* beside the words, what they are in ASCII */
};

/* "drm_ioctl+0x2 [drm]" */
#define FRAME_WORDS 256
void frame_words(char to[FRAME_WORDS], const struct frame *fr);

/* ---- text: 80 columns, plain ASCII --------------------------------------- */

void text_triage(FILE *out, const struct facts *f, const struct triage *t);
/* each: tasks with equal stacks and waits a row each, in place of one for all of them. */
void text_hung(FILE *out, const struct facts *f, struct graph *g, bool each);
/* Folded stacks, weighted by blocked microseconds; with_waker: offwaketime's form. */
void text_folded(FILE *out, const struct facts *f, const struct graph *g,
		 bool with_waker);

/* Of many looks: each task's stacks, and for how long it was seen blocked in each. */
#define FOLDED_MAX 4096
struct folded {
	struct arena *arena; /* which outlives the looks */
	bool with_waker;
	VEC(struct folded_stack {
		int pid;
		const char *text;
		double seconds;
	})
	stacks;
	unsigned int left_out; /* times that there was no room for a stack */
};
/* seconds: since the look before; of a sleep that began later, its own time counts. */
void folded_add(struct folded *all, const struct facts *f, const struct graph *g,
		double seconds);
void text_folded_all(FILE *out, const struct folded *all);

void text_graph(FILE *out, const struct facts *f, const struct graph *g, bool each);
/* For graphviz: dot -Tsvg.  each: those that look the same a node each, too. */
void dot_graph(FILE *out, const struct facts *f, const struct graph *g, bool each);
void text_panic(FILE *out, const struct facts *f);
/* each: equal stacks one by one, too. */
void text_stacks(FILE *out, const struct facts *f, const struct stack_of_task *v,
		 size_t n, bool each);
void text_drain(FILE *out, const struct facts *f);
/* cpu < 0: all pools with anything in them; each: those alike a line each, too. */
void text_workqueues(FILE *out, const struct facts *f, int cpu, bool each);
void text_rcu(FILE *out, const struct facts *f);
void text_devices(FILE *out, const struct facts *f);
/* name NULL: all queues; verbose: with the commands in flight. */
void text_queues(FILE *out, const struct facts *f, const char *name, bool verbose);
/* all: those off the device's list too. */
void text_fences(FILE *out, const struct facts *f, bool all);
void text_objects(FILE *out, const struct facts *f, bool by_size);
/* Debuginfo that would tell more. */
void text_missing(FILE *out, const struct facts *f);
void text_layout(FILE *out, struct dump *d);
/* dates: in place of seconds since boot. */
void text_log(FILE *out, const struct facts *f, bool dates);
void text_tasks(FILE *out, const struct facts *f, const struct task *const *v, size_t n);
/* The same of a run queue's: how they are scheduled, in place of whose they are. */
void text_runnable(FILE *out, const struct facts *f, const struct task *const *v,
		   size_t n);
void text_system(FILE *out, const struct facts *f);
void text_modules(FILE *out, const struct facts *f);
void text_symbol(FILE *out, kaddr_t addr, const struct dump_symbol *sym);
void text_words(FILE *out, const struct facts *f, const struct memory_words *w);
/* What was asked of a type, in the order in which it was; name: the type's. */
void text_values(FILE *out, const struct facts *f, const char *name,
		 const struct value *v, size_t n);
/* The same without an object: where its members are. */
void text_type(FILE *out, const struct value *v, size_t n);
/* In the form of /sys/kernel/debug/kmemleak; l: vgpu's own search, NULL: not made. */
void text_kmemleak(FILE *out, const struct facts *f, const struct kmemleak *k,
		   const struct leaks *l);
/* only: the caches that were asked for by name, NULL for all. */
void text_leaks(FILE *out, const struct facts *f, const struct leaks *l, const char *name,
		const struct slab_selection *only, const struct leak_groups *groups);
/* rules: of --known, NULL: none.  f and t NULL: there is no dump. */
void text_known(FILE *out, const struct facts *f, const struct triage *t,
		const struct known_rules *rules);
void text_log_line(FILE *out, const struct log_line *line);
/* What a text tells of tasks that hang and of works, for the triage. */
void text_told(FILE *out, const struct facts *f);
/* The notes: what could not be read, and why. */
void text_notes(FILE *out, const struct facts *f);

/*
 * ---- to send: the triage with all that another engineer asks for first, as one page ----
 *
 * use: the devices with all who use them (FACTS_USE), of which the triage reads less.
 */
void html_triage(FILE *out, const struct facts *f, const struct triage *t,
		 const struct facts *use);
void markdown_triage(FILE *out, const struct facts *f, const struct triage *t,
		     const struct facts *use);

/* ---- JSON: one document on one line; docs/json.md has every key ------------ */

void json_triage(FILE *out, const struct facts *f, const struct triage *t);
void json_graph(FILE *out, const struct facts *f, const struct graph *g);
void json_panic(FILE *out, const struct facts *f);
void json_hung(FILE *out, const struct facts *f, const struct graph *g);
void json_stacks(FILE *out, const struct facts *f, const struct stack_of_task *v,
		 size_t n);
void json_drain(FILE *out, const struct facts *f);
void json_workqueues(FILE *out, const struct facts *f, int cpu);
void json_rcu(FILE *out, const struct facts *f);
void json_devices(FILE *out, const struct facts *f);
void json_queues(FILE *out, const struct facts *f, const char *name);
void json_fences(FILE *out, const struct facts *f, bool all);
void json_objects(FILE *out, const struct facts *f, bool by_size);
void json_leaks(FILE *out, const struct facts *f, const struct leaks *l, const char *name,
		const struct slab_selection *only, const struct leak_groups *groups);
void json_kmemleak(FILE *out, const struct facts *f, const struct kmemleak *k,
		   const struct leaks *l);
void json_layout(FILE *out, const struct facts *f, struct dump *d);

void json_log(FILE *out, const struct facts *f);
void json_tasks(FILE *out, const struct facts *f, const struct task *const *v, size_t n);
void json_system(FILE *out, const struct facts *f);
void json_modules(FILE *out, const struct facts *f);
void json_symbol(FILE *out, const struct facts *f, kaddr_t addr,
		 const struct dump_symbol *sym);
void json_words(FILE *out, const struct facts *f, const struct memory_words *w);
/* addr NULL: the type alone. */
void json_values(FILE *out, const struct facts *f, const char *name, const kaddr_t *addr,
		 const struct value *v, size_t n);

void json_known_faults(FILE *out, const struct facts *f, const struct triage *t,
		       const struct known_rules *rules);
/* The same of no dump. */
void json_known_table(FILE *out, const struct dump_about *about,
		      const struct known_rules *rules);
/* Why there is no answer.  f NULL: nothing was read, and about is all that is known. */
void json_error(FILE *out, const struct facts *f, const struct dump_about *about,
		const char *error);
void json_version(FILE *out, const struct dump_about *about);

#endif
