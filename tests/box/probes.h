/* What somebody who has taken a process over would try, one thing each. */
#ifndef CORDON_TESTS_BOX_PROBES_H
#define CORDON_TESTS_BOX_PROBES_H

#include <stddef.h>
#include <sys/types.h>

/* What the probes find outside of the box; made before it closes. */
struct probe_world {
    char folder[64];    /* anybody may write here, but for Landlock */
    char file[96];      /* in the folder: exists */
    char unix_path[96]; /* in the folder: somebody listens */
    char abstract[64];  /* likewise, without a path */
    int unix_fd;        /* the listeners */
    int abstract_fd;
    int tcp_fd;
    unsigned short tcp_port;
    int memory_fd; /* a memfd, open for writing */
    int pair[2];   /* a packet with a descriptor waits at [1] */
    pid_t victim;  /* another process of the same user */
};

struct probe {
    const char *name;
    int (*attempt)(const struct probe_world *world); /* 0: it was allowed; else errno */
};

extern const struct probe probes[];
extern const size_t probe_count;

#endif
