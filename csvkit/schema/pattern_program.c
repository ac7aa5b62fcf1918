/*
 * pattern_program.c - from the tree of an expression to steps over bytes.
 *
 * The idea. Steps are made from the end to the front: every part gets the step that comes after it,
 * and gives the one with which it begins. A set of characters becomes a fan of sequences of ranges
 * of bytes, as UTF-8 writes them.
 */
#include "csvkit/schema/pattern_private.h"

#define STEPS_MOST 60000

static uint32_t add_step(struct pattern_program *p, struct step step)
{
    if (p->count >= STEPS_MOST) {
        p->too_large = true;
        return 0;
    }
    if (p->count == p->capacity) {
        size_t capacity = p->capacity < 64 ? 64 : p->capacity * 2;
        struct step *more = csvk_reallocarray(p->item, capacity, sizeof *more);
        p->failed |= more == NULL;
        if (more == NULL) {
            return 0;
        }
        p->item = more;
        p->capacity = capacity;
    }
    p->item[p->count] = step;
    return (uint32_t)p->count++;
}

static uint32_t add_split(struct pattern_program *p, uint32_t next, uint32_t other)
{
    return add_step(p, (struct step){.kind = STEP_SPLIT, .next = next, .other = other});
}

static uint32_t add_bytes(struct pattern_program *p, unsigned least, unsigned most, uint32_t next)
{
    return add_step(p, (struct step){.kind = STEP_BYTES,
                                     .least = (unsigned char)least,
                                     .most = (unsigned char)most,
                                     .next = next});
}

/* ---- characters ------------------------------------------------------------------------------ */

static size_t put_utf8(uint32_t code, unsigned char *to)
{
    if (code < 0x80) {
        to[0] = (unsigned char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (unsigned char)(0xC0 | code >> 6);
        to[1] = (unsigned char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (unsigned char)(0xE0 | code >> 12);
        to[1] = (unsigned char)(0x80 | (code >> 6 & 0x3F));
        to[2] = (unsigned char)(0x80 | (code & 0x3F));
        return 3;
    }
    to[0] = (unsigned char)(0xF0 | code >> 18);
    to[1] = (unsigned char)(0x80 | (code >> 12 & 0x3F));
    to[2] = (unsigned char)(0x80 | (code >> 6 & 0x3F));
    to[3] = (unsigned char)(0x80 | (code & 0x3F));
    return 4;
}

/* A range whose codes have as many bytes each, and whose last bytes are complete or of one head. */
static uint32_t add_sequence(struct pattern_program *p, uint32_t least, uint32_t most,
                             uint32_t next)
{
    unsigned char a[4], b[4];
    size_t length = put_utf8(least, a);
    (void)put_utf8(most, b);
    for (size_t i = length; i > 0; i--) {
        next = add_bytes(p, a[i - 1], b[i - 1], next);
    }
    return next;
}

/* Codes that end a range of one length in bytes; the surrogates are in none. */
static uint32_t end_of_length(uint32_t code)
{
    static const uint32_t ends[] = {0x7F, 0x7FF, 0xD7FF, 0xDFFF, 0xFFFF, CODE_MOST};
    size_t i = 0;
    while (code > ends[i]) {
        i++;
    }
    return ends[i];
}

/* The longest run from `least` that is one sequence: its last bytes are complete, or there is one
   head. */
static uint32_t end_of_sequence(uint32_t least, uint32_t most)
{
    uint32_t end = end_of_length(least);
    end = end < most ? end : most;
    for (unsigned bits = 18; bits >= 6 && least >= 0x80; bits -= 6) {
        uint32_t low = (UINT32_C(1) << bits) - 1;
        if (least >> bits == end >> bits) {
            continue;
        }
        if ((least & low) != 0) {
            end = least | low;
        } else if ((end & low) != low) {
            end = (end & ~low) - 1;
        }
    }
    return end;
}

static uint32_t add_set(struct pattern_program *p, const struct code_set *set, uint32_t next)
{
    uint32_t begin = 0;
    bool any = false;
    for (size_t i = 0; i < set->count; i++) {
        uint32_t least = set->item[i].least, most = set->item[i].most;
        while (least <= most && !p->failed && !p->too_large) {
            uint32_t end = end_of_sequence(least, most);
            if (least < 0xD800 || least > 0xDFFF) {
                uint32_t sequence = add_sequence(p, least, end, next);
                begin = any ? add_split(p, begin, sequence) : sequence;
                any = true;
            }
            least = end + 1;
        }
    }
    /* Of an empty set nothing comes: a range without a byte. */
    return any ? begin : add_bytes(p, 1, 0, next);
}

/* ---- the tree -------------------------------------------------------------------------------- */

static uint32_t add_node(struct pattern_program *p, const struct pattern_tree *tree, uint32_t index,
                         uint32_t next);

static uint32_t add_repeat(struct pattern_program *p, const struct pattern_tree *tree,
                           const struct node *node, uint32_t next)
{
    if (node->most == REPEAT_NO_END) {
        uint32_t loop = add_split(p, next, next);
        uint32_t body = add_node(p, tree, node->left, loop);
        if (!p->failed && !p->too_large) {
            p->item[loop].other = body;
        }
        next = loop;
    } else {
        uint32_t end = next;
        for (uint32_t i = node->least; i < node->most && !p->failed && !p->too_large; i++) {
            next = add_split(p, end, add_node(p, tree, node->left, next));
        }
    }
    for (uint32_t i = 0; i < node->least && !p->failed && !p->too_large; i++) {
        next = add_node(p, tree, node->left, next);
    }
    return next;
}

static uint32_t add_node(struct pattern_program *p, const struct pattern_tree *tree, uint32_t index,
                         uint32_t next)
{
    const struct node *node = &tree->item[index];
    if (p->failed || p->too_large) {
        return 0;
    }
    switch (node->kind) {
    case NODE_SET: return add_set(p, &node->set, next);
    case NODE_BOTH: return add_node(p, tree, node->left, add_node(p, tree, node->right, next));
    case NODE_EITHER: {
        uint32_t left = add_node(p, tree, node->left, next);
        return add_split(p, left, add_node(p, tree, node->right, next));
    }
    case NODE_REPEAT: return add_repeat(p, tree, node, next);
    case NODE_BEGIN: return add_step(p, (struct step){.kind = STEP_BEGIN, .next = next});
    case NODE_END: return add_step(p, (struct step){.kind = STEP_END, .next = next});
    default: return next;
    }
}

int pattern_compile(struct pattern_program *p, const struct pattern_tree *tree, bool anywhere,
                    struct csvk_error *err)
{
    uint32_t match = add_step(p, (struct step){.kind = STEP_MATCH});
    p->start = add_node(p, tree, tree->root, match);
    if (anywhere) {
        uint32_t loop = add_split(p, p->start, p->start);
        uint32_t any = add_bytes(p, 0, 255, loop);
        if (!p->failed && !p->too_large) {
            p->item[loop].other = any;
        }
        p->start = loop;
    }
    if (p->failed) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a pattern");
    }
    return p->too_large ? csvk_fail(err, CSVK_EUSAGE, "the pattern is too large") : CSVK_OK;
}
