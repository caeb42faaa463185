/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said of a verdict in the same words on a terminal and in a report that is sent.
 * All in the facts' arena, or static.
 */
#ifndef VGPU_TRIAGE_WORDS_H
#define VGPU_TRIAGE_WORDS_H

#include "alike.h"
#include "triage/verdict.h"

/* Of a confidence: "sure", "likely", "possible", "weak". */
const char *sureness(int confidence);
/* "cpu-monopolised, confidence 90 % (sure)", "unexplained: vgpu blames nobody" */
const char *headline_words(const struct facts *f, const struct verdict *v);
/* "task rt-hog, pid 238, on CPU 1 (0xffff…)"; "": nobody. */
const char *culprit_words(const struct facts *f, const struct culprit *c);
/* "Xorg, pid 243: asleep (D) for 17.9 s in drain_all_pages"; of what is no task its title. */
const char *node_words(const struct facts *f, const struct node *n);
/* The same of a chain's: with its address, where another one there has its title. */
const char *chain_node_words(const struct facts *f, const struct chain *c, size_t i);
/*
 * "running", "runnable", "woken, not yet queued; off its CPU", "asleep": for how long stands
 * behind it.  Nothing tells when somebody was woken, only since when he has not run.
 */
const char *doing_words(const struct task *t);
/* "no task is in uninterruptible sleep", of those that could be read. */
const char *none_blocked_words(const struct facts *f);
/* "asleep (D) for 17.9 s in drain_all_pages" */
const char *task_state_words(const struct facts *f, const struct task *t);
/* "Xorg, pid 243, and 3 more like it: blocked for 17.9 s" */
const char *victim_words(const struct facts *f, const struct alike *g);
/* Of a fault that is known: what, fixed by what, why it is thought to be this one. */
const char *known_words(const struct facts *f, const struct known_match *m);
/* Whether this build has the fix; "": nobody looked. */
const char *build_words(const struct facts *f, const struct fix *build);
/* What made it a dump: "hung_task, made a panic by …, on CPU 0, in khungtaskd, …" */
const char *fired_words(const struct facts *f);
/* Modules from outside the kernel, the first of them: "a, b and 3 more"; "": there are none. */
const char *foreign_words(const struct facts *f);
/* "OE"; "": it is not tainted, or not known to be. */
const char *taint_string(const struct facts *f);

/* Those of the verdict's victims that do the same; processes first. */
void victims_alike(const struct facts *f, const struct verdict *v, struct alikes *groups);

#endif
