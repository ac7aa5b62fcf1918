/*
 * upload.h - inside storage/: an upload in work, shared by its three files.
 */
#ifndef STORAGE_UPLOAD_H
#define STORAGE_UPLOAD_H

#include "storage/upload_sources.h"
#include "storage/journal.h"
#include "storage/worker_threads.h"

struct upload {
    struct kbc *kbc;
    const struct kbc_upload *wanted;
    struct upload_objects objects;
    struct state *state;
    struct store store;
    struct kbc_uploaded *out;
    pthread_mutex_t lock; /* of out */
};

/* ---- upload_journal.c ---- */

/* Opens the journal when one is wanted. */
int upload_open_journal(struct upload *upload, struct csvk_error *err) CSVK_MUST_USE;
/* Marks the objects that an earlier run stored. */
void upload_recall_done(struct upload *upload);
/* True when an earlier run finished all of it. */
bool upload_recall_complete(const struct upload *upload);
/* Takes up the multipart upload that an earlier run began for this object: CSVK_OK, CSVK_ENOMEM. */
int upload_recall_parts(struct upload *upload, struct upload_object *object) CSVK_MUST_USE;
int upload_note_begun(struct upload *upload, const struct upload_object *object,
                      struct csvk_error *err) CSVK_MUST_USE;
/* What was begun is gone: a later run begins anew. */
int upload_note_dropped(struct upload *upload, const struct upload_object *object,
                        struct csvk_error *err) CSVK_MUST_USE;
int upload_note_part(struct upload *upload, const struct upload_object *object,
                     const struct store_part *part, struct csvk_error *err) CSVK_MUST_USE;
int upload_note_done(struct upload *upload, const struct upload_object *object,
                     struct csvk_error *err) CSVK_MUST_USE;
int upload_note_complete(struct upload *upload, struct csvk_error *err) CSVK_MUST_USE;

/* ---- upload_put.c ---- */

/* Puts everything that is not done yet, the slice manifest last. */
int upload_put_all(struct upload *upload, struct csvk_error *err) CSVK_MUST_USE;
size_t upload_count_done(const struct upload *upload);
/* Forgets an object's parts: nothing of them can be used any more. */
void upload_forget_parts(struct upload_object *object);

#endif
