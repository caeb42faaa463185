// SPDX-License-Identifier: GPL-2.0-or-later
#include "address.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/text.h"

#define SYMBOL_MAX 256

static bool parse(const char *word, int base, uint64_t *n)
{
	char *end;

	/* strtoull() would take a space or a sign too. */
	if (!isxdigit((unsigned char)*word))
		return false;
	errno = 0;
	*n = strtoull(word, &end, base);
	return !*end && !errno && end != word;
}

bool number_wanted(const char *word, uint64_t *n)
{
	return text_starts(word, "0x") ? parse(word, 16, n) : parse(word, 10, n);
}

/* "runqueues:1" */
static enum result of_cpu(struct session *s, const char *name, const char *cpu,
			  kaddr_t *addr)
{
	uint64_t n;
	kaddr_t base;

	if (!*cpu)
		return session_error(s, RESULT_USAGE,
				     "\"%s:\" is of no CPU: %s:0 is of CPU 0", name,
				     name);
	if (!number_wanted(cpu, &n) || n >= s->dump->info.cpus)
		return session_error(s, RESULT_NOT_FOUND, "no CPU %s: this dump has %u",
				     cpu, s->dump->info.cpus);
	if (!dump_symbol(s->dump, name, &base))
		return session_error(s, RESULT_NOT_FOUND, "no symbol \"%s\" in this dump",
				     name);
	if (!dump_percpu(s->dump, (unsigned int)n, base, addr))
		return session_error(s, RESULT_NOT_FOUND,
				     "where CPU %s has its variables is not known", cpu);
	return RESULT_DONE;
}

static enum result of_name(struct session *s, char *name, kaddr_t *addr)
{
	char *cpu = strchr(name, ':');

	if (cpu) {
		*cpu++ = '\0';
		return of_cpu(s, name, cpu, addr);
	}
	if (dump_symbol_local(s->dump, name, addr) || parse(name, 16, addr))
		return RESULT_DONE;
	return session_error(s, RESULT_NOT_FOUND,
			     "\"%s\" is neither an address nor a symbol of this dump",
			     name);
}

enum result address_wanted(struct session *s, const char *word, kaddr_t *addr)
{
	size_t n = strcspn(word, "+-");
	enum result result;
	char name[SYMBOL_MAX];
	uint64_t offset;

	if (n >= sizeof(name))
		return session_error(s, RESULT_NOT_FOUND, "no symbol has so long a name");
	memcpy(name, word, n);
	name[n] = '\0';
	result = of_name(s, name, addr);
	if (result != RESULT_DONE || !word[n])
		return result;
	if (!number_wanted(word + n + 1, &offset))
		return session_error(
			s, RESULT_USAGE,
			"\"%s\" is no offset: a number, in decimal or as 0x10",
			word + n + 1);
	*addr = word[n] == '+' ? *addr + offset : *addr - offset;
	return RESULT_DONE;
}

/* Is the word, but for an offset, the name of a variable that each CPU has? */
static bool is_of_each_cpu(struct dump *d, const char *word, char name[SYMBOL_MAX])
{
	size_t n = strcspn(word, "+-");
	kaddr_t at, start, end;

	if (n >= SYMBOL_MAX)
		return false;
	memcpy(name, word, n);
	name[n] = '\0';
	return dump_symbol(d, name, &at) && dump_symbol(d, "__per_cpu_start", &start) &&
	       dump_symbol(d, "__per_cpu_end", &end) && at >= start && at < end;
}

enum result memory_wanted(struct session *s, const char *word, kaddr_t *addr)
{
	char name[SYMBOL_MAX];

	if (is_of_each_cpu(s->dump, word, name))
		return session_error(s, RESULT_NOT_FOUND,
				     "each CPU has its own %s: %s:0 is that of CPU 0",
				     name, name);
	return address_wanted(s, word, addr);
}
