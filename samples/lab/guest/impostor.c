// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * impostor: runs a program that asks for an executable stack, of which the kernel
 * says so and quotes the program's name. That name is some lines of the kernel's.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

#define NAME                                                                             \
	"/tmp/x\nKernel panic - not syncing: hung_task: blocked tasks\n"                 \
	"CPU: 0 PID: 26 Comm: khungtaskd Not tainted 1 #1\n"                             \
	"INFO: task Xorg:209 blocked for more than 120 seconds.\n"                       \
	"Oops: 0002 [#1] SMP\n"

static void copy_myself(int to)
{
	int from = open("/proc/self/exe", O_RDONLY);
	struct stat st;
	off_t at = 0;

	if (from < 0 || fstat(from, &st))
		die("impostor: /proc/self/exe");
	while (at < st.st_size)
		if (sendfile(to, from, &at, (size_t)(st.st_size - at)) <= 0)
			die("impostor: copy");
	close(from);
}

static void ask_for_executable_stack(int file)
{
	Elf64_Ehdr elf;
	Elf64_Phdr segment;
	off_t at;
	int i;

	if (pread(file, &elf, sizeof(elf), 0) != sizeof(elf))
		die("impostor: ELF header");
	for (i = 0; i < elf.e_phnum; i++) {
		at = (off_t)(elf.e_phoff + (size_t)i * sizeof(segment));
		if (pread(file, &segment, sizeof(segment), at) != sizeof(segment))
			die("impostor: program header");
		if (segment.p_type != PT_GNU_STACK)
			continue;
		segment.p_flags |= PF_X;
		if (pwrite(file, &segment, sizeof(segment), at) != sizeof(segment))
			die("impostor: program header");
		return;
	}
	die("impostor: no PT_GNU_STACK");
}

static int impostor(int argc, char **argv)
{
	int file, status;
	pid_t pid;

	(void)argv;
	if (argc != 1)
		return 2;
	file = open(NAME, O_RDWR | O_CREAT | O_EXCL, 0700);
	if (file < 0)
		die("impostor: its name");
	copy_myself(file);
	ask_for_executable_stack(file);
	close(file);
	pid = fork();
	if (!pid) {
		execl(NAME, "impostor", (char *)NULL); /* prints its usage */
		_exit(1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("impostor: fork");
	return 0;
}

COMMAND(impostor, "", impostor)
