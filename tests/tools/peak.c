/*
 * peak.c - runs a command and prints its exit status and the most memory it ever held, in kB:
 *   peak COMMAND [ARGUMENT...]
 * Its own memory, which the kernel counts before exec, is small; a shell's or Python's would hide
 * what is measured. The command's output is dropped.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(char **command)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0) {
        execvp(command[0], command);
    }
    _exit(127);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: peak COMMAND [ARGUMENT...]\n");
        return 2;
    }
    pid_t child = fork();
    if (child == 0) {
        run(argv + 1);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("peak");
        return 1;
    }
    printf("%d %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 255, usage.ru_maxrss);
    return 0;
}
