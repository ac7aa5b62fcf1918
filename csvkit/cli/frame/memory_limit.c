/*
 * memory_limit.c - how long a record may be in commands that keep whole records: as long as there
 * is memory for it. In a container the limit of the control group counts: the kernel would kill a
 * process that takes more, where the user should get a message.
 */
#include "csvkit/cli/frame/cli.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* While the reader enlarges its window, the old window holds the record once, and the new window
   has room for it twice. */
enum { ROOM_FOR_RECORD = 4 };

static uint64_t memory_of_machine(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_MAX;
}

static uint64_t memory_of_control_group(void)
{
    char text[64], *rest;
    int fd = open("/sys/fs/cgroup/memory.max", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return UINT64_MAX;
    }
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    unsigned long long value = strtoull(text, &rest, 10);
    return rest != text && value != 0 ? value : UINT64_MAX; /* "max" */
}

uint64_t cli_longest_record(void)
{
    uint64_t machine = memory_of_machine(), group = memory_of_control_group();
    return (machine < group ? machine : group) / ROOM_FOR_RECORD;
}
