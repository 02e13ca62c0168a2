#include "document/pgp.h"

#include "base/memory.h"
#include "document/armour.h"
#include "document/pieces.h"
#include "unpack/bunzip2.h"
#include "unpack/inflate.h"

#include <stdlib.h>
#include <string.h>

enum { PGP_PEEK = 64, PGP_NAME_SIZE = 256, PGP_QUIET_BYTES = 64 << 10 };

/* RFC 9580 section 5. */
enum {
    PGP_SESSION_KEY = 1,
    PGP_SIGNATURE = 2,
    PGP_PASSWORD_KEY = 3,
    PGP_ONE_PASS = 4,
    PGP_SECRET_KEY = 5,
    PGP_PUBLIC_KEY = 6,
    PGP_COMPRESSED = 8,
    PGP_ENCRYPTED_OLD = 9,
    PGP_MARKER = 10,
    PGP_LITERAL = 11,
    PGP_ENCRYPTED = 18,
    PGP_ENCRYPTED_AEAD = 20
};

enum pgp_extent { PGP_DEFINITE, PGP_PARTIAL, PGP_TO_END };

/* A stretch of a packet's body (RFC 9580 section 4.2). */
struct pgp_piece {
    struct span bytes;
    enum pgp_extent extent;
    bool is_cut; /* the length goes beyond the content */
};

static bool pgp_read_number(struct span content, size_t *at, size_t digits, size_t *number_out)
{
    if (digits > content.size - *at)
        return false;
    *number_out = 0;
    for (size_t i = 0; i < digits; i++)
        *number_out = *number_out << 8 | (unsigned char)content.data[(*at)++];
    return true;
}

/* The bytes that a length covers; *at goes behind them. */
static void pgp_take(struct span content, size_t *at, size_t size, struct pgp_piece *piece)
{
    piece->is_cut = piece->extent != PGP_TO_END && size > content.size - *at;
    piece->bytes = span_slice(content, *at, size);
    *at += piece->bytes.size;
}

/* A length in the form that new packets have, and what it covers. */
static bool pgp_read_new(struct span content, size_t *at, struct pgp_piece *piece_out)
{
    size_t first = 0;
    size_t more = 0;
    *piece_out = (struct pgp_piece){ .extent = PGP_DEFINITE };
    if (!pgp_read_number(content, at, 1, &first))
        return false;
    if (first >= 224 && first < 255) {
        piece_out->extent = PGP_PARTIAL;
        first = (size_t)1 << (first & 0x1f);
    } else if (first == 255) {
        if (!pgp_read_number(content, at, 4, &first))
            return false;
    } else if (first >= 192) {
        if (!pgp_read_number(content, at, 1, &more))
            return false;
        first = ((first - 192) << 8) + more + 192;
    }
    pgp_take(content, at, first, piece_out);
    return true;
}

/* A packet's head and its body's first piece. False: no packet is here. */
static bool pgp_read_packet(struct span content, size_t *at, unsigned *tag_out, struct pgp_piece *piece_out)
{
    size_t head = 0;
    size_t size = 0;
    if (!pgp_read_number(content, at, 1, &head) || (head & 0x80) == 0)
        return false;
    if ((head & 0x40) != 0) {
        *tag_out = head & 0x3f;
        return pgp_read_new(content, at, piece_out);
    }
    *tag_out = head >> 2 & 0x0f;
    *piece_out = (struct pgp_piece){ .extent = PGP_DEFINITE };
    if ((head & 3) == 3) {
        piece_out->extent = PGP_TO_END;
        size = SIZE_MAX;
    } else if (!pgp_read_number(content, at, (size_t)1 << (head & 3), &size)) {
        return false;
    }
    pgp_take(content, at, size, piece_out);
    return true;
}

/* The rest of the body, behind its first piece. False: it is cut short. */
static bool pgp_read_rest(struct span content, size_t *at, struct pgp_piece piece, struct pieces *pieces)
{
    if (pieces != NULL)
        pieces_add(pieces, piece.bytes);
    while (piece.extent == PGP_PARTIAL && !piece.is_cut) {
        if (!pgp_read_new(content, at, &piece))
            return false;
        if (pieces != NULL)
            pieces_add(pieces, piece.bytes);
    }
    return !piece.is_cut;
}

static unsigned pgp_byte(struct span bytes, size_t at)
{
    return at < bytes.size ? (unsigned char)bytes.data[at] : 0xffU;
}

static bool pgp_is_encrypted(unsigned tag)
{
    return tag == PGP_SESSION_KEY || tag == PGP_PASSWORD_KEY || tag == PGP_ENCRYPTED_OLD || tag == PGP_ENCRYPTED ||
           tag == PGP_ENCRYPTED_AEAD;
}

static bool pgp_hand_out(struct unpack *unpack, struct span content, const struct unpack_member *member,
                         struct span bytes)
{
    bool is_inside = bytes.data >= content.data && bytes.data <= content.data + content.size;
    return is_inside ? unpack_member_slice(unpack, member, bytes) : unpack_member_put(unpack, member, bytes);
}

/* Format, name, date, data (RFC 9580 section 5.9). */
static bool pgp_read_literal(struct unpack *unpack, struct span content, struct span body)
{
    char name[PGP_NAME_SIZE];
    struct span raw = span_slice(body, 2, pgp_byte(body, 1));
    struct unpack_member member = { .how = "pgp, literal data" };
    if (body.size < 6 + raw.size) {
        unpack_note(unpack, UNPACK_DAMAGED, "pgp: literal data is cut short");
        return true;
    }
    (void)span_copy(raw, name, sizeof name);
    if (raw.size > 0)
        member.names = span_of(name, strlen(name) + 1);
    return pgp_hand_out(unpack, content, &member, span_from(body, 6 + raw.size));
}

/* Section 5.6; the algorithms are those of section 9.4. */
static bool pgp_read_compressed(struct unpack *unpack, struct span content, struct span body)
{
    struct span packed = span_from(body, 1);
    struct unpack_member member = { .how = "pgp, compressed data", .packed_size = packed.size };
    enum unpack_ending ending = UNPACK_CUT;
    size_t used = 0;
    unsigned algorithm = pgp_byte(body, 0);
    if (algorithm == 0)
        return pgp_hand_out(unpack, content, &member, packed);
    if (algorithm > 3) {
        unpack_note(unpack, UNPACK_UNSUPPORTED, "pgp: compression algorithm %u", algorithm);
        return true;
    }
    if (!unpack_begin(unpack, &member))
        return false;
    if (algorithm == 3)
        ending = bunzip2_put(unpack, packed, &used);
    else
        ending = inflate_put(unpack, algorithm == 1 ? INFLATE_RAW : INFLATE_ZLIB, packed, &used);
    unpack_end(unpack);
    if (ending == UNPACK_CUT || ending == UNPACK_BROKEN)
        unpack_note(unpack, UNPACK_DAMAGED, "pgp: compressed data is corrupt or cut short");
    return true;
}

static bool pgp_read_body(struct unpack *unpack, struct span content, unsigned tag, struct span body)
{
    return tag == PGP_LITERAL ? pgp_read_literal(unpack, content, body) : pgp_read_compressed(unpack, content, body);
}

static void pgp_read_binary(struct unpack *unpack, struct span content)
{
    bool is_encrypted = false;
    bool is_whole = true;
    bool may_go_on = true;
    unsigned tag = 0;
    struct pgp_piece piece;
    for (size_t at = 0; may_go_on && is_whole && pgp_read_packet(content, &at, &tag, &piece);) {
        if (tag != PGP_LITERAL && tag != PGP_COMPRESSED) {
            is_encrypted |= pgp_is_encrypted(tag);
            is_whole = pgp_read_rest(content, &at, piece, NULL);
            continue;
        }
        struct pieces pieces;
        pieces_init(&pieces);
        is_whole = pgp_read_rest(content, &at, piece, &pieces);
        if (pieces_overflowed(&pieces))
            unpack_note(unpack, UNPACK_LIMIT, "pgp: a packet in pieces is too large");
        may_go_on = pgp_read_body(unpack, content, tag, pieces_joined(&pieces));
        pieces_fini(&pieces);
    }
    if (is_encrypted)
        unpack_note(unpack, UNPACK_ENCRYPTED, "pgp: encrypted");
    else if (!is_whole)
        unpack_note(unpack, UNPACK_DAMAGED, "pgp: cut short");
}

/* Whether the compressed data begin as that algorithm's do. */
static bool pgp_looks_compressed(struct span body)
{
    switch (pgp_byte(body, 0)) {
    case 0:
        return (pgp_byte(body, 1) & 0x80) != 0;
    case 1:
        return (pgp_byte(body, 1) & 6) != 6;
    case 2:
        return (pgp_byte(body, 1) & 0x0f) == 8 && (pgp_byte(body, 1) << 8 | pgp_byte(body, 2)) % 31 == 0;
    case 3:
        return span_starts_with(span_from(body, 1), "BZh");
    default:
        return false;
    }
}

static bool pgp_looks_body(unsigned tag, struct span body)
{
    unsigned version = pgp_byte(body, 0);
    switch (tag) {
    case PGP_SESSION_KEY:
    case PGP_SIGNATURE:
    case PGP_PASSWORD_KEY:
    case PGP_ONE_PASS:
    case PGP_SECRET_KEY:
    case PGP_PUBLIC_KEY:
        return version >= 2 && version <= 6;
    case PGP_COMPRESSED:
        return pgp_looks_compressed(body);
    case PGP_ENCRYPTED_OLD:
        return body.size > 18;
    case PGP_MARKER:
        return span_is(body, "PGP");
    case PGP_LITERAL:
        return version != 0 && strchr("btul1m", (int)version) != NULL && body.size >= 6 &&
               body.size - 6 >= pgp_byte(body, 1);
    case PGP_ENCRYPTED:
    case PGP_ENCRYPTED_AEAD:
        return version == 1 || version == 2;
    default:
        return false;
    }
}

/* By the first packet: it says what it must, and where it ends another one begins, or nothing. Only packets that open
 * with more than a version may be cut short. */
static bool pgp_looks_binary(struct span content)
{
    size_t at = 0;
    unsigned tag = 0;
    struct pgp_piece piece;
    if (!pgp_read_packet(content, &at, &tag, &piece) || !pgp_looks_body(tag, piece.bytes))
        return false;
    if (tag == PGP_LITERAL || tag == PGP_COMPRESSED)
        return true;
    if (piece.extent == PGP_TO_END || !pgp_read_rest(content, &at, piece, NULL))
        return false;
    /* Encrypted data of the old kind has nothing in it that could be checked, and stands alone or behind a key. */
    return at == content.size || (tag != PGP_ENCRYPTED_OLD && (content.data[at] & 0x80) != 0);
}

/* Keys and signatures alone, which need not be looked at further. */
static bool pgp_is_quiet(struct span data)
{
    size_t at = 0;
    unsigned tag = 0;
    struct pgp_piece piece;
    char *bytes = memory_try(PGP_QUIET_BYTES);
    if (bytes == NULL)
        return false;
    struct span packets = span_of(bytes, armour_peek(data, bytes, PGP_QUIET_BYTES));
    bool is_quiet = packets.size + PGP_PEEK < PGP_QUIET_BYTES;
    while (is_quiet && at < packets.size) {
        is_quiet = pgp_read_packet(packets, &at, &tag, &piece) && pgp_read_rest(packets, &at, piece, NULL) &&
                   tag != PGP_LITERAL && tag != PGP_COMPRESSED && !pgp_is_encrypted(tag);
    }
    free(bytes);
    return is_quiet;
}

/* Lines that begin with a dash have "- " before it (RFC 9580 section 7.2). */
static bool pgp_read_cleartext(struct unpack *unpack, struct span text)
{
    struct unpack_member member = { .how = "pgp, signed text", .size_hint = text.size };
    if (!unpack_begin(unpack, &member))
        return false;
    size_t from = span_starts_with(text, "- ") ? 2 : 0;
    bool may_grow = true;
    while (may_grow && from < text.size) {
        struct span rest = span_from(text, from);
        size_t escape = span_find(rest, span_text("\n- "));
        struct span run = span_slice(rest, 0, escape == SPAN_NONE ? rest.size : escape + 1);
        may_grow = unpack_put(unpack, run);
        from += run.size + (escape == SPAN_NONE ? 0 : 2);
    }
    unpack_end(unpack);
    return true;
}

static bool pgp_read_armour(struct unpack *unpack, const struct armour *armour)
{
    struct unpack_member member = { .how = "pgp, armoured" };
    char peek[PGP_PEEK];
    if (span_is(armour->label, "PGP SIGNED MESSAGE"))
        return pgp_read_cleartext(unpack, armour->body);
    /* GnuPG does not mind which label stands above a message. */
    if (armour_peek(armour->data, peek, sizeof peek) == 0 || pgp_is_quiet(armour->data))
        return true;
    return armour_hand_out(unpack, &member, armour->data);
}

void pgp_read(struct unpack *unpack, struct span content)
{
    struct armour armour;
    if (pgp_looks_binary(content)) {
        pgp_read_binary(unpack, content);
        return;
    }
    for (size_t at = 0; armour_next(content, &at, &armour);) {
        if (span_starts_with(armour.label, "PGP ") && !pgp_read_armour(unpack, &armour))
            return;
    }
}

bool pgp_looks(struct span content)
{
    return pgp_looks_binary(content) || span_find(content, span_text("-----BEGIN PGP ")) != SPAN_NONE;
}
