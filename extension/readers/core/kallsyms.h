/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own symbols, out of the tables that it keeps of them: all of them, or those
 * of functions only, where CONFIG_KALLSYMS_ALL is off.
 *
 * They stay packed: a name that is handed out stays until the next call of any of these.
 */
#ifndef VGPU_CORE_KALLSYMS_H
#define VGPU_CORE_KALLSYMS_H

#include "readers/symtab.h"
#include "space.h"

struct kallsyms;

/* By vmcoreinfo where that names the tables, else by a scan of read-only data.  In a. */
struct kallsyms *kallsyms_read(struct arena *a, struct space *s, struct error *why);

/* False: functions only. */
bool kallsyms_is_all(const struct kallsyms *k);

/*
 * The same of symbols from elsewhere, which are sorted here, and of functions, which are a
 * kernel's that has no others; or NULL.  In a; functions stay where they are.
 */
struct kallsyms *kallsyms_make(struct arena *a, const struct kallsyms *functions,
			       struct kallsyms_symbol *symbols, size_t n);

/* The first of that name. */
bool kallsyms_named(const struct kallsyms *k, const char *name, kaddr_t *addr);
/* The one that is name, a dot, and digits; false where several differ. */
bool kallsyms_local(const struct kallsyms *k, const char *name, kaddr_t *addr);
/* The last symbol at or below addr, of aliases the one that crash prints; NULL: none. */
const char *kallsyms_at(const struct kallsyms *k, kaddr_t addr, kaddr_t *start);
/* The first symbol above addr: where what is at addr must have ended. */
bool kallsyms_above(const struct kallsyms *k, kaddr_t addr, kaddr_t *next);

/* In the kernel's order, but for functions that are beside others.  False: there is no i-th. */
bool kallsyms_get(const struct kallsyms *k, size_t i, struct kallsyms_symbol *symbol);

#endif
