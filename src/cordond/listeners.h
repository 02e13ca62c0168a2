/* The listening sockets, kept open by their address across reloads, so that no connection is refused while gates
 * change. */
#ifndef CORDON_CORDOND_LISTENERS_H
#define CORDON_CORDOND_LISTENERS_H

#include "base/fault.h"
#include "conf/settings.h"
#include "cordond/service_user.h"
#include "sys/net.h"

/* The gate's name for the socket of `cordon scan`, run_directory/scan.sock. */
#define LISTENER_LOCAL "local"

/* Its name for the socket of monitoring. No listener of the operator's can have it. */
#define LISTENER_METRICS "@metrics"

/* The keeper's name for run_directory/keeper.sock, by which `cordon` changes what is kept. */
#define LISTENER_KEEPER "@keeper"

enum {
    LISTENERS_WANTED = SETTINGS_MOST_LISTENERS + 3, /* by one configuration */
    LISTENERS_MOST = 2 * LISTENERS_WANTED,          /* open at once, while a reload is on its way */
    LISTENER_LOCAL_MODE = 0660,
    LISTENER_KEEPER_MODE = 0600
};

struct listener_open {
    struct net_address address;
    char address_text[NET_TEXT_SIZE];
    int fd;
    bool is_fresh;      /* opened for a reload that has not succeeded yet */
    bool is_taken;      /* by a listener of the configuration that is being looked at */
    unsigned long node; /* of a Unix socket's path: it is removed only while it is ours */
};

struct listeners {
    struct listener_open rows[LISTENERS_MOST];
    size_t count;
    struct service_user user;
};

/* How many sockets a configuration wants: its listeners, the local one, that of monitoring where there is one, and the
 * keeper's where there are stores. */
size_t listeners_wanted(const struct settings *settings);
const char *listeners_name(const struct settings *settings, size_t index);
enum role listeners_role(const struct settings *settings, size_t index); /* whose it is */

/* Opens what is not open yet. -1 and *fault where one can't be opened: then nothing has changed. */
int listeners_open(struct listeners *listeners, const struct settings *settings, struct fault *fault);

/* The open socket of listener `index`. */
int listeners_find(const struct listeners *listeners, const struct settings *settings, size_t index);

/* Closes what this configuration does not want, and removes its path; gives Unix sockets the mode it says. */
void listeners_keep(struct listeners *listeners, const struct settings *settings);

void listeners_close(struct listeners *listeners);

#endif
