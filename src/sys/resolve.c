#include "resolve.h"

#include "sys/ready.h"

#include <ares.h>
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

/* One try of one server, how often each is tried, and what is looked at: /etc/hosts, then DNS. All within the caller's
 * deadline, which is the real limit. */
enum { RESOLVE_TRY_MS = 2000, RESOLVE_TRIES = 3 };
static char resolve_order[] = "fb";

/* Where c-ares has something to wait for that is sooner than any descriptor. */
enum { RESOLVE_LONGEST_WAIT_S = 1 };

struct resolve_answer {
    struct sockaddr_storage *addresses;
    int count;
    int status;
    uint16_t port;
    bool is_done;
};

int resolve_begin(struct fault *fault)
{
    int status = ares_library_init(ARES_LIB_INIT_ALL);
    if (status != ARES_SUCCESS)
        return fault_set(fault, EIO, "c-ares can't start: %s", ares_strerror(status));
    return 0;
}

bool resolve_literal(const char *host, uint16_t port, struct sockaddr_storage *address_out)
{
    memset(address_out, 0, sizeof *address_out);
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
    if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
        memcpy(address_out, &in, sizeof in);
        return true;
    }
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
        memcpy(address_out, &in6, sizeof in6);
        return true;
    }
    return false;
}

static void answer_take(void *argument, int status, int timeouts, struct ares_addrinfo *info)
{
    (void)timeouts;
    struct resolve_answer *answer = argument;
    answer->is_done = true;
    answer->status = status;
    if (info == NULL)
        return;
    for (struct ares_addrinfo_node *node = info->nodes; node != NULL; node = node->ai_next) {
        if (answer->count == RESOLVE_MOST)
            break;
        if (node->ai_addrlen > sizeof *answer->addresses)
            continue;
        struct sockaddr_storage *address = &answer->addresses[answer->count];
        memset(address, 0, sizeof *address);
        memcpy(address, node->ai_addr, node->ai_addrlen);
        if (address->ss_family == AF_INET)
            ((struct sockaddr_in *)address)->sin_port = htons(answer->port);
        else if (address->ss_family == AF_INET6)
            ((struct sockaddr_in6 *)address)->sin6_port = htons(answer->port);
        else
            continue;
        answer->count++;
    }
    ares_freeaddrinfo(info);
}

/* One round: waits for c-ares' sockets, at most until its next retry or the deadline, and lets it look at them. */
static void channel_turn(ares_channel channel, struct deadline deadline)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    unsigned set = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM); /* bits: readable, then writable */
    struct pollfd waits[ARES_GETSOCK_MAXNUM];
    nfds_t count = 0;
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        short events = 0;
        if ((set >> i & 1) != 0)
            events |= POLLIN;
        if ((set >> (i + ARES_GETSOCK_MAXNUM) & 1) != 0)
            events |= POLLOUT;
        if (events != 0)
            waits[count++] = (struct pollfd){ .fd = sockets[i], .events = events };
    }

    struct timeval most = { .tv_sec = RESOLVE_LONGEST_WAIT_S };
    struct timeval next;
    const struct timeval *wait = ares_timeout(channel, &most, &next);
    int64_t wait_ms = (int64_t)wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000;
    int left_ms = deadline_left_ms(deadline_earlier(deadline, deadline_in(wait_ms)));
    (void)poll(waits, count, left_ms);

    for (nfds_t i = 0; i < count; i++)
        ares_process_fd(channel, (waits[i].revents & ~POLLOUT) != 0 ? waits[i].fd : ARES_SOCKET_BAD,
                        (waits[i].revents & POLLOUT) != 0 ? waits[i].fd : ARES_SOCKET_BAD);
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* retries and timeouts alone */
}

static int resolve_failed(const char *host, int status, struct fault *fault)
{
    static const struct {
        int status;
        int code;
        const char *text;
    } rows[] = {
        { ARES_ENOTFOUND, ENOENT, "there is no such host" },
        { ARES_ENODATA, ENOENT, "the host has no address" },
        { ARES_EBADNAME, ENOENT, "this is no name of a host" },
        { ARES_ETIMEOUT, ETIMEDOUT, "the name servers do not answer" },
        { ARES_ECANCELLED, ETIMEDOUT, "the name servers did not answer in time" },
        { ARES_ENOMEM, ENOMEM, "out of memory" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].status == status)
            return fault_set(fault, rows[i].code, "can't resolve %s: %s", host, rows[i].text);
    return fault_set(fault, EAGAIN, "can't resolve %s: %s", host, ares_strerror(status));
}

int resolve_name(const char *host, uint16_t port, struct deadline deadline,
                 struct sockaddr_storage addresses_out[RESOLVE_MOST], struct fault *fault)
{
    if (resolve_literal(host, port, &addresses_out[0]))
        return 1;
    if (deadline_passed(deadline))
        return resolve_failed(host, ARES_ECANCELLED, fault);

    /* A channel of our own for each question: nothing is shared between threads, and a changed /etc/resolv.conf counts
     * at once. */
    ares_channel channel;
    struct ares_options options = { .timeout = RESOLVE_TRY_MS, .tries = RESOLVE_TRIES, .lookups = resolve_order };
    int status = ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS);
    if (status != ARES_SUCCESS)
        return resolve_failed(host, status, fault);

    struct resolve_answer answer = { .addresses = addresses_out, .port = port };
    struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    ares_getaddrinfo(channel, host, NULL, &hints, answer_take, &answer);
    while (!answer.is_done && !deadline_passed(deadline))
        channel_turn(channel, deadline);
    ares_cancel(channel); /* answers ARES_ECANCELLED where there is no answer yet */
    ares_destroy(channel);
    assert(answer.is_done);

    if (answer.status != ARES_SUCCESS)
        return resolve_failed(host, answer.status, fault);
    return answer.count > 0 ? answer.count : resolve_failed(host, ARES_ENODATA, fault);
}
