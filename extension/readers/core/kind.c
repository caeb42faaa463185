// SPDX-License-Identifier: GPL-2.0-or-later
#include "kind.h"

#include <stdbool.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"

#define UNKNOWN ", which vgpu does not know"
#define MIGRATION                                                                        \
	"a machine saved by QEMU or libvirt, not a core: "                               \
	"virsh dump --memory-only, or dump-guest-memory, makes one"

static const struct {
	size_t at, n;
	const char *bytes, *kind;
} magics[] = {
	{0, 8, "DISKDUMP", "a core of diskdump" UNKNOWN},
	{0, 8, "sadump\0\0", "a core of sadump" UNKNOWN},
	{0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xfd", "a core of s390" UNKNOWN},
	{0, 8, "\xed\x23\x8f\x61\x73\x01\x19\xa8", "a core of LKCD" UNKNOWN},
	{0, 8, "PAGEDU64", "a core of Windows" UNKNOWN},
	{0, 8, "PAGEDUMP", "a core of Windows" UNKNOWN},
	{0, 4, "MDMP", "a minidump of Windows" UNKNOWN},
	{0, 4, "QEVM", MIGRATION},
	{0, 16, "LibvirtQemudSave", MIGRATION},
	{0, 16, "LibvirtQemudPart", MIGRATION},
	{0, 4, "\xd0\xbe\xd2\xbe", "a machine saved by VMware" UNKNOWN},
	{0, 4, "\xd1\xba\xd1\xba", "a machine saved by VMware" UNKNOWN},
	{0, 4, "\xd2\xbe\xd2\xbe", "a machine saved by VMware" UNKNOWN},
	{0, 4, "\xd3\xbe\xd3\xbe", "a machine saved by VMware" UNKNOWN},
	{0, 4, "QFI\xfb", "a disk's image, not a core"},
	{0, 4, "KDMV", "a disk's image, not a core"},
	{0, 3, "BZh", "packed by bzip2: unpack it first"},
	{0, 4, "\x04\x22\x4d\x18", "packed by lz4: unpack it first"},
	{0, 4, "PK\x03\x04", "packed by zip: unpack it first"},
	{0, 6, "7z\xbc\xaf\x27\x1c", "packed by 7z: unpack it first"},
	{0, 6, "Rar!\x1a\x07", "packed by rar: unpack it first"},
	{0, 2, "\x1f\x8b", "packed twice: unpack it first"},
	{0, 6,
	 "\xfd"
	 "7zXZ",
	 "packed twice: unpack it first"},
	{0, 4, "\x28\xb5\x2f\xfd", "packed twice: unpack it first"},
	{257, 5, "ustar", "a tar archive: unpack it first"},
	{0, 7, "!<arch>", "an archive (a Debian package?), not a core"},
	{0x202, 4, "HdrS", "a kernel that boots (bzImage), not a core"},
	{0x38, 4, "ARM\x64", "a kernel that boots (Image), not a core"},
	{0, 2, "MZ", "a program of Windows or EFI, not a core"},
};

static const char *known_kind(const unsigned char *head, size_t n)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(magics); i++)
		if (n >= magics[i].at + magics[i].n &&
		    !memcmp(head + magics[i].at, magics[i].bytes, magics[i].n))
			return magics[i].kind;
	return NULL;
}

/* Of so many bytes one may be no text's: what a serial line or a crash made of them. */
#define BYTES_OF_TEXT 32

bool file_is_text(const unsigned char *head, size_t n)
{
	static const char controls[] = "\t\n\r\f\b\033";
	size_t i, other = 0;

	/* A file system leaves zeros where the end was not written when the power went. */
	for (i = 0; i < n; i++)
		other += head[i] && head[i] < ' ' &&
			 !memchr(controls, head[i], sizeof(controls) - 1);
	return memchr(head, '\n', n) && other <= n / BYTES_OF_TEXT &&
	       !known_kind(head, n);
}

const char *file_kind(const unsigned char *head, size_t n)
{
	const char *kind = known_kind(head, n);

	if (kind)
		return kind;
	if (all_zeros(head, n))
		return "it begins with zeros, as what was not written to the end does";
	return "neither a kdump-compressed core nor an ELF one";
}

const char *machine_kind(const char *machine)
{
	if (!*machine || !strcmp(machine, "x86_64") || !strcmp(machine, "aarch64"))
		return NULL;
	if (machine[0] == 'i' && !strcmp(machine + 2, "86"))
		return "a core of 32-bit x86, which vgpu does not know";
	if (text_starts(machine, "arm"))
		return "a core of 32-bit ARM, which vgpu does not know";
	return "a core of another machine than x86_64 and aarch64, which vgpu does not know";
}
