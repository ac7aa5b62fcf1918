/*
 * sized.h - private: structs of a caller's who may have been compiled with another version of the
 * headers.
 *
 * The idea. Such a struct begins with `size_t size`, which says how much of it the caller has. New
 * members come at the end only. So a shorter struct is that of an older program, which does not
 * know the last members; a longer one is that of a newer program, with members that this library
 * does not know. The library never touches the caller's struct beyond its size, and works with a
 * whole struct of its own:
 *
 *   - `_init` sets the caller's struct to the defaults, as much of it as there is
 * (csvk_sized_init);
 *   - whoever takes options begins with the defaults and reads what the caller has
 *     (csvk_sized_read). Members that the caller does not have keep their defaults;
 *   - whoever gives a result asks first whether the size is possible (csvk_sized_check) and writes
 *     what the caller has room for (csvk_sized_write).
 *
 * A size is possible when it is not less than the first version had, up to the end of its last
 * member. A newer program's members must be all zero, which means "as before", or its options are
 * refused: what they ask for would not be done. All functions may be called by any thread.
 */
#ifndef CSVKIT_BASE_SIZED_H
#define CSVKIT_BASE_SIZED_H

#include "csvkit/base/for_extra.h"
#include "csvkit/basics.h"

/* What there is to know about such a struct; a constant beside its functions. */
struct csvk_sized {
    const char *name;  /* "struct csvk_options" */
    const char *begin; /* how a caller sets the size: "csvk_options_init" */
    size_t known;      /* bytes of the whole struct, as this library has it */
    size_t first;      /* bytes of its first version, up to the end of the last member */
};
/* `last` is the last member of the first version. It stays when other members come after it. */
#define CSVK_SIZED(type, last, begin)                                                              \
    {                                                                                              \
#type, begin, sizeof(type), offsetof(type, last) + sizeof(((type *)NULL)->last)            \
    }
/* `begin` of a struct that has no function for it, because zeros are its defaults. */
#define CSVK_SIZED_BY_HAND "{.size = sizeof ...}"

/*
 * Sets `size` bytes at `theirs`: the defaults as far as they reach, zeros after them, and the size.
 * A size that has no room for itself sets nothing.
 */
CSVK_FOR_EXTRA void csvk_sized_init(const struct csvk_sized *type, void *theirs, size_t size,
                                    const void *defaults);
/* CSVK_EUSAGE when the size in `theirs` is not possible. */
CSVK_FOR_EXTRA int csvk_sized_check(const struct csvk_sized *type, const void *theirs,
                                    struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads `theirs` over the defaults in `own`, a whole struct, whose size stays. CSVK_EUSAGE when the
 * size is not possible, or something is set that this library does not know.
 */
CSVK_FOR_EXTRA int csvk_sized_read(const struct csvk_sized *type, void *own, const void *theirs,
                                   struct csvk_error *err) CSVK_MUST_USE;
/* Writes `own` to `theirs`, whose size was checked and stays. What only a newer program knows stays
   as well. */
CSVK_FOR_EXTRA void csvk_sized_write(const struct csvk_sized *type, void *theirs, const void *own);

#endif
