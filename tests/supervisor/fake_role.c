/* Any role, for the tests of the supervisor: it takes what it is given, says so in its status, and serves a little.
 *
 * What it plays follows from its name (cordon-gate, cordon-decoder, cordon-engine-clamav, cordon-keeper). A file
 * NAME.does beside the program, looked at when it starts, makes it misbehave: "exit N", "silent" (never ready), "hang"
 * (does not end when drained), "babble" (sends what no role sends), "close" (closes its control socket), "late N"
 * (begins after so many milliseconds). What is in a file NAME.says becomes a part of its status. The gate answers each
 * connection with its process id and the host name of its settings, and asks each new peer for its process id.
 */
#include "base/buf.h"
#include "ipc/calls/keep.h"
#include "ipc/packet.h"
#include "ipc/roles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 64, SETTINGS_SIZE = 262144, DOES_SIZE = 64, SAYS_SIZE = 1024, SAY_MS = 1000 };

extern char **environ;

struct fake {
    enum role role;
    char does[DOES_SIZE];
    char says[SAYS_SIZE];
    char told[SAYS_SIZE]; /* of signatures */
    char stores[SAYS_SIZE];
    char hostname[256];
    char environment[1024];
    char descriptors[256];
    bool has_signals_blocked;
    bool ignores_sigpipe;
    int death_signal;
    int settings_seals;
    int listeners[MOST];
    char listener_names[MOST][64];
    unsigned listener_count;
    int peers[MOST];
    enum role peer_roles[MOST];
    char peer_says[MOST][32];
    unsigned peer_count;
    bool is_draining;
};

static void fake_put(char *text, size_t size, const char *word)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", word);
}

static void fake_look_at_descriptors(struct fake *fake)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry = NULL;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.' && strtol(entry->d_name, NULL, 10) != dirfd(directory))
            fake_put(fake->descriptors, sizeof fake->descriptors, entry->d_name);
    }
    if (directory != NULL)
        (void)closedir(directory);
}

static void fake_look_around(struct fake *fake)
{
    fake_look_at_descriptors(fake);
    for (char **variable = environ; *variable != NULL; variable++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(*variable, "="), *variable);
        fake_put(fake->environment, sizeof fake->environment, name);
    }
    sigset_t mask;
    (void)sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number < SIGRTMAX; number++)
        fake->has_signals_blocked = fake->has_signals_blocked || sigismember(&mask, number) == 1;
    fake->ignores_sigpipe = signal(SIGPIPE, SIG_DFL) == SIG_IGN;
    (void)prctl(PR_GET_PDEATHSIG, &fake->death_signal);
    fake->settings_seals = fcntl(ROLE_SETTINGS_FD, F_GET_SEALS);
}

static void fake_read_settings(struct fake *fake)
{
    static char text[SETTINGS_SIZE];
    ssize_t n = read(ROLE_SETTINGS_FD, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    const char *line = strstr(text, "hostname");
    if (line != NULL && (line = strchr(line, '"')) != NULL)
        (void)snprintf(fake->hostname, sizeof fake->hostname, "%.*s", (int)strcspn(line + 1, "\""), line + 1);
}

/* A file beside the program; "" where there is none. */
static void fake_read_beside(const char *name, const char *suffix, char *text_out, size_t size)
{
    char path[512];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return;
    (void)snprintf(slash + 1, 64, "%s%s", name, suffix);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    n = fd >= 0 ? read(fd, text_out, size - 1) : 0;
    text_out[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        (void)close(fd);
}

static void fake_read_orders(struct fake *fake, const char *name)
{
    fake_read_beside(name, ".does", fake->does, sizeof fake->does);
    fake->does[strcspn(fake->does, "\n")] = '\0';
    fake_read_beside(name, ".says", fake->says, sizeof fake->says);
}

static void fake_say_status(const struct fake *fake)
{
    struct buf text;
    buf_init(&text, CONTROL_TEXT_SIZE - 1);
    buf_printf(&text, "hostname=%s\nenvironment=%s\ndescriptors=%s\nblocked=%d\nsigpipe_ignored=%d\ndeath_signal=%d\n",
               fake->hostname, fake->environment, fake->descriptors, fake->has_signals_blocked, fake->ignores_sigpipe,
               fake->death_signal);
    buf_printf(&text, "seals=%d\nuid=%u\ncontrol_characters=a\tb\x01\n", fake->settings_seals, (unsigned)getuid());
    buf_put_text(&text, fake->says);
    struct span told = span_text(fake->told);
    while (told.size > 0) {
        struct span line = span_cut(&told, '\n');
        buf_printf(&text, "told.%.*s\n", (int)line.size, line.data);
    }
    buf_put_text(&text, fake->stores);
    for (unsigned i = 0; i < fake->listener_count; i++)
        buf_printf(&text, "listener.%s=given\n", fake->listener_names[i]);
    for (unsigned i = 0; i < fake->peer_count; i++) {
        if (fake->peers[i] >= 0)
            buf_printf(&text, "peer.%s=%s\n", role_row(fake->peer_roles[i])->name, fake->peer_says[i]);
    }
    (void)control_send(ROLE_CONTROL_FD, CONTROL_STATUS, fake->role, buf_text(&text), -1, NULL);
    buf_fini(&text);
}

static void fake_say(int socket, const char *word)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%s%d", word, (int)getpid());
    (void)packet_send(socket, text, strlen(text), NULL, 0, deadline_in(SAY_MS), NULL);
}

/* Of a store's keys: their size, seals and first bytes. */
static void fake_take_store(struct fake *fake, const struct control_message *message)
{
    struct keep_keys keys = { 0 };
    size_t used = strlen(fake->stores);
    ssize_t n = pread(message->fd, &keys, sizeof keys, 0);
    bool is_whole = n == (ssize_t)sizeof keys && lseek(message->fd, 0, SEEK_END) == n && keys.magic == KEEP_KEYS_MAGIC;
    (void)snprintf(fake->stores + used, sizeof fake->stores - used, "store.%.31s=%s %02x%02x %u %02x%02x seals=%d\n",
                   message->text, is_whole ? "keys" : "nothing", keys.root[0], keys.root[1], keys.owner_count,
                   keys.owners[0][0], keys.owners[0][1], fcntl(message->fd, F_GET_SEALS));
    (void)close(message->fd);
}

static void fake_obey(struct fake *fake)
{
    struct control_message message;
    int got = control_receive(ROLE_CONTROL_FD, &message, deadline_in(SAY_MS), NULL);
    if (got <= 0)
        exit(EXIT_SUCCESS);
    if (message.kind == CONTROL_LISTENER) {
        (void)snprintf(fake->listener_names[fake->listener_count], 64, "%.63s", message.text);
        fake->listeners[fake->listener_count++] = message.fd;
    } else if (message.kind == CONTROL_PEER) {
        fake->peer_roles[fake->peer_count] = message.role;
        fake->peers[fake->peer_count++] = message.fd;
        if (fake->role == ROLE_GATE)
            fake_say(message.fd, "?");
    } else if (message.kind == CONTROL_STORE && message.fd >= 0) {
        fake_take_store(fake, &message);
    } else if (message.kind == CONTROL_SIGNATURES) {
        (void)snprintf(fake->told, sizeof fake->told, "%.1023s", message.text);
    } else if (message.kind == CONTROL_RETIRE || message.kind == CONTROL_DRAIN) {
        fake->is_draining = true;
    } else if (message.kind == CONTROL_START && strcmp(fake->does, "silent") != 0) {
        (void)control_send(ROLE_CONTROL_FD, CONTROL_READY, fake->role, "", -1, NULL);
    }
    fake_say_status(fake);
}

/* A question is answered, an answer is kept; the end of a peer is its end. */
static void fake_hear(struct fake *fake, unsigned i)
{
    char text[32] = "";
    struct packet packet;
    int got = packet_receive(fake->peers[i], text, sizeof text - 1, 0, &packet, deadline_in(SAY_MS), NULL);
    if (got <= 0) {
        (void)close(fake->peers[i]);
        fake->peers[i] = -1;
    } else if (text[0] == '?') {
        fake_say(fake->peers[i], "");
    } else {
        (void)snprintf(fake->peer_says[i], sizeof fake->peer_says[i], "%s", text);
    }
    fake_say_status(fake);
}

static void fake_greet(const struct fake *fake, unsigned i)
{
    int fd = accept4(fake->listeners[i], NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    (void)dprintf(fd, "%d %s %s\n", (int)getpid(), fake->hostname, fake->listener_names[i]);
    (void)close(fd);
}

static void fake_serve(struct fake *fake)
{
    struct pollfd polls[1 + 2 * MOST];
    while (!fake->is_draining || strcmp(fake->does, "hang") == 0) {
        polls[0] = (struct pollfd){ .fd = ROLE_CONTROL_FD, .events = POLLIN };
        for (unsigned i = 0; i < MOST; i++) {
            bool listens = i < fake->listener_count && !fake->is_draining;
            polls[1 + i] = (struct pollfd){ .fd = listens ? fake->listeners[i] : -1, .events = POLLIN };
            polls[1 + MOST + i] = (struct pollfd){ .fd = i < fake->peer_count ? fake->peers[i] : -1, .events = POLLIN };
        }
        if (poll(polls, 1 + 2 * MOST, -1) < 0)
            continue;
        for (unsigned i = 0; i < MOST; i++) {
            if (polls[1 + i].revents != 0)
                fake_greet(fake, i);
            if (polls[1 + MOST + i].revents != 0)
                fake_hear(fake, i);
        }
        if (polls[0].revents != 0)
            fake_obey(fake);
    }
}

int main(int argc, char **argv)
{
    static struct fake fake;
    const char *name = argc > 0 ? argv[0] : "";
    for (enum role role = ROLE_GATE; role < ROLE_COUNT; role++) {
        if (strcmp(role_row(role)->program, name) == 0)
            fake.role = role;
    }
    fake_look_around(&fake);
    fake_read_settings(&fake);
    fake_read_orders(&fake, name);
    if (strncmp(fake.does, "exit ", 5) == 0)
        return (int)strtol(fake.does + 5, NULL, 10);
    if (strncmp(fake.does, "late ", 5) == 0)
        (void)poll(NULL, 0, (int)strtol(fake.does + 5, NULL, 10));
    if (strcmp(fake.does, "babble") == 0)
        (void)packet_send(ROLE_CONTROL_FD, "babble", 6, NULL, 0, deadline_in(SAY_MS), NULL);
    if (strcmp(fake.does, "close") == 0)
        (void)shutdown(ROLE_CONTROL_FD, SHUT_RDWR);
    fake_serve(&fake);
    return EXIT_SUCCESS;
}
