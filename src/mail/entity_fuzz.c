/* Any header: its main readings are among all of them, and every text ends. Reading it again says the same. */
#include "entity.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mail_entity entity;
    mail_entity_init(&entity, 500);
    mail_entity_read(&entity, span_of(data, size), "text/plain");
    assert(memchr(entity.type, '\0', MAIL_TYPE_SIZE) != NULL);
    assert(entity.kind != 0 && (entity.kinds & entity.kind) == entity.kind);
    assert((entity.encodings.all & MAIL_ENCODING_BIT(entity.encodings.main)) != 0);
    assert(entity.charset_count <= MAIL_CHARSETS_MOST && entity.names.count <= MAIL_NAMES_MOST);
    for (size_t i = 0; i < entity.charset_count; i++)
        assert(memchr(entity.charsets[i], '\0', MAIL_CHARSET_SIZE) != NULL && entity.charsets[i][0] != '\0');
    mail_defects defects = entity.defects;
    unsigned kinds = entity.kinds;
    size_t names = entity.names.count;
    mail_entity_read(&entity, span_of(data, size), "text/plain");
    assert(entity.defects == defects && entity.kinds == kinds && entity.names.count == names);
    mail_entity_fini(&entity);
    return 0;
}
