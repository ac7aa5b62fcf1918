/* fuzz_sniff.c - any bytes can be sniffed; a clear verdict comes with a dialect that is one. */
#include "csvkit/extra/extra.h"
#include "csvkit/sniff.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check_part(const struct csvk_sniff_part *part)
{
    if (part->score < 0 || part->score > 100 ||
        memchr(part->evidence, '\0', sizeof part->evidence) == NULL) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    csvk_use_decoders();
    csvk_use_encodings();
    enum csvk_sample extent = CSVK_SAMPLE_WHOLE;
    if (size > 0) {
        size--;
        extent = (data[size] & 1) != 0 ? CSVK_SAMPLE_CUT : CSVK_SAMPLE_WHOLE;
    }
    struct csvk_sniff sniff = {.size = sizeof sniff};
    if (csvk_sniff((struct csvk_bytes){data, size}, extent, &sniff, NULL) != CSVK_OK) {
        return 0;
    }
    check_part(&sniff.on_delimiter);
    check_part(&sniff.on_enclosure);
    check_part(&sniff.on_escape);
    check_part(&sniff.on_encoding);
    check_part(&sniff.on_header);
    check_part(&sniff.on_eol);
    if (sniff.verdict == CSVK_SNIFF_CLEAR &&
        (csvk_dialect_check(&sniff.dialect, NULL) != CSVK_OK || sniff.records == 0)) {
        abort();
    }
    return 0;
}
