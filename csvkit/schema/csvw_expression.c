/* csvw_expression.c - formats that are regular expressions (temporary: not supported yet). */
#include "csvkit/schema/csvw_compiled.h"

struct csvw_expression {
    int unused;
};
int csvw_expression_new(struct csvw_expression **out, const char *text, const char **ignored,
                        struct csvk_error *err)
{
    (void)text, (void)ignored;
    *out = NULL;
    return csvk_fail(err, CSVK_EUSAGE, "a format that is a regular expression");
}
bool csvw_expression_fits(const struct csvw_expression *expression, const unsigned char *text,
                          size_t length)
{
    (void)expression, (void)text, (void)length;
    return false;
}
void csvw_expression_free(struct csvw_expression *expression)
{
    csvk_free(expression);
}
