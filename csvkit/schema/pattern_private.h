/* pattern_private.h - private: an expression as a tree, and as a program over bytes. */
#ifndef CSVKIT_SCHEMA_PATTERN_PRIVATE_H
#define CSVKIT_SCHEMA_PATTERN_PRIVATE_H

#include "csvkit/schema/pattern_set.h"
#include "csvkit/schema/value_pattern.h"

#define REPEAT_NO_END UINT32_MAX

enum node_kind { NODE_EMPTY, NODE_SET, NODE_BOTH, NODE_EITHER, NODE_REPEAT, NODE_BEGIN, NODE_END };
struct node {
    enum node_kind kind;
    uint32_t left, right; /* of BOTH and EITHER; `left` of REPEAT */
    uint32_t least, most; /* of REPEAT */
    struct code_set set;
};
struct pattern_tree {
    struct node *item;
    size_t count, capacity;
    uint32_t root;
};
/* pattern_parse.c: CSVK_EUSAGE, CSVK_ENOMEM; release in any case. */
int pattern_parse(struct pattern_tree *tree, const char *pattern, enum csvk_pattern_flavour flavour,
                  struct csvk_error *err) CSVK_MUST_USE;
void pattern_tree_release(struct pattern_tree *tree);

/* pattern_classes.c: adds what an escape stands for. False: there is none of this letter. */
bool pattern_add_class(struct code_set *set, char letter, enum csvk_pattern_flavour flavour,
                       bool *supported);
/* \p{name}. False: no such category, or nobody knows categories. */
bool pattern_add_category(struct code_set *set, const char *name, size_t length);

enum byte_step_kind { STEP_BYTES, STEP_SPLIT, STEP_BEGIN, STEP_END, STEP_MATCH };
struct step {
    unsigned char kind, least, most; /* of bytes */
    uint32_t next, other;
};
struct pattern_program {
    struct step *item;
    size_t count, capacity;
    uint32_t start;
    bool failed, too_large;
};
/* pattern_program.c: `anywhere`: a match may begin at any byte. CSVK_EUSAGE: too large. */
int pattern_compile(struct pattern_program *program, const struct pattern_tree *tree, bool anywhere,
                    struct csvk_error *err) CSVK_MUST_USE;

#endif
