/*
 * cores.c - how many cores this process may use: those of its affinity mask, and in a container no
 * more than the processor time that the control group allows (more threads would only wait for each
 * other).
 */
#include "csvkit/cli/frame/frame.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

static unsigned cores_of_affinity(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    int cores = CPU_COUNT(&set);
    return cores < 1 ? 1 : (unsigned)cores;
}

static const char *read_number(const char *text, uint64_t *value)
{
    uint64_t sum = 0;
    for (; *text >= '0' && *text <= '9' && sum < UINT32_MAX; text++) {
        sum = sum * 10 + (uint64_t)(*text - '0');
    }
    *value = sum;
    return text;
}

unsigned cli_cores_of_quota(const char *text)
{
    uint64_t quota, period;
    const char *rest = read_number(text, &quota);
    if (rest == text || *rest != ' ') {
        return 0; /* "max 100000": no limit */
    }
    read_number(rest + 1, &period);
    if (period == 0) {
        return 0;
    }
    return (unsigned)((quota + period - 1) / period);
}

static unsigned cores_of_control_group(void)
{
    char text[64];
    int fd = open("/sys/fs/cgroup/cpu.max", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    return cli_cores_of_quota(text);
}

unsigned cli_cores(void)
{
    unsigned cores = cores_of_affinity();
    unsigned quota = cores_of_control_group();
    return quota != 0 && quota < cores ? quota : cores;
}
