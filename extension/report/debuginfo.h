/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advice: how to get the debuginfo of modules whose types are not known. */
#ifndef VGPU_DEBUGINFO_H
#define VGPU_DEBUGINFO_H

#include "facts/facts.h"

/*
 * The package that has it, as the distribution that the release is of names it; "" where
 * that is not known.  In the facts' arena, as the others.
 */
const char *debuginfo_package(const struct facts *f);
/* What to type to install it: at crash's prompt, or in a shell; "" likewise. */
const char *debuginfo_command(const struct facts *f);
/* Of what it is missing: "module virtio_gpu". */
const char *debuginfo_of(const struct facts *f, const struct types_missing *m);
/* What to do, without that command: a sentence. */
const char *debuginfo_advice(const struct facts *f);

#endif
