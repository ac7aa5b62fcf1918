/*
 * each_file.c - runs `csvkit validate -q -j1 FILE` for each of the files, every one in a process
 * that is forked off before anything is read, and prints the process's number beside the file:
 *   valgrind --tool=cachegrind ... each_file FILE...
 * Valgrind counts each process by itself, and starts but once: a start costs as much as a megabyte
 * of input.
 */
#include "csvkit/cli/frame/cli.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void validate(char *file)
{
    char name[] = "csvkit", command[] = "validate", quiet[] = "-q", one_thread[] = "-j1";
    char *argv[] = {name, command, quiet, one_thread, file, NULL};
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDOUT_FILENO) < 0) {
        exit(127);
    }
    exit(cli_main(sizeof argv / sizeof argv[0] - 1, argv));
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        pid_t child = fork();
        if (child == 0) {
            validate(argv[i]);
        }
        int status = 0;
        if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
            perror(argv[i]);
            return 2;
        }
        printf("%d %s\n", (int)child, argv[i]);
        fflush(stdout); /* a child must not print it again */
    }
    return 0;
}
