#include "status_socket.h"

#include "base/memory.h"
#include "cordond/status.h"
#include "sys/net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STATUS_REQUEST_SIZE = 64 };

static const char status_request[] = "status\n";

struct status_client {
    int fd; /* -1: none */
    struct deadline deadline;
    char request[STATUS_REQUEST_SIZE];
    size_t request_size;
    bool is_answered;
    struct buf answer;
    size_t sent;
};

struct status_socket {
    int fd;
    struct net_address address;
    struct status_client clients[STATUS_CLIENTS];
};

struct status_socket *status_socket_open(const char *run_directory, const struct service_user *user,
                                         struct fault *fault)
{
    char text[NET_TEXT_SIZE];
    struct net_address address;
    (void)snprintf(text, sizeof text, "unix:%s/control.sock", run_directory);
    if (net_address_parse(text, &address, fault) != 0)
        return NULL;
    int fd = net_listen(&address, SOCK_STREAM, STATUS_SOCKET_MODE, fault);
    if (fd < 0)
        return NULL;
    if (user->is_root && lchown(address.host, (uid_t)-1, user->gid) != 0) {
        (void)fault_set_errno(fault, errno, "cannot give %s to the service's group", address.host);
        (void)unlink(address.host);
        (void)close(fd);
        return NULL;
    }
    struct status_socket *socket = memory_new(sizeof *socket);
    *socket = (struct status_socket){ .fd = fd, .address = address };
    for (size_t i = 0; i < STATUS_CLIENTS; i++)
        socket->clients[i].fd = -1;
    return socket;
}

static void client_close(struct status_client *client)
{
    if (client->fd < 0)
        return;
    (void)close(client->fd);
    buf_fini(&client->answer);
    *client = (struct status_client){ .fd = -1 };
}

void status_socket_close(struct status_socket *socket)
{
    if (socket == NULL)
        return;
    for (size_t i = 0; i < STATUS_CLIENTS; i++)
        client_close(&socket->clients[i]);
    (void)unlink(socket->address.host);
    (void)close(socket->fd);
    free(socket);
}

static struct status_client *client_place(struct status_socket *socket)
{
    for (size_t i = 0; i < STATUS_CLIENTS; i++) {
        if (socket->clients[i].fd < 0)
            return &socket->clients[i];
    }
    return NULL;
}

/* With all places taken the listening socket is not looked at: who comes then waits in its queue. */
void status_socket_fill(const struct status_socket *socket, struct pollfd polls_out[STATUS_POLLS])
{
    bool has_place = false;
    for (size_t i = 0; i < STATUS_CLIENTS; i++) {
        const struct status_client *client = &socket->clients[i];
        short events = client->is_answered ? POLLOUT : POLLIN;
        polls_out[1 + i] = (struct pollfd){ .fd = client->fd, .events = events };
        has_place = has_place || client->fd < 0;
    }
    polls_out[0] = (struct pollfd){ .fd = has_place ? socket->fd : -1, .events = POLLIN };
}

struct deadline status_socket_deadline(const struct status_socket *socket)
{
    struct deadline next = deadline_never();
    for (size_t i = 0; i < STATUS_CLIENTS; i++) {
        if (socket->clients[i].fd >= 0)
            next = deadline_earlier(next, socket->clients[i].deadline);
    }
    return next;
}

static void client_accept(struct status_socket *socket)
{
    struct status_client *client = client_place(socket);
    int fd = client != NULL ? accept4(socket->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
    if (fd < 0)
        return;
    *client = (struct status_client){ .fd = fd, .deadline = deadline_in(STATUS_CLIENT_MS) };
    buf_init(&client->answer, STATUS_MOST_BYTES);
}

/* True where the whole request is there; a client that sends more than one is gone. */
static bool client_read(struct status_client *client)
{
    size_t room = sizeof client->request - client->request_size;
    ssize_t n = recv(client->fd, client->request + client->request_size, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        client_close(client);
        return false;
    }
    client->request_size += (size_t)n;
    if (memchr(client->request, '\n', client->request_size) != NULL)
        return true;
    if (client->request_size == sizeof client->request)
        client_close(client);
    return false;
}

static void client_write(struct status_client *client)
{
    ssize_t n = send(client->fd, client->answer.data + client->sent, client->answer.size - client->sent, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        client->sent += (size_t)n;
    if (n < 0 || client->sent == client->answer.size)
        client_close(client);
}

static void client_serve(struct status_client *client, void (*answer)(const void *context, struct buf *text_out),
                         const void *context)
{
    if (!client->is_answered) {
        if (!client_read(client))
            return;
        client->is_answered = true;
        if (span_is(span_of(client->request, client->request_size), status_request))
            answer(context, &client->answer);
        else
            buf_put_text(&client->answer, "error=unknown request; say \"status\"\n");
    }
    client_write(client);
}

void status_socket_serve(struct status_socket *socket, const struct pollfd polls[STATUS_POLLS],
                         void (*answer)(const void *context, struct buf *text_out), const void *context)
{
    for (size_t i = 0; i < STATUS_CLIENTS; i++) {
        struct status_client *client = &socket->clients[i];
        if (client->fd >= 0 && polls[1 + i].revents != 0)
            client_serve(client, answer, context);
        if (client->fd >= 0 && deadline_passed(client->deadline))
            client_close(client);
    }
    if (polls[0].revents != 0)
        client_accept(socket);
}
