/*
 * server_text.c - what becomes of every text that a server sent.
 *
 * An answer is taken in as a whole: the credentials in it are learned first, then everything else
 * is masked where it stands, before anybody cuts it, compares it or shows it. So there is no field
 * of an answer that could show a secret, whatever the server put there.
 */
#include "storage/api/storage_api.h"

#include <stdio.h>
#include <string.h>

static bool is_one_of(const char *key, const char *const *names)
{
    for (; key && *names; names++) {
        if (strcmp(key, *names) == 0) {
            return true;
        }
    }
    return false;
}

/* The fields that are credentials. The url of a file is signed; that of a job is not. */
static bool is_credential(const cJSON *parent, const cJSON *item)
{
    static const char *const names[] = {"SecretAccessKey", "SessionToken", "access_token",
                                        "SASConnectionString", NULL};
    bool signed_url =
        item->string && strcmp(item->string, "url") == 0 && json_at(parent, "provider");
    return cJSON_IsString(item) && (signed_url || is_one_of(item->string, names));
}

static int learn(struct secrets *secrets, const cJSON *item)
{
    const char *value = item->valuestring;
    if (strcmp(item->string, "url") == 0) {
        return secrets_add_url(secrets, value);
    }
    const char *sas = strstr(value, "SharedAccessSignature=");
    if (strcmp(item->string, "SASConnectionString") != 0 || !sas) {
        return secrets_add(secrets, value);
    }
    sas += strcspn(sas, "=");
    size_t length = strcspn(sas, ";");
    char *query = csvk_strndup(sas, length);
    if (!query) {
        return CSVK_ENOMEM;
    }
    query[0] = '?'; /* a shared access signature is the query of an address */
    int status = secrets_add_url(secrets, query);
    secret_free(query);
    return status;
}

static int learn_all(struct secrets *secrets, const cJSON *tree)
{
    int status = CSVK_OK;
    const cJSON *item;
    cJSON_ArrayForEach(item, tree)
    {
        if (status == CSVK_OK) {
            status = is_credential(tree, item) ? learn(secrets, item) : learn_all(secrets, item);
        }
    }
    return status;
}

enum masking { MASK_ALL, MASK_ALL_BUT_CREDENTIALS };

static void mask_tree(struct secrets *secrets, cJSON *tree, enum masking masking)
{
    cJSON *item;
    cJSON_ArrayForEach(item, tree)
    {
        if (masking == MASK_ALL || !is_credential(tree, item)) {
            if (cJSON_IsString(item)) {
                secrets_mask(secrets, item->valuestring);
            }
            if (item->string && !(item->type & cJSON_StringIsConst)) {
                secrets_mask(secrets, item->string);
            }
            mask_tree(secrets, item, masking);
        }
    }
}

int kbc_take_in(struct kbc *kbc, cJSON *answer)
{
    int status = learn_all(&kbc->secrets, answer);
    mask_tree(&kbc->secrets, answer, MASK_ALL_BUT_CREDENTIALS);
    return status;
}

void kbc_mask_tree(struct kbc *kbc, cJSON *tree)
{
    mask_tree(&kbc->secrets, tree, MASK_ALL);
}

/* Copies what is behind the last `separator` of the masked text; with '\0' all of it. */
static void mask_part(struct kbc *kbc, const char *text, char separator, char *to, size_t capacity)
{
    char *copy = csvk_strdup(text);
    if (copy) {
        secrets_mask(&kbc->secrets, copy);
    }
    const char *part = copy && separator ? strrchr(copy, separator) : NULL;
    snprintf(to, capacity, "%s", part ? part + 1 : copy ? copy : "");
    csvk_free(copy);
}

void kbc_mask_into(struct kbc *kbc, const char *text, char *to, size_t capacity)
{
    mask_part(kbc, text, '\0', to, capacity);
}

void kbc_object_name(struct kbc *kbc, const char *key, char *to, size_t capacity)
{
    mask_part(kbc, key, '/', to, capacity);
}
