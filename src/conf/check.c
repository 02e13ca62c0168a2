#include "check.h"

#include "conf/dialogue.h"
#include "sys/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { CHECK_BEFORE_QUEUE_MOST_MS = 95000 }; /* Postfix's smtpd_proxy_timeout is 100 s */

struct check {
    const struct settings *settings;
    struct conf_node *root;
    struct conf_mistakes *mistakes;
};

/* The node of a key, else that of its group, else the root: where a mistake about it is to be shown. */
static struct conf_node *check_place(const struct check *check, struct conf_node *group, const char *key)
{
    struct conf_node *node = conf_node_find(group, key);
    if (node != NULL)
        return node;
    return group != NULL ? group : check->root;
}

/* The key's value is not what was meant: it, or one that may have been meant for it, has a mistake. */
static bool check_is_bad(const struct conf_node *group, const char *key)
{
    const struct conf_node *node = conf_node_find(group, key);
    return node != NULL ? node->is_bad : group != NULL && group->is_bad;
}

static bool host_is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0;
}

static bool host_is_any(const char *host)
{
    return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

/* Whether binding both is impossible. */
static bool address_clashes(const struct net_address *a, const struct net_address *b)
{
    bool is_same_kind = (strchr(a->host, ':') != NULL) == (strchr(b->host, ':') != NULL);
    if (a->family != b->family || (a->family == NET_INET && a->port != b->port))
        return false;
    if (strcmp(a->host, b->host) == 0)
        return true;
    return a->family == NET_INET && is_same_kind && (host_is_any(a->host) || host_is_any(b->host));
}

/* Whether dialling `hop` reaches `listening`, as far as the notation tells. */
static bool address_reaches(const struct net_address *hop, const struct net_address *listening)
{
    if (hop->family != listening->family || (hop->family == NET_INET && hop->port != listening->port))
        return false;
    if (strcmp(hop->host, listening->host) == 0)
        return true;
    bool is_local = host_is_loopback(hop->host) || host_is_any(hop->host);
    bool may_be_reached = host_is_any(listening->host) || strcmp(listening->host, "127.0.0.1") == 0 ||
                          strcmp(listening->host, "::1") == 0;
    bool is_by_name = strcmp(hop->host, "localhost") == 0 || host_is_any(hop->host) || host_is_any(listening->host);
    return hop->family == NET_INET && is_local && may_be_reached && is_by_name;
}

/* With one notation for each IPv6 address. */
static bool check_parse(const char *text, struct net_address *address_out)
{
    struct fault fault;
    struct in6_addr binary;
    if (net_address_parse(text, address_out, &fault) != 0)
        return false;
    if (address_out->family == NET_INET && inet_pton(AF_INET6, address_out->host, &binary) == 1)
        (void)inet_ntop(AF_INET6, &binary, address_out->host, sizeof address_out->host);
    return true;
}

static void check_listener_address(const struct check *check, const struct listener_settings *listener,
                                   struct conf_node *node)
{
    struct net_address address;
    unsigned char literal[sizeof(struct in6_addr)];
    struct conf_node *place = check_place(check, node, "address");
    if (check_is_bad(node, "address"))
        return;
    if (!check_parse(listener->address, &address))
        conf_mistake(check->mistakes, place,
                     "the listener %s has no address; write address = \"127.0.0.1:10024\" or \"unix:PATH\"",
                     listener->name);
    else if (address.family == NET_INET && inet_pton(AF_INET, address.host, literal) != 1 &&
             inet_pton(AF_INET6, address.host, literal) != 1)
        conf_mistake(check->mistakes, place,
                     "address = \"%.100s\" has a name, and names may change; write an IP address such as "
                     "\"127.0.0.1:%u\"",
                     listener->address, (unsigned)address.port);
}

/* Follows the next hops: a message that comes back to where it was never ends. */
static void check_loop(const struct check *check, size_t start, struct conf_node *node)
{
    const struct settings *settings = check->settings;
    size_t at = start;
    for (size_t steps = 0; steps < settings->listener_count; steps++) {
        struct net_address hop;
        if (!check_parse(settings->listeners[at].hop.address, &hop))
            return;
        size_t next = 0;
        struct net_address address;
        while (next < settings->listener_count &&
               (!check_parse(settings->listeners[next].address, &address) || !address_reaches(&hop, &address)))
            next++;
        if (next == settings->listener_count)
            return;
        if (next == start) {
            conf_mistake(check->mistakes, check_place(check, node, "next_hop"),
                         "the next hop of listener %s leads back to it; name the mail server that takes the mail",
                         settings->listeners[start].name);
            return;
        }
        at = next;
    }
}

static void check_addresses(const struct check *check, const struct conf_node *listen)
{
    const struct settings *settings = check->settings;
    for (size_t i = 0; i < settings->listener_count; i++) {
        struct conf_node *node = conf_node_find(listen, settings->listeners[i].name);
        struct net_address own;
        check_listener_address(check, &settings->listeners[i], node);
        if (check_is_bad(node, "address") || !check_parse(settings->listeners[i].address, &own))
            continue;
        if (!check_is_bad(node, "next_hop"))
            check_loop(check, i, node);
        for (size_t k = 0; k < i; k++) {
            struct net_address other;
            bool is_known = !check_is_bad(conf_node_find(listen, settings->listeners[k].name), "address");
            if (is_known && check_parse(settings->listeners[k].address, &other) && address_clashes(&own, &other)) {
                conf_mistake(check->mistakes, check_place(check, node, "address"),
                             "the listeners %s and %s have one address (%.100s); give each its own",
                             settings->listeners[k].name, settings->listeners[i].name, settings->listeners[i].address);
                break;
            }
        }
    }
}

static void check_tls(const struct check *check, const struct listener_settings *listener, struct conf_node *node)
{
    bool has_certificate = listener->tls_certificate[0] != '\0';
    bool has_key = listener->tls_key[0] != '\0';
    if (check_is_bad(node, "tls_certificate") || check_is_bad(node, "tls_key") || check_is_bad(node, "tls"))
        return;
    if (has_certificate != has_key)
        conf_mistake(check->mistakes, check_place(check, node, has_certificate ? "tls_certificate" : "tls_key"),
                     "%s without %s; name both, in PEM", has_certificate ? "tls_certificate" : "tls_key",
                     has_certificate ? "tls_key" : "tls_certificate");
    else if (listener->tls != TLS_NO && !has_certificate)
        conf_mistake(check->mistakes, check_place(check, node, "tls"),
                     "tls without a certificate; name tls_certificate and tls_key, or write tls = \"no\"");
    else if (has_certificate && listener->tls == TLS_NO && conf_node_find(node, "tls") == NULL)
        conf_mistake(check->mistakes, check_place(check, node, "tls_certificate"),
                     "tls_certificate has no use without tls; write tls = \"may\" or \"require\"");
}

static void check_listener_sizes(const struct check *check, const struct listener_settings *listener,
                                 struct conf_node *node)
{
    const struct settings *settings = check->settings;
    if (listener->mode == MODE_BEFORE_QUEUE && listener->message_timeout_ms > CHECK_BEFORE_QUEUE_MOST_MS &&
        !check_is_bad(node, "mode"))
        conf_mistake(check->mistakes, check_place(check, node, "message_timeout"),
                     "before the queue the mail server gives up after 100s and message_timeout is longer; write at "
                     "most \"95s\"");
    if (listener->max_message_bytes > settings->memory_budget && !check_is_bad(node, "max_message_size") &&
        !check_is_bad(check->root, "memory_budget"))
        conf_mistake(check->mistakes, check_place(check, node, "max_message_size"),
                     "max_message_size is above memory_budget (%" PRIu64 " bytes), so the largest messages would wait "
                     "for ever; write a smaller one, or a larger memory_budget",
                     settings->memory_budget);
}

static void check_require(const struct check *check, const struct policy_settings *policy, struct conf_node *node)
{
    size_t primaries = 0;
    for (size_t i = 0; i < check->settings->scanner_count; i++)
        primaries += check->settings->scanners[i].role == SCANNER_PRIMARY;
    if (policy->require == REQUIRE_ALL || policy->require <= primaries || primaries == 0 ||
        check_is_bad(node, "require"))
        return;
    conf_mistake(check->mistakes, check_place(check, node, "require"),
                 "require = %" PRIu32 " is more than the primary scanners (%zu); write at most %zu, or add scanners",
                 policy->require, primaries, primaries);
}

/* NULL: scanners of that type have no address. */
static const char *check_address_example(enum scanner_type type)
{
    static const char *const examples[SCANNER_TYPES] = {
        [SCANNER_CLAMD] = "unix:/run/clamav/clamd.ctl",
        [SCANNER_ICAP] = "127.0.0.1:1344",
        [SCANNER_PLUGIN] = "unix:/run/cordon-plugin.sock",
        [SCANNER_SOCKET] = "127.0.0.1:4010",
    };
    return examples[type];
}

/* A pattern without any file is a set of rules without some of the rules that were meant. */
static void check_rules(const struct check *check, const struct scanner_settings *scanner, struct conf_node *node,
                        bool with_files)
{
    const struct settings_list *rules = &scanner->yara.rules;
    if (scanner->type != SCANNER_YARA || check_is_bad(node, "type") || check_is_bad(node, "rules"))
        return;
    if (rules->count == 0)
        conf_mistake(check->mistakes, check_place(check, node, "rules"),
                     "the scanner %s has no rules; write rules = [\"/etc/yara/*.yar\"]", scanner->name);
    for (size_t i = 0; with_files && i < rules->count; i++) {
        glob_t found = { 0 };
        int code = glob(rules->items[i], GLOB_NOSORT, NULL, &found);
        if (code != 0)
            conf_mistake(check->mistakes, check_place(check, node, "rules"),
                         "rules: \"%.150s\" names no file; name files with rules of YARA", rules->items[i]);
        for (size_t k = 0; code == 0 && k < found.gl_pathc; k++) {
            if (access(found.gl_pathv[k], R_OK) != 0)
                conf_mistake(check->mistakes, check_place(check, node, "rules"),
                             "rules: \"%.150s\": %s; name files that can be read", found.gl_pathv[k], strerror(errno));
        }
        globfree(&found);
    }
}

/* A certificate is for a host: a socket in the file system is none. */
static void check_scanner_tls(const struct check *check, const struct scanner_settings *scanner, struct conf_node *node)
{
    /* The defaults are no mistake, for the roles read the settings with all of them written out. */
    const char *useless = !scanner->tls.verify ? "tls_verify" : scanner->tls.ca[0] != '\0' ? "tls_ca" : NULL;
    struct conf_node *key = useless != NULL ? conf_node_find(node, useless) : NULL;
    if (key != NULL && !scanner->tls.is_on && !key->is_bad && !check_is_bad(node, "tls"))
        conf_mistake(check->mistakes, key, "%s has no use without tls; write tls = true", useless);
    if (scanner->tls.is_on && scanner->tls.verify && strncmp(scanner->address, "unix:", 5) == 0)
        conf_mistake(check->mistakes, check_place(check, node, "tls"),
                     "no certificate can be for %.100s; write tls_verify = false, or leave out tls", scanner->address);
}

static void check_scanner(const struct check *check, struct conf_node *scanners, size_t index)
{
    const struct scanner_settings *scanner = &check->settings->scanners[index];
    struct conf_node *node = conf_node_find(scanners, scanner->name);
    if (check_is_bad(node, "type"))
        return;
    const char *example = check_address_example(scanner->type);
    if (example != NULL && scanner->address[0] == '\0' && !check_is_bad(node, "address"))
        conf_mistake(check->mistakes, check_place(check, node, "address"),
                     "the scanner %s has no address; write address = \"%s\"", scanner->name, example);
    check_scanner_tls(check, scanner, node);
    struct fault fault;
    if (scanner->type == SCANNER_SOCKET && !check_is_bad(node, "dialogue") &&
        !dialogue_is_whole(&scanner->dialogue, &fault))
        conf_mistake(check->mistakes, check_place(check, node, "dialogue"), "the dialogue of the scanner %s %s",
                     scanner->name, fault.text);
    for (size_t k = 0; k < index; k++) {
        const struct scanner_settings *other = &check->settings->scanners[k];
        bool is_engine = scanner->type == SCANNER_CLAMAV || scanner->type == SCANNER_YARA;
        if (is_engine && other->type == scanner->type && !check_is_bad(conf_node_find(scanners, other->name), "type")) {
            conf_mistake(check->mistakes, node != NULL ? node : check->root,
                         "the scanners %s and %s are both of type %s and the engine exists once; %s", other->name,
                         scanner->name, scanner->type == SCANNER_YARA ? "yara" : "clamav",
                         scanner->type == SCANNER_YARA ? "name all rules in one" : "leave one out");
            return;
        }
    }
}

/* HTTP without any password is for this machine alone. */
static void check_metrics(const struct check *check)
{
    struct conf_node *node = conf_node_find(check->root, "metrics");
    const char *text = check->settings->metrics.address;
    struct net_address address;
    if (text[0] == '\0' || check_is_bad(node, "address") || !check_parse(text, &address))
        return;
    bool is_local = strncmp(address.host, "127.", 4) == 0 || strcmp(address.host, "::1") == 0;
    if (address.family == NET_INET && !is_local)
        conf_mistake(check->mistakes, check_place(check, node, "address"),
                     "metrics.address = \"%.100s\" is not of this machine alone; write \"127.0.0.1:9465\", "
                     "\"[::1]:9465\" or \"unix:PATH\"",
                     text);
    for (size_t i = 0; i < check->settings->listener_count; i++) {
        struct net_address other;
        if (check_parse(check->settings->listeners[i].address, &other) && address_clashes(&address, &other))
            conf_mistake(check->mistakes, check_place(check, node, "address"),
                         "metrics and the listener %s have one address (%.100s); give each its own",
                         check->settings->listeners[i].name, text);
    }
}

static void check_scanners(const struct check *check)
{
    const struct settings *settings = check->settings;
    struct conf_node *scanners = conf_node_find(check->root, "scanner");
    if (scanners != NULL && scanners->is_bad)
        return;
    bool has_primary = false;
    bool is_sure = true;
    for (size_t i = 0; i < settings->scanner_count; i++) {
        struct conf_node *node = conf_node_find(scanners, settings->scanners[i].name);
        check_scanner(check, scanners, i);
        has_primary = has_primary || settings->scanners[i].role == SCANNER_PRIMARY;
        is_sure = is_sure && !check_is_bad(node, "role");
    }
    for (const struct conf_node *node = scanners != NULL ? scanners->first : NULL; node != NULL; node = node->next)
        is_sure = is_sure && node->kind == CONF_GROUP;
    if (!has_primary && is_sure)
        conf_mistake(check->mistakes, scanners != NULL ? scanners : check->root,
                     "there is no primary scanner, so no message could ever be judged; %s",
                     settings->scanner_count > 0 ? "leave out role = \"backup\" somewhere"
                                                 : "write scanner: { engine: { type = \"clamav\"; }; };");
    if (is_sure)
        check_require(check, &settings->policy, conf_node_find(check->root, "policy"));
}

static void check_readable(const struct check *check, struct conf_node *node, const char *key, const char *path)
{
    if (path[0] == '\0' || check_is_bad(node, key) || access(path, R_OK) == 0)
        return;
    conf_mistake(check->mistakes, check_place(check, node, key), "%s = \"%.150s\": %s; name a file that can be read",
                 key, path, strerror(errno));
}

static void check_listeners(const struct check *check, bool with_files)
{
    struct conf_node *listen = conf_node_find(check->root, "listen");
    check_addresses(check, listen);
    for (size_t i = 0; i < check->settings->listener_count; i++) {
        const struct listener_settings *listener = &check->settings->listeners[i];
        struct conf_node *node = conf_node_find(listen, listener->name);
        check_tls(check, listener, node);
        check_listener_sizes(check, listener, node);
        if (conf_node_find(conf_node_find(node, "policy"), "require") != NULL)
            check_require(check, &listener->policy, conf_node_find(node, "policy"));
        if (!with_files)
            continue;
        check_readable(check, node, "tls_certificate", listener->tls_certificate);
        check_readable(check, node, "tls_key", listener->tls_key);
        check_readable(check, node, "next_hop_tls_ca", listener->hop.tls_ca);
    }
}

void conf_check(const struct settings *settings, struct conf_node *root, bool with_files,
                struct conf_mistakes *mistakes)
{
    struct check check = { .settings = settings, .root = root, .mistakes = mistakes };
    check_scanners(&check);
    conf_check_run(settings, conf_node_find(root, "scanner"), with_files, mistakes);
    conf_check_stores(settings, root, with_files, mistakes);
    check_listeners(&check, with_files);
    check_metrics(&check);
    struct conf_node *scanners = conf_node_find(root, "scanner");
    for (size_t i = 0; i < settings->scanner_count; i++) {
        const struct scanner_settings *scanner = &settings->scanners[i];
        struct conf_node *node = conf_node_find(scanners, scanner->name);
        check_rules(&check, scanner, node, with_files);
        if (with_files)
            check_readable(&check, node, "tls_ca", scanner->tls.ca);
        if (with_files && scanner->canary[0] == '/')
            check_readable(&check, node, "canary", scanner->canary);
    }
}
