/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of --host, which s->host names. */
#ifndef VGPU_COMMANDS_HOST_H
#define VGPU_COMMANDS_HOST_H

#include "command.h"

/* Into s->facts->host.  Another result than RESULT_DONE: it is told why not. */
enum result host_load(struct session *s);
/* The same state beside facts that were read anew; NULL: it is not of these any more. */
const struct host_state *host_refit(struct session *s, const struct host_state *before);

#endif
