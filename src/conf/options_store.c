/* The rows of a store. OPTION_OWN_NAME in a default stands for the store's own name. */
#include "conf/options_rows.h"

enum { STORE_PATH_MOST = 400 };

static const struct option store_options[] = {
    { .key = "path",
      .type = OPTION_FOLDER,
      .offset = offsetof(struct store_conf, path),
      .fallback = { "/var/lib/cordon/" OPTION_OWN_NAME },
      .most = STORE_PATH_MOST,
      .manual = "The store's folder. Nothing else may lie in it." },
    { .key = "head",
      .type = OPTION_OWN_FILE,
      .offset = offsetof(struct store_conf, head),
      .fallback = { "/var/lib/cordon/heads/" OPTION_OWN_NAME },
      .manual = "The file that says how far the store has come, outside of its folder: best on another disk, so that a "
                "store that is cut off or put back as it once was is noticed." },
    { .key = "root_key",
      .type = OPTION_OWN_FILE,
      .offset = offsetof(struct store_conf, root_key),
      .fallback = { "/etc/cordon/keys/" OPTION_OWN_NAME ".root" },
      .manual = "The key that Cordon itself holds, for metadata and for signing. It does not open messages. The first "
                "start makes it." },
    { .key = "owners",
      .type = OPTION_FILES,
      .offset = offsetof(struct store_conf, owners),
      .fallback = { "/etc/cordon/keys/" OPTION_OWN_NAME ".pub" },
      .most = SETTINGS_MOST_OWNERS,
      .manual = "The public keys of those who can read what is stored, each in a file that cordon store keygen made: "
                "at most 8. A further one reads what is stored from then on." },
    { .key = "owner_key",
      .type = OPTION_FILE,
      .offset = offsetof(struct store_conf, owner_key),
      .fallback = { "/etc/cordon/keys/" OPTION_OWN_NAME ".secret" },
      .manual = "Where the first start puts the secret key of the first of the owners, where there is no public one "
                "yet. Take it off the machine: who has it reads the store. Empty: no such pair is ever made; that is "
                "also so where owners are named and this is not." },
    { .key = "keep",
      .type = OPTION_AGE,
      .offset = offsetof(struct store_conf, keep_for_ms),
      .fallback = { "30d" },
      .least = 0,
      .most = 36500 * DAYS,
      .manual = "How long a message is kept. 0: for ever. Where the clock is more than a day ahead of when it was last "
                "seen, nothing goes by age for three days, and the log says so; that a clock which was set wrong does "
                "not take all that there is with it. It ends at once where the clock is put back, or where who has "
                "looked at it removes the file HEAD.clock beside the head and restarts Cordon." },
    { .key = "keep_categories",
      .type = OPTION_AGES,
      .offset = offsetof(struct store_conf, keep_categories),
      .fallback = { "" },
      .least = 0,
      .most = 36500 * DAYS,
      .manual = "The same for single categories, each with a duration of its own, such as \"infected 90d\"." },
    { .key = "max_size",
      .type = OPTION_SIZE,
      .offset = offsetof(struct store_conf, most_bytes),
      .fallback = { "0" },
      .least = 0,
      .most = 1048576 * GIB,
      .manual = "Bytes of messages that are kept at most; beyond them the oldest go first. 0: there is no bound." },
    { .key = "share",
      .type = OPTION_AGE,
      .offset = offsetof(struct store_conf, share_ms),
      .fallback = { "30d" },
      .least = 0,
      .most = 3650 * DAYS,
      .manual = "A part that comes in many messages is stored once within a period of this length. 0: never." },
    { .key = "segment_size",
      .type = OPTION_SIZE,
      .offset = offsetof(struct store_conf, segment_bytes),
      .fallback = { "64M" },
      .least = 64 * KIB,
      .most = 4 * GIB,
      .manual = "How large a file of the store grows before the next one is begun." },
    { .key = "check",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct store_conf, check_percent),
      .fallback = { "100" },
      .least = 0,
      .most = 100,
      .manual = "Percent of the store that are verified in the background at a time. 0: none." },
    { .key = "check_every",
      .type = OPTION_AGE,
      .offset = offsetof(struct store_conf, check_every_ms),
      .fallback = { "1d" },
      .least = SECONDS,
      .most = 365 * DAYS,
      .manual = "How long after a verification in the background the next one begins. The first begins as long after "
                "the start, but at most an hour, so that a machine that is started each morning checks too." },
    { .key = "check_rate",
      .type = OPTION_SIZE,
      .offset = offsetof(struct store_conf, check_rate_bytes),
      .fallback = { "20M" },
      .least = 64 * KIB,
      .most = 64 * GIB,
      .manual = "Bytes a second that the verification in the background reads at most." },
    { .key = "judge_again",
      .type = OPTION_AGE,
      .offset = offsetof(struct store_conf, again_ms),
      .fallback = { "0" },
      .least = 0,
      .most = 90 * DAYS,
      .manual = "For so long after a message was stored, and at most a quarter longer, cordon store judge can judge it "
                "again without an owner's secret, by short-lived keys that Cordon makes and destroys beside the head. "
                "Until then whoever has such a key, which root and Cordon's user have, can read the message. At least "
                "\"1h\". 0: there are no such keys." },
    { .key = "domains",
      .type = OPTION_DOMAINS,
      .offset = offsetof(struct store_conf, domains),
      .fallback = { "" },
      .manual = "The recipients whose messages go there, by domain: \"example.org\", or \".example.org\" for all that "
                "end in it. Empty: all recipients." },
    { .key = "categories",
      .type = OPTION_CATEGORIES,
      .offset = offsetof(struct store_conf, categories),
      .fallback = { "" },
      .manual = "The categories whose messages go there, such as \"infected\", by the gravest one of a message. Empty: "
                "all of them." },
};
const struct option_group conf_store_group = {
    .name = "NAME",
    .options = store_options,
    .count = OPTION_COUNT(store_options),
    .manual = "A store, which keeps what an action with quarantine is for. The name stands in its defaults below, and "
              "before the numbers of its messages. Of several stores a message goes to the first in this file that "
              "takes its recipient and category; of several recipients each has a store of his own.",
};
