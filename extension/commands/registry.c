// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <string.h>

extern const struct command command_triage, command_hung, command_bt, command_drain,
	command_wq, command_rcu, command_dev, command_vq, command_fence, command_obj,
	command_slab, command_leak, command_kmemleak, command_panic, command_graph,
	command_layout, command_log, command_ps, command_sys, command_mod, command_sym,
	command_rd, command_struct, command_known, command_compare, command_for_help,
	command_version;

const struct command *const commands[] = {
	&command_triage,   &command_hung,     &command_bt,	&command_drain,
	&command_wq,	   &command_rcu,      &command_dev,	&command_vq,
	&command_fence,	   &command_obj,      &command_slab,	&command_leak,
	&command_kmemleak, &command_panic,    &command_graph,	&command_layout,
	&command_log,	   &command_ps,	      &command_sys,	&command_mod,
	&command_sym,	   &command_rd,	      &command_struct,	&command_known,
	&command_compare,  &command_for_help, &command_version, NULL,
};

bool command_offered(const struct reader *r, const struct command *c)
{
	return !c->program_only || r->about.door == DOOR_PROGRAM;
}

const struct command *command_named(const struct reader *r, const char *name)
{
	const struct command *const *c;

	for (c = commands; *c; c++)
		if (command_offered(r, *c) && !strcmp((*c)->name, name))
			return *c;
	return NULL;
}

enum result command_unknown(struct session *s, const char *name)
{
	struct nearest near = {.word = name};
	const struct command *const *c;

	for (c = commands; *c; c++)
		if (command_offered(s->reader, *c))
			nearest_try(&near, (*c)->name);
	return session_error_near(s, RESULT_USAGE, &near, "there is no command \"%s\"",
				  name);
}

const struct command_option *command_option_at(const struct command *c, size_t i)
{
	return i < COMMAND_OPTIONS_MAX && c->options[i].letter ? &c->options[i] : NULL;
}

const struct command_option *command_option(const struct command *c, char letter)
{
	const struct command_option *o;
	size_t i;

	for (i = 0; (o = command_option_at(c, i)); i++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static bool lists(const struct command *c, char one, char other)
{
	const struct command_option *o = command_option(c, one);

	return o && o->excludes && strchr(o->excludes, other);
}

bool command_excludes(const struct command *c, char one, char other)
{
	return lists(c, one, other) || lists(c, other, one);
}
