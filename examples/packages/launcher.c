/*
 * launcher.c - starts the csvkit that lies beside it, with the C library and the loader that lie
 * there too, so that it runs on machines with an older C library, another one, or none. It is
 * linked statically. `make tarball` builds it.
 *
 *   DIR/csvkit (this)   DIR/lib/csvkit   DIR/lib/ld.so   DIR/lib/*.so.*   DIR/lib/gconv
 */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of this file, links followed; without /proc, that of the name it was called by. */
static const char *own_folder(const char *called, char *room)
{
    ssize_t length = readlink("/proc/self/exe", room, PATH_MAX - 1);
    if (length > 0) {
        room[length] = '\0';
    } else if (realpath(called, room) == NULL) {
        return NULL;
    }
    return dirname(room);
}

int main(int argc, char **argv)
{
    char room[PATH_MAX], loader[PATH_MAX + 16], library[PATH_MAX + 16], program[PATH_MAX + 16];
    char gconv[PATH_MAX + 16];
    const char *folder = argc > 0 ? own_folder(argv[0], room) : NULL;
    char **arguments = calloc((size_t)argc + 6, sizeof *arguments);
    if (folder == NULL || arguments == NULL) {
        fputs("csvkit: cannot find the folder of this program\n", stderr);
        return 2;
    }
    snprintf(loader, sizeof loader, "%s/lib/ld.so", folder);
    snprintf(library, sizeof library, "%s/lib", folder);
    snprintf(program, sizeof program, "%s/lib/csvkit", folder);
    snprintf(gconv, sizeof gconv, "%s/lib/gconv", folder);
    setenv("GCONV_PATH", gconv, 1);
    char *const before[] = {loader, "--library-path", library, "--argv0", "csvkit", program};
    size_t count = sizeof before / sizeof before[0];
    memcpy(arguments, before, sizeof before);
    for (int i = 1; i < argc; i++) {
        arguments[count++] = argv[i];
    }
    execv(loader, arguments);
    perror(loader);
    return 2;
}
