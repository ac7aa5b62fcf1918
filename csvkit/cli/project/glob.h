/*
 * glob.h - patterns for paths, as a project file has them.
 *
 * A star stands for any characters of one name, two stars that are a whole name for any folders, a
 * question mark for one character, [a-z] and [!a-z] for one of a set, a backslash takes the next
 * character as it is. A pattern without a slash is about the last name of a path, in whatever
 * folder it stands; one with a slash is about the whole path, and one that ends with a slash about
 * all that lies in that folder.
 */
#ifndef CSVKIT_CLI_PROJECT_GLOB_H
#define CSVKIT_CLI_PROJECT_GLOB_H

#include <stdbool.h>

/* `path` is relative, in UTF-8, its names are separated by single slashes. `glob` has no problem.
   The time is that of the two lengths multiplied, whatever the stars. */
bool project_glob_matches(const char *glob, const char *path);
/* What is wrong with the pattern, a static text; NULL: nothing. */
const char *project_glob_problem(const char *glob);

#endif
