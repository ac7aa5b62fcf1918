/*
 * secret.h - where secrets come from and how they are kept out of everything that is shown.
 *
 * Every secret that the program learns (token, keys, signatures) is registered in one place; every
 * text that leaves storage/ goes through secrets_mask, which works by value. So a secret that a
 * server repeats in an error text is covered just as one that we would print by mistake.
 */
#ifndef STORAGE_SECRET_H
#define STORAGE_SECRET_H

#include "csvkit/csvkit.h"

#include <pthread.h>

struct secrets {
    pthread_mutex_t lock;
    struct csvk_strings values;
};

void secrets_init(struct secrets *secrets);
void secrets_release(struct secrets *secrets); /* wipes the values */
/* Remembers a copy of `value`; NULL, short (under 6 bytes) and known ones are left out. */
int secrets_add(struct secrets *secrets, const char *value) CSVK_MUST_USE;
/* Overwrites every occurrence of every secret in `text` with asterisks. Any thread. */
void secrets_mask(struct secrets *secrets, char *text);

/* No core dump, no reading of our memory by other processes of the same user. */
void secret_harden(void);
/*
 * Reads one secret from a file ("-": standard input), or when `path` is NULL from the environment
 * variable `variable`. Blanks and line breaks around it are dropped. *out is the caller's, wiped by
 * secret_free. *exposed tells that others may read the file. CSVK_EUSAGE when there is none.
 */
int secret_read(const char *path, const char *variable, char **out, bool *exposed,
                struct csvk_error *err) CSVK_MUST_USE;
void secret_free(char *secret);

#endif
