#include "listeners.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a configuration says of one socket. */
struct listener_wish {
    struct net_address address;
    char address_text[NET_TEXT_SIZE];
    const char *name;
    int type;
    unsigned mode;
};

/* Behind those of the configuration's listeners. */
enum socket_kind { SOCKET_MAIL, SOCKET_LOCAL, SOCKET_METRICS, SOCKET_KEEPER };

static bool has_metrics(const struct settings *settings)
{
    return settings->metrics.address[0] != '\0';
}

size_t listeners_wanted(const struct settings *settings)
{
    return settings->listener_count + 1 + (has_metrics(settings) ? 1 : 0) + (settings->store_count > 0 ? 1 : 0);
}

static enum socket_kind socket_kind(const struct settings *settings, size_t index)
{
    assert(index < listeners_wanted(settings));
    if (index <= settings->listener_count)
        return index < settings->listener_count ? SOCKET_MAIL : SOCKET_LOCAL;
    return index == settings->listener_count + 1 && has_metrics(settings) ? SOCKET_METRICS : SOCKET_KEEPER;
}

const char *listeners_name(const struct settings *settings, size_t index)
{
    static const char *const names[] = {
        [SOCKET_LOCAL] = LISTENER_LOCAL, [SOCKET_METRICS] = LISTENER_METRICS, [SOCKET_KEEPER] = LISTENER_KEEPER
    };
    enum socket_kind kind = socket_kind(settings, index);
    return kind == SOCKET_MAIL ? settings->listeners[index].name : names[kind];
}

enum role listeners_role(const struct settings *settings, size_t index)
{
    return socket_kind(settings, index) == SOCKET_KEEPER ? ROLE_KEEPER : ROLE_GATE;
}

static int listener_wish_of(const struct settings *settings, size_t index, struct listener_wish *wish_out,
                            struct fault *fault)
{
    char own[NET_TEXT_SIZE];
    const char *text = own;
    enum socket_kind kind = socket_kind(settings, index);
    bool is_ours = kind == SOCKET_LOCAL || kind == SOCKET_KEEPER;
    *wish_out = (struct listener_wish){ .name = listeners_name(settings, index),
                                        .type = is_ours ? SOCK_SEQPACKET : SOCK_STREAM };
    (void)snprintf(own, sizeof own, "unix:%s/%s", settings->run_directory,
                   kind == SOCKET_LOCAL ? "scan.sock" : "keeper.sock");
    if (kind == SOCKET_MAIL) {
        text = settings->listeners[index].address;
        wish_out->mode = settings->listeners[index].socket_mode;
    } else if (kind == SOCKET_METRICS) {
        text = settings->metrics.address;
        wish_out->mode = settings->metrics.socket_mode;
    } else {
        wish_out->mode = kind == SOCKET_LOCAL ? LISTENER_LOCAL_MODE : LISTENER_KEEPER_MODE;
    }
    if (net_address_parse(text, &wish_out->address, fault) != 0)
        return fault_wrap(fault, "listener %s", wish_out->name);
    net_address_text(&wish_out->address, wish_out->address_text);
    return 0;
}

static const struct listener_open *listener_row(const struct listeners *listeners, const char *address_text)
{
    for (size_t i = 0; i < listeners->count; i++) {
        if (strcmp(listeners->rows[i].address_text, address_text) == 0)
            return &listeners->rows[i];
    }
    return NULL;
}

static unsigned long listener_node(const struct net_address *address)
{
    struct stat st;
    if (address->family != NET_UNIX || lstat(address->host, &st) != 0)
        return 0;
    return st.st_ino;
}

static void listener_close(struct listener_open *row)
{
    (void)close(row->fd);
    if (row->address.family == NET_UNIX && row->node != 0 && listener_node(&row->address) == row->node)
        (void)unlink(row->address.host);
}

/* Of the service user's group, so that the mode can let it in. */
static int listener_open_one(struct listeners *listeners, const struct listener_wish *wish, struct fault *fault)
{
    assert(listeners->count < LISTENERS_MOST);
    struct listener_open row = { .address = wish->address, .is_fresh = true, .is_taken = true };
    memcpy(row.address_text, wish->address_text, sizeof row.address_text);
    row.fd = net_listen(&wish->address, wish->type, wish->mode, fault);
    if (row.fd < 0)
        return fault_wrap(fault, "listener %s", wish->name);
    row.node = listener_node(&row.address);
    bool is_given = wish->address.family != NET_UNIX || !listeners->user.is_root ||
                    lchown(wish->address.host, (uid_t)-1, listeners->user.gid) == 0;
    if (!is_given) {
        (void)fault_set_errno(fault, errno, "listener %s: cannot give %s to the service's group", wish->name,
                              wish->address.host);
        listener_close(&row);
        return -1;
    }
    listeners->rows[listeners->count++] = row;
    return 0;
}

static void listeners_close_fresh(struct listeners *listeners)
{
    while (listeners->count > 0 && listeners->rows[listeners->count - 1].is_fresh)
        listener_close(&listeners->rows[--listeners->count]);
}

int listeners_open(struct listeners *listeners, const struct settings *settings, struct fault *fault)
{
    for (size_t i = 0; i < listeners->count; i++)
        listeners->rows[i].is_fresh = listeners->rows[i].is_taken = false;
    for (size_t i = 0; i < listeners_wanted(settings); i++) {
        struct listener_wish wish;
        int failed = listener_wish_of(settings, i, &wish, fault);
        const struct listener_open *row = failed == 0 ? listener_row(listeners, wish.address_text) : NULL;
        if (row != NULL && row->is_taken)
            failed = fault_set(fault, EADDRINUSE, "listener %s: another one has the address %s", wish.name,
                               wish.address_text);
        if (failed == 0 && row == NULL)
            failed = listener_open_one(listeners, &wish, fault);
        if (failed != 0) {
            listeners_close_fresh(listeners);
            return -1;
        }
        if (row != NULL)
            listeners->rows[row - listeners->rows].is_taken = true;
    }
    return 0;
}

int listeners_find(const struct listeners *listeners, const struct settings *settings, size_t index)
{
    struct listener_wish wish;
    struct fault fault;
    if (listener_wish_of(settings, index, &wish, &fault) != 0)
        return -1;
    const struct listener_open *row = listener_row(listeners, wish.address_text);
    return row != NULL ? row->fd : -1;
}

/* The wish for an open socket, if this configuration has one. */
static bool listener_is_wanted(const struct listener_open *row, const struct settings *settings,
                               struct listener_wish *wish_out)
{
    struct fault fault;
    for (size_t i = 0; i < listeners_wanted(settings); i++) {
        if (listener_wish_of(settings, i, wish_out, &fault) == 0 &&
            strcmp(wish_out->address_text, row->address_text) == 0)
            return true;
    }
    return false;
}

void listeners_keep(struct listeners *listeners, const struct settings *settings)
{
    size_t kept = 0;
    for (size_t i = 0; i < listeners->count; i++) {
        struct listener_open row = listeners->rows[i];
        struct listener_wish wish;
        if (!listener_is_wanted(&row, settings, &wish)) {
            listener_close(&row);
            continue;
        }
        if (row.node != 0 && listener_node(&row.address) == row.node)
            (void)chmod(row.address.host, (mode_t)wish.mode);
        row.is_fresh = false;
        listeners->rows[kept++] = row;
    }
    listeners->count = kept;
}

void listeners_close(struct listeners *listeners)
{
    while (listeners->count > 0)
        listener_close(&listeners->rows[--listeners->count]);
}
