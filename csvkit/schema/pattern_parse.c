/*
 * pattern_parse.c - an expression of XML Schema or of ECMAScript as a tree.
 *
 * The idea. Both are read by the same descent; where they differ, the flavour is asked. In those of
 * XML Schema ^ and $ are characters, and an expression is about the whole value; but people write
 * ^...$ all the same, so a ^ that begins a branch and a $ that ends one mean nothing there.
 */
#include "csvkit/schema/pattern_private.h"

#include "csvkit/json.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST  200
#define REPEAT_MOST 10000

struct parser {
    struct pattern_tree *tree;
    const char *text, *at;
    enum csvk_pattern_flavour flavour;
    struct csvk_error *err;
    int status;
    unsigned depth;
};

static bool is_xml(const struct parser *p)
{
    return p->flavour == CSVK_PATTERN_XSD;
}

static uint32_t fail(struct parser *p, const char *what)
{
    if (p->status == CSVK_OK) {
        p->status = csvk_fail(p->err, CSVK_EUSAGE, "%s, at character %zu", what,
                              (size_t)(p->at - p->text) + 1);
    }
    return 0;
}

static uint32_t add_node(struct parser *p, struct node node)
{
    struct pattern_tree *tree = p->tree;
    if (tree->count == tree->capacity) {
        size_t capacity = tree->capacity < 32 ? 32 : tree->capacity * 2;
        struct node *more = csvk_reallocarray(tree->item, capacity, sizeof *more);
        if (more == NULL) {
            code_set_release(&node.set);
            p->status = csvk_fail(p->err, CSVK_ENOMEM, "out of memory for a pattern");
            return 0;
        }
        tree->item = more;
        tree->capacity = capacity;
    }
    tree->item[tree->count] = node;
    return (uint32_t)tree->count++;
}

static uint32_t add_set(struct parser *p, struct code_set *set)
{
    code_set_sort(set);
    if (set->failed) {
        code_set_release(set);
        p->status = csvk_fail(p->err, CSVK_ENOMEM, "out of memory for a pattern");
        return 0;
    }
    return add_node(p, (struct node){.kind = NODE_SET, .set = *set});
}

static bool take(struct parser *p, char c)
{
    bool same = *p->at == c;
    p->at += same;
    return same;
}

/* The next character as it is. */
static uint32_t take_code(struct parser *p)
{
    uint32_t code = 0;
    size_t length = csvk_utf8_decode((const unsigned char *)p->at, strlen(p->at) + 1, &code);
    if (length == 0) {
        return fail(p, "no UTF-8 in the pattern");
    }
    p->at += length;
    return code;
}

/* ---- escapes --------------------------------------------------------------------------------- */

static uint32_t take_hex(struct parser *p, size_t digits)
{
    uint32_t code = 0;
    for (size_t i = 0; i < digits; i++) {
        char c = (char)(*p->at | 0x20);
        bool digit = *p->at >= '0' && *p->at <= '9';
        if (!digit && (c < 'a' || c > 'f')) {
            return fail(p, "a hexadecimal digit is missing");
        }
        code = code * 16 + (uint32_t)(digit ? *p->at - '0' : c - 'a' + 10);
        p->at++;
    }
    return code;
}

/* \u00e9 and \u{1F600}, after the letter. */
static uint32_t take_unicode(struct parser *p)
{
    if (!take(p, '{')) {
        return take_hex(p, 4);
    }
    size_t digits = strspn(p->at, "0123456789abcdefABCDEF");
    uint32_t code = digits >= 1 && digits <= 6 ? take_hex(p, digits) : CODE_MOST + 1;
    return take(p, '}') && code <= CODE_MOST ? code : fail(p, "no such character");
}

/* \p{Lu}, after the p. */
static bool take_category(struct parser *p, struct code_set *set, bool negated)
{
    const char *end = strchr(p->at, '}');
    struct code_set own = {0};
    if (*p->at != '{' || end == NULL ||
        !pattern_add_category(&own, p->at + 1, (size_t)(end - p->at) - 1)) {
        fail(p, "not supported: this category or block of characters");
        code_set_release(&own);
        return true;
    }
    p->at = end + 1;
    if (negated) {
        code_set_negate(&own);
    }
    code_set_add_all(set, &own);
    code_set_release(&own);
    return true;
}

/* After a backslash: a class goes to `set`, and the answer is true; else *code is one character. */
static bool take_escape(struct parser *p, struct code_set *set, uint32_t *code)
{
    char letter = *p->at;
    bool supported = true;
    *code = 0;
    if (letter == '\0') {
        fail(p, "a backslash at the end");
        return true;
    }
    if (letter == 'p' || letter == 'P') {
        p->at++;
        return take_category(p, set, letter == 'P');
    }
    if (pattern_add_class(set, letter, p->flavour, &supported)) {
        p->at++;
        if (!supported) {
            fail(p, "not supported: a class of characters, without libutf8proc");
        }
        return true;
    }
    static const char letters[] = "nrtfv", codes[] = "\n\r\t\f\v";
    const char *known = strchr(letters, letter);
    if (known != NULL && (!is_xml(p) || known - letters < 3)) {
        p->at++;
        *code = (uint32_t)codes[known - letters];
        return false;
    }
    if (!is_xml(p) && (letter == 'x' || letter == 'u')) {
        p->at++;
        *code = letter == 'x' ? take_hex(p, 2) : take_unicode(p);
        return false;
    }
    if (!is_xml(p) && letter == '0' && (p->at[1] < '0' || p->at[1] > '9')) {
        p->at++;
        return false;
    }
    bool alone =
        (letter >= '0' && letter <= '9') || ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z');
    if (alone) {
        fail(p, letter >= '1' && letter <= '9'   ? "not supported: a back reference"
                : letter == 'b' || letter == 'B' ? "not supported: \\b"
                                                 : "not supported: this escape");
        return true;
    }
    *code = take_code(p);
    return false;
}

/* ---- classes --------------------------------------------------------------------------------- */

/* One character or class in brackets. True: it was one character, *code. */
static bool take_member(struct parser *p, struct code_set *set, uint32_t *code)
{
    if (take(p, '\\')) {
        if (!is_xml(p) && take(p, 'b')) {
            *code = '\b';
            return true;
        }
        return !take_escape(p, set, code);
    }
    *code = take_code(p);
    return true;
}

static struct code_set take_class(struct parser *p)
{
    struct code_set set = {0}, less = {0};
    bool negated = take(p, '^'), first = true;
    while (p->status == CSVK_OK && (*p->at != ']' || (first && is_xml(p)))) {
        uint32_t least = 0, most = 0;
        if (*p->at == '\0') {
            fail(p, "a class without its end");
        } else if (is_xml(p) && !first && p->at[0] == '-' && p->at[1] == '[') {
            p->at += 2;
            if (++p->depth > DEPTH_MOST) {
                fail(p, "nested too deep");
                break;
            }
            less = take_class(p);
            p->depth--;
            break;
        } else if (take_member(p, &set, &least)) {
            bool range = p->at[0] == '-' && p->at[1] != ']' && p->at[1] != '\0' && p->at[1] != '[';
            most = least;
            if (range) {
                p->at++;
                if (!take_member(p, &set, &most) || most < least) {
                    fail(p, "a range from the greater to the less");
                }
            }
            code_set_add(&set, least, most);
        }
        first = false;
    }
    if (!take(p, ']')) {
        fail(p, "a class without its end");
    }
    if (negated) {
        code_set_negate(&set);
    }
    if (less.count != 0) {
        code_set_subtract(&set, &less);
    }
    code_set_release(&less);
    return set;
}

/* ---- the tree -------------------------------------------------------------------------------- */

static uint32_t take_branches(struct parser *p);

static bool ends_branch(const char *at)
{
    return *at == '\0' || *at == '|' || *at == ')';
}

static uint32_t take_group(struct parser *p)
{
    if (take(p, '?')) {
        if (is_xml(p)) {
            return fail(p, "a quantifier without anything before it");
        }
        if (p->at[0] == '<' && p->at[1] != '=' && p->at[1] != '!' && strchr(p->at, '>') != NULL) {
            p->at = strchr(p->at, '>') + 1;
        } else if (!take(p, ':')) {
            return fail(p, "not supported: looking ahead or behind");
        }
    }
    if (++p->depth > DEPTH_MOST) {
        return fail(p, "nested too deep");
    }
    uint32_t inner = take_branches(p);
    p->depth--;
    return take(p, ')') ? inner : fail(p, "a bracket is not closed");
}

static uint32_t take_atom(struct parser *p, bool first)
{
    struct code_set set = {0};
    uint32_t code = 0;
    if (take(p, '(')) {
        return take_group(p);
    }
    if (*p->at == '^' && (first || !is_xml(p))) {
        p->at++;
        return add_node(p, (struct node){.kind = NODE_BEGIN});
    }
    if (*p->at == '$' && (ends_branch(p->at + 1) || !is_xml(p))) {
        p->at++;
        return add_node(p, (struct node){.kind = NODE_END});
    }
    if (*p->at != '\0' && strchr("*+?{", *p->at) != NULL) {
        return fail(p, "a quantifier without anything before it");
    }
    if (take(p, '[')) {
        set = take_class(p);
    } else if (take(p, '.')) {
        code_set_add(&set, '\n', '\n');
        code_set_add(&set, '\r', '\r');
        if (!is_xml(p)) {
            code_set_add(&set, 0x2028, 0x2029);
        }
        code_set_negate(&set);
    } else if (take(p, '\\')) {
        if (!take_escape(p, &set, &code)) {
            code_set_add(&set, code, code);
        }
    } else {
        code = take_code(p);
        code_set_add(&set, code, code);
    }
    return add_set(p, &set);
}

static bool take_count(struct parser *p, uint32_t *count)
{
    char *end;
    if (*p->at < '0' || *p->at > '9') {
        return false;
    }
    unsigned long value = strtoul(p->at, &end, 10);
    p->at = end;
    *count = value <= REPEAT_MOST ? (uint32_t)value : REPEAT_MOST + 1;
    return true;
}

/* {n}, {n,}, {n,m}, after the bracket. */
static bool take_counts(struct parser *p, uint32_t *least, uint32_t *most)
{
    bool good = take_count(p, least);
    *most = *least;
    if (good && take(p, ',')) {
        *most = REPEAT_NO_END;
        good = *p->at == '}' || take_count(p, most);
    }
    if (good && (*least > REPEAT_MOST || (*most > REPEAT_MOST && *most != REPEAT_NO_END))) {
        fail(p, "not supported: a count above 10000");
        return false;
    }
    return good && *least <= *most && take(p, '}');
}

static uint32_t take_piece(struct parser *p, bool first)
{
    uint32_t atom = take_atom(p, first), least = 1, most = 1;
    bool quantified = true;
    if (p->status != CSVK_OK) {
        return 0;
    }
    if (take(p, '*')) {
        least = 0, most = REPEAT_NO_END;
    } else if (take(p, '+')) {
        most = REPEAT_NO_END;
    } else if (take(p, '?')) {
        least = 0;
    } else if (take(p, '{')) {
        if (!take_counts(p, &least, &most)) {
            return fail(p, "a count that is none");
        }
    } else {
        quantified = false;
    }
    if (quantified && !is_xml(p)) {
        (void)take(p, '?'); /* as few as possible: the same values */
    }
    return quantified
               ? add_node(
                     p,
                     (struct node){.kind = NODE_REPEAT, .left = atom, .least = least, .most = most})
               : atom;
}

static uint32_t take_branch(struct parser *p)
{
    uint32_t all = add_node(p, (struct node){.kind = NODE_EMPTY});
    for (bool first = true; p->status == CSVK_OK && !ends_branch(p->at); first = false) {
        uint32_t piece = take_piece(p, first);
        if (p->status == CSVK_OK) {
            all = add_node(p, (struct node){.kind = NODE_BOTH, .left = all, .right = piece});
        }
    }
    return all;
}

static uint32_t take_branches(struct parser *p)
{
    uint32_t all = take_branch(p);
    while (p->status == CSVK_OK && take(p, '|')) {
        uint32_t branch = take_branch(p);
        if (p->status == CSVK_OK) {
            all = add_node(p, (struct node){.kind = NODE_EITHER, .left = all, .right = branch});
        }
    }
    return all;
}

int pattern_parse(struct pattern_tree *tree, const char *pattern, enum csvk_pattern_flavour flavour,
                  struct csvk_error *err)
{
    struct parser p = {
        .tree = tree, .text = pattern, .at = pattern, .flavour = flavour, .err = err};
    *tree = (struct pattern_tree){0};
    tree->root = take_branches(&p);
    if (p.status == CSVK_OK && *p.at != '\0') {
        fail(&p, "a bracket that was not opened");
    }
    return p.status;
}

void pattern_tree_release(struct pattern_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        code_set_release(&tree->item[i].set);
    }
    csvk_free(tree->item);
    *tree = (struct pattern_tree){0};
}
