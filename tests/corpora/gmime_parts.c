/* What GMime takes for the leaves of each mail named on the command line: a line of JSON for each file with the SHA-256
 * of the decoded bytes of each leaf, in order. For the differential test alone.
 */
#include <gmime/gmime.h>
#include <stdbool.h>
#include <stdio.h>

static void print_leaf(GMimeObject *object, bool *is_first)
{
    GMimeDataWrapper *content = GMIME_IS_PART(object) ? g_mime_part_get_content(GMIME_PART(object)) : NULL;
    if (content == NULL)
        return;
    GMimeStream *memory = g_mime_stream_mem_new();
    (void)g_mime_data_wrapper_write_to_stream(content, memory);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    gchar *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
    GMimeContentType *type = g_mime_object_get_content_type(object);
    (void)printf("%s[\"%s\",%u,%s]", *is_first ? "" : ",", digest, bytes->len,
                 g_mime_content_type_is_type(type, "text", "*") ? "true" : "false");
    *is_first = false;
    g_free(digest);
    g_object_unref(memory);
}

static void print_leaves(GMimeObject *object, bool *is_first, int depth)
{
    if (object == NULL || depth > 200)
        return;
    if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        if (message != NULL)
            print_leaves(g_mime_message_get_mime_part(message), is_first, depth + 1);
    } else if (GMIME_IS_MULTIPART(object)) {
        int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));
        for (int i = 0; i < count; i++)
            print_leaves(g_mime_multipart_get_part(GMIME_MULTIPART(object), i), is_first, depth + 1);
    } else {
        print_leaf(object, is_first);
    }
}

static void print_file(const char *path)
{
    GMimeStream *stream = g_mime_stream_file_open(path, "r", NULL);
    if (stream == NULL)
        return;
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    bool is_first = true;
    (void)printf("[");
    if (message != NULL) {
        print_leaves(g_mime_message_get_mime_part(message), &is_first, 0);
        g_object_unref(message);
    }
    (void)printf("]\n");
    g_object_unref(parser);
    g_object_unref(stream);
}

int main(int argc, char **argv)
{
    g_mime_init();
    for (int i = 1; i < argc; i++)
        print_file(argv[i]);
    g_mime_shutdown();
    return 0;
}
