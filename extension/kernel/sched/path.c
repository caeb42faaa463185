// SPDX-License-Identifier: GPL-2.0-or-later
#include "path.h"

#include <string.h>

#include "base/text.h"
#include "dump/layout.h"

#define PATH_BYTES 4096 /* PATH_MAX */
#define NAME_BYTES 256	/* NAME_MAX and the end */
#define STEPS_MAX 2048	/* directories and mounts on the way up */

/* On the way from a file up to the root of all mounts. */
struct climb {
	struct dump *d;
	kaddr_t mnt, dentry; /* struct vfsmount, struct dentry */
	char path[PATH_BYTES];
	size_t at; /* where in it the path begins */
	const char *why;
};

static bool give_up(struct climb *c, const char *what)
{
	const char *why = dump_why_unread(c->d);

	c->why = *why ? arena_printf(c->d->arena, "%s%s", what, why) : what;
	return false;
}

/* In front of what is there. */
static bool put(struct climb *c, const char *name)
{
	size_t n = strlen(name);

	if (n > c->at)
		return give_up(c, "its path is longer than any is");
	c->at -= n;
	memcpy(c->path + c->at, name, n);
	return true;
}

static bool read_name(struct climb *c, kaddr_t dentry, char *name)
{
	kaddr_t at;

	if (!member_ptr(c->d, dentry, DENTRY_NAME, &at) ||
	    !dump_string(c->d, at, name, NAME_BYTES))
		return give_up(c, "a name in its path cannot be read");
	return true;
}

static bool put_directory(struct climb *c)
{
	char name[NAME_BYTES];

	if (!read_name(c, c->dentry, name))
		return false;
	if (!*name || strchr(name, '/'))
		return give_up(c, "a name in its path is none");
	return put(c, name) && put(c, "/");
}

/* To where the mount is mounted.  *end: it is the first of all, or mounted nowhere. */
static bool leave_mount(struct climb *c, bool *end)
{
	kaddr_t mount = member_base(c->d, c->mnt, MOUNT_MNT), parent;

	if (!member_ptr(c->d, mount, MOUNT_PARENT, &parent) ||
	    !member_ptr(c->d, mount, MOUNT_POINT, &c->dentry))
		return give_up(c, "a mount in its path cannot be read");
	*end = parent == mount;
	c->mnt = member_addr(c->d, parent, MOUNT_MNT);
	return true;
}

static bool step(struct climb *c, bool *end)
{
	kaddr_t root, parent;

	if (!member_ptr(c->d, c->mnt, VFSMOUNT_ROOT, &root))
		return give_up(c, "a mount in its path cannot be read");
	if (c->dentry == root)
		return leave_mount(c, end);
	if (!member_ptr(c->d, c->dentry, DENTRY_PARENT, &parent))
		return give_up(c, "a directory in its path cannot be read");
	/* Outside of what is mounted: a directory was moved out of a bind mount. */
	*end = parent == c->dentry;
	if (*end || !put_directory(c))
		return *end;
	c->dentry = parent;
	return true;
}

static bool climb(struct climb *c)
{
	bool end = false;
	int steps;

	for (steps = 0; !end; steps++)
		if (steps == STEPS_MAX)
			return give_up(c, "its path does not end");
		else if (!step(c, &end))
			return false;
	return c->path[c->at] || put(c, "/");
}

static void fs_type(struct dump *d, kaddr_t dentry, char *name, size_t size)
{
	kaddr_t sb, type, at;

	*name = '\0';
	if (layout_has_all(d, DENTRY_SB, SB_TYPE, FS_TYPE_NAME) &&
	    member_ptr(d, dentry, DENTRY_SB, &sb) && member_ptr(d, sb, SB_TYPE, &type) &&
	    member_ptr(d, type, FS_TYPE_NAME, &at))
		dump_string(d, at, name, size);
}

/* What is in no directory: a dentry of its own, as d_alloc_pseudo() makes them. */
static const char *pseudo_path(struct climb *c)
{
	char name[NAME_BYTES], type[32];
	kaddr_t inode = 0;
	uint64_t ino = 0;

	fs_type(c->d, c->dentry, type, sizeof(type));
	if (!strcmp(type, "pipefs") || !strcmp(type, "sockfs")) {
		if (!layout_has_all(c->d, DENTRY_INODE, INODE_INO) ||
		    !member_ptr(c->d, c->dentry, DENTRY_INODE, &inode) ||
		    !member_u64(c->d, inode, INODE_INO, &ino))
			return type[0] == 'p' ? "pipe" : "socket";
		return arena_printf(c->d->arena, "%s:[%llu]",
				    type[0] == 'p' ? "pipe" : "socket", COUNT(ino));
	}
	if (!read_name(c, c->dentry, name))
		return NULL;
	if (!strcmp(type, "anon_inodefs"))
		return arena_printf(c->d->arena, "anon_inode:%s", name);
	return arena_printf(c->d->arena, "/%s%s%s", type, *type && *name ? ":" : "",
			    name);
}

/*
 * Removed since: no hash has it.  Nor has any the root of a file system, which is in no
 * folder.
 */
static bool is_deleted(struct dump *d, kaddr_t dentry)
{
	kaddr_t hash, parent;

	return layout_has(d, DENTRY_HASH) && member_ptr(d, dentry, DENTRY_HASH, &hash) &&
	       !hash && member_ptr(d, dentry, DENTRY_PARENT, &parent) && parent != dentry;
}

static bool begin(struct climb *c, kaddr_t file, bool *pseudo)
{
	kaddr_t root, parent;

	c->at = sizeof(c->path) - 1;
	if (!layout_has_all(c->d, FILE_MNT, FILE_DENTRY, DENTRY_PARENT, DENTRY_NAME,
			    MOUNT_MNT, MOUNT_PARENT, MOUNT_POINT, VFSMOUNT_ROOT)) {
		c->why = "no types of dentries and mounts";
		return false;
	}
	if (!member_ptr(c->d, file, FILE_MNT, &c->mnt) ||
	    !member_ptr(c->d, file, FILE_DENTRY, &c->dentry) ||
	    !member_ptr(c->d, c->mnt, VFSMOUNT_ROOT, &root) ||
	    !member_ptr(c->d, c->dentry, DENTRY_PARENT, &parent))
		return give_up(c, "its path cannot be read");
	*pseudo = parent == c->dentry && c->dentry != root;
	return true;
}

const char *file_path(struct dump *d, kaddr_t file, const char **why)
{
	struct climb c = {.d = d};
	const char *path = NULL;
	bool pseudo;
	kaddr_t of;

	if (begin(&c, file, &pseudo)) {
		of = c.dentry;
		if (pseudo)
			path = pseudo_path(&c);
		else if (climb(&c))
			path = arena_printf(d->arena, "%s%s", c.path + c.at,
					    is_deleted(d, of) ? " (deleted)" : "");
	}
	*why = c.why;
	return path ? text_escaped(d->arena, path) : NULL;
}
