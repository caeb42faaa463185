// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_loaded.h"

kaddr_t fake_loaded(struct fake *f, const char *name, kaddr_t base)
{
	kaddr_t mod = fake_alloc(f, 2048);

	fake_set_string(f, mod, "module.name", name);
	fake_set(f, fake_id_at(f, mod, MODULE_CORE), "module_layout.base", base);
	fake_set(f, fake_id_at(f, mod, MODULE_CORE), "module_layout.size", 0x4000);
	fake_set(f, fake_id_at(f, mod, MODULE_CORE), "module_layout.text_size", 0x1000);
	fake_list_add_tail(f, fake_value(f, "modules"), fake_id_at(f, mod, MODULE_LIST));
	return mod;
}

kaddr_t fake_loaded_symbols(struct fake *f, kaddr_t mod, const char *strings, size_t size,
			    const struct fake_elf_symbol *v, size_t n)
{
	kaddr_t kallsyms = fake_alloc(f, 32), symtab = fake_alloc(f, 24 * n);
	kaddr_t strtab = fake_alloc(f, size + 256);
	size_t i;

	fake_bytes(f, strtab, strings, size);
	for (i = 0; i < n; i++) {
		fake_u32(f, symtab + 24 * i, v[i].name);
		fake_u16(f, symtab + 24 * i + 6, v[i].section);
		fake_u64(f, symtab + 24 * i + 8, v[i].value);
		fake_u64(f, symtab + 24 * i + 16, v[i].size);
	}
	fake_id_set(f, kallsyms, KALLSYMS_SYMTAB, symtab);
	fake_id_set(f, kallsyms, KALLSYMS_COUNT, n);
	fake_id_set(f, kallsyms, KALLSYMS_STRTAB, strtab);
	fake_id_set(f, mod, MODULE_KALLSYMS, kallsyms);
	return kallsyms;
}

void fake_loaded_sections(struct fake *f, kaddr_t mod, const struct fake_section *v,
			  size_t n, size_t others)
{
	size_t size = (size_t)layout_size(fake_dump(f), SECTION_ATTRIBUTE), i;
	kaddr_t attrs = fake_alloc(f, 256 + (others + n) * size), at, name;

	fake_id_set(f, mod, MODULE_SECTIONS, attrs);
	fake_id_set(f, attrs, MODULE_SECTIONS_NR, others + n);
	at = fake_id_at(f, attrs, MODULE_SECTIONS_ATTRS) + others * size;
	for (i = 0; i < n; i++, at += size) {
		name = fake_alloc(f, 16);
		fake_string(f, name, v[i].name);
		fake_id_set(f, at, SECTION_ATTRIBUTE_NAME, name);
		fake_id_set(f, at, SECTION_ATTRIBUTE_ADDRESS, v[i].start);
	}
}
