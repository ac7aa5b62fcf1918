/*
 * keys.c - the set of keys: it collects keys, joins two sets, and does the final search. See keys.h
 * for the idea; share_memory shows which part may use how much memory.
 */
#include "validator/keys/keys.h"

#include "csvkit/base/hash.h"
#include "validator/keys/keys_alike.h"
#include "validator/keys/keys_join.h"
#include "validator/keys/keys_parts.h"
#include "validator/keys/keys_repeats.h"
#include "validator/keys/keys_search.h"

#include <string.h>
#include <sys/auxv.h>

#define BLOCK_LEAST ((size_t)1 << 10)
#define BLOCK_MOST  ((size_t)64 << 10)
#define WORDS_MOST  ((size_t)16 << 10) /* a block of hashes */

/* Hashes wait until there are many, and are then put into their partitions together: so their cache
 * misses overlap, and nothing else takes the cache meanwhile. */
enum { WAITING_MOST = 2048, AHEAD = 16 };

struct csvk_keys {
    char *temp_dir; /* NULL: the default */
    size_t limit, inline_limit;
    unsigned char separator;  /* between the values of a key */
    uint64_t seed, mask;      /* of the hashes */
    struct csvk_parts log;    /* the keys, in one partition */
    struct csvk_parts hashes; /* the hashes of the keys, except those in `waiting` */
    uint64_t waiting[WAITING_MOST];
    size_t nwaiting;
    struct csvk_parts suspect; /* keys whose hash may occur again, at the end */
    struct csvk_parts form;    /* their forms, when keys that look alike are asked for */
    struct csvk_alike alike;
    unsigned char *form_room; /* for the form of one key */
    uint64_t changed;         /* keys that may not be their own form */
    struct csvk_buf room;     /* where the values of a key are joined */
    struct csvk_spill longs;  /* keys that are too long for a block, one after the other */
    struct csvk_found found;
    struct csvk_keys_effort effort;
    struct csvk_repeats_threads threads;
};

/* Random per process but the same for all sets in it, so that sets can be joined. */
static uint64_t process_seed(void)
{
    uint64_t seed = CSVK_HASH_A;
    unsigned long at = getauxval(AT_RANDOM);
    if (at != 0) {
        memcpy(&seed, (const void *)at, sizeof seed);
    }
    return csvk_hash_fold(seed ^ CSVK_HASH_B, CSVK_HASH_C);
}

/* Open blocks of all 256 partitions take a quarter of the memory at most. */
static size_t block_size_for(size_t limit, size_t most)
{
    size_t size = BLOCK_LEAST;
    while (size < most && size * 2 * CSVK_PARTS <= limit / 4) {
        size *= 2;
    }
    return size;
}

/*
 * In sixteenths of the memory: the keys have 7, their hashes 6, the duplicates that are found 1.
 * Looking for repeated hashes takes 2 for a hash table and 1 for the marks. Then the hashes are
 * released and the suspects get their 6; the search has what the keys had before.
 */
static void share_memory(struct csvk_keys *keys)
{
    const size_t share = keys->limit / 16;
    size_t block_size = block_size_for(keys->limit, BLOCK_MOST);
    keys->inline_limit = csvk_parts_inline_limit(block_size);
    csvk_spill_init(&keys->longs, keys->temp_dir);
    csvk_parts_init(&keys->log, block_size, share * 7, keys->temp_dir);
    csvk_parts_init(&keys->hashes, block_size_for(keys->limit, WORDS_MOST), share * 6,
                    keys->temp_dir);
    csvk_parts_init(&keys->suspect, block_size, share * 6, keys->temp_dir);
    csvk_found_init(&keys->found, share, keys->temp_dir);
    keys->suspect.seed = csvk_hash_fold(keys->seed ^ CSVK_HASH_C, CSVK_HASH_A);
}

/* The forms have a third of what the suspects would have. */
int csvk_keys_seek_alike(struct csvk_keys *keys, size_t columns, struct csvk_error *err)
{
    const struct csvk_parts *suspect = &keys->suspect;
    csvk_free(keys->form_room);
    keys->form_room = csvk_malloc(keys->inline_limit + 1);
    if (keys->form_room == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    keys->alike = (struct csvk_alike){columns, keys->separator};
    csvk_parts_init(&keys->form, suspect->block_size, keys->limit / 16 * 2, keys->temp_dir);
    keys->form.seed = suspect->seed;
    keys->form.mask = keys->mask;
    keys->suspect.limit = keys->limit / 16 * 4;
    return CSVK_OK;
}

int csvk_keys_new(struct csvk_keys **out, size_t memory_limit, const char *temp_dir,
                  struct csvk_error *err)
{
    struct csvk_keys *keys = csvk_calloc(1, sizeof *keys);
    if (keys == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_spill_init(&keys->longs, NULL);
    csvk_spill_init(&keys->log.file, NULL);
    csvk_spill_init(&keys->hashes.file, NULL);
    csvk_spill_init(&keys->suspect.file, NULL);
    csvk_spill_init(&keys->form.file, NULL);
    csvk_spill_init(&keys->found.file, NULL);
    if (temp_dir != NULL) {
        keys->temp_dir = csvk_strdup(temp_dir);
        if (keys->temp_dir == NULL) {
            csvk_keys_free(keys);
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    size_t limit = memory_limit != 0 ? memory_limit : CSVK_KEYS_MEMORY;
    keys->limit = limit < CSVK_KEYS_MEMORY_LEAST ? CSVK_KEYS_MEMORY_LEAST : limit;
    keys->seed = process_seed();
    keys->separator = ',';
    share_memory(keys);
    csvk_keys_weaken_hash(keys, UINT64_MAX);
    *out = keys;
    return CSVK_OK;
}

void csvk_keys_weaken_hash(struct csvk_keys *keys, uint64_t mask)
{
    keys->mask = mask;
    keys->suspect.mask = mask;
    keys->form.mask = mask;
}

void csvk_keys_separate(struct csvk_keys *keys, unsigned char separator)
{
    keys->separator = keys->alike.separator = separator;
}

/* ---- one key out of several values ---- */

static size_t length_size(size_t length)
{
    size_t n = 1;
    for (; length >= 0x80; length >>= 7) {
        n++;
    }
    return n;
}

static bool has_separator(const struct csvk_keys *keys, const struct csvk_bytes *values,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (values[i].len != 0 && memchr(values[i].ptr, keys->separator, values[i].len) != NULL) {
            return true;
        }
    }
    return false;
}

/* The most bytes that join() writes. */
static size_t joined_most(const struct csvk_bytes *values, size_t count)
{
    size_t size = count;
    for (size_t i = 0; i < count; i++) {
        size += length_size(values[i].len) + values[i].len;
    }
    return size;
}

/*
 * Writes the values with one separator between every two of them. That would be ambiguous when a
 * value holds a separator. Then as many separators as there are values come first, which is one
 * more than a key of the other form can have, and each value except the last follows its length.
 */
static size_t join(const struct csvk_keys *keys, const struct csvk_bytes *values, size_t count,
                   unsigned char *to)
{
    const unsigned char *start = to;
    bool lengths = has_separator(keys, values, count);
    for (size_t i = 0; i < count && lengths; i++) {
        *to++ = keys->separator;
    }
    for (size_t i = 0; i < count; i++) {
        if (lengths && i + 1 < count) {
            to = csvk_key_put_length(to, values[i].len);
        }
        if (values[i].len != 0) {
            csvk_copy_short(to, values[i].ptr, values[i].len);
            to += values[i].len;
        }
        if (!lengths && i + 1 < count) {
            *to++ = keys->separator;
        }
    }
    return (size_t)(to - start);
}

/* ---- adding ---- */

/* What is hashed of a key, and compared to find those that look alike. */
static struct csvk_bytes form_of(const struct csvk_keys *keys, struct csvk_bytes key)
{
    bool asked = keys->alike.columns != 0 && key.len <= keys->inline_limit;
    return asked ? csvk_alike_form(&keys->alike, key, keys->form_room) : key;
}

/* A key that is too long for a block goes to the file of long keys; its entry holds the position.
 */
static int add_long(struct csvk_keys *keys, struct csvk_entry *entry, struct csvk_error *err)
{
    struct csvk_bytes key = entry->key;
    entry->long_at = keys->longs.size;
    entry->key.ptr = NULL;
    int status = csvk_spill_write(&keys->longs, entry->long_at, key.ptr, key.len, err);
    return status == CSVK_OK ? csvk_parts_add(&keys->log, 0, entry, err) : status;
}

/* Puts the waiting hashes into their partitions. */
static int place_waiting(struct csvk_keys *keys, struct csvk_error *err)
{
    struct csvk_parts *hashes = &keys->hashes;
    const size_t count = keys->nwaiting;
    keys->nwaiting = 0;
    for (size_t i = 0; i < count; i++) {
        size_t ahead = i + AHEAD < count ? i + AHEAD : i;
        __builtin_prefetch(hashes->part[csvk_parts_index(keys->waiting[ahead])].at, 1);
        uint64_t hash = keys->waiting[i];
        int status = csvk_parts_put_word(hashes, csvk_parts_index(hash), hash, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

int csvk_keys_add_joined(struct csvk_keys *keys, struct csvk_bytes joined,
                         struct csvk_key_place place, struct csvk_error *err)
{
    struct csvk_entry entry = {.place = place, .key = joined};
    struct csvk_bytes form = form_of(keys, joined);
    uint64_t hash = csvk_hash(form.ptr, form.len, keys->seed) & keys->mask;
    keys->changed += form.ptr != joined.ptr;
    keys->waiting[keys->nwaiting++] = hash;
    int status = keys->nwaiting == WAITING_MOST ? place_waiting(keys, err) : CSVK_OK;
    if (status == CSVK_OK && joined.len > keys->inline_limit) {
        entry.long_hash = hash;
        return add_long(keys, &entry, err);
    }
    unsigned char *body;
    if (status == CSVK_OK) {
        status = csvk_parts_place(&keys->log, 0, &entry, &body, err);
    }
    if (status == CSVK_OK) {
        csvk_copy_short(body, joined.ptr, joined.len);
    }
    return status;
}

int csvk_keys_add(struct csvk_keys *keys, const struct csvk_bytes *values, size_t count,
                  struct csvk_key_place place, struct csvk_error *err)
{
    static const unsigned char nothing[1];
    if (count == 1) {
        struct csvk_bytes only = {values->len != 0 ? values->ptr : nothing, values->len};
        return csvk_keys_add_joined(keys, only, place, err);
    }
    size_t most = joined_most(values, count);
    csvk_buf_clear(&keys->room);
    if (csvk_buf_reserve(&keys->room, most) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a key of %zu bytes", most);
    }
    struct csvk_bytes joined = {keys->room.data, join(keys, values, count, keys->room.data)};
    int status = csvk_keys_add_joined(keys, joined, place, err);
    if (most > keys->inline_limit) {
        csvk_buf_release(&keys->room);
    }
    return status;
}

/* ---- two sets become one ---- */

static int copy_longs(struct csvk_keys *left, const struct csvk_keys *right, struct csvk_error *err)
{
    unsigned char piece[16384];
    for (uint64_t at = 0; at < right->longs.size;) {
        uint64_t rest = right->longs.size - at;
        size_t n = rest < sizeof piece ? (size_t)rest : sizeof piece;
        int status = csvk_spill_read(&right->longs, at, piece, n, err);
        if (status == CSVK_OK) {
            status = csvk_spill_write(&left->longs, left->longs.size, piece, n, err);
        }
        if (status != CSVK_OK) {
            return status;
        }
        at += n;
    }
    return CSVK_OK;
}

static uint64_t spilled(const struct csvk_keys *keys)
{
    return keys->log.file.written + keys->hashes.file.written + keys->longs.written +
           keys->suspect.file.written + keys->form.file.written;
}

int csvk_keys_merge(struct csvk_keys *left, struct csvk_keys *right, struct csvk_keys_shift shift,
                    struct csvk_error *err)
{
    if (left->limit != right->limit || left->mask != right->mask ||
        left->alike.columns != right->alike.columns) {
        return csvk_fail(err, CSVK_EUSAGE, "sets of keys with different limits cannot be joined");
    }
    const struct csvk_key_block raise = {.base = {shift.records, shift.offsets, shift.drifts},
                                         .long_base = left->longs.size};
    int status = place_waiting(right, err);
    if (status == CSVK_OK) {
        status = copy_longs(left, right, err);
    }
    if (status == CSVK_OK) {
        status = csvk_parts_join_entries(&left->log, &right->log, 0, &raise, err);
    }
    for (size_t i = 0; i < CSVK_PARTS && status == CSVK_OK; i++) {
        status = csvk_parts_join_words(&left->hashes, &right->hashes, i, &raise, err);
    }
    left->changed += right->changed;
    left->effort.spilled += right->effort.spilled + spilled(right);
    csvk_parts_release(&right->log);
    csvk_parts_release(&right->hashes);
    csvk_spill_release(&right->longs);
    return status;
}

/* ---- all keys, for another set ---- */

uint64_t csvk_keys_count(const struct csvk_keys *keys)
{
    return keys->log.part[0].entries;
}

/* The bytes of a long key are read into `room`, which lives as long as the set. */
static int long_key(struct csvk_keys *keys, struct csvk_entry *entry, struct csvk_error *err)
{
    csvk_buf_clear(&keys->room);
    if (csvk_buf_reserve(&keys->room, entry->key.len) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a key of %zu bytes", entry->key.len);
    }
    entry->key.ptr = keys->room.data;
    return csvk_spill_read(&keys->longs, entry->long_at, keys->room.data, entry->key.len, err);
}

static int take_block(struct csvk_keys *keys, const struct csvk_key_block *block, csvk_key_fn *take,
                      void *context, struct csvk_error *err)
{
    struct csvk_block_walk walk = csvk_block_walk(&keys->log, block);
    struct csvk_entry entry;
    int status = CSVK_OK;
    while (status == CSVK_OK && csvk_block_next(&walk, &entry)) {
        status = entry.key.ptr == NULL ? long_key(keys, &entry, err) : CSVK_OK;
        status = status == CSVK_OK ? take(context, entry.key, entry.place, err) : status;
    }
    return status;
}

int csvk_keys_take(struct csvk_keys *keys, csvk_key_fn *take, void *context, struct csvk_error *err)
{
    struct csvk_parts_walk walk;
    struct csvk_key_block *block = NULL;
    csvk_parts_walk_init(&walk, &keys->log, 0);
    int status = csvk_parts_walk_next(&walk, NULL, &block, err);
    while (status == CSVK_OK && block != NULL) {
        status = take_block(keys, block, take, context, err);
        if (status != CSVK_OK) {
            csvk_key_block_free(block);
            break;
        }
        status = csvk_parts_walk_next(&walk, block, &block, err);
    }
    keys->nwaiting = 0;
    csvk_parts_release(&keys->log);
    csvk_parts_release(&keys->hashes);
    csvk_spill_release(&keys->longs);
    return status;
}

/* ---- the end ---- */

static uint64_t hash_of(const struct csvk_keys *keys, const struct csvk_entry *entry)
{
    if (entry->key.ptr == NULL) {
        return entry->long_hash;
    }
    struct csvk_bytes form = form_of(keys, entry->key);
    return csvk_hash(form.ptr, form.len, keys->seed) & keys->mask;
}

/* When all keys are their own forms, keys that look alike are equal. */
static int add_suspect(struct csvk_keys *keys, const struct csvk_entry *entry, size_t part,
                       struct csvk_error *err)
{
    int status = csvk_parts_add(&keys->suspect, part, entry, err);
    if (status != CSVK_OK || keys->changed == 0 || entry->key.ptr == NULL) {
        return status;
    }
    struct csvk_entry form = *entry;
    form.key = form_of(keys, entry->key);
    return csvk_parts_add(&keys->form, part, &form, err);
}

/* Handles many keys at a time, so that the marks of the first ones come from memory while the
   others are hashed. */
static int suspect_block(struct csvk_keys *keys, const struct csvk_repeats *repeats,
                         const struct csvk_key_block *block, struct csvk_error *err)
{
    struct csvk_block_walk walk = csvk_block_walk(&keys->log, block);
    struct csvk_entry entry[AHEAD];
    uint64_t hash[AHEAD];
    int status = CSVK_OK;
    for (size_t n = AHEAD; n == AHEAD && status == CSVK_OK;) {
        for (n = 0; n < AHEAD && csvk_block_next(&walk, &entry[n]); n++) {
            hash[n] = hash_of(keys, &entry[n]);
            csvk_repeats_prefetch(repeats, hash[n]);
        }
        for (size_t i = 0; i < n && status == CSVK_OK; i++) {
            if (csvk_repeats_marked(repeats, hash[i])) {
                status = add_suspect(keys, &entry[i], csvk_parts_index(hash[i]), err);
            }
        }
    }
    return status;
}

/* Reads all keys again and gathers those whose hash is marked as one that may occur again. */
static int gather_suspects(struct csvk_keys *keys, const struct csvk_repeats *repeats,
                           struct csvk_error *err)
{
    struct csvk_parts_walk walk;
    csvk_parts_walk_init(&walk, &keys->log, 0);
    struct csvk_key_block *block = NULL;
    for (;;) {
        int status = csvk_parts_walk_next(&walk, block, &block, err);
        if (status != CSVK_OK || block == NULL) {
            return status;
        }
        status = suspect_block(keys, repeats, block, err);
        if (status != CSVK_OK) {
            csvk_key_block_free(block);
            return status;
        }
    }
}

static int search_parts(struct csvk_keys *keys, struct csvk_parts *parts, bool alike,
                        struct csvk_error *err)
{
    struct csvk_search search = {
        .longs = &keys->longs, .found = &keys->found, .memory = keys->limit, .alike = alike};
    int status = csvk_search_parts(&search, parts, err);
    csvk_search_release(&search);
    keys->effort.splits += search.splits;
    keys->effort.spilled += search.spilled;
    return status;
}

static int search_suspects(struct csvk_keys *keys, struct csvk_error *err)
{
    csvk_parts_drop_spare(&keys->suspect);
    csvk_parts_drop_spare(&keys->form);
    int status = search_parts(keys, &keys->suspect, false, err);
    return status == CSVK_OK && keys->changed != 0 ? search_parts(keys, &keys->form, true, err)
                                                   : status;
}

void csvk_keys_use_threads(struct csvk_keys *keys, size_t threads, uint64_t least)
{
    enum { LEAST = 256 * 1024 }; /* fewer are looked at sooner than threads are started */
    keys->threads = (struct csvk_repeats_threads){threads, least != 0 ? least : LEAST};
}

static int search(struct csvk_keys *keys, struct csvk_error *err)
{
    struct csvk_repeats repeats;
    memset(&repeats, 0, sizeof repeats);
    int status = place_waiting(keys, err);
    csvk_parts_drop_spare(&keys->log);
    csvk_parts_drop_spare(&keys->hashes);
    if (status == CSVK_OK)
        status = csvk_repeats_find(&repeats, &keys->hashes, keys->limit, &keys->threads, err);
    bool marked = repeats.mark != NULL;
    csvk_parts_release(&keys->hashes);
    if (status == CSVK_OK && marked) {
        status = gather_suspects(keys, &repeats, err);
    }
    csvk_repeats_release(&repeats);
    csvk_parts_release(&keys->log);
    return status == CSVK_OK && marked ? search_suspects(keys, err) : status;
}

int csvk_keys_finish(struct csvk_keys *keys, csvk_duplicate_fn *found, void *context,
                     struct csvk_error *err)
{
    int status = search(keys, err);
    keys->effort.spilled += spilled(keys);
    csvk_parts_release(&keys->suspect);
    csvk_parts_release(&keys->form);
    csvk_spill_release(&keys->longs);
    if (status == CSVK_OK && found != NULL) {
        status = csvk_found_report(&keys->found, found, context, err);
    }
    return status;
}

uint64_t csvk_keys_duplicates(const struct csvk_keys *keys)
{
    return keys->found.total;
}

struct csvk_keys_effort csvk_keys_effort(const struct csvk_keys *keys)
{
    return keys->effort;
}

void csvk_keys_free(struct csvk_keys *keys)
{
    if (keys == NULL) {
        return;
    }
    csvk_parts_release(&keys->log);
    csvk_parts_release(&keys->hashes);
    csvk_parts_release(&keys->suspect);
    csvk_parts_release(&keys->form);
    csvk_spill_release(&keys->longs);
    csvk_free(keys->form_room);
    csvk_found_release(&keys->found);
    csvk_buf_release(&keys->room);
    csvk_free(keys->temp_dir);
    csvk_free(keys);
}
