/* A field with parameters: every name that it gives ends with a NUL and is counted, and its parameters lie inside. */
#include "names.h"

#include "mail/param.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_inside(struct span whole, struct span piece)
{
    return piece.size == 0 || (piece.data >= whole.data && piece.data + piece.size <= whole.data + whole.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span value = span_of(data, size);
    struct mail_params params;
    struct mail_param param;
    size_t count = 0;
    mail_params_init(&params, value);
    assert(is_inside(value, params.head));
    while (mail_params_next(&params, &param)) {
        assert(is_inside(value, param.name) && is_inside(value, param.value) && is_inside(value, param.loose));
        count++;
    }
    assert(count <= size);

    struct mail_names names;
    mail_names_init(&names, 1000);
    mail_names_add_field(&names, value, "filename");
    mail_names_add_field(&names, value, "name");
    mail_names_add_text(&names, value);
    mail_names_add_id(&names, value);
    size_t ends = 0;
    for (struct span rest = buf_span(&names.list); rest.size > 0;) {
        struct span name = span_cut(&rest, '\0');
        assert(name.size > 0 && name.size == names.sizes[ends]);
        ends++;
    }
    assert(ends == names.count && names.count <= MAIL_NAMES_MOST);
    assert(names.list.size == 0 || names.list.data[names.list.size - 1] == '\0');
    mail_names_fini(&names);

    struct buf boundary;
    mail_defects defects = 0;
    buf_init(&boundary, size);
    (void)mail_param_find(value, "boundary", &boundary, &defects);
    buf_fini(&boundary);
    return 0;
}
