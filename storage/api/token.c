/* token.c - what the token may do, and which project, backend and stack it belongs to. */
#include "storage/api/storage_api.h"

#include <string.h>

void kbc_token_release(struct kbc_token *token)
{
    char **texts[] = {&token->description, &token->project,  &token->stack,   &token->region,
                      &token->backend,     &token->provider, &token->created, &token->expires};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        csvk_free(*texts[i]);
    }
    csvk_strings_release(&token->features);
    csvk_strings_release(&token->bucket_ids);
    csvk_strings_release(&token->bucket_rights);
    memset(token, 0, sizeof *token);
}

static int take_buckets(const cJSON *permissions, struct kbc_token *token)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, permissions)
    {
        if (cJSON_IsString(item) && item->string &&
            (csvk_strings_add(&token->bucket_ids, item->string) < 0 ||
             csvk_strings_add(&token->bucket_rights, item->valuestring) < 0)) {
            return CSVK_ENOMEM;
        }
    }
    return CSVK_OK;
}

static int take_token(const struct kbc *kbc, const cJSON *json, struct kbc_token *token)
{
    const cJSON *owner = json_at(json, "owner");
    json_id(json, "id", token->id);
    json_id(owner, "id", token->project_id);
    token->master = json_true(json, "isMasterToken");
    token->buckets = json_true(json, "canManageBuckets");
    token->files = json_true(json, "canReadAllFileUploads");
    token->stack = csvk_strdup(strstr(kbc->url, "://") + 3);
    return (token->stack ? CSVK_OK : CSVK_ENOMEM) |
           json_copy(json, "description", &token->description) |
           json_copy(json, "created", &token->created) |
           json_copy(json, "expires", &token->expires) | json_copy(owner, "name", &token->project) |
           json_copy(owner, "region", &token->region) |
           json_copy(owner, "defaultBackend", &token->backend) |
           json_copy(owner, "fileStorageProvider", &token->provider) |
           json_strings(json_at(owner, "features"), &token->features) |
           take_buckets(json_at(json, "bucketPermissions"), token);
}

int kbc_token_get(struct kbc *kbc, struct kbc_token *out, struct csvk_error *err)
{
    struct kbc_answer answer = {0};
    struct kbc_call call = {.what = "asking for the token",
                            .method = "GET",
                            .path = "tokens/verify",
                            .scope = KBC_GLOBAL};
    memset(out, 0, sizeof *out);
    int status = kbc_call(kbc, &call, &answer, err);
    if (status == CSVK_OK && take_token(kbc, answer.json, out) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    kbc_answer_release(&answer);
    return status;
}
