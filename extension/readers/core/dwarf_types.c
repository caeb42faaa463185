// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A unit's types are the children of its first DIE.  They are looked through unit by unit
 * and no further than to the name that is asked for: a kernel's first units have most of
 * them, all 2000 take half a second.
 *
 * A type's id is its DIE's offset.  One DIE is the array of all dimensions, of which what
 * is left without the first ones is a type too: how many, is in the id's high bits.
 */
#include "dwarf_types.h"

#include <dwarf.h>
#include <elf.h>
#include <elfutils/libdw.h>
#include <string.h>

#include "elf_file.h"
#include "interrupt.h"

#define DIMENSION_SHIFT 48
#define DIMENSION(n) ((uint64_t)(n) << DIMENSION_SHIFT)
#define DIMENSION_OF(id) ((size_t)((id) >> DIMENSION_SHIFT))
#define OFFSET_OF(id) ((id) & (DIMENSION(1) - 1))

#define ALIASES_MAX 64 /* one behind the other: no kernel comes near it */
#define ARRAYS_MAX 16

struct dwarf {
	struct type_source source;
	struct elf_file file;
	Dwarf *dw;
	Dwarf_CU *unit; /* the last that was looked through; NULL: none */
	bool ended;	/* it was the last of all */
	struct type_names names;
	/* The member or the enumerator that was asked for last: the next is behind it. */
	struct {
		uint64_t parent;
		size_t i;
		Dwarf_Die die;
	} last;
};

static bool has_flag(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	bool flag;

	return dwarf_attr(die, name, &attribute) && !dwarf_formflag(&attribute, &flag) &&
	       flag;
}

static bool number(Dwarf_Die *die, unsigned int name, uint64_t *v)
{
	Dwarf_Attribute attribute;
	Dwarf_Word word;

	if (!dwarf_attr(die, name, &attribute) || dwarf_formudata(&attribute, &word))
		return false;
	*v = word;
	return true;
}

static const char *name_of(Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	return name ? name : "";
}

/* The type that a DIE is of; 0: void. */
static uint64_t type_of(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die type;

	if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) ||
	    !dwarf_formref_die(&attribute, &type))
		return 0;
	return dwarf_dieoffset(&type);
}

static bool die_at(const struct dwarf *w, uint64_t id, Dwarf_Die *die)
{
	return dwarf_offdie(w->dw, OFFSET_OF(id), die);
}

static bool is_alias(int tag)
{
	switch (tag) {
	case DW_TAG_typedef:
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		return true;
	default:
		return false;
	}
}

/* Without its typedefs and qualifiers: *id is 0 for void.  False: they do not end. */
static bool plain_type(const struct dwarf *w, uint64_t *id, Dwarf_Die *die)
{
	int left;

	for (left = ALIASES_MAX; left && *id; left--) {
		if (!die_at(w, *id, die))
			return false;
		if (!is_alias(dwarf_tag(die)))
			return true;
		*id = type_of(die);
	}
	return !*id;
}

/* ---- names --------------------------------------------------------------- */

static void add_enumerators(struct dwarf *w, Dwarf_Die *of)
{
	Dwarf_Die die;

	if (dwarf_child(of, &die))
		return;
	do {
		if (dwarf_tag(&die) == DW_TAG_enumerator)
			type_names_add(&w->names, name_of(&die), NAME_ENUMERATOR,
				       dwarf_dieoffset(&die));
	} while (!dwarf_siblingof(&die, &die));
}

static unsigned int sort_of(int tag)
{
	switch (tag) {
	case DW_TAG_structure_type:
		return NAME_STRUCT;
	case DW_TAG_union_type:
		return NAME_UNION;
	case DW_TAG_enumeration_type:
		return NAME_ENUM;
	case DW_TAG_typedef:
		return NAME_TYPEDEF;
	case DW_TAG_variable:
		return NAME_VARIABLE;
	default:
		return 0;
	}
}

static void add_unit(struct dwarf *w, Dwarf_Die *unit)
{
	unsigned int sort;
	Dwarf_Die die;

	if (dwarf_child(unit, &die))
		return;
	do {
		sort = sort_of(dwarf_tag(&die));
		if (!sort || has_flag(&die, DW_AT_declaration))
			continue;
		type_names_add(&w->names, name_of(&die), sort, dwarf_dieoffset(&die));
		if (sort == NAME_ENUM)
			add_enumerators(w, &die);
	} while (!dwarf_siblingof(&die, &die));
}

/* False: there is no further unit. */
static bool add_next_unit(struct dwarf *w)
{
	uint8_t type;
	Dwarf_Half version;
	Dwarf_CU *next = NULL;
	Dwarf_Die die;

	/* A damaged unit ends them, too: where the next begins is not known. */
	w->ended = w->ended ||
		   dwarf_get_units(w->dw, w->unit, &next, &version, &type, &die, NULL);
	if (w->ended)
		return false;
	/* DWARF 4 keeps types by their signature elsewhere, with offsets of their own. */
	if (type != DW_UT_type || version >= 5)
		add_unit(w, &die);
	/* Not before: if memory ran out on the way, it is looked through again. */
	w->unit = next;
	return true;
}

static bool find_name(struct dwarf *w, const char *name, unsigned int as, uint64_t *id)
{
	do {
		if (type_names_find(&w->names, name, as, id))
			return true;
	} while (!interrupted() && add_next_unit(w));
	return false;
}

static bool dw_find(struct type_source *s, const char *name, enum type_name as,
		    uint64_t *id)
{
	struct dwarf *w = (struct dwarf *)s;
	Dwarf_Die die;

	if (!find_name(w, name, as, id))
		return false;
	if (as == NAME_VARIABLE && die_at(w, *id, &die))
		*id = type_of(&die);
	return true;
}

/* ---- what a type is ------------------------------------------------------ */

static enum dump_type_class class_of(Dwarf_Die *die)
{
	uint64_t encoding = 0;

	switch (dwarf_tag(die)) {
	case DW_TAG_pointer_type:
		return TYPE_POINTER;
	case DW_TAG_structure_type:
		return TYPE_STRUCT;
	case DW_TAG_union_type:
		return TYPE_UNION;
	case DW_TAG_enumeration_type:
		return TYPE_ENUM;
	case DW_TAG_array_type:
		return TYPE_ARRAY;
	case DW_TAG_subroutine_type:
		return TYPE_FUNCTION;
	case DW_TAG_base_type:
		break;
	default:
		return TYPE_VOID;
	}
	number(die, DW_AT_encoding, &encoding);
	switch (encoding) {
	case DW_ATE_boolean:
		return TYPE_BOOL;
	case DW_ATE_signed_char:
	case DW_ATE_unsigned_char:
		return TYPE_CHAR;
	case DW_ATE_float:
		return TYPE_FLOAT;
	default:
		return TYPE_INT;
	}
}

static bool is_signed(const struct dwarf *w, uint64_t id)
{
	uint64_t encoding;
	Dwarf_Die die;

	if (!plain_type(w, &id, &die) || !id || !number(&die, DW_AT_encoding, &encoding))
		return false;
	return encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
}

/* The n-th of a DIE's children that has the tag; how many there are before it. */
static bool nth_child(Dwarf_Die *parent, int tag, size_t n, Dwarf_Die *die)
{
	if (dwarf_child(parent, die))
		return false;
	do {
		if (dwarf_tag(die) == tag && !n--)
			return true;
	} while (!dwarf_siblingof(die, die));
	return false;
}

static uint64_t children(Dwarf_Die *parent, int tag)
{
	Dwarf_Die die;
	uint64_t n = 0;

	if (dwarf_child(parent, &die))
		return 0;
	do {
		n += dwarf_tag(&die) == tag;
	} while (!dwarf_siblingof(&die, &die));
	return n;
}

/* 0 where C has none either: at the end of a struct. */
static uint64_t elements(Dwarf_Die *dimension)
{
	uint64_t n;

	if (number(dimension, DW_AT_count, &n))
		return n;
	/* [0] has -1 for its last. */
	return number(dimension, DW_AT_upper_bound, &n) ? n + 1 : 0;
}

/* Of what is left of an array without its first dimensions. */
static bool multiply(Dwarf_Die *array, size_t dimension, uint64_t *n)
{
	Dwarf_Die die;

	if (!nth_child(array, DW_TAG_subrange_type, dimension, &die))
		return false;
	do {
		if (dwarf_tag(&die) == DW_TAG_subrange_type &&
		    __builtin_mul_overflow(*n, elements(&die), n))
			return false;
	} while (!dwarf_siblingof(&die, &die));
	return true;
}

/* False: it has none, or none that a kernel has. */
static bool size_of(const struct dwarf *w, uint64_t id, uint64_t *size)
{
	uint64_t n = 1, one;
	Dwarf_Die die;
	int left;

	for (left = ARRAYS_MAX; left && plain_type(w, &id, &die) && id; left--) {
		if (dwarf_tag(&die) == DW_TAG_array_type) {
			if (!multiply(&die, DIMENSION_OF(id), &n))
				return false;
			id = type_of(&die);
			continue;
		}
		if (!number(&die, DW_AT_byte_size, &one))
			one = dwarf_tag(&die) == DW_TAG_pointer_type ? sizeof(uint64_t)
								     : 0;
		return !__builtin_mul_overflow(n, one, size);
	}
	return false;
}

static void about_array(struct type_source *s, uint64_t id, Dwarf_Die *die,
			struct dump_type_about *about)
{
	size_t dimension = DIMENSION_OF(id);
	Dwarf_Die range;

	if (nth_child(die, DW_TAG_subrange_type, dimension, &range))
		about->count = elements(&range);
	about->of.source = s;
	if (dimension + 1 < children(die, DW_TAG_subrange_type))
		about->of.id = id + DIMENSION(1);
	else
		about->of.id = type_of(die);
}

static void about_class(struct type_source *s, uint64_t id, Dwarf_Die *die,
			struct dump_type_about *about)
{
	struct dwarf *w = (struct dwarf *)s;

	switch (about->class) {
	case TYPE_STRUCT:
	case TYPE_UNION:
		about->count = children(die, DW_TAG_member);
		break;
	case TYPE_ENUM:
		about->count = children(die, DW_TAG_enumerator);
		about->is_signed = is_signed(w, type_of(die)) || is_signed(w, id);
		break;
	case TYPE_POINTER:
		about->of = (struct dump_type){s, type_of(die)};
		break;
	case TYPE_ARRAY:
		about_array(s, id, die, about);
		break;
	default:
		about->is_signed = is_signed(w, id);
		break;
	}
}

static bool dw_about(struct type_source *s, uint64_t id, struct dump_type_about *about)
{
	struct dwarf *w = (struct dwarf *)s;
	Dwarf_Die die;

	if (!plain_type(w, &id, &die))
		return false;
	*about = (struct dump_type_about){.name = ""};
	if (!id)
		return true;
	about->class = class_of(&die);
	if (about->class == TYPE_VOID)
		return false; /* a variable, a function: no type of anything */
	about->name = name_of(&die);
	about_class(s, id, &die, about);
	return about->class == TYPE_FUNCTION || size_of(w, id, &about->size);
}

/* ---- its parts ----------------------------------------------------------- */

/* The i-th child with the tag, fast where the one before it was asked for last. */
static bool find_child(struct dwarf *w, uint64_t id, int tag, size_t i, Dwarf_Die *die)
{
	Dwarf_Die parent;
	bool found;

	if (!plain_type(w, &id, &parent) || !id)
		return false;
	if (w->last.parent == id && w->last.i + 1 == i) {
		*die = w->last.die;
		do {
			found = !dwarf_siblingof(die, die);
		} while (found && dwarf_tag(die) != tag);
	} else {
		found = nth_child(&parent, tag, i, die);
	}
	w->last.parent = found ? id : 0;
	w->last.i = i;
	w->last.die = *die;
	return found;
}

/* From the start of the struct in bytes; a union's members have none. */
static uint64_t place_of(Dwarf_Die *member)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *expression;
	uint64_t bytes;
	size_t n;

	if (number(member, DW_AT_data_member_location, &bytes))
		return bytes;
	/* DWARF 2: to be added to the struct's address. */
	if (dwarf_attr(member, DW_AT_data_member_location, &attribute) &&
	    !dwarf_getlocation(&attribute, &expression, &n) && n == 1 &&
	    expression->atom == DW_OP_plus_uconst)
		return expression->number;
	return 0;
}

/*
 * Until DWARF 3 a bitfield lies in a unit of byte_size bytes, and bit_offset counts from
 * that one's high end.
 */
static uint64_t bit_place_of(const struct dwarf *w, Dwarf_Die *member, uint64_t bits)
{
	uint64_t place, unit = 0, from_high;

	if (number(member, DW_AT_data_bit_offset, &place))
		return place;
	place = place_of(member) * 8;
	if (!number(member, DW_AT_bit_offset, &from_high))
		return place;
	if (!number(member, DW_AT_byte_size, &unit))
		size_of(w, type_of(member), &unit);
	return place + unit * 8 - from_high - bits;
}

static bool dw_part(struct type_source *s, uint64_t id, size_t i,
		    struct dump_type_member *member)
{
	struct dwarf *w = (struct dwarf *)s;
	uint64_t bits = 0;
	Dwarf_Die die;

	if (!find_child(w, id, DW_TAG_member, i, &die))
		return false;
	number(&die, DW_AT_bit_size, &bits);
	*member = (struct dump_type_member){.name = name_of(&die),
					    .type = {s, type_of(&die)},
					    .bit_offset = bit_place_of(w, &die, bits),
					    .bits = (unsigned int)bits};
	return true;
}

/* A compiler writes a negative one as signed, and others as they are. */
static int64_t value_of(Dwarf_Die *enumerator)
{
	Dwarf_Attribute attribute;
	Dwarf_Sword value = 0;
	uint64_t plain = 0;

	if (!dwarf_attr(enumerator, DW_AT_const_value, &attribute))
		return 0;
	switch (dwarf_whatform(&attribute)) {
	case DW_FORM_sdata:
	case DW_FORM_implicit_const:
		dwarf_formsdata(&attribute, &value);
		return value;
	default:
		number(enumerator, DW_AT_const_value, &plain);
		return (int64_t)plain;
	}
}

static bool dw_value(struct type_source *s, uint64_t id, size_t i,
		     struct dump_type_value *value)
{
	Dwarf_Die die;

	if (!find_child((struct dwarf *)s, id, DW_TAG_enumerator, i, &die))
		return false;
	*value = (struct dump_type_value){name_of(&die), value_of(&die)};
	return true;
}

static bool dw_enumerator(struct type_source *s, const char *name, long *value)
{
	struct dwarf *w = (struct dwarf *)s;
	Dwarf_Die die;
	uint64_t id;

	if (!find_name(w, name, NAME_ENUMERATOR, &id) || !die_at(w, id, &die))
		return false;
	*value = (long)value_of(&die);
	return true;
}

/* ---- relocation ---------------------------------------------------------- */

/* How many bytes a relocation of this type sets; 0: it is of no matter for types. */
static size_t relocated_bytes(unsigned int machine, uint32_t type)
{
	if (machine == EM_X86_64)
		return type == R_X86_64_64 ? 8 : type == R_X86_64_32 ? 4 : 0;
	if (machine == EM_AARCH64)
		return type == R_AARCH64_ABS64 ? 8 : type == R_AARCH64_ABS32 ? 4 : 0;
	return 0;
}

/* A section's contents as libelf has them for all who ask, libdw too. */
static Elf_Data *contents(Elf *elf, size_t index, Elf64_Shdr *header)
{
	Elf_Scn *scn = elf_getscn(elf, index);
	Elf64_Shdr *h = scn ? elf64_getshdr(scn) : NULL;
	Elf_Data *data = h ? elf_getdata(scn, NULL) : NULL;

	if (h)
		*header = *h;
	return data && data->d_buf ? data : NULL;
}

/* By copies: nothing says that a section begins where a struct of it may. */
static void relocate(const Elf_Data *to, const Elf_Data *by, const Elf_Data *symbols,
		     unsigned int machine)
{
	const unsigned char *at = by->d_buf;
	Elf64_Sym symbol;
	Elf64_Rela r;
	size_t i, n;
	uint64_t v;

	for (i = 0; i < by->d_size / sizeof(r); i++) {
		memcpy(&r, at + i * sizeof(r), sizeof(r));
		n = relocated_bytes(machine, (uint32_t)ELF64_R_TYPE(r.r_info));
		if (ELF64_R_SYM(r.r_info) >= symbols->d_size / sizeof(symbol) ||
		    n > to->d_size || r.r_offset > to->d_size - n)
			continue;
		memcpy(&symbol,
		       (const unsigned char *)symbols->d_buf +
			       ELF64_R_SYM(r.r_info) * sizeof(symbol),
		       sizeof(symbol));
		v = symbol.st_value + (uint64_t)r.r_addend;
		memcpy((unsigned char *)to->d_buf + r.r_offset, &v, n);
	}
}

/* What types are read from; in a .ko also compressed ones have these names here. */
static bool is_of_types(Elf *elf, size_t names, const Elf64_Shdr *h)
{
	const char *name = elf_strptr(elf, names, h->sh_name);

	return name && (!strcmp(name, ".debug_info") || !strcmp(name, ".zdebug_info") ||
			!strcmp(name, ".debug_str_offsets"));
}

/* Only of a file that was not linked; libdw has uncompressed what is compressed. */
static void relocate_all(Elf *elf)
{
	Elf64_Ehdr *file = elf64_getehdr(elf);
	Elf_Data *by, *to, *symbols;
	size_t i, n, names;
	Elf64_Shdr h, target, of;

	if (file->e_type != ET_REL || elf_getshdrnum(elf, &n) ||
	    elf_getshdrstrndx(elf, &names))
		return;
	for (i = 1; i < n; i++) {
		by = contents(elf, i, &h);
		if (!by || h.sh_type != SHT_RELA)
			continue;
		to = contents(elf, h.sh_info, &target);
		symbols = contents(elf, h.sh_link, &of);
		if (to && symbols && of.sh_type == SHT_SYMTAB &&
		    is_of_types(elf, names, &target))
			relocate(to, by, symbols, file->e_machine);
	}
}

/* ---- opening it ---------------------------------------------------------- */

static void dw_close(struct type_source *s)
{
	struct dwarf *w = (struct dwarf *)s;

	dwarf_end(w->dw);
	elf_file_close(&w->file);
}

static bool open_file(struct dwarf *w, const char *path, struct error *why)
{
	/* Relocation writes into it. */
	if (!elf_file_open(&w->file, path, true, why))
		return false;
	w->dw = dwarf_begin_elf(w->file.elf, DWARF_C_READ, NULL);
	if (!w->dw)
		return error_set(why,
				 "it has no debugging information that can be read (%s)",
				 dwarf_errmsg(-1));
	relocate_all(w->file.elf);
	return true;
}

static const struct type_source_ops dwarf_ops = {
	.find = dw_find,
	.about = dw_about,
	.part = dw_part,
	.value = dw_value,
	.size = walk_size,
	.member = walk_member,
	.enumerator = dw_enumerator,
	.variable_size = walk_variable_size,
	.close = dw_close,
};

struct type_source *dwarf_open(struct arena *a, const char *path, struct error *why)
{
	struct dwarf *w = arena_alloc(a, sizeof(*w));

	w->source.ops = &dwarf_ops;
	/* Before the file is open, which nobody would close if there is no memory. */
	type_names_init(&w->names, a, 4096);
	if (!open_file(w, path, why)) {
		dw_close(&w->source);
		error_within(why, "%s", path);
		return NULL;
	}
	return &w->source;
}
