/* main.c - where the program starts. */
#include "csvkit/cli/frame/cli.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
