/* What decode_bench times, done with GMime: each message parsed, and each leaf's content decoded into memory.
 *
 *     gmime_bench REPEAT FILE...
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void take(GMimeObject *parent, GMimeObject *part, gpointer context)
{
    (void)parent;
    if (!GMIME_IS_PART(part))
        return;
    GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part));
    if (content == NULL)
        return;
    GMimeStream *memory = g_mime_stream_mem_new();
    *(gssize *)context += g_mime_data_wrapper_write_to_stream(content, memory);
    g_object_unref(memory);
}

static double parse(const char *data, size_t size)
{
    gssize decoded = 0;
    double start = now();
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (message != NULL) {
        g_mime_message_foreach(message, take, &decoded);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return now() - start;
}

int main(int argc, char **argv)
{
    int repeat = argc > 1 ? atoi(argv[1]) : 1;
    size_t bytes = 0;
    double seconds = 0;
    g_mime_init();
    for (int i = 2; i < argc; i++) {
        gchar *data = NULL;
        gsize size = 0;
        double best = 1e9;
        if (!g_file_get_contents(argv[i], &data, &size, NULL))
            return 1;
        for (int pass = 0; pass < repeat; pass++) {
            double took = parse(data, size);
            best = took < best ? took : best;
        }
        bytes += size;
        seconds += best;
        g_free(data);
    }
    (void)printf("%d %zu %.6f\n", argc - 2, bytes, seconds);
    return 0;
}
