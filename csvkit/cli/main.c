/* main.c - where the program starts. */
#include "csvkit/csvkit.h"

#include <stdio.h>

int main(void)
{
    puts("csvkit " CSVK_VERSION);
    return 0;
}
