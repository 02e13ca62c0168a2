/* The local socket's call: `cordon scan` hands the gate a sealed file and gets a verdict.
 *
 * On run_directory/scan.sock (SOCK_SEQPACKET) the caller sends one packet with a struct judge_request and one
 * descriptor of sealed memory, and gets one packet back: a struct judge_answer and behind it a JSON object (without the
 * "path", which only the caller knows). Where an explanation was asked for, a descriptor of sealed memory comes with
 * it: the explanation, of at most JUDGE_EXPLANATION_SIZE bytes. Any number of requests on one connection, one at a
 * time.
 *
 * With JUDGE_RELEASE the file is a message that was kept, and a second descriptor of sealed memory is its envelope: a
 * struct judge_envelope, and behind it texts, each ended by a NUL: the sender, the parameters of MAIL ("" where there
 * are none), and each recipient. The message is judged as mail of that listener is. Where the policy says pass, or
 * whatever it says with JUDGE_FORCE, it goes to the next hop of that listener. The answer is as ever; with it comes a
 * descriptor of sealed memory with two texts for each recipient, in their order and each ended by a NUL: what
 * became of it ("pass": it was given to the next hop; "reject" or "tempfail": the policy says so; "refused": it did not
 * come to that, for the next hop did not take the recipient, or there is none), and the reply. Only "pass" with a 2xx
 * is a release. Nothing of it is kept again. Only root and Cordon's own user are heard with it; others are hung up on.
 */
#ifndef CORDON_IPC_CALLS_JUDGE_H
#define CORDON_IPC_CALLS_JUDGE_H

#include <stdint.h>

#define JUDGE_MAGIC UINT64_C(0x4352444a55444731) /* "CRDJUDG1" */

enum {
    JUDGE_ANSWER_SIZE = 65536,
    JUDGE_SUMMARY_SIZE = 512,
    JUDGE_TIMEOUT_MS = 240000,
    JUDGE_EXPLANATION_SIZE = 32 * 1024 * 1024,
    JUDGE_NAME_SIZE = 32,
    JUDGE_MOST_RECIPIENTS = 1000,
    JUDGE_ENVELOPE_SIZE = 1048576, /* at most */
    JUDGE_REPLIES_SIZE = 2097152   /* at most: of the memory with the replies */
};

enum judge_flag {
    JUDGE_EXPLAIN_TEXT = 1U << 0, /* for people */
    JUDGE_EXPLAIN_JSON = 1U << 1, /* for programs: an object, without the "path" too */
    JUDGE_RELEASE = 1U << 2,
    JUDGE_FORCE = 1U << 3 /* with JUDGE_RELEASE */
};

struct judge_request {
    uint64_t magic;
    uint32_t timeout_ms; /* 0: JUDGE_TIMEOUT_MS, which is also the most */
    uint32_t flags;      /* none, JUDGE_EXPLAIN_... (one), JUDGE_RELEASE, or JUDGE_RELEASE | JUDGE_FORCE */
};

#define JUDGE_ENVELOPE_MAGIC UINT64_C(0x435244454e564c31) /* "CRDENVL1" */

struct judge_envelope {
    uint64_t magic;
    uint32_t recipient_count; /* from 1 to JUDGE_MOST_RECIPIENTS */
    uint32_t reserved;
    char listener[JUDGE_NAME_SIZE]; /* terminated: its name in the configuration */
};

struct judge_answer {
    uint64_t magic;
    uint32_t category; /* enum category: the gravest */
    uint32_t json_size;
    char summary[JUDGE_SUMMARY_SIZE]; /* terminated: what was found, for people */
};

#endif
