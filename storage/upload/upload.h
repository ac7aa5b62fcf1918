/* upload.h - private to upload.c, upload_journal.c and upload_put.c: the state of one upload. */
#ifndef STORAGE_UPLOAD_H
#define STORAGE_UPLOAD_H

#include "storage/upload/upload_sources.h"
#include "storage/journal/journal.h"
#include "storage/api/worker_threads.h"

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

/* Opens the journal if one is wanted. */
int upload_open_journal(struct upload *upload, struct csvk_error *err) CSVK_MUST_USE;
/* Marks the objects that an earlier run stored. */
void upload_recall_done(struct upload *upload);
/* True when an earlier run finished the whole upload. */
bool upload_recall_complete(const struct upload *upload);
/* Goes on with the multipart upload that an earlier run began for this object, if there is one.
   CSVK_OK or CSVK_ENOMEM. */
int upload_recall_parts(struct upload *upload, struct upload_object *object) CSVK_MUST_USE;
/* To write into the journal what the store has confirmed. Without a journal nothing happens. */
int upload_note_begun(struct upload *upload, const struct upload_object *object,
                      struct csvk_error *err) CSVK_MUST_USE;
/* The multipart upload is of no use any more: a later run has to begin a new one. */
int upload_note_dropped(struct upload *upload, const struct upload_object *object,
                        struct csvk_error *err) CSVK_MUST_USE;
int upload_note_part(struct upload *upload, const struct upload_object *object,
                     const struct store_part *part, struct csvk_error *err) CSVK_MUST_USE;
int upload_note_done(struct upload *upload, const struct upload_object *object,
                     struct csvk_error *err) CSVK_MUST_USE;
int upload_note_complete(struct upload *upload, struct csvk_error *err) CSVK_MUST_USE;

/* ---- upload_put.c ---- */

/* Puts all objects that are not done yet, and then the slice manifest. */
int upload_put_all(struct upload *upload, struct csvk_error *err) CSVK_MUST_USE;
size_t upload_count_done(const struct upload *upload);
/* Frees the parts and the multipart upload of an object. */
void upload_forget_parts(struct upload_object *object);

#endif
