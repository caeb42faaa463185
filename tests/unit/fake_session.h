/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole commands over a fake dump, as a user types them.
 *
 *	struct fake_session s = {.fake = fake_5_10()};
 *
 *	assert_string_equal(type(&s, "vgpu bt 99"), "vgpu bt: no task with ...");
 */
#ifndef VGPU_FAKE_SESSION_H
#define VGPU_FAKE_SESSION_H

#include "commands/commands.h"
#include "fake_dump.h"

struct fake_session {
	struct reader reader;
	struct fake *fake;
	enum result result;  /* of the last command */
	const char *refusal; /* what the reader refuses the dump for; NULL: nothing */
	bool program; /* of its own, as the one that reads cores: crash is not in it */
	bool no_dump; /* it was started without one */
	const char *usage; /* how a command begins at this door; NULL: "vgpu" */
	const struct dump_small *small; /* the dump is such a core; NULL: it is not */
	double again; /* it runs on: seconds from look to look; 0: a dump */
	void (*between)(struct fake_session *s); /* two looks; NULL: nothing happens */
	const char *interrupted_by;		 /* NULL: Ctrl-C */
	int begun, ended;			 /* how often */
	int looks;				 /* after the first */
	int open; /* readers of other dumps, which are the same dump; "nowhere" there is not */
	char *text; /* the last output */
	size_t length;
};

/* Run a command line, and return what it prints: valid until the next one. */
const char *type(struct fake_session *s, const char *line);
void fake_session_end(struct fake_session *s);

#endif
