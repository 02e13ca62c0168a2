/* The local socket's call: `cordon scan` hands the gate a sealed file and gets a verdict.
 *
 * On run_directory/scan.sock (SOCK_SEQPACKET) the caller sends one packet with a struct judge_request and one
 * descriptor of sealed memory, and gets one packet back: a struct judge_answer and behind it a JSON object (without the
 * "path", which only the caller knows). Any number of requests on one connection, one at a time.
 */
#ifndef CORDON_IPC_CALLS_JUDGE_H
#define CORDON_IPC_CALLS_JUDGE_H

#include <stdint.h>

#define JUDGE_MAGIC UINT64_C(0x4352444a55444731) /* "CRDJUDG1" */

enum { JUDGE_ANSWER_SIZE = 65536, JUDGE_SUMMARY_SIZE = 512, JUDGE_TIMEOUT_MS = 240000 };

struct judge_request {
    uint64_t magic;
    uint32_t timeout_ms; /* 0: JUDGE_TIMEOUT_MS, which is also the most */
    uint32_t reserved;
};

struct judge_answer {
    uint64_t magic;
    uint32_t category; /* enum category: the gravest */
    uint32_t json_size;
    char summary[JUDGE_SUMMARY_SIZE]; /* terminated: what was found, for people */
};

#endif
