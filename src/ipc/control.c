#include "ipc/packet.h"
#include "ipc/roles.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* Whoever does not read his control socket for this long is treated as gone. */
enum { CONTROL_SEND_MS = 2000 };

#define CONTROL_MAGIC UINT64_C(0x43524443544c3031) /* "CRDCTL01" */

struct control_head {
    uint64_t magic;
    uint32_t kind;
    uint32_t role;
};

struct control_packet {
    struct control_head head;
    char text[CONTROL_TEXT_SIZE]; /* not terminated on the way */
};

int control_send(int socket, enum control_kind kind, enum role role, const char *text, int fd, struct fault *fault)
{
    assert(kind >= CONTROL_LISTENER && kind < CONTROL_KINDS && (unsigned)role < ROLE_COUNT);
    size_t size = text != NULL ? strlen(text) : 0;
    if (size >= CONTROL_TEXT_SIZE)
        return fault_set(fault, EMSGSIZE, "a control message of %zu bytes is too long", size);
    struct control_packet packet;
    packet.head = (struct control_head){ .magic = CONTROL_MAGIC, .kind = kind, .role = role };
    if (size > 0)
        memcpy(packet.text, text, size);
    return packet_send(socket, &packet, sizeof packet.head + size, &fd, fd >= 0 ? 1 : 0, deadline_in(CONTROL_SEND_MS),
                       fault);
}

int control_receive(int socket, struct control_message *message_out, struct deadline deadline, struct fault *fault)
{
    struct control_packet got;
    struct packet packet;
    int status = packet_receive(socket, &got, sizeof got - 1, 1, &packet, deadline, fault);
    if (status <= 0)
        return status;
    bool is_ours = packet.size >= sizeof got.head && got.head.magic == CONTROL_MAGIC &&
                   got.head.kind >= CONTROL_LISTENER && got.head.kind < CONTROL_KINDS && got.head.role < ROLE_COUNT;
    if (!is_ours) {
        packet_close_fds(&packet);
        return fault_set(fault, EPROTO, "a control message of an unknown kind");
    }
    size_t size = packet.size - sizeof got.head;
    message_out->kind = (enum control_kind)got.head.kind;
    message_out->role = (enum role)got.head.role;
    memcpy(message_out->text, got.text, size);
    message_out->text[size] = '\0';
    message_out->fd = packet.fd_count > 0 ? packet.fds[0] : -1;
    return 1;
}
