// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <string.h>

extern const struct command command_triage, command_hung, command_bt, command_drain,
	command_wq, command_dev, command_vq, command_fence, command_obj, command_panic,
	command_graph, command_slab, command_leak, command_kmemleak, command_layout;

const struct command *const commands[] = {
	&command_triage, &command_hung,	    &command_bt,     &command_drain,
	&command_wq,	 &command_dev,	    &command_vq,     &command_fence,
	&command_obj,	 &command_panic,    &command_graph,  &command_slab,
	&command_leak,	 &command_kmemleak, &command_layout, NULL,
};

const struct command *command_named(const char *name)
{
	const struct command *const *c;

	for (c = commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

const struct command_option *command_option(const struct command *c, char letter)
{
	size_t i;

	for (i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].letter; i++)
		if (c->options[i].letter == letter)
			return &c->options[i];
	return NULL;
}
