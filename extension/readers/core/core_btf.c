// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_btf.h"

#include "dump/list.h"

/* Ten times what the kernel of any distribution has. */
#define BTF_MAX (64u << 20)
#define MODULES_MAX 8192

static bool add_btf(struct arena *a, struct dump *d, struct types *t, const char *module,
		    kaddr_t at, uint64_t size, struct error *why)
{
	unsigned char *data;

	if (!size || size > BTF_MAX)
		return error_set(why, "it says that it has %llu bytes", COUNT(size));
	data = arena_alloc(a, (size_t)size);
	if (dump_read(d, at, data, (size_t)size) != DUMP_OK)
		return error_set(why, "it cannot be read%s", dump_why_unread(d));
	return types_add_btf(t, module, data, (size_t)size, why);
}

bool core_btf_kernel(struct arena *a, struct dump *d, struct types *t, struct error *why)
{
	kaddr_t start, end;

	if (!dump_symbol(d, "__start_BTF", &start) ||
	    !dump_symbol(d, "__stop_BTF", &end) || end == start)
		return error_set(why, "the kernel was built without BTF");
	if (!add_btf(a, d, t, NULL, start, end - start, why))
		return error_within(why, "the kernel's BTF");
	return true;
}

/* A member that is a word or less. */
static bool read_member(struct dump *d, struct types *t, const char *type,
			const char *member, kaddr_t base, uint64_t *v)
{
	unsigned char bytes[sizeof(*v)] = {0};
	long offset, size;

	if (!types_member(t, type, member, &offset, &size) ||
	    size > (long)sizeof(bytes) ||
	    dump_read(d, base + (kaddr_t)offset, bytes, (size_t)size) != DUMP_OK)
		return false;
	*v = load_u64(bytes);
	return true;
}

/* The kernel's struct btf of the module; false: it has none, and why. */
static bool find_btf(struct dump *d, struct types *t, kaddr_t struct_module, kaddr_t *btf,
		     struct error *why)
{
	kaddr_t head, node, module;
	struct list_walk w;
	long list, size;

	if (!dump_symbol(d, "btf_modules", &head) ||
	    !types_member(t, "btf_module", "list", &list, &size))
		return error_set(why, "this kernel keeps no BTF of modules");
	list_begin(&w, d, head, MODULES_MAX);
	while (list_next(&w, &node)) {
		node -= (kaddr_t)list;
		if (read_member(d, t, "btf_module", "module", node, &module) &&
		    module == struct_module)
			return read_member(d, t, "btf_module", "btf", node, btf) ||
			       error_set(why, "its place cannot be read");
	}
	list_end_note(&w, "the modules' BTF");
	return error_set(why, "the kernel has none of it");
}

bool core_btf_module(struct arena *a, struct dump *d, struct types *t, const char *module,
		     kaddr_t struct_module, struct error *why)
{
	kaddr_t btf, data;
	uint64_t size;

	if (!find_btf(d, t, struct_module, &btf, why))
		return error_within(why, "BTF of the module %s", module);
	if (!read_member(d, t, "btf", "data", btf, &data) ||
	    !read_member(d, t, "btf", "data_size", btf, &size))
		error_set(why, "the kernel's record of it cannot be read");
	else if (add_btf(a, d, t, module, data, size, why))
		return true;
	return error_within(why, "BTF of the module %s", module);
}
