/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cores that were packed as a whole: FILE.gz, FILE.xz, FILE.zst, by what is in them. */
#ifndef VGPU_CORE_UNPACK_H
#define VGPU_CORE_UNPACK_H

#include "file.h"

/*
 * Where the file is packed, have what it was packed from read instead: a file beside it,
 * or in $TMPDIR, that has no name and so is gone when nobody reads it.  Any other stays.
 */
bool unpack(struct file *f, const struct file_request *request, struct error *why);

#endif
