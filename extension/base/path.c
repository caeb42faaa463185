// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "path.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Not stat(), which glibc 2.33 gave a name of its own: the .so loads with older ones. */
bool path_look(const char *path, struct path_about *about)
{
	struct statx st;

	if (statx(AT_FDCWD, path, 0, STATX_TYPE | STATX_INO, &st))
		return false;
	about->regular = S_ISREG(st.stx_mode);
	about->folder = S_ISDIR(st.stx_mode);
	about->device = makedev(st.stx_dev_major, st.stx_dev_minor);
	about->inode = st.stx_ino;
	return true;
}
