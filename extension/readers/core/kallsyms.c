// SPDX-License-Identifier: GPL-2.0-or-later
#include "kallsyms.h"

#include <ctype.h>
#include <stdlib.h>

#include "kallsyms_find.h"

#define TOKENS 256
#define TOKENS_SIZE_MAX (64u << 10)
/* A longer name is cut: the kernel's longest is half as long. */
#define NAME_SIZE 1024
/* No kernel has so many names of one hash, nor so many symbols of one address. */
#define SAME_HASH_MAX 65536
#define SAME_ADDRESS_MAX 256
#define HASH_BASE 16777619u
/* From a kernel's first function to its last. */
#define IMAGE_MAX (1ull << 30)

/* How a symbol's address is kept. */
enum encoding {
	PERCPU_ABSOLUTE, /* an offset from 0 up is an address, below 0 from the base */
	RELATIVE,	 /* an offset from the base */
	FROM_ITS_PLACE,	 /* an offset from where the offset is */
	ADDRESSES,
};

struct place {
	enum encoding encoding;
	kaddr_t at, base;
};

/*
 * Names stay as the kernel packs them, which takes half the room and a third of the time.
 * They can be hashed without being unpacked: the hash of "ab" is hash(a) * BASE^length(b)
 * + hash(b).
 */
struct token {
	const char *text;
	uint32_t length, hash, power; /* power: of HASH_BASE, to its length */
};

struct kallsyms {
	struct kallsyms_tables t;
	struct token tokens[TOKENS];
	struct token first[TOKENS]; /* the same without the letter of the type */
	struct place place;
	unsigned char *addresses; /* as place.encoding says */
	/* Of names: chains of symbols, each + 1, in the kernel's order; 0 ends one. */
	uint32_t *chains, *next;
	unsigned int hash_bits;
	bool all;	    /* not of functions only */
	char *name, *other; /* of NAME_SIZE */
	const struct kallsyms
		*functions; /* beside those here; NULL: there are no others */
};

/* ---- names ------------------------------------------------------------------ */

static uint32_t hash_on(uint32_t hash, const char *s, size_t n)
{
	while (n--)
		hash = hash * HASH_BASE + (unsigned char)*s++;
	return hash;
}

static void set_token(struct token *t, const char *text, size_t length)
{
	t->text = text;
	t->length = (uint32_t)length;
	t->hash = hash_on(0, text, length);
	for (t->power = 1; length--;)
		t->power *= HASH_BASE;
}

static bool read_tokens(struct arena *a, struct space *s, struct kallsyms *k,
			struct error *why)
{
	size_t size = k->t.index - k->t.tokens, i, at;
	unsigned char index[2 * TOKENS];
	char *text;

	if (size > TOKENS_SIZE_MAX)
		return error_set(why, "its tokens are not before their index");
	text = arena_alloc(a, size + 1);
	if (space_read(s, k->t.tokens, text, size) != DUMP_OK ||
	    space_read(s, k->t.index, index, sizeof(index)) != DUMP_OK)
		return error_set(why, "its tokens cannot be read");
	for (i = 0; i < TOKENS; i++) {
		at = load_le(index + 2 * i, 2);
		if (at >= size)
			return error_set(why, "a token is not among its tokens");
		set_token(&k->tokens[i], text + at, strlen(text + at));
		at += text[at] != '\0';
		set_token(&k->first[i], text + at, strlen(text + at));
	}
	return true;
}

/* The tokens of a name, of which there is one at least. */
struct packed {
	const unsigned char *token, *end;
};

static struct packed packed(const struct kallsyms *k, size_t i)
{
	struct packed p = {k->t.names + k->t.name_at[i],
			   k->t.names + k->t.name_at[i + 1]};

	p.token += 1 + (k->t.two_bytes && *p.token & 0x80);
	return p;
}

static uint32_t hash_of(const struct kallsyms *k, size_t i)
{
	struct packed p = packed(k, i);
	uint32_t hash = k->first[*p.token++].hash;

	while (p.token < p.end) {
		const struct token *t = &k->tokens[*p.token++];

		hash = hash * t->power + t->hash;
	}
	return hash;
}

static bool begins(const struct token *t, const char **s)
{
	if (strncmp(*s, t->text, t->length) != 0)
		return false;
	*s += t->length;
	return true;
}

static bool is_named(const struct kallsyms *k, size_t i, const char *name)
{
	struct packed p = packed(k, i);

	if (!begins(&k->first[*p.token++], &name))
		return false;
	while (p.token < p.end)
		if (!begins(&k->tokens[*p.token++], &name))
			return false;
	return !*name;
}

static size_t add(char *name, size_t n, const struct token *t)
{
	size_t more = t->length;

	if (more > NAME_SIZE - 1 - n)
		more = NAME_SIZE - 1 - n;
	memcpy(name + n, t->text, more);
	return n + more;
}

static const char *unpack(const struct kallsyms *k, size_t i, char *name)
{
	struct packed p = packed(k, i);
	size_t n = add(name, 0, &k->first[*p.token++]);

	while (p.token < p.end)
		n = add(name, n, &k->tokens[*p.token++]);
	name[n] = '\0';
	return name;
}

static char type_of(const struct kallsyms *k, size_t i)
{
	return *k->tokens[*packed(k, i).token].text;
}

/* ---- by name ------------------------------------------------------------------ */

static uint32_t *chain(const struct kallsyms *k, uint32_t hash)
{
	return &k->chains[hash * 0x9e3779b1u >> (32 - k->hash_bits)];
}

/* From the last on, so that each chain begins with the first. */
static void hash_names(struct arena *a, struct kallsyms *k)
{
	size_t i;

	for (k->hash_bits = 4; k->t.n >> k->hash_bits;)
		k->hash_bits++;
	k->chains = arena_alloc(a, sizeof(*k->chains) << k->hash_bits);
	k->next = arena_alloc(a, k->t.n * sizeof(*k->next));
	for (i = k->t.n; i--;) {
		uint32_t *head = chain(k, hash_of(k, i));

		k->next[i] = *head;
		*head = (uint32_t)i + 1;
	}
}

static bool index_named(const struct kallsyms *k, const char *name, size_t *found)
{
	uint32_t i = *chain(k, hash_on(0, name, strlen(name)));
	size_t seen;

	for (seen = 0; i && seen < SAME_HASH_MAX; seen++) {
		if (is_named(k, i - 1, name)) {
			*found = i - 1;
			return true;
		}
		i = k->next[i - 1];
	}
	return false;
}

/* ---- addresses ------------------------------------------------------------------ */

static size_t address_size(const struct place *p)
{
	return p->encoding == ADDRESSES ? 8 : 4;
}

static kaddr_t decode(const struct place *p, const unsigned char *bytes, size_t i)
{
	uint32_t offset = (uint32_t)load_le(bytes, 4);
	uint64_t extended = (uint64_t)(int64_t)(int32_t)offset;

	switch (p->encoding) {
	case PERCPU_ABSOLUTE:
		return offset >> 31 ? p->base - 1 - extended : offset;
	case RELATIVE:
		return p->base + offset;
	case FROM_ITS_PLACE:
		return p->at + 4 * i + extended;
	case ADDRESSES:
		break;
	}
	return load_u64(bytes);
}

static kaddr_t address(const struct kallsyms *k, size_t i)
{
	return decode(&k->place, k->addresses + i * address_size(&k->place), i);
}

/* The address that a symbol would have if they were there. */
static bool would_be(const struct kallsyms *k, struct space *s, const struct place *p,
		     const char *name, kaddr_t *addr)
{
	unsigned char bytes[8];
	size_t i, size = address_size(p);

	if (!index_named(k, name, &i) ||
	    space_read(s, p->at + i * size, bytes, size) != DUMP_OK)
		return false;
	*addr = decode(p, bytes, i);
	return true;
}

static bool has_banner(const struct kallsyms *k, struct space *s, const struct place *p)
{
	static const char words[] = "Linux version ";
	char text[sizeof(words) - 1];
	kaddr_t addr;

	return would_be(k, s, p, "linux_banner", &addr) &&
	       space_read(s, addr, text, sizeof(text)) == DUMP_OK &&
	       !memcmp(text, words, sizeof(text));
}

/* Functions, of which _stext is the first, and in their order. */
static bool are_functions(const struct kallsyms *k, struct space *s,
			  const struct place *p)
{
	unsigned char bytes[1024];
	size_t size = address_size(p), block = sizeof(bytes) / size, i, end;
	kaddr_t first, last, addr;

	if (!would_be(k, s, p, "_stext", &first))
		return false;
	for (i = 0, last = first; i < k->t.n;) {
		end = k->t.n - i < block ? k->t.n : i + block;
		if (space_read(s, p->at + i * size, bytes, (end - i) * size) != DUMP_OK)
			return false;
		for (; i < end; i++, last = addr) {
			addr = decode(p, bytes + i % block * size, i);
			if (addr < last || addr - first > IMAGE_MAX)
				return false;
		}
	}
	return true;
}

/*
 * Two symbols that vmcoreinfo has too agree; and linux_banner leads to its words, since
 * _stext, which has the address of _text, would agree with a table that is read one entry
 * too far.
 */
static bool is_place(const struct kallsyms *k, struct space *s, const struct place *p)
{
	static const char *const names[] = {"_stext", "init_uts_ns"};
	kaddr_t addr, known;
	size_t i, agree = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!core_info_number(space_core(s), "SYMBOL", names[i], &known) ||
		    !would_be(k, s, p, names[i], &addr))
			continue;
		if (addr != known)
			return false;
		agree++;
	}
	return agree && (k->all ? has_banner(k, s, p) : are_functions(k, s, p));
}

static bool try_place(struct kallsyms *k, struct space *s, enum encoding encoding,
		      kaddr_t at, kaddr_t base_at)
{
	struct place p = {.encoding = encoding, .at = at};
	unsigned char base[8];

	if (encoding == PERCPU_ABSOLUTE || encoding == RELATIVE) {
		if (space_read(s, base_at, base, sizeof(base)) != DUMP_OK)
			return false;
		p.base = load_u64(base);
	}
	if (!is_place(k, s, &p))
		return false;
	k->place = p;
	return true;
}

static bool try_offsets(struct kallsyms *k, struct space *s, kaddr_t at, kaddr_t base_at)
{
	return try_place(k, s, PERCPU_ABSOLUTE, at, base_at) ||
	       try_place(k, s, RELATIVE, at, base_at) ||
	       try_place(k, s, FROM_ITS_PLACE, at, 0);
}

/* kallsyms_find.h says in which order the tables are. */
static bool find_place(struct kallsyms *k, struct space *s)
{
	static const uint64_t alignments[] = {8, 4, 256};
	size_t i;

	if (k->t.offsets)
		return try_offsets(k, s, k->t.offsets, k->t.base);
	if (k->t.addresses)
		return try_place(k, s, ADDRESSES, k->t.addresses, 0);
	for (i = 0; i < ARRAY_SIZE(alignments); i++) {
		uint64_t to = alignments[i];
		uint64_t offsets = (k->t.n * 4 + to - 1) & -to;
		uint64_t addresses = (k->t.n * 8 + to - 1) & -to;
		kaddr_t base = k->t.num - (to < 8 ? 8 : to);
		kaddr_t behind = (k->t.index + 2 * TOKENS + to - 1) & -to;

		if (try_offsets(k, s, base - offsets, base) ||
		    try_offsets(k, s, behind, behind + offsets) ||
		    try_place(k, s, ADDRESSES, k->t.num - addresses, 0) ||
		    try_place(k, s, ADDRESSES, behind, 0))
			return true;
	}
	return false;
}

/* How many symbols have an address that is not above this one. */
static size_t up_to(const struct kallsyms *k, kaddr_t addr)
{
	size_t low = 0, high = k->t.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address(k, middle) <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- read ------------------------------------------------------------------------ */

static bool read_addresses(struct arena *a, struct space *s, struct kallsyms *k,
			   struct error *why)
{
	size_t size, i;

	k->all = index_named(k, "linux_banner", &i);
	if (!find_place(k, s))
		return error_set(why, "no addresses that agree with vmcoreinfo's");
	size = k->t.n * address_size(&k->place);
	k->addresses = arena_alloc(a, size);
	if (space_read(s, k->place.at, k->addresses, size) != DUMP_OK)
		return error_set(why, "its addresses cannot be read");
	return true;
}

typedef bool finder(struct arena *a, struct space *s, struct kallsyms_tables *t,
		    struct error *why);

static struct kallsyms *read_by(finder *find, struct arena *a, struct space *s,
				struct error *why)
{
	struct kallsyms *k = arena_alloc(a, sizeof(*k));

	k->name = arena_alloc(a, NAME_SIZE);
	k->other = arena_alloc(a, NAME_SIZE);
	if (!find(a, s, &k->t, why) || !read_tokens(a, s, k, why))
		return NULL;
	hash_names(a, k);
	return read_addresses(a, s, k, why) ? k : NULL;
}

struct kallsyms *kallsyms_read(struct arena *a, struct space *s, struct error *why)
{
	struct error by_info = {.text = ""};
	struct kallsyms *k = read_by(kallsyms_find_by_info, a, s, &by_info);

	if (!k)
		k = read_by(kallsyms_find_by_scan, a, s, why);
	if (!k) {
		error_within(why, "by a scan");
		error_within(why, "kallsyms: %s", by_info.text);
	}
	return k;
}

/* ---- made of others ------------------------------------------------------------- */

bool kallsyms_is_all(const struct kallsyms *k)
{
	return k->all;
}

static int by_address(const void *a, const void *b)
{
	const struct kallsyms_symbol *x = a, *y = b;

	return x->addr != y->addr ? compare(x->addr, y->addr) : strcmp(x->name, y->name);
}

/* Most often they are in order but for those of one address. */
static void sort_symbols(struct kallsyms_symbol *v, size_t n)
{
	size_t i, end;

	for (i = 1; i < n && v[i - 1].addr <= v[i].addr; i++)
		;
	if (i < n) {
		qsort(v, n, sizeof(*v), by_address);
		return;
	}
	for (i = 0; i < n; i = end) {
		for (end = i + 1; end < n && v[end].addr == v[i].addr; end++)
			;
		if (end > i + 1)
			qsort(v + i, end - i, sizeof(*v), by_address);
	}
}

/* A token of each letter, so that a name is packed as it is. */
static void set_letters(struct arena *a, struct kallsyms *k)
{
	char *letters = arena_alloc(a, 2 * TOKENS);
	size_t i;

	for (i = 0; i < TOKENS; i++) {
		letters[2 * i] = (char)i;
		set_token(&k->tokens[i], letters + 2 * i, i != 0);
		set_token(&k->first[i], "", 0);
	}
}

struct kallsyms *kallsyms_make(struct arena *a, const struct kallsyms *functions,
			       struct kallsyms_symbol *symbols, size_t n)
{
	struct kallsyms *k = arena_alloc(a, sizeof(*k));
	size_t i, length, size = 0;

	for (i = 0; i < n; i++)
		size += 2 + strnlen(symbols[i].name, NAME_SIZE - 1);
	*k = (struct kallsyms){.all = true,
			       .functions = functions,
			       .place.encoding = ADDRESSES,
			       .name = arena_alloc(a, NAME_SIZE),
			       .other = arena_alloc(a, NAME_SIZE)};
	set_letters(a, k);
	k->t.n = n;
	k->t.names = arena_alloc(a, size);
	k->t.name_at = arena_alloc(a, (n + 1) * sizeof(*k->t.name_at));
	k->addresses = arena_alloc(a, n * sizeof(uint64_t));
	sort_symbols(symbols, n);
	for (i = 0, size = 0; i < n; i++, size += 2 + length) {
		length = strnlen(symbols[i].name, NAME_SIZE - 1);
		k->t.name_at[i] = (uint32_t)size;
		/* Where the length would be, which nobody asks for. */
		k->t.names[size] = 0;
		k->t.names[size + 1] = (unsigned char)symbols[i].type;
		memcpy(k->t.names + size + 2, symbols[i].name, length);
		memcpy(k->addresses + i * sizeof(uint64_t), &symbols[i].addr,
		       sizeof(uint64_t));
	}
	k->t.name_at[n] = (uint32_t)size;
	hash_names(a, k);
	return k;
}

/* ---- asked ------------------------------------------------------------------------ */

/* Of what the two lists have, the lower one. */
static bool lower(bool here, kaddr_t *addr, bool there, kaddr_t function)
{
	if (there && (!here || function < *addr))
		*addr = function;
	return here || there;
}

static bool named(const struct kallsyms *k, const char *name, kaddr_t *addr)
{
	size_t i;

	if (!index_named(k, name, &i))
		return false;
	*addr = address(k, i);
	return true;
}

bool kallsyms_named(const struct kallsyms *k, const char *name, kaddr_t *addr)
{
	kaddr_t function = 0;
	bool there = k->functions && named(k->functions, name, &function);

	return lower(named(k, name, addr), addr, there, function);
}

/* Without unpacking it, which is quick for all but a few symbols. */
static bool starts(const struct kallsyms *k, size_t i, const char *with, size_t length)
{
	struct packed p = packed(k, i);
	const struct token *t = &k->first[*p.token++];

	while (length > t->length) {
		if (p.token == p.end || memcmp(t->text, with, t->length) != 0)
			return false;
		with += t->length;
		length -= t->length;
		t = &k->tokens[*p.token++];
	}
	return !memcmp(t->text, with, length);
}

static bool is_numbered(const char *symbol, const char *name, size_t length)
{
	size_t digits;

	if (strncmp(symbol, name, length) != 0 || symbol[length] != '.')
		return false;
	digits = strspn(symbol + length + 1, "0123456789");
	return digits && !symbol[length + 1 + digits];
}

/* At how many places, if not at one that is known already. */
static size_t find_local(const struct kallsyms *k, const char *name, size_t known,
			 kaddr_t *addr)
{
	size_t length = strlen(name), i;

	for (i = 0; i < k->t.n && known <= 1; i++) {
		if (!starts(k, i, name, length) ||
		    !is_numbered(unpack(k, i, k->name), name, length))
			continue;
		known += !known || *addr != address(k, i);
		*addr = address(k, i);
	}
	return known;
}

bool kallsyms_local(const struct kallsyms *k, const char *name, kaddr_t *addr)
{
	size_t places = find_local(k, name, 0, addr);

	if (k->functions)
		places = find_local(k->functions, name, places, addr);
	return places == 1;
}

/* x86_64's per-CPU symbols have addresses from 0 on, until 6.15. */
static bool same_half(kaddr_t x, kaddr_t y)
{
	return x >> 63 == y >> 63;
}

/* Names that only say where a section begins. */
static bool is_delimiter(const char *name)
{
	return strstr(name, "_text_start");
}

/*
 * Of symbols of one address crash, which has them by name, takes the first for their own
 * address, but no delimiter, and the last for what is behind it.
 */
static bool better(const char *name, const char *than, bool behind)
{
	if (behind)
		return strcmp(name, than) > 0;
	if (is_delimiter(name) != is_delimiter(than))
		return is_delimiter(than);
	return strcmp(name, than) < 0;
}

static const char *name_at(const struct kallsyms *k, kaddr_t addr, kaddr_t *start)
{
	char *best = k->name, *name = k->other, *swap;
	size_t i = up_to(k, addr), last = i;

	if (!i || !same_half(address(k, i - 1), addr))
		return NULL;
	*start = address(k, i - 1);
	unpack(k, --i, best);
	while (i-- && address(k, i) == *start && last - i <= SAME_ADDRESS_MAX)
		if (better(unpack(k, i, name), best, addr != *start)) {
			swap = best;
			best = name;
			name = swap;
		}
	return best;
}

const char *kallsyms_at(const struct kallsyms *k, kaddr_t addr, kaddr_t *start)
{
	const char *here = name_at(k, addr, start), *function = NULL;
	kaddr_t other;

	if (k->functions)
		function = name_at(k->functions, addr, &other);
	if (!function || (here && *start > other))
		return here;
	if (here && *start == other && better(here, function, addr != other))
		return here;
	*start = other;
	return function;
}

static bool above(const struct kallsyms *k, kaddr_t addr, kaddr_t *next)
{
	size_t i = up_to(k, addr);

	if (i == k->t.n || !same_half(address(k, i), addr))
		return false;
	*next = address(k, i);
	return true;
}

bool kallsyms_above(const struct kallsyms *k, kaddr_t addr, kaddr_t *next)
{
	kaddr_t function = 0;
	bool there = k->functions && above(k->functions, addr, &function);

	return lower(above(k, addr, next), next, there, function);
}

bool kallsyms_get(const struct kallsyms *k, size_t i, struct kallsyms_symbol *symbol)
{
	if (i >= k->t.n && k->functions) {
		i -= k->t.n;
		k = k->functions;
	}
	if (i >= k->t.n)
		return false;
	symbol->addr = address(k, i);
	symbol->type = type_of(k, i);
	symbol->name = unpack(k, i, k->name);
	return true;
}
