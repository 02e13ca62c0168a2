/* Any bytes are a request line. */
#include "gate/monitor.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct monitor_request request;
    monitor_read_request(span_of(data, size), &request);
    assert(request.status == 200 || (request.status >= 400 && request.status <= 505));
    assert((unsigned)request.path < MONITOR_PATHS);
    return 0;
}
