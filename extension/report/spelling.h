/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to look at (dump/look.h), in the commands of the door that vgpu was called
 * through, f->info->about->door: each can be typed at crash's prompt, or behind `vgpu CORE` and
 * at its prompt.
 *
 * To add a kind: a line of enum look_kind, and a row of each table in spelling.c.  To add
 * a door: a column of the first of them, and one of the table in debuginfo.c.
 */
#ifndef VGPU_SPELLING_H
#define VGPU_SPELLING_H

#include "triage/verdict.h"

/* The command; NULL: this door has none for it.  In the facts' arena, as all of these. */
const char *look_text(const struct facts *f, const struct look *look);
/* The same in a. */
const char *look_text_in(struct arena *a, const struct facts *f, const struct look *look);
/* A command of vgpu's own, in a sentence: "vgpu bt -a", "bt -a". */
const char *own_command(const struct facts *f, const char *command);

struct sentences {
	VEC(const char *) all;
};

/* What the verdict tells to do. */
void next_sentences(const struct facts *f, const struct verdict *v, struct sentences *s);

/* As in the JSON: "struct", "runqueue"; NULL of LOOK_NONE. */
const char *look_kind_name(enum look_kind kind);
/* What .n is there: "cpu", "count"; NULL: nothing. */
const char *look_number_name(enum look_kind kind);
/* The type of what is at .address; NULL: of nothing that has one. */
const char *look_type(const struct look *look);

#endif
