/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text in the place of a core: there is no memory that could be read. */
#ifndef VGPU_TEXT_DUMP_H
#define VGPU_TEXT_DUMP_H

#include "dump/dump.h"

extern const struct dump_ops text_dump_ops;

#endif
