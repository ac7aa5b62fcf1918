/* number_sum.c - see number_sum.h. */
#include "csvkit/stats/number_sum.h"

#include <stdio.h>
#include <string.h>

#define LIMB        INT64_C(1000000000)
#define LIMB_DIGITS 9
#define CARRY_AFTER (UINT32_C(1) << 30)
#define MEAN_DIGITS 15
#define ALL_DIGITS  (SUM_LIMBS * LIMB_DIGITS)

static const uint64_t power_of_ten[] = {1,
                                        10,
                                        100,
                                        1000,
                                        10000,
                                        100000,
                                        1000000,
                                        10000000,
                                        100000000,
                                        1000000000,
                                        10000000000,
                                        100000000000,
                                        1000000000000,
                                        10000000000000,
                                        100000000000000,
                                        1000000000000000,
                                        10000000000000000,
                                        100000000000000000,
                                        1000000000000000000};

/* ---- long sums ---- */

/* Brings all limbs but the last one into -LIMB < limb < LIMB. */
static void carry(struct number_limbs *sum)
{
    for (size_t i = 0; i + 1 < SUM_LIMBS; i++) {
        sum->limb[i + 1] += sum->limb[i] / LIMB;
        sum->limb[i] %= LIMB;
    }
    sum->additions = 0;
}

static void add_limb(struct number_limbs *sum, size_t place, uint64_t part, bool negative)
{
    /* `place` counts decimal digits from the lowest; the part has at most 9 of them */
    size_t limb = place / LIMB_DIGITS;
    uint64_t shifted = part * power_of_ten[place % LIMB_DIGITS];
    int64_t low = (int64_t)(shifted % (uint64_t)LIMB), high = (int64_t)(shifted / (uint64_t)LIMB);
    sum->limb[limb] += negative ? -low : low;
    sum->limb[limb + 1] += negative ? -high : high;
}

/* Adds a magnitude, nine digits at a time, whose lowest digit stands at `place`. */
static void add_magnitude(struct number_limbs *sum, uint64_t magnitude, size_t place, bool negative)
{
    for (; magnitude != 0; magnitude /= (uint64_t)LIMB, place += LIMB_DIGITS) {
        add_limb(sum, place, magnitude % (uint64_t)LIMB, negative);
    }
    sum->additions++;
    if (sum->additions >= CARRY_AFTER) {
        carry(sum);
    }
}

/* The digits of a number, one after the other, without point and sign. */
static size_t digits_of(const struct typed_value *value, struct csvk_bytes text,
                        unsigned char digits[NUMBER_TEXT])
{
    size_t n = 0, wanted = value->integer_digits + value->fraction_digits;
    for (size_t i = 0; i < text.len && n < wanted && n < NUMBER_TEXT; i++) {
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9') {
            digits[n++] = text.ptr[i];
        }
    }
    return n;
}

/* Adds `count` times a number of nine digits at most: a product below 10^9 * 2^64. */
static void add_product(struct number_limbs *sum, uint64_t part, uint64_t count, size_t place,
                        bool negative)
{
    uint64_t low = count % (uint64_t)LIMB, high = count / (uint64_t)LIMB; /* high < 2^35 */
    add_magnitude(sum, part * low, place, negative);
    add_magnitude(sum, part * (high % (uint64_t)LIMB), place + LIMB_DIGITS, negative);
    add_magnitude(sum, part * (high / (uint64_t)LIMB), place + 2 * LIMB_DIGITS, negative);
}

static void add_long(struct number_limbs *sum, const struct typed_value *value,
                     struct csvk_bytes text, uint64_t count)
{
    unsigned char digits[NUMBER_TEXT];
    size_t n = digits_of(value, text, digits);
    size_t place = (size_t)(SUM_ORIGIN + value->exponent - (int)value->fraction_digits);
    for (size_t end = n; end > 0;) {
        size_t begin = end > LIMB_DIGITS ? end - LIMB_DIGITS : 0;
        uint64_t part = 0;
        for (size_t i = begin; i < end; i++) {
            part = part * 10 + (uint64_t)(digits[i] - '0');
        }
        add_product(sum, part, count, place, value->negative);
        place += end - begin;
        end = begin;
    }
}

/* ---- adding ---- */

/* Adds count * mantissa to a sum of 128 bits. */
static void add_wide(uint64_t *low, int64_t *high, uint64_t mantissa, uint64_t count, bool negative)
{
    uint64_t a0 = (uint32_t)mantissa, a1 = mantissa >> 32;
    uint64_t b0 = (uint32_t)count, b1 = count >> 32;
    uint64_t mid1 = a1 * b0, mid2 = a0 * b1;
    uint64_t over = ((a0 * b0 >> 32) + (uint32_t)mid1 + (uint32_t)mid2) >> 32;
    uint64_t l = mantissa * count, h = a1 * b1 + (mid1 >> 32) + (mid2 >> 32) + over;
    if (negative) {
        l = ~l + 1;
        h = ~h + (l == 0);
    }
    *low += l;
    *high = (int64_t)((uint64_t)*high + h + (*low < l));
}

static int need_others(struct number_sum *sum)
{
    sum->others = sum->others != NULL ? sum->others : csvk_calloc(1, sizeof *sum->others);
    return sum->others != NULL ? CSVK_OK : CSVK_ENOMEM;
}

int number_sum_add(struct number_sum *sum, const struct typed_value *value, struct csvk_bytes text,
                   uint64_t count)
{
    sum->count += count;
    if (number_is_short(value)) {
        size_t decimals = value->fraction_digits;
        if (count == 1) {
            uint64_t sign = value->negative ? UINT64_MAX : 0;
            uint64_t part = (value->mantissa ^ sign) - sign;
            sum->low[decimals] += part;
            sum->high[decimals] +=
                (int64_t)(sum->low[decimals] < part) - (int64_t)(value->negative && part != 0);
        } else {
            add_wide(&sum->low[decimals], &sum->high[decimals], value->mantissa, count,
                     value->negative);
        }
        return CSVK_OK;
    }
    int status = need_others(sum);
    if (status == CSVK_OK) {
        add_long(sum->others, value, text, count);
    }
    return status;
}

int number_sum_merge(struct number_sum *left, const struct number_sum *right)
{
    left->count += right->count;
    for (size_t i = 0; i <= TYPED_MANTISSA_DIGITS; i++) {
        left->low[i] += right->low[i];
        left->high[i] += right->high[i] + (left->low[i] < right->low[i]);
    }
    if (right->others == NULL) {
        return CSVK_OK;
    }
    int status = need_others(left);
    struct number_limbs own = *right->others;
    if (status == CSVK_OK) {
        carry(&own);
        carry(left->others);
    }
    for (size_t i = 0; i < SUM_LIMBS && status == CSVK_OK; i++) {
        left->others->limb[i] += own.limb[i];
    }
    return status;
}

void number_sum_release(struct number_sum *sum)
{
    csvk_free(sum->others);
    *sum = (struct number_sum){0};
}

/* ---- the mean ---- */

/* All of the sum as limbs of one sign, without it. True: it is negative. */
static bool whole_sum(const struct number_sum *sum, struct number_limbs *whole)
{
    *whole = sum->others != NULL ? *sum->others : (struct number_limbs){0};
    for (size_t i = 0; i <= TYPED_MANTISSA_DIGITS; i++) {
        uint64_t low = sum->low[i], high = (uint64_t)sum->high[i];
        bool negative = sum->high[i] < 0;
        if (negative) {
            low = ~low + 1;
            high = ~high + (low == 0);
        }
        /* 128 bits in four parts of 32, times the powers of 2^32, by repeated division by 10^9 */
        uint32_t part[4] = {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high,
                            (uint32_t)(high >> 32)};
        for (size_t place = SUM_ORIGIN - i; (part[0] | part[1] | part[2] | part[3]) != 0;
             place += LIMB_DIGITS) {
            uint64_t rest = 0;
            for (int k = 3; k >= 0; k--) {
                rest = rest << 32 | part[k];
                part[k] = (uint32_t)(rest / (uint64_t)LIMB);
                rest %= (uint64_t)LIMB;
            }
            add_limb(whole, place, rest, negative);
        }
    }
    carry(whole);
    size_t top = SUM_LIMBS;
    while (top > 0 && whole->limb[top - 1] == 0) {
        top--;
    }
    bool negative = top > 0 && whole->limb[top - 1] < 0;
    for (size_t i = 0; i < SUM_LIMBS; i++) {
        whole->limb[i] = negative ? -whole->limb[i] : whole->limb[i];
    }
    for (size_t i = 0; i + 1 < SUM_LIMBS; i++) { /* borrow: the sum of all is positive */
        if (whole->limb[i] < 0) {
            whole->limb[i] += LIMB;
            whole->limb[i + 1] -= 1;
        }
    }
    return negative;
}

/* Decimal digits of the sum, the highest first, followed by zeros. */
struct mean_digits {
    unsigned char digit[MEAN_DIGITS + 1]; /* one more, for rounding */
    size_t count;
    int power; /* of ten, of the first digit */
};

/* Long division, digit by digit, by a divisor of 64 bits: the rest times ten takes 68. */
static unsigned next_digit(uint64_t *rest, unsigned digit, uint64_t divisor)
{
    unsigned quotient = 0;
    uint64_t value = 0; /* rest * 10 + digit, ten times the rest added one by one */
    for (unsigned i = 0; i < 10; i++) {
        if (value >= divisor - *rest) {
            value -= divisor - *rest;
            quotient++;
        } else {
            value += *rest;
        }
    }
    if (value >= divisor - digit && divisor > digit) {
        value -= divisor - digit;
        quotient++;
    } else if (divisor > digit) {
        value += digit;
    } else { /* a divisor of one digit */
        quotient += (unsigned)((value + digit) / divisor);
        value = (value + digit) % divisor;
    }
    *rest = value;
    return quotient;
}

static unsigned digit_of_sum(const struct number_limbs *whole, size_t place)
{
    return (unsigned)((uint64_t)whole->limb[place / LIMB_DIGITS] /
                      power_of_ten[place % LIMB_DIGITS] % 10);
}

static void divide(const struct number_limbs *whole, uint64_t divisor, struct mean_digits *out)
{
    uint64_t rest = 0;
    *out = (struct mean_digits){.count = 0};
    for (int place = ALL_DIGITS - 1; out->count < MEAN_DIGITS + 1; place--) {
        unsigned digit = place >= 0 ? digit_of_sum(whole, (size_t)place) : 0;
        unsigned quotient = next_digit(&rest, digit, divisor);
        if (out->count == 0 && quotient == 0) {
            if (place < 0 && rest == 0) {
                return; /* zero */
            }
            continue;
        }
        out->power = out->count == 0 ? place - SUM_ORIGIN : out->power;
        out->digit[out->count++] = (unsigned char)quotient;
    }
}

/* Drops the digit for rounding, and zeros at the end. */
static void round_digits(struct mean_digits *mean)
{
    bool up = mean->digit[MEAN_DIGITS] >= 5;
    mean->count = MEAN_DIGITS;
    for (size_t i = MEAN_DIGITS; up && i-- > 0;) {
        up = mean->digit[i] == 9;
        mean->digit[i] = up ? 0 : mean->digit[i] + 1;
    }
    if (up) {
        mean->digit[0] = 1;
        mean->power++;
    }
    while (mean->count > 1 && mean->digit[mean->count - 1] == 0) {
        mean->count--;
    }
}

static void write_plain(const struct mean_digits *mean, char *text)
{
    int first = mean->power < 0 ? 0 : mean->power, last = mean->power - (int)mean->count + 1;
    for (int power = first; power >= (last < 0 ? last : 0); power--) {
        int at = mean->power - power;
        if (power == -1) {
            *text++ = '.';
        }
        *text++ = (char)('0' + (at >= 0 && at < (int)mean->count ? mean->digit[at] : 0));
    }
    *text = '\0';
}

static void write_power(const struct mean_digits *mean, char *text, size_t size)
{
    char digits[MEAN_DIGITS + 1] = "";
    for (size_t i = 1; i < mean->count; i++) {
        digits[i - 1] = (char)('0' + mean->digit[i]);
    }
    snprintf(text, size, "%u%s%se%d", (unsigned)mean->digit[0], digits[0] != '\0' ? "." : "",
             digits, mean->power);
}

int number_sum_mean(const struct number_sum *sum, char *text, size_t size)
{
    struct mean_digits mean;
    text[0] = '\0';
    if (sum->count == 0) {
        return CSVK_OK;
    }
    struct number_limbs *whole = csvk_calloc(1, sizeof *whole);
    if (whole == NULL) {
        return CSVK_ENOMEM;
    }
    bool negative = whole_sum(sum, whole);
    divide(whole, sum->count, &mean);
    csvk_free(whole);
    if (mean.count == 0) {
        snprintf(text, size, "0");
        return CSVK_OK;
    }
    round_digits(&mean);
    text[0] = '-';
    text += negative;
    size -= negative;
    if (mean.power >= -7 && mean.power <= 21) {
        write_plain(&mean, text);
    } else {
        write_power(&mean, text, size);
    }
    return CSVK_OK;
}

/* ---- comparing ---- */

/* Compares the magnitudes of two numbers that are not zero. */
static int compare_digits(const struct typed_value *x, struct csvk_bytes xt,
                          const struct typed_value *y, struct csvk_bytes yt)
{
    unsigned char a[NUMBER_TEXT], b[NUMBER_TEXT];
    size_t m = digits_of(x, xt, a), n = digits_of(y, yt, b), i = 0, j = 0;
    while (i < m && a[i] == '0') {
        i++;
    }
    while (j < n && b[j] == '0') {
        j++;
    }
    /* powers of ten of the first digits that are not zero */
    int p = (int)x->integer_digits - 1 - (int)i + x->exponent;
    int q = (int)y->integer_digits - 1 - (int)j + y->exponent;
    if (p != q) {
        return p < q ? -1 : 1;
    }
    for (; i < m || j < n; i++, j++) {
        unsigned char c = i < m ? a[i] : '0', d = j < n ? b[j] : '0';
        if (c != d) {
            return c < d ? -1 : 1;
        }
    }
    return 0;
}

static int sign_of(const struct typed_value *value, struct csvk_bytes text)
{
    unsigned char digits[NUMBER_TEXT];
    size_t n = digits_of(value, text, digits);
    for (size_t i = 0; i < n; i++) {
        if (digits[i] != '0') {
            return value->negative ? -1 : 1;
        }
    }
    return 0;
}

static int compare_slowly(const struct typed_value *x, struct csvk_bytes xt,
                          const struct typed_value *y, struct csvk_bytes yt)
{
    int s = sign_of(x, xt), t = sign_of(y, yt);
    if (s != t) {
        return s < t ? -1 : 1;
    }
    return s == 0 ? 0 : s * compare_digits(x, xt, y, yt);
}

/* As compare_slowly, when both are short and have the same number of decimals, or can be given it;
   false: they cannot. */
static bool compare_quickly(const struct typed_value *x, const struct typed_value *y, int *order)
{
    if (!number_is_short(x) || !number_is_short(y)) {
        return false;
    }
    uint64_t a = x->mantissa, b = y->mantissa;
    size_t m = x->fraction_digits, n = y->fraction_digits;
    if (m != n) {
        size_t more = m < n ? n - m : m - n;
        uint64_t *low = m < n ? &a : &b;
        if (*low >= power_of_ten[TYPED_MANTISSA_DIGITS - more]) {
            return false;
        }
        *low *= power_of_ten[more];
    }
    int64_t c = x->negative ? -(int64_t)a : (int64_t)a, d = y->negative ? -(int64_t)b : (int64_t)b;
    *order = c < d ? -1 : c > d;
    return true;
}

void number_bound_take(struct number_bound *bound, const struct typed_value *value,
                       struct csvk_bytes text, int sign)
{
    struct csvk_bytes kept = {bound->text, bound->length};
    int order = 0;
    if (bound->length != 0) {
        if (!compare_quickly(value, &bound->value, &order)) {
            order = compare_slowly(value, text, &bound->value, kept);
        }
        if (order == 0) { /* written differently, perhaps */
            bool first = text.len != kept.len ? text.len < kept.len
                                              : memcmp(text.ptr, kept.ptr, text.len) < 0;
            order = first ? sign : -sign;
        }
        if (order != sign) {
            return;
        }
    }
    bound->length = (uint32_t)(text.len < NUMBER_TEXT ? text.len : NUMBER_TEXT);
    memcpy(bound->text, text.ptr, bound->length);
    bound->value = *value;
    bound->whole = number_is_short(value) ? number_whole(value) : 0;
    bound->decimals = number_is_short(value) ? value->fraction_digits : SIZE_MAX;
}
