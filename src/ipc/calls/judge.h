/* The local socket's call: `cordon scan` hands the gate a sealed file and gets a verdict.
 *
 * On run_directory/scan.sock (SOCK_SEQPACKET) the caller sends one packet with a struct judge_request and one
 * descriptor of sealed memory, and gets one packet back: a struct judge_answer and behind it a JSON object (without the
 * "path", which only the caller knows). Where an explanation was asked for, a descriptor of sealed memory comes with
 * it: the explanation, of at most JUDGE_EXPLANATION_SIZE bytes. Any number of requests on one connection, one at a
 * time.
 */
#ifndef CORDON_IPC_CALLS_JUDGE_H
#define CORDON_IPC_CALLS_JUDGE_H

#include <stdint.h>

#define JUDGE_MAGIC UINT64_C(0x4352444a55444731) /* "CRDJUDG1" */

enum {
    JUDGE_ANSWER_SIZE = 65536,
    JUDGE_SUMMARY_SIZE = 512,
    JUDGE_TIMEOUT_MS = 240000,
    JUDGE_EXPLANATION_SIZE = 32 * 1024 * 1024
};

enum judge_flag {
    JUDGE_EXPLAIN_TEXT = 1U << 0, /* for people */
    JUDGE_EXPLAIN_JSON = 1U << 1, /* for programs: an object, without the "path" too */
    JUDGE_FLAGS = JUDGE_EXPLAIN_TEXT | JUDGE_EXPLAIN_JSON
};

struct judge_request {
    uint64_t magic;
    uint32_t timeout_ms; /* 0: JUDGE_TIMEOUT_MS, which is also the most */
    uint32_t flags;      /* at most one of enum judge_flag */
};

struct judge_answer {
    uint64_t magic;
    uint32_t category; /* enum category: the gravest */
    uint32_t json_size;
    char summary[JUDGE_SUMMARY_SIZE]; /* terminated: what was found, for people */
};

#endif
