/* cordond: the supervisor. */
#include "base/memory.h"
#include "conf/conf.h"
#include "cordond/check_rules.h"
#include "cordond/configuration.h"
#include "cordond/run_directory.h"
#include "cordond/service_user.h"
#include "cordond/spawn.h"
#include "cordond/supervisor.h"
#include "sys/log.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CORDOND_EXIT_USAGE = 64, CORDOND_UMASK = 022 };

struct cordond_options {
    const char *configuration;
    const char *role_directory; /* NULL: spawn_directory */
    bool only_checks;
};

static const char usage[] = "Usage: cordond [-c FILE] [--check]\n"
                            "Scans mail for viruses, as FILE says (" CONF_DEFAULT_PATH "). Runs in the foreground.\n"
                            "  -c, --config FILE      the configuration\n"
                            "      --check            only look whether it is right; exit 78 if not\n"
                            "      --foreground       the only way it runs\n"
                            "      --role-directory DIRECTORY  where the roles' programs are, for tests\n"
                            "  -V, --version\n"
                            "  -h, --help\n";

/* -1: go on; else the exit status. */
static int options_read(struct cordond_options *options, int argc, char **argv)
{
    static const struct option table[] = {
        { "config", required_argument, NULL, 'c' },
        { "check", no_argument, NULL, 'k' },
        { "foreground", no_argument, NULL, 'f' },
        { "role-directory", required_argument, NULL, 'r' },
        { "version", no_argument, NULL, 'V' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    int option = 0;
    bool is_wrong = false;
    while ((option = getopt_long(argc, argv, "c:fVh", table, NULL)) != -1) {
        if (option == 'V' || option == 'h') {
            (void)fputs(option == 'h' ? usage : "cordond " CORDON_VERSION "\n", stdout);
            return EXIT_SUCCESS;
        }
        if (option == 'c')
            options->configuration = optarg;
        else if (option == 'r')
            options->role_directory = optarg;
        else if (option == 'k')
            options->only_checks = true;
        else
            is_wrong = is_wrong || option != 'f'; /* getopt has said what is wrong */
    }
    if (!is_wrong && optind == argc)
        return -1;
    (void)fputs(usage, stderr);
    return CORDOND_EXIT_USAGE;
}

/* Descriptors 0 to 2 must be something, or the next files opened would stand in for them. */
static void standard_descriptors_fill(void)
{
    int fd = 0;
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDWR);
    if (fd >= 0)
        (void)close(fd);
}

/* For the gate's sessions; the roles inherit it. */
static void descriptor_limit_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Mistakes to standard error, one a line. */
static struct settings *settings_load(const struct cordond_options *options)
{
    struct buf mistakes;
    buf_init(&mistakes, CONF_FILE_LIMIT);
    struct settings *settings = conf_load(options->configuration, &mistakes);
    if (settings == NULL)
        (void)fputs(buf_text(&mistakes), stderr);
    buf_fini(&mistakes);
    return settings;
}

static int cordond_check(const struct cordond_options *options, const struct settings *settings)
{
    char directory[PATH_MAX];
    struct fault fault = { 0 };
    struct service_user user;
    /* That the default one is still to be made is no mistake of the file's. */
    if (strcmp(settings->user, SETTINGS_USER) != 0 && service_user_find(settings->user, &user, &fault) != 0) {
        (void)fprintf(stderr, "%s: %s\n", configuration_name(options->configuration), fault.text);
        return CONF_EXIT_BAD;
    }
    spawn_directory(directory);
    const char *programs = options->role_directory != NULL ? options->role_directory : directory;
    if (check_rules(settings, programs, &fault) != 0) {
        (void)fprintf(stderr, "%s: %s\n", configuration_name(options->configuration), fault.text);
        return CONF_EXIT_BAD;
    }
    (void)printf("%s: ok\n", configuration_name(options->configuration));
    return EXIT_SUCCESS;
}

static int cordond_start(const struct cordond_options *options, struct settings *settings_take)
{
    struct supervisor *supervisor = memory_new(sizeof *supervisor);
    char *run_directory = memory_copy_text(settings_take->run_directory);
    struct fault fault = { 0 };
    int status = EXIT_FAILURE;
    int lock = -1;
    supervisor->configuration = options->configuration;
    if (options->role_directory != NULL)
        (void)snprintf(supervisor->directory, sizeof supervisor->directory, "%s", options->role_directory);
    else
        spawn_directory(supervisor->directory);

    if (service_user_find(settings_take->user, &supervisor->user, &fault) != 0)
        status = CONF_EXIT_BAD;
    else
        lock = run_directory_take(run_directory, &supervisor->user, &fault);
    supervisor->listeners.user = supervisor->user;
    if (lock < 0 || listeners_open(&supervisor->listeners, settings_take, &fault) != 0) {
        log_note(LOG_ERROR, "start-failed", "%s", fault.text);
        settings_free(settings_take);
    } else {
        listeners_keep(&supervisor->listeners, settings_take);
        status = supervisor_run(supervisor, settings_take);
    }
    listeners_close(&supervisor->listeners);
    if (lock >= 0)
        run_directory_give_back(run_directory, lock);
    free(run_directory);
    free(supervisor);
    return status;
}

int main(int argc, char **argv)
{
    struct cordond_options options = { 0 };
    int status = options_read(&options, argc, argv);
    if (status >= 0)
        return status;
    standard_descriptors_fill();
    (void)umask(CORDOND_UMASK);

    struct settings *settings = settings_load(&options);
    if (settings == NULL)
        return CONF_EXIT_BAD;
    if (options.only_checks) {
        status = cordond_check(&options, settings);
        settings_free(settings);
        return status;
    }
    log_begin("cordond", &settings->log);
    descriptor_limit_raise();
    return cordond_start(&options, settings);
}
