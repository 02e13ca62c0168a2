/* The table of roles, and control messages. */
#include "roles.h"

#include "base/test.h"
#include "ipc/packet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static void test_table(void)
{
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        const struct role_row *row = role_row((enum role)i);
        CHECK(row->role == (enum role)i && strncmp(row->program, "cordon-", 7) == 0);
        for (unsigned j = 0; j < ROLE_COUNT; j++) { /* each pair stands once */
            bool is_ours = (row->talks_to & 1U << j) != 0;
            bool is_theirs = (role_row((enum role)j)->talks_to & 1U << i) != 0;
            CHECK(!(is_ours && is_theirs));
        }
    }
    CHECK(role_row(ROLE_GATE)->talks_to ==
          (1U << ROLE_DECODER | 1U << ROLE_ENGINE | 1U << ROLE_YARA | 1U << ROLE_KEEPER | 1U << ROLE_RUNNER));
}

static void test_round(int pair[2])
{
    char longest[CONTROL_TEXT_SIZE];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const struct row {
        const char *name;
        enum control_kind kind;
        enum role role;
        const char *text;
        bool has_fd;
    } cases[] = {
        { "listener", CONTROL_LISTENER, ROLE_GATE, "inbound", true },
        { "peer", CONTROL_PEER, ROLE_ENGINE, "", true },
        { "start", CONTROL_START, ROLE_GATE, NULL, false },
        { "drain", CONTROL_DRAIN, ROLE_GATE, "", false },
        { "retire", CONTROL_RETIRE, ROLE_GATE, "", false },
        { "signatures", CONTROL_SIGNATURES, ROLE_GATE, "count=1\n", false },
        { "store", CONTROL_STORE, ROLE_KEEPER, "quarantine", true },
        { "stores", CONTROL_STORES, ROLE_GATE, "store.one.state=open\n", false },
        { "status", CONTROL_STATUS, ROLE_DECODER, longest, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct row *row = &cases[i];
        test_context(row->name);
        struct fault fault = { 0 };
        struct control_message message;
        CHECK(control_send(pair[0], row->kind, row->role, row->text, row->has_fd ? pair[0] : -1, &fault) == 0);
        CHECK(control_receive(pair[1], &message, deadline_in(1000), &fault) == 1);
        CHECK(message.kind == row->kind && message.role == row->role && (message.fd >= 0) == row->has_fd);
        CHECK(strcmp(message.text, row->text != NULL ? row->text : "") == 0);
        if (message.fd >= 0) {
            CHECK((fcntl(message.fd, F_GETFD) & FD_CLOEXEC) != 0);
            (void)close(message.fd);
        }
    }
    test_context(NULL);
}

static void test_refused(int pair[2])
{
    struct {
        uint64_t magic;
        uint32_t kind;
        uint32_t role;
        char text[CONTROL_TEXT_SIZE];
    } packet = { .magic = UINT64_C(0x43524443544c3031) };
    const struct row {
        const char *name;
        uint32_t kind;
        uint32_t role;
        size_t size;
        size_t fds;
    } cases[] = {
        { "kind 0", 0, 0, 16, 0 },
        { "kind beyond", CONTROL_KINDS, 0, 16, 0 },
        { "role beyond", CONTROL_START, ROLE_COUNT, 16, 0 },
        { "too short", CONTROL_START, 0, 15, 0 },
        { "too long", CONTROL_STATUS, 0, sizeof packet, 0 },
        { "two descriptors", CONTROL_PEER, 0, 16, 2 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_context(cases[i].name);
        struct fault fault = { 0 };
        struct control_message message;
        packet.kind = cases[i].kind;
        packet.role = cases[i].role;
        CHECK(packet_send(pair[0], &packet, cases[i].size, pair, cases[i].fds, deadline_in(1000), &fault) == 0);
        CHECK(control_receive(pair[1], &message, deadline_in(1000), &fault) == -1 && fault.code == EPROTO);
    }
    test_context(NULL);
}

int main(void)
{
    int pair[2];
    struct fault fault = { 0 };
    CHECK(packet_pair(pair, &fault) == 0);
    test_table();
    test_round(pair);
    test_refused(pair);

    struct control_message message;
    char too_long[CONTROL_TEXT_SIZE + 1];
    memset(too_long, 'a', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    CHECK(control_send(pair[0], CONTROL_STATUS, ROLE_GATE, too_long, -1, &fault) == -1 && fault.code == EMSGSIZE);
    CHECK(control_receive(pair[1], &message, deadline_in(10), &fault) == -1 && fault.code == ETIMEDOUT);
    (void)close(pair[0]);
    CHECK(control_receive(pair[1], &message, deadline_never(), &fault) == 0);
    (void)close(pair[1]);
    return test_end();
}
