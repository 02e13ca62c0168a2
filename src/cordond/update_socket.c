#include "update_socket.h"

#include "base/memory.h"
#include "sys/net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UPDATE_REQUEST_SIZE = 16 };

struct update_client {
    int fd; /* -1: none */
    struct deadline deadline;
    char said[UPDATE_REQUEST_SIZE];
    size_t size;
};

struct update_socket {
    int fd;
    struct net_address address;
    struct update_client clients[UPDATE_CLIENTS];
};

struct update_socket *update_socket_open(const char *run_directory, struct fault *fault)
{
    char text[NET_TEXT_SIZE];
    struct net_address address;
    (void)snprintf(text, sizeof text, "unix:%s/clamd-notify.sock", run_directory);
    if (net_address_parse(text, &address, fault) != 0)
        return NULL;
    int fd = net_listen(&address, SOCK_STREAM, UPDATE_SOCKET_MODE, fault);
    if (fd < 0)
        return NULL;
    struct update_socket *socket = memory_new(sizeof *socket);
    *socket = (struct update_socket){ .fd = fd, .address = address };
    for (size_t i = 0; i < UPDATE_CLIENTS; i++)
        socket->clients[i].fd = -1;
    return socket;
}

static void client_close(struct update_client *client)
{
    if (client->fd >= 0)
        (void)close(client->fd);
    *client = (struct update_client){ .fd = -1 };
}

void update_socket_close(struct update_socket *socket)
{
    if (socket == NULL)
        return;
    for (size_t i = 0; i < UPDATE_CLIENTS; i++)
        client_close(&socket->clients[i]);
    (void)unlink(socket->address.host);
    (void)close(socket->fd);
    free(socket);
}

/* With all places taken the listening socket is not looked at: who comes then waits in its queue. */
void update_socket_fill(const struct update_socket *socket, struct pollfd polls_out[UPDATE_POLLS])
{
    bool has_place = false;
    for (size_t i = 0; i < UPDATE_CLIENTS; i++) {
        polls_out[1 + i] = (struct pollfd){ .fd = socket->clients[i].fd, .events = POLLIN };
        has_place = has_place || socket->clients[i].fd < 0;
    }
    polls_out[0] = (struct pollfd){ .fd = has_place ? socket->fd : -1, .events = POLLIN };
}

struct deadline update_socket_deadline(const struct update_socket *socket)
{
    struct deadline next = deadline_never();
    for (size_t i = 0; i < UPDATE_CLIENTS; i++) {
        if (socket->clients[i].fd >= 0)
            next = deadline_earlier(next, socket->clients[i].deadline);
    }
    return next;
}

static void client_accept(struct update_socket *socket)
{
    for (size_t i = 0; i < UPDATE_CLIENTS; i++) {
        if (socket->clients[i].fd >= 0)
            continue;
        int fd = accept4(socket->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0)
            socket->clients[i] = (struct update_client){ .fd = fd, .deadline = deadline_in(UPDATE_CLIENT_MS) };
        return;
    }
}

/* True where it said RELOAD. clamd ends its reply as the command ended: by a line end, or a NUL. */
static bool client_serve(struct update_client *client)
{
    ssize_t n = recv(client->fd, client->said + client->size, sizeof client->said - client->size, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    client->size += n > 0 ? (size_t)n : 0;
    enum update_request request = update_request_read(span_of(client->said, client->size));
    if (n > 0 && request == UPDATE_UNFINISHED)
        return false;
    bool has_nul = client->said[0] == 'z'; /* freshclam's old style is answered with a line */
    const char *reply = request == UPDATE_RELOAD ? "RELOADING" : "UNKNOWN COMMAND";
    if (client->size > 0) {
        char text[32];
        int size = snprintf(text, sizeof text, "%s%c", reply, has_nul ? '\0' : '\n');
        (void)send(client->fd, text, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT); /* a socket of its own has the room */
    }
    client_close(client);
    return request == UPDATE_RELOAD;
}

bool update_socket_serve(struct update_socket *socket, const struct pollfd polls[UPDATE_POLLS])
{
    bool has_reload = false;
    for (size_t i = 0; i < UPDATE_CLIENTS; i++) {
        struct update_client *client = &socket->clients[i];
        if (client->fd >= 0 && polls[1 + i].revents != 0)
            has_reload = client_serve(client) || has_reload;
        if (client->fd >= 0 && deadline_passed(client->deadline))
            client_close(client);
    }
    if (polls[0].revents != 0)
        client_accept(socket);
    return has_reload;
}
