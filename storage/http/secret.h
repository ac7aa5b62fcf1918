/*
 * secret.h - reads secrets, and keeps them out of everything that is shown.
 *
 * Every secret that the program learns (token, keys, signatures) is registered in one place. Every
 * text that leaves storage/ goes through secrets_mask, which looks for the values of the secrets,
 * whole and before anything cuts the text. So a secret is masked even when a server repeats it in
 * an error text, or when csvkit would print it by mistake.
 *
 * A server may spell a secret in another way than it gave it: percent-encoded (once or twice) or
 * decoded, with the escapes of JSON, with the entities of XML. All of these are the secret.
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
/* Remembers a copy of `value`. NULL, values of less than 6 bytes and known values are left out. Any
   thread. */
int secrets_add(struct secrets *secrets, const char *value) CSVK_MUST_USE;
/* Remembers what is secret in a signed address: its query and each long value in it; without a
   query, all of it. */
int secrets_add_url(struct secrets *secrets, const char *url) CSVK_MUST_USE;
/* Overwrites every occurrence of every secret in `text`, in every spelling, with asterisks; also
   the beginning of one at the end of the text, where somebody else has cut it. Any thread. */
void secrets_mask(struct secrets *secrets, char *text);

/* Forbids core dumps, and reading our memory by other processes of the same user. */
void secret_harden(void);
/*
 * Reads one secret from a file ("-": standard input) or, when `path` is NULL, from the environment
 * variable `variable`. Blanks and line breaks around it are dropped. The caller frees *out with
 * secret_free, which wipes it. *exposed is true when others may read the file. CSVK_EUSAGE when
 * there is no secret, or a text that cannot be one.
 */
int secret_read(const char *path, const char *variable, char **out, bool *exposed,
                struct csvk_error *err) CSVK_MUST_USE;
void secret_free(char *secret);

#endif
