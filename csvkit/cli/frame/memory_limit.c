/*
 * memory_limit.c - how long a record may get where records are kept whole: as long as memory is
 * there for it. In a container that is what the control group grants; beyond it the process would
 * be killed, where a plain message should be.
 */
#include "csvkit/cli/frame/cli.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* While the reader makes room, a record is there once in the old room and twice in the new. */
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
