#include "charset_ebcdic.h"

#include "base/span.h"

/* IBM 037; what it has is ISO-8859-1 in another order. */
static const unsigned char ebcdic_037[256] = {
    /* clang-format off */
    0x00, 0x01, 0x02, 0x03, 0x9c, 0x09, 0x86, 0x7f, 0x97, 0x8d, 0x8e, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
    0x10, 0x11, 0x12, 0x13, 0x9d, 0x85, 0x08, 0x87, 0x18, 0x19, 0x92, 0x8f, 0x1c, 0x1d, 0x1e, 0x1f,
    0x80, 0x81, 0x82, 0x83, 0x84, 0x0a, 0x17, 0x1b, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x05, 0x06, 0x07,
    0x90, 0x91, 0x16, 0x93, 0x94, 0x95, 0x96, 0x04, 0x98, 0x99, 0x9a, 0x9b, 0x14, 0x15, 0x9e, 0x1a,
    0x20, 0xa0, 0xe2, 0xe4, 0xe0, 0xe1, 0xe3, 0xe5, 0xe7, 0xf1, 0xa2, 0x2e, 0x3c, 0x28, 0x2b, 0x7c,
    0x26, 0xe9, 0xea, 0xeb, 0xe8, 0xed, 0xee, 0xef, 0xec, 0xdf, 0x21, 0x24, 0x2a, 0x29, 0x3b, 0xac,
    0x2d, 0x2f, 0xc2, 0xc4, 0xc0, 0xc1, 0xc3, 0xc5, 0xc7, 0xd1, 0xa6, 0x2c, 0x25, 0x5f, 0x3e, 0x3f,
    0xf8, 0xc9, 0xca, 0xcb, 0xc8, 0xcd, 0xce, 0xcf, 0xcc, 0x60, 0x3a, 0x23, 0x40, 0x27, 0x3d, 0x22,
    0xd8, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xab, 0xbb, 0xf0, 0xfd, 0xfe, 0xb1,
    0xb0, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0xaa, 0xba, 0xe6, 0xb8, 0xc6, 0xa4,
    0xb5, 0x7e, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0xa1, 0xbf, 0xd0, 0xdd, 0xde, 0xae,
    0x5e, 0xa3, 0xa5, 0xb7, 0xa9, 0xa7, 0xb6, 0xbc, 0xbd, 0xbe, 0x5b, 0x5d, 0xaf, 0xa8, 0xb4, 0xd7,
    0x7b, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0xad, 0xf4, 0xf6, 0xf2, 0xf3, 0xf5,
    0x7d, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0xb9, 0xfb, 0xfc, 0xf9, 0xfa, 0xff,
    0x5c, 0xf7, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0xb2, 0xd4, 0xd6, 0xd2, 0xd3, 0xd5,
    0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0xb3, 0xdb, 0xdc, 0xd9, 0xda, 0x9f,
    /* clang-format on */
};

/* How others differ from it: code and character in turn. Tables as in the GNU C library's iconv. */
static const struct {
    const char *number;
    const char *euro; /* the page with the euro for the currency sign */
    size_t size;
    const char *pairs;
} pages[] = {
    { "037", "1140", 0, "" },
    { "273", "1141", 42,
      "\x43\x7b\x4a\xc4\x4f\x21\x59\x7e\x5a\xdc\x5f\x5e\x63\x5b\x6a\xf6\x7c\xa7\xa1\xdf\xb0\xa2\xb5\x40"
      "\xba\xac\xbb\x7c\xc0\xe4\xcc\xa6\xd0\xfc\xdc\x7d\xe0\xd6\xec\x5c\xfc\x5d" },
    { "277", "1142", 44,
      "\x47\x7d\x4a\x23\x4f\x21\x5a\xa4\x5b\xc5\x5f\x5e\x67\x24\x6a\xf8\x70\xa6\x7b\xc6\x7c\xd8\x80\x40"
      "\x9c\x7b\x9e\x5b\x9f\x5d\xa1\xfc\xb0\xa2\xba\xac\xbb\x7c\xc0\xe6\xd0\xe5\xdc\x7e" },
    { "278", "", 50,
      "\x43\x7b\x47\x7d\x4a\xa7\x4f\x21\x51\x60\x5a\xa4\x5b\xc5\x5f\x5e\x63\x23\x67\x24\x6a\xf6\x79\xe9"
      "\x7b\xc4\x7c\xd6\x9f\x5d\xa1\xfc\xb0\xa2\xb5\x5b\xba\xac\xbb\x7c\xc0\xe4\xcc\xa6\xd0\xe5\xdc\x7e"
      "\xec\x40" },
    { "280", "1144", 50,
      "\x44\x7b\x48\x5c\x4a\xb0\x4f\x21\x51\x5d\x54\x7d\x58\x7e\x5a\xe9\x5f\x5e\x6a\xf2\x79\xf9\x7b\xa3"
      "\x7c\xa7\x90\x5b\xa1\xec\xb0\xa2\xb1\x23\xb5\x40\xba\xac\xbb\x7c\xc0\xe0\xcd\xa6\xd0\xe8\xdd\x60"
      "\xe0\xe7" },
    { "284", "1145", 22, "\x49\xa6\x4a\x5b\x5a\x5d\x69\x23\x6a\xf1\x7b\xd1\xa1\xa8\xb0\xa2\xba\x5e\xbb\x21\xbd\x7e" },
    { "285", "1146", 14, "\x4a\x24\x5b\xa3\xa1\xaf\xb0\xa2\xb1\x5b\xba\x5e\xbc\x7e" },
    { "297", "1147", 50,
      "\x44\x40\x48\x5c\x4a\xb0\x4f\x21\x51\x7b\x54\x7d\x5a\xa7\x5f\x5e\x6a\xf9\x79\xb5\x7b\xa3\x7c\xe0"
      "\x90\x5b\xa0\x60\xa1\xa8\xb0\xa2\xb1\x23\xb5\x5d\xba\xac\xbb\x7c\xbd\x7e\xc0\xe9\xd0\xe8\xdd\xa6"
      "\xe0\xe7" },
    { "500", "1148", 14, "\x4a\x5b\x4f\x21\x5a\x5d\x5f\x5e\xb0\xa2\xba\xac\xbb\x7c" },
    { "871", "1149", 44,
      "\x4a\xfe\x4f\x21\x5a\xc6\x5f\xd6\x79\xf0\x7c\xd0\x8c\x60\x8e\x7b\x9c\x7d\x9e\x5d\xa1\xf6\xac\x40"
      "\xae\x5b\xb0\xa2\xba\xac\xbb\x7c\xbe\x5c\xc0\xde\xcc\x7e\xd0\xe6\xe0\xb4\xec\x5e" },
    { "1047", "924", 12, "\x5f\x5e\xad\x5b\xb0\xac\xba\xdd\xbb\xa8\xbd\x5d" },
    { "", "1143", 54,
      "\x43\x7b\x47\x7d\x4a\xa7\x4f\x21\x51\x60\x5a\xa4\x5b\xc5\x5f\x5e\x63\x23\x67\x24\x6a\xf6\x71\x5c"
      "\x79\xe9\x7b\xc4\x7c\xd6\x9f\x5d\xa1\xfc\xb0\xa2\xb5\x5b\xba\xac\xbb\x7c\xc0\xe4\xcc\xa6\xd0\xe5"
      "\xdc\x7e\xe0\xc9\xec\x40" },
};

/* Pages of other scripts: how the ASCII in them differs from where it stands in 500. */
static const struct {
    const char *number;
    const char *pairs;
} others[] = {
    { "290", "\x4f|\x5a!\xe0$" },
    { "420", "\x4f|\x5a!" },
    { "423", "" },
    { "424", "\x4f|\x5a!\xb0^\xba[\xbb]" },
    { "803", "\x4a$\x4f|\x5a!" },
    { "833", "" },
    { "836", "" },
    { "838", "" },
    { "870", "\x6a|" },
    { "875", "" },
    { "880", "" },
    { "905", "\x48{\x68[\x8f|\xaf@\xb3}\xb6]\xb9$\xcc~\xda`\xdc\\\xec#\xfc\"" },
    { "918", "\x6a`" },
    { "1025", "\x6a|" },
    { "1026", "\x48{\x68[\x8c}\x8d`\xac]\xad$\xae@\xcc~\xdc\\\xec#\xfc\"" },
    { "1097", "\x4f|\x5a!\xba[\xbb]" },
    { "1112", "\x4f|\x5a!\xb0^\xba[\xbb]" },
    { "1122", "\x43{\x47}\x51`\x63#\x67$\x71\\\x9f]\xb5[\xdc~\xec@" },
    { "1123", "\x6a|" },
    { "1130", "" },
    { "1132", "\x49[\x4f|\x59]\x5a!\x69^\x70k" },
    { "1153", "\x6a|" },
    { "1154", "\x6a|" },
    { "1155", "\x48{\x68[\x8c}\x8d`\xac]\xad$\xae@\xcc~\xdc\\\xec#\xfc\"" },
    { "1156", "\x4f|\x5a!\xb0^\xba[\xbb]" },
    { "1157", "\x43{\x47}\x51`\x63#\x67$\x71\\\x9f]\xb5[\xdc~\xec@" },
    { "1158", "\x6a|" },
    { "1160", "\x49[\x4f|\x59]\x5a!\x69^" },
    { "1164", "" },
    { "1166", "\x6a|" },
    { "1371", "\x4f|\x5a!\xb0^\xba[\xbb]" },
    { "1388", "\x4f|\x5a!\xa0~\xb0^\xb2\\\xba[\xbb]\xe0$" },
    { "1390", "\x4f|\x5a!\x62"
              "a\x63"
              "b\x64"
              "c\x65"
              "d\x66"
              "e\x67"
              "f\x68g\x69h\x70[\x71i\x72j\x73k\x74l\x75m\x76n\x77o\x78p\x80]\x8bq\x9br\xa0~\xab"
              "s\xb0^\xb2\\\xb3t\xb4u\xb5v\xb6w\xb7x\xb8y\xb9z\xe0$" },
    { "1399", "\x4f|\x5a!\xad[\xb0^\xbd]" },
    { "4971", "\x6a|" },
    { "16804", "\x4f|\x5a!" },
};

/* The country behind "EBCDIC-CP-" or "EBCDIC-" (RFC 1345). */
static const struct {
    const char *country;
    const char *number;
} countries[] = {
    { "us", "037" },  { "ca", "037" }, { "wt", "037" }, { "nl", "037" }, { "uk", "285" },    { "gb", "285" },
    { "at", "273" },  { "de", "273" }, { "dk", "277" }, { "no", "277" }, { "fi", "278" },    { "se", "278" },
    { "it", "280" },  { "es", "284" }, { "fr", "297" }, { "is", "871" }, { "he", "424" },    { "ar1", "420" },
    { "ar2", "918" }, { "gr", "423" }, { "tr", "905" }, { "yu", "870" }, { "roece", "870" }, { "jp", "290" },
};

enum { CURRENCY_SIGN = 0xa4, EURO_SIGN = 0x20ac };

static void table_fill(size_t page, bool has_euro, uint16_t table_out[256])
{
    for (size_t i = 0; i < 256; i++)
        table_out[i] = ebcdic_037[i];
    for (size_t i = 0; i + 1 < pages[page].size; i += 2)
        table_out[(unsigned char)pages[page].pairs[i]] = (unsigned char)pages[page].pairs[i + 1];
    for (size_t i = 0; i < 256 && has_euro; i++)
        table_out[i] = table_out[i] == CURRENCY_SIGN ? EURO_SIGN : table_out[i];
}

static void pairs_fill(const char *pairs, uint16_t table_out[256])
{
    for (; pairs[0] != '\0'; pairs += 2)
        table_out[(unsigned char)pairs[0]] = (unsigned char)pairs[1];
}

bool charset_ebcdic_table(struct span number, uint16_t table_out[256])
{
    const char *pairs = "";
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (!span_is(number, others[i].number))
            continue;
        number = span_text("500");
        pairs = others[i].pairs;
        break;
    }
    if (span_is(number, "37"))
        number = span_text("037");
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        bool has_euro = span_is(number, pages[i].euro);
        if (number.size > 0 && (has_euro || span_is(number, pages[i].number))) {
            table_fill(i, has_euro, table_out);
            pairs_fill(pairs, table_out);
            return true;
        }
    }
    return false;
}

bool charset_ebcdic_country_table(struct span country, uint16_t table_out[256])
{
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++) {
        if (span_starts_with(country, countries[i].country))
            return charset_ebcdic_table(span_text(countries[i].number), table_out);
    }
    return false;
}
