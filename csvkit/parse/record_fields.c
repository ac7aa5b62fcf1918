/* record_fields.c - see record_fields.h. */
#include "csvkit/parse/record_fields.h"

#include "csvkit/parse/scan/scan.h"

_Static_assert(CSVK_RECORD_SLACK >= CSVK_SCAN_SLACK, "the scan looks around the record");

struct csvk_record_fields {
    struct csvk_scan scan;
};

int csvk_record_fields_new(struct csvk_record_fields **out, const struct csvk_dialect *dialect)
{
    struct csvk_options options;
    csvk_options_init(&options);
    options.dialect = *dialect;
    options.detail = CSVK_FIELDS;
    options.facts = 0;
    options.eol = CSVK_EOL_LF; /* the record has no line break: a CR in it is data */
    struct csvk_record_fields *fields = csvk_malloc(sizeof *fields);
    if (fields == NULL) {
        return CSVK_ENOMEM;
    }
    int status = csvk_scan_init(&fields->scan, &options, NULL);
    if (status != CSVK_OK) {
        csvk_free(fields);
        return status;
    }
    *out = fields;
    return CSVK_OK;
}

int csvk_record_fields_read(struct csvk_record_fields *fields, struct csvk_bytes record,
                            struct csvk_record_read *read)
{
    struct csvk_batch_builder *builder = &fields->scan.builder;
    csvk_batch_builder_clear(builder);
    csvk_scan(&fields->scan, record.ptr, record.len, true, 0);
    if (builder->failed) {
        return CSVK_ENOMEM;
    }
    *read = (struct csvk_record_read){NULL, 0, false};
    if (builder->nrecords != 0) {
        const struct csvk_record *first = &builder->records[0];
        read->field = builder->fields + first->first_field;
        read->count = first->nfields;
        read->sound = builder->nrecords == 1 && first->nfacts == 0;
    }
    return CSVK_OK;
}

void csvk_record_fields_free(struct csvk_record_fields *fields)
{
    if (fields != NULL) {
        csvk_scan_release(&fields->scan);
        csvk_free(fields);
    }
}
