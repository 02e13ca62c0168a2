#include "document/cms.h"

#include "document/armour.h"
#include "document/pieces.h"
#include "unpack/inflate.h"

#include <string.h>

/* OpenSSL follows five levels of constructed strings, others fewer. */
enum { CMS_DEPTH = 16, CMS_ELEMENTS = 64, CMS_PEEK = 64 };

enum {
    BER_END = 0x00,
    BER_OCTETS = 0x04,
    BER_OID = 0x06,
    BER_OCTETS_OF_OCTETS = 0x24,
    BER_SEQUENCE = 0x30,
    BER_EXPLICIT_0 = 0xa0,
    BER_CONSTRUCTED = 0x20
};

/* Reads forward over elements; lengths are believed only within what is there. */
struct ber {
    struct span bytes;
    size_t at;
};

struct ber_head {
    unsigned tag; /* the first byte */
    bool is_indefinite;
    bool is_cut;  /* the length goes beyond the bytes */
    size_t start; /* of the contents */
    size_t end;   /* of the contents; where the length is indefinite, of all bytes */
};

static bool ber_read_byte(struct ber *ber, unsigned *byte_out)
{
    if (ber->at >= ber->bytes.size)
        return false;
    *byte_out = (unsigned char)ber->bytes.data[ber->at++];
    return true;
}

/* X.690 section 8.1.2 and 8.1.3. False at the end, or where there is no sound head; the element's contents come next.
 */
static bool ber_read_head(struct ber *ber, struct ber_head *head_out)
{
    unsigned byte = 0;
    *head_out = (struct ber_head){ 0 };
    if (!ber_read_byte(ber, &head_out->tag))
        return false;
    if ((head_out->tag & 0x1f) == 0x1f) {
        do {
            if (!ber_read_byte(ber, &byte))
                return false;
        } while ((byte & 0x80) != 0);
    }
    if (!ber_read_byte(ber, &byte))
        return false;
    size_t size = byte;
    if (byte == 0x80) {
        head_out->is_indefinite = true;
        size = ber->bytes.size - ber->at;
    } else if (byte > 0x80) {
        size = 0;
        for (unsigned left = byte & 0x7f; left > 0; left--) {
            if (!ber_read_byte(ber, &byte))
                return false;
            size = size > SIZE_MAX >> 8 ? SIZE_MAX : size << 8 | byte;
        }
    }
    head_out->is_cut = size > ber->bytes.size - ber->at;
    head_out->start = ber->at;
    head_out->end = head_out->is_cut ? ber->bytes.size : ber->at + size;
    return true;
}

/* To behind the element's contents. Indefinite ones nest as deep as they like: a count is all that it takes. */
static void ber_skip(struct ber *ber, const struct ber_head *head)
{
    if (!head->is_indefinite) {
        ber->at = head->end;
        return;
    }
    for (size_t depth = 1; depth > 0;) {
        struct ber_head inner;
        if (!ber_read_head(ber, &inner))
            return;
        if (inner.is_indefinite)
            depth++;
        else if (inner.tag == BER_END)
            depth--;
        else
            ber->at = inner.end;
    }
}

/* The head of the next element, if it has this tag; nothing is read otherwise. */
static bool ber_enter(struct ber *ber, unsigned tag, struct ber_head *head_out)
{
    struct ber ahead = *ber;
    if (!ber_read_head(&ahead, head_out) || head_out->tag != tag)
        return false;
    *ber = ahead;
    return true;
}

enum cms_type { CMS_NONE, CMS_DATA, CMS_SIGNED, CMS_DIGESTED, CMS_AUTHENTICATED, CMS_COMPRESSED, CMS_ENCRYPTED };

struct cms_row {
    const char *oid;
    size_t size;
    enum cms_type type;
    const char *how;
};

#define PKCS7(last) "\x2a\x86\x48\x86\xf7\x0d\x01\x07" last, 9
#define SMIME(last) "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01" last, 11

static const struct cms_row cms_rows[] = {
    { PKCS7("\x01"), CMS_DATA, "s/mime, data" },
    { PKCS7("\x02"), CMS_SIGNED, "s/mime, signed" },
    { PKCS7("\x03"), CMS_ENCRYPTED, NULL },
    { PKCS7("\x04"), CMS_ENCRYPTED, NULL },
    { PKCS7("\x05"), CMS_DIGESTED, "s/mime, digested" },
    { PKCS7("\x06"), CMS_ENCRYPTED, NULL },
    { SMIME("\x02"), CMS_AUTHENTICATED, "s/mime, authenticated" },
    { SMIME("\x09"), CMS_COMPRESSED, "s/mime, compressed" },
    { SMIME("\x17"), CMS_ENCRYPTED, NULL },
};

static const struct cms_row *cms_find_type(struct span oid)
{
    for (size_t i = 0; i < sizeof cms_rows / sizeof cms_rows[0]; i++) {
        if (span_equal(oid, span_of(cms_rows[i].oid, cms_rows[i].size)))
            return &cms_rows[i];
    }
    return NULL;
}

/* SEQUENCE { OID, [0] EXPLICIT ...: ContentInfo and EncapsulatedContentInfo alike (RFC 5652 sections 3 and 5.2). Stands
 * inside of [0] then; *has_content_out: there is one. */
static bool cms_enter_info(struct ber *ber, struct span *oid_out, bool *has_content_out)
{
    struct ber_head head;
    struct ber_head oid;
    if (!ber_enter(ber, BER_SEQUENCE, &head))
        return false;
    size_t end = head.end;
    if (!ber_enter(ber, BER_OID, &oid) || oid.is_indefinite)
        return false;
    ber->at = oid.end;
    *oid_out = span_slice(ber->bytes, oid.start, oid.end - oid.start);
    *has_content_out = ber->at < end && ber_enter(ber, BER_EXPLICIT_0, &head);
    return true;
}

/* The pieces of an octet string, however it is put together. False: it is cut or has something else in it. */
static bool cms_gather(struct ber *ber, struct pieces *pieces)
{
    struct ber_head open[CMS_DEPTH];
    size_t depth = 0;
    do {
        struct ber_head head;
        if (depth > 0 && !open[depth - 1].is_indefinite && ber->at >= open[depth - 1].end) {
            depth--;
            continue;
        }
        if (!ber_read_head(ber, &head))
            return false;
        if (head.tag == BER_END && depth > 0 && open[depth - 1].is_indefinite) {
            depth--;
        } else if ((head.tag & BER_CONSTRUCTED) != 0) {
            if (depth == CMS_DEPTH)
                return false;
            open[depth++] = head;
        } else {
            pieces_add(pieces, span_slice(ber->bytes, head.start, head.end - head.start));
            ber->at = head.end;
            if (head.is_cut)
                return false;
        }
    } while (depth > 0);
    return true;
}

static bool cms_inside(struct span outer, struct span bytes)
{
    return bytes.data >= outer.data && bytes.data <= outer.data + outer.size;
}

static bool cms_hand_out(struct unpack *unpack, struct span content, struct span bytes, const char *how)
{
    struct unpack_member member = { .how = how, .size_hint = bytes.size };
    return cms_inside(content, bytes) ? unpack_member_slice(unpack, &member, bytes)
                                      : unpack_member_put(unpack, &member, bytes);
}

/* What the content is when its own type is taken at its word: the OCTET STRING holds the type's value without a
 * ContentInfo around it (RFC 5652 section 5.2), which readers of members need to know it by. */
static void cms_hand_out_typed(struct unpack *unpack, struct span oid, struct span bytes)
{
    const struct cms_row *row = cms_find_type(oid);
    if (row == NULL || row->type == CMS_DATA)
        return;
    struct unpack_member member = { .how = "s/mime, content by its type", .size_hint = bytes.size };
    char head[] = { BER_SEQUENCE, (char)0x80, BER_OID, (char)oid.size };
    static const char explicit[] = { (char)BER_EXPLICIT_0, (char)0x80 };
    static const char ends[4] = { 0 };
    if (!unpack_begin(unpack, &member))
        return;
    (void)(unpack_put(unpack, span_of(head, sizeof head)) && unpack_put(unpack, oid) &&
           unpack_put(unpack, span_of(explicit, sizeof explicit)) && unpack_put(unpack, bytes) &&
           unpack_put(unpack, span_of(ends, sizeof ends)));
    unpack_end(unpack);
}

static void cms_inflate(struct unpack *unpack, struct span packed, const char *how)
{
    struct unpack_member member = { .how = how, .packed_size = packed.size };
    size_t used = 0;
    if (!unpack_begin(unpack, &member))
        return;
    enum unpack_ending ending = inflate_put(unpack, INFLATE_ZLIB, packed, &used);
    /* Not RFC 3274, but what some write and read. */
    if (ending == UNPACK_BROKEN && used <= 2)
        ending = inflate_put(unpack, INFLATE_RAW, packed, &used);
    unpack_end(unpack);
    if (ending == UNPACK_CUT || ending == UNPACK_BROKEN)
        unpack_note(unpack, UNPACK_DAMAGED, "s/mime: compressed content is corrupt or cut short");
}

/* The OCTET STRING behind [0], or whatever PKCS #7 has there instead (RFC 2315 section 7: ANY). */
static void cms_read_content(struct unpack *unpack, struct ber *ber, const struct cms_row *row, struct span oid)
{
    struct pieces pieces;
    struct ber ahead = *ber;
    struct ber_head head;
    if (!ber_read_head(&ahead, &head))
        return;
    bool is_octets = head.tag == BER_OCTETS || head.tag == BER_OCTETS_OF_OCTETS;
    pieces_init(&pieces);
    bool is_whole = true;
    if (is_octets) {
        is_whole = cms_gather(ber, &pieces);
    } else {
        size_t start = ber->at;
        ber_skip(&ahead, &head);
        is_whole = !head.is_cut;
        ber->at = ahead.at;
        pieces_add(&pieces, span_slice(ber->bytes, start, ber->at - start));
    }
    struct span bytes = pieces_joined(&pieces);
    if (pieces_overflowed(&pieces))
        unpack_note(unpack, UNPACK_LIMIT, "s/mime: content in pieces is too large");
    if (!is_whole)
        unpack_note(unpack, UNPACK_DAMAGED, "s/mime: content is cut short");
    if (row->type == CMS_COMPRESSED) {
        cms_inflate(unpack, bytes, row->how);
    } else if (bytes.size > 0) {
        if (cms_hand_out(unpack, ber->bytes, bytes, row->how) && is_octets)
            cms_hand_out_typed(unpack, oid, bytes);
    }
    pieces_fini(&pieces);
}

/* All these types are a SEQUENCE with an EncapsulatedContentInfo somewhere in it, which no other element looks like:
 * what stands before it need not be known one by one. */
static void cms_read_encapsulated(struct unpack *unpack, struct ber *ber, const struct cms_row *row)
{
    struct ber_head head;
    struct span oid = { 0 };
    bool has_content = false;
    if (!ber_enter(ber, BER_SEQUENCE, &head)) {
        unpack_note(unpack, UNPACK_DAMAGED, "%s: no content", row->how);
        return;
    }
    size_t end = head.end;
    for (size_t i = 0; i < CMS_ELEMENTS && ber->at < end; i++) {
        struct ber ahead = *ber;
        if (cms_enter_info(&ahead, &oid, &has_content) && has_content) {
            cms_read_content(unpack, &ahead, row, oid);
            return;
        }
        /* The first one in SignedData is the one: a detached signature, whatever becomes of its certificates. */
        if (row->type == CMS_SIGNED && oid.size > 0)
            return;
        if (!ber_read_head(ber, &head) || head.tag == BER_END)
            return;
        ber_skip(ber, &head);
        if (head.is_cut) {
            unpack_note(unpack, UNPACK_DAMAGED, "%s: cut short", row->how);
            return;
        }
    }
}

static void cms_read_binary(struct unpack *unpack, struct span content)
{
    struct ber ber = { .bytes = content };
    struct span oid = { 0 };
    bool has_content = false;
    if (!cms_enter_info(&ber, &oid, &has_content))
        return;
    const struct cms_row *row = cms_find_type(oid);
    if (row == NULL || !has_content)
        return;
    if (row->type == CMS_ENCRYPTED)
        unpack_note(unpack, UNPACK_ENCRYPTED, "s/mime: encrypted");
    else if (row->type == CMS_DATA)
        cms_read_content(unpack, &ber, row, oid);
    else
        cms_read_encapsulated(unpack, &ber, row);
}

static bool cms_looks_binary(struct span content)
{
    struct ber ber = { .bytes = content };
    struct span oid = { 0 };
    bool has_content = false;
    return content.size > 0 && content.data[0] == BER_SEQUENCE && cms_enter_info(&ber, &oid, &has_content) &&
           has_content && cms_find_type(oid) != NULL;
}

/* Not by the label: OpenSSL reads CMS from blocks that are labelled CERTIFICATE too. */
static bool cms_looks_armoured(const struct armour *armour)
{
    char peek[CMS_PEEK];
    return cms_looks_binary(span_of(peek, armour_peek(armour->data, peek, sizeof peek)));
}

/* Windows reads bare base64 too, without any armour: the SEQUENCE begins with an M then. */
static struct span cms_bare_base64(struct span content)
{
    struct span text = span_slice(content, 0, CMS_PEEK);
    struct armour armour = { .data = content };
    bool is_one = span_starts_with(span_trim(text), "M") && cms_looks_armoured(&armour);
    return is_one ? span_slice(content, 0, span_find_byte(content, '=')) : (struct span){ 0 };
}

void cms_read(struct unpack *unpack, struct span content)
{
    if (cms_looks_binary(content)) {
        cms_read_binary(unpack, content);
        return;
    }
    struct armour armour;
    struct span bare = cms_bare_base64(content);
    struct unpack_member member = { .how = "s/mime, armoured" };
    if (bare.size > 0)
        (void)armour_hand_out(unpack, &member, bare);
    for (size_t at = 0; armour_next(content, &at, &armour);) {
        if (cms_looks_armoured(&armour) && !armour_hand_out(unpack, &member, armour.data))
            return;
    }
}

bool cms_looks(struct span content)
{
    if (cms_looks_binary(content) || cms_bare_base64(content).size > 0)
        return true;
    struct armour armour;
    for (size_t at = 0; armour_next(content, &at, &armour);) {
        if (cms_looks_armoured(&armour))
            return true;
    }
    return false;
}
