#include "document/pdf.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>
#include <string.h>

#define PAYLOAD "the payload, which is text that nobody minds"
#define SCRIPT "app.alert(\"a script of some length\");"

/* The payload through the filters, and most of it in hexadecimal digits then. */
#define HEX "746865207061796c6f61642c20776869636820697320746578742074686174206e6f626f6479206d696e6473"
#define FLATE                                                                                                          \
    "78da2bc948552848acccc94f4cd15128cfc84cce50c82c562849ad285128c9482c51c8cb4fca4fa954c8cdcc4b290600"                 \
    "69ed1043"
#define RAW "2bc948552848acccc94f4cd15128cfc84cce50c82c562849ad285128c9482c51c8cb4fca4fa954c8cdcc4b290600"
#define LZW                                                                                                            \
    "801d0d065101c0c279361bcc26416080ee683498cd020349cc4074329e0e91734186366e37988de643c880da6937190e"                 \
    "7010"
#define RUNS "2b746865207061796c6f61642c20776869636820697320746578742074686174206e6f626f6479206d696e647380"
#define RUNS3 "fd41004280"
#define PNG_UP                                                                                                         \
    "78da013000cfff02746865207061796c6f616402b8b81248f902efb4fa12bc024845010cb71100410bad4e02fbfdf7f0"                 \
    "59ac0508fa4405cb201361"
#define PNG_PAETH                                                                                                      \
    "78da013000cfff0474f4fdbb50f118f303f20304b8f45748f902efb84912ad0448f1010cac54f4410bac4e04fbfdf7f5"                 \
    "59a74d01fa44054ad3175f"
#define PNG_AVERAGE                                                                                                    \
    "78da632ed1337c97a0e96960a965c2fce99aa9ecdf7fbfb629f16d658e93e662d964fc4b967fad1fb3e90fa6cfe6ab34"                 \
    "991864b900b41d10f3"
#define TIFF                                                                                                           \
    "78da012c00d3ff74f4fdbb50f118f303f2032cf457f101fa05b8490aad74f113fcac54f4f913ac4e6ff30df515a74dfc"                 \
    "05f60f20ea1766"
#define A85 "FD,5.E++$.Ddd0-+EqL5@q[!!F!,R9G]Y'MBOQ!*DJs!&A9f;7Bl7I&~>"
#define A85_FLATE "GhO[i86%'/XN\\d^9[Q]cccAf*:rk1g-qUNh;(0OW/5aL3:WcJ4<63>.9.:&FC$cI!~>"
#define PROGRAM "4d5a2c207768696368206f6e6c79206c6f6f6b73206c696b6520612070726f6772616d"
#define FLATE_CUT "78da2bc948552848acccc94f4cd15128cfc84cce50c82c562849ad285128c9482c51c8cb4fca4fa9"

enum { SAMPLE_SIZE = 4096 };

/* A file with one stream, and with more behind it. */
#define HEAD "%PDF-1.4\n"
#define DEEP(one) one one one one one one one one one one
#define STREAM(keys, data) HEAD "1 0 obj\n<< " keys " >>\nstream\n" data "\nendstream\nendobj\n"
#define FILE_STREAM(keys, data) STREAM("/Type /EmbeddedFile " keys, data)

struct row {
    const char *name;
    struct span content;
    size_t members;
    const char *found;
    const char *other; /* found as well; NULL: not looked for */
    enum unpack_trouble trouble;
    const char *note; /* NULL: none */
};

#define ROW(name, content, members, found)                                                                             \
    {                                                                                                                  \
        name, { content, sizeof(content) - 1 }, members, found, NULL, UNPACK_DAMAGED, NULL                             \
    }
#define ROW_TWO(name, content, found, other)                                                                           \
    {                                                                                                                  \
        name, { content, sizeof(content) - 1 }, 2, found, other, UNPACK_DAMAGED, NULL                                  \
    }
#define ROW_NOTE(name, content, members, found, trouble, note)                                                         \
    {                                                                                                                  \
        name, { content, sizeof(content) - 1 }, members, found, NULL, trouble, note                                    \
    }

static const struct row filter_rows[] = {
    ROW("none", FILE_STREAM("", PAYLOAD), 1, PAYLOAD),
    ROW("hexadecimal", FILE_STREAM("/Filter /ASCIIHexDecode", HEX ">"), 1, PAYLOAD),
    ROW("hexadecimal, spaces, odd", FILE_STREAM("/Filter/AHx", "6 1\n6>"), 1, "a`"),
    ROW("base 85", FILE_STREAM("/Filter /ASCII85Decode", A85), 1, PAYLOAD),
    ROW("base 85, abbreviated, with its other mark", FILE_STREAM("/Filter [/A85]", "<~" A85), 1, PAYLOAD),
    ROW("base 85 around deflate", FILE_STREAM("/Filter [/ASCII85Decode /FlateDecode]", A85_FLATE), 1, PAYLOAD),
    ROW("deflate", FILE_STREAM("/Filter [/AHx /Fl]", FLATE), 1, PAYLOAD),
    ROW("deflate without its header", FILE_STREAM("/Filter [/AHx /Fl]", RAW), 1, PAYLOAD),
    ROW("runs, literal", FILE_STREAM("/Filter [/AHx /RunLengthDecode]", RUNS), 1, PAYLOAD),
    ROW("runs", FILE_STREAM("/Filter [/AHx /RL]", RUNS3), 1, "AAAAB"),
    ROW("LZW", FILE_STREAM("/Filter [/AHx /LZWDecode]", LZW), 1, PAYLOAD),
    ROW("predictor, up", FILE_STREAM("/Filter [/AHx /Fl] /DecodeParms [null << /Predictor 12 /Columns 11 >>]", PNG_UP),
        1, PAYLOAD),
    ROW("predictor, Paeth",
        FILE_STREAM("/Filter [/AHx /Fl] /DecodeParms [null <</Predictor 15/Columns 11>>]", PNG_PAETH), 1, PAYLOAD),
    ROW("predictor, average", FILE_STREAM("/Filter [/AHx /Fl] /DP [null <</Predictor 13/Columns 11>>]", PNG_AVERAGE), 1,
        PAYLOAD),
    ROW("predictor, TIFF", FILE_STREAM("/Filter [/AHx /Fl] /DecodeParms [null <</Predictor 2/Columns 11>>]", TIFF), 1,
        PAYLOAD),
    ROW("escaped names", FILE_STREAM("/#46ilter /#41SCII#48exDecode", HEX), 1, PAYLOAD),
    ROW("by reference", FILE_STREAM("/Filter 2 0 R", HEX) "2 0 obj [ 3 0 R ] endobj 3 0 obj /AHx endobj", 1, PAYLOAD),
    ROW("abbreviated key", FILE_STREAM("/F /AHx", HEX), 1, PAYLOAD),
    ROW("identity", FILE_STREAM("/Filter [/Crypt /AHx]", HEX), 1, PAYLOAD),
    ROW("an image's", FILE_STREAM("/Filter [/AHx /DCTDecode]", HEX), 1, PAYLOAD),
    ROW_TWO("two filters, one of which counts", FILE_STREAM("/Filter /AHx /Filter /A85", HEX), PAYLOAD, NULL),
    ROW_TWO("two filters, the other way round", FILE_STREAM("/Filter /A85 /Filter /AHx", HEX), PAYLOAD, NULL),
    ROW_TWO("two objects", FILE_STREAM("/Filter 2 0 R", HEX) "2 0 obj /AHx endobj 2 0 obj null endobj", PAYLOAD, HEX),
    ROW_NOTE("deep", FILE_STREAM("/A << /B " DEEP("[[[[[[[") DEEP("]]]]]]]") " >> /Filter /AHx", HEX), 1, PAYLOAD,
             UNPACK_LIMIT, "nest deeper"),
    ROW_NOTE("unknown", FILE_STREAM("/Filter [/AHx /Own]", HEX), 1, PAYLOAD, UNPACK_UNSUPPORTED, "filters"),
    ROW_NOTE("cut deflate", FILE_STREAM("/Filter [/AHx /Fl]", FLATE_CUT), 1, NULL, UNPACK_DAMAGED, "a stream"),
};

static const struct row stream_rows[] = {
    ROW("length", FILE_STREAM("/Length 44", PAYLOAD), 1, PAYLOAD),
    ROW("length by reference", FILE_STREAM("/Length 2 0 R", PAYLOAD) "2 0 obj 44 endobj", 1, PAYLOAD),
    ROW_TWO("too short", FILE_STREAM("/Length 11", PAYLOAD), PAYLOAD, "the payload"),
    ROW("too long", FILE_STREAM("/Length 999999", PAYLOAD), 1, PAYLOAD),
    ROW_TWO("end mark inside", FILE_STREAM("/Length 15", "abc endstream d"), "abc endstream d", "abc "),
    ROW("CR and LF", HEAD "1 0 obj<</Type/EmbeddedFile>>stream\r\n" PAYLOAD "\r\nendstream", 1, PAYLOAD),
    ROW("CR alone", HEAD "1 0 obj<</Type/EmbeddedFile>>stream\r" PAYLOAD "\rendstream", 1, PAYLOAD),
    ROW("comments", HEAD "1 0 obj %x\n<</Type%y\n/EmbeddedFile>>%z\nstream\n" PAYLOAD "\nendstream", 1, PAYLOAD),
    ROW("no brackets at the end", HEAD "1 0 obj << /Type /EmbeddedFile stream\n" PAYLOAD "\nendstream", 1, PAYLOAD),
    ROW_NOTE("no end", HEAD "1 0 obj << /Type /EmbeddedFile >> stream\n" PAYLOAD, 1, PAYLOAD, UNPACK_DAMAGED,
             "cut short"),
    ROW("unknown type", STREAM("/Type /Own", PAYLOAD), 1, PAYLOAD),
    ROW("a page's", STREAM("/Length 44", PAYLOAD), 0, NULL),
    ROW("a page's, which begins like a program", STREAM("/Filter /AHx", PROGRAM), 1,
        "MZ, which only looks like a program"),
    ROW("an image", STREAM("/Type /XObject /Subtype /Image", PAYLOAD), 0, NULL),
    ROW("two types", STREAM("/Type /XObject /Type /Metadata", PAYLOAD), 1, PAYLOAD),
    ROW("a file without a type", STREAM("", PAYLOAD) "2 0 obj << /F (a) /EF << /F 1 0 R >> >> endobj", 1, PAYLOAD),
    ROW("by two references", STREAM("", PAYLOAD) "2 0 obj << /EF 3 0 R >> 3 0 obj << /UF 1 0 R >>", 1, PAYLOAD),
    ROW("amid an image", STREAM("/Subtype /Image", "1 0 obj <</Type/EmbeddedFile>>stream\n" PAYLOAD), 1, PAYLOAD),
    ROW("script", HEAD "1 0 obj << /S /JavaScript /JS (app.alert\\(\"a script of some leng\\\nth\"\\);) >> endobj", 1,
        SCRIPT),
    ROW("script in digits", HEAD "1 0 obj [ << /J#53 <" HEX "> >> ] endobj", 1, PAYLOAD),
    ROW("script elsewhere", STREAM("", PAYLOAD) "2 0 obj << /JS 1 0 R >> endobj", 1, PAYLOAD),
    ROW("script in an object", HEAD "1 0 obj (" PAYLOAD ") endobj 2 0 obj << /JS 1 0 R >> endobj", 1, PAYLOAD),
    ROW("form", STREAM("", PAYLOAD) "2 0 obj << /XFA [ (template) 1 0 R ] >> endobj", 1, PAYLOAD),
    ROW("behind the end", HEAD "%%EOF\n" PAYLOAD PAYLOAD, 1, PAYLOAD PAYLOAD),
    ROW("before the header", PAYLOAD PAYLOAD HEAD "%%EOF\n", 1, PAYLOAD PAYLOAD),
    ROW("no header", "1 0 obj <</Type/EmbeddedFile>> stream\n" PAYLOAD "\nendstream startxref 0 %%EOF", 1, PAYLOAD),
};

struct sample {
    const char *name;
    const char *base64;
};

/* The payload as a file a.txt and the script, written by qpdf; the user's password is empty but where the name says it.
 */
static const struct sample samples[] = {
    { "objstm",
      "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvVHlwZSAvT2JqU3RtIC9MZW5ndGggMjYxIC9GaWx0ZXIgL0ZsYXRlRGVjb2RlIC9O"
      "IDQgL0ZpcnN0IDIyID4+CnN0cmVhbQp4nFWQzU7DMBCE732KUU/NpXbSkBRRVYKqOYD4UQMn2oNJNiFSYluJQeXtsZ1QCa2ltbzf"
      "zK43AscKYRohRhQmuEK0TmabDdiT6GiAu+27DypLKrOmnV7G2jsWYmnOJrAqjgNO2G7dYc+a5G1hGiU9fZ9bUOulaKk3x8VcYCj6"
      "RhuoCoPqCC3J2nzOj8FNAJZbgfgW+Yg4uxdR224r34O9/mgC2wkjWlXbsp91p76kQQj20JRurniaZ6JHgwsrDUkzIBkNH6lsxJ06"
      "Wxm3cW3j5CS9hf43dTZ/LvvMfy1D6gk3ZnZZx8T7fWkqwN4sXVFVcU4x5xFxntqcrl12K5v9Arq5aqNlbmRzdHJlYW0KZW5kb2Jq"
      "CjYgMCBvYmoKPDwgL0xlbmd0aCAxOSAvRmlsdGVyIC9GbGF0ZURlY29kZSA+PgpzdHJlYW0KeJwzUDBQyFWwBMIchWAAEeUCv2Vu"
      "ZHN0cmVhbQplbmRvYmoKNyAwIG9iago8PCAvVHlwZSAvRW1iZWRkZWRGaWxlIC9MZW5ndGggNTIgL0ZpbHRlciAvRmxhdGVEZWNv"
      "ZGUgPj4Kc3RyZWFtCnicK8lIVShIrMzJT0zRUSjPyEzOUMgsVihJrShRKMlILFHIy0/KT6lUyM3MSykGAGntEENlbmRzdHJlYW0K"
      "ZW5kb2JqCjggMCBvYmoKPDwgL1R5cGUgL1hSZWYgL0xlbmd0aCAzNiAvRmlsdGVyIC9GbGF0ZURlY29kZSAvRGVjb2RlUGFybXMg"
      "PDwgL0NvbHVtbnMgNCAvUHJlZGljdG9yIDEyID4+IC9XIFsgMSAyIDEgXSAvUm9vdCAyIDAgUiAvU2l6ZSA5IC9JRCBbPDMxNDE1"
      "OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5dID4+CnN0cmVhbQp4"
      "nGNiAAImRgZ+EPGJgQnIY0Qi/jOW/wWyIoESjH0MAETiBHUKZW5kc3RyZWFtCmVuZG9iagpzdGFydHhyZWYKNjA3CiUlRU9GCg==" },
    { "rc4-40", "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPGNlM2Q3NTk5NWQ+"
                "IDIgMCBSIF0gPj4gPj4gL09wZW5BY3Rpb24gPDwgL0pTIDxjZTYzNzFjZjQ4NWY2MGI4NmJkZDFlMjg0NmFmZDk3MmQzZTdlOWJi"
                "NGNmNGMzODNiOGY0MDQwNDQyYjdmMzU4OTFhMTYzMjRlYT4gL1MgL0phdmFTY3JpcHQgPj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9D"
                "YXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAgUiA+PiAvRiA8ZGI4MGMyNWYyMD4gL1R5cGUgL0ZpbGVz"
                "cGVjIC9VRiA8NDQ1MWI2YzM1NDQyODQxMWNhMjhiZWM2PiA+PgplbmRvYmoKMyAwIG9iago8PCAvQ291bnQgMSAvS2lkcyBbIDUg"
                "MCBSIF0gL1R5cGUgL1BhZ2VzID4+CmVuZG9iago0IDAgb2JqCjw8IC9UeXBlIC9FbWJlZGRlZEZpbGUgL0xlbmd0aCA1MiAvRmls"
                "dGVyIC9GbGF0ZURlY29kZSA+PgpzdHJlYW0KZ3uZxHjAzF80aFnWaJkuW+90EP/YB1rFLqXtFagY5DGIfGhcngA67gUIplePy8tW"
                "vjGHBWVuZHN0cmVhbQplbmRvYmoKNSAwIG9iago8PCAvQ29udGVudHMgNiAwIFIgL01lZGlhQm94IFsgMCAwIDkgOSBdIC9QYXJl"
                "bnQgMyAwIFIgL1R5cGUgL1BhZ2UgPj4KZW5kb2JqCjYgMCBvYmoKPDwgL0xlbmd0aCAxOSAvRmlsdGVyIC9GbGF0ZURlY29kZSA+"
                "PgpzdHJlYW0KoOpHuOSviZQ38mEwo4zxeo1xG2VuZHN0cmVhbQplbmRvYmoKNyAwIG9iago8PCAvRmlsdGVyIC9TdGFuZGFyZCAv"
                "TGVuZ3RoIDQwIC9PIDxjOTI0MjI2ODdmYWNlZTY4NmUzNzNmMTBiNWM3ZDA0NzM4MDUzMTUyZjdlMmVlMzBlMTFjNjllYzQ0MjU3"
                "NmFiPiAvUCAtNCAvUiAyIC9VIDxiM2Q5ZmEzNjY5MDZlZjQyZjM1NGM2ZGViNzRjNTkwNzVlYWYzMzRlYjdjMDQzNTZiYTBkN2Yz"
                "ZGQ4YjUxZDBhPiAvViAxID4+CmVuZG9iagp4cmVmCjAgOAowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAwMDAgbiAK"
                "MDAwMDAwMDI0MiAwMDAwMCBuIAowMDAwMDAwMzQ1IDAwMDAwIG4gCjAwMDAwMDA0MDQgMDAwMDAgbiAKMDAwMDAwMDU0NiAwMDAw"
                "MCBuIAowMDAwMDAwNjMxIDAwMDAwIG4gCjAwMDAwMDA3MjAgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA4"
                "IC9JRCBbPDMxNDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5d"
                "IC9FbmNyeXB0IDcgMCBSID4+CnN0YXJ0eHJlZgo5MjYKJSVFT0YK" },
    { "rc4-128", "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDE2ZDIwYTFjOWU+"
                 "IDIgMCBSIF0gPj4gPj4gL09wZW5BY3Rpb24gPDwgL0pTIDwxNjhjMGU0YThiYTVkYTllMjUzNzc3ZDc2MWVkNGNmM2Q1YzU2YWIx"
                 "MjdlNGEyY2IxOTUzZjk4ZDIxNGZmZWI1MTkyZjJkZTFlYT4gL1MgL0phdmFTY3JpcHQgPj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9D"
                 "YXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAgUiA+PiAvRiA8MGFjNDJkZGJmMT4gL1R5cGUgL0ZpbGVz"
                 "cGVjIC9VRiA8OTUxNTU5NDc4NTAxNDUxYTA5YTEyNTFiPiA+PgplbmRvYmoKMyAwIG9iago8PCAvQ291bnQgMSAvS2lkcyBbIDUg"
                 "MCBSIF0gL1R5cGUgL1BhZ2VzID4+CmVuZG9iago0IDAgb2JqCjw8IC9UeXBlIC9FbWJlZGRlZEZpbGUgL0xlbmd0aCA1MiAvRmls"
                 "dGVyIC9GbGF0ZURlY29kZSA+PgpzdHJlYW0Ku/tOZPuRuBL8u3qbJkVo3K4tzT7x2jYKE2TD2LsHY1j8EdgtOylh9Zq1AJKtYfKk"
                 "hjk33WVuZHN0cmVhbQplbmRvYmoKNSAwIG9iago8PCAvQ29udGVudHMgNiAwIFIgL01lZGlhQm94IFsgMCAwIDkgOSBdIC9QYXJl"
                 "bnQgMyAwIFIgL1R5cGUgL1BhZ2UgPj4KZW5kb2JqCjYgMCBvYmoKPDwgL0xlbmd0aCAxOSAvRmlsdGVyIC9GbGF0ZURlY29kZSA+"
                 "PgpzdHJlYW0KJPNX1atjVKaT9GlT0Or5byvg/mVuZHN0cmVhbQplbmRvYmoKNyAwIG9iago8PCAvRmlsdGVyIC9TdGFuZGFyZCAv"
                 "TGVuZ3RoIDEyOCAvTyA8NTY2ZmE4NzNlZTMzYzc5N2NkM2I5MDRmZGFkZjgxNGFmYTM0ZGY5YTM4ZjZlZDQxYjk4NGUyYzZkYTJh"
                 "YTZmNT4gL1AgLTQgL1IgMyAvVSA8ZTIxY2MzZDEzYjBmYWE5OTM0ZGI3ZDIwZjExZTMzM2UwMTIyNDU2YTkxYmFlNTEzNDI3M2E2"
                 "ZGIxMzRjODdjND4gL1YgMiA+PgplbmRvYmoKeHJlZgowIDgKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDE1IDAwMDAwIG4g"
                 "CjAwMDAwMDAyNDIgMDAwMDAgbiAKMDAwMDAwMDM0NSAwMDAwMCBuIAowMDAwMDAwNDA0IDAwMDAwIG4gCjAwMDAwMDA1NDYgMDAw"
                 "MDAgbiAKMDAwMDAwMDYzMSAwMDAwMCBuIAowMDAwMDAwNzIwIDAwMDAwIG4gCnRyYWlsZXIgPDwgL1Jvb3QgMSAwIFIgL1NpemUg"
                 "OCAvSUQgWzwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT48MzE0MTU5MjY1MzU4OTc5MzIzODQ2MjY0MzM4MzI3OTU+"
                 "XSAvRW5jcnlwdCA3IDAgUiA+PgpzdGFydHhyZWYKOTI3CiUlRU9GCg==" },
    { "v4-rc4", "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDE2ZDIwYTFjOWU+"
                "IDIgMCBSIF0gPj4gPj4gL09wZW5BY3Rpb24gPDwgL0pTIDwxNjhjMGU0YThiYTVkYTllMjUzNzc3ZDc2MWVkNGNmM2Q1YzU2YWIx"
                "MjdlNGEyY2IxOTUzZjk4ZDIxNGZmZWI1MTkyZjJkZTFlYT4gL1MgL0phdmFTY3JpcHQgPj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9D"
                "YXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAgUiA+PiAvRiA8MGFjNDJkZGJmMT4gL1R5cGUgL0ZpbGVz"
                "cGVjIC9VRiA8OTUxNTU5NDc4NTAxNDUxYTA5YTEyNTFiPiA+PgplbmRvYmoKMyAwIG9iago8PCAvQ291bnQgMSAvS2lkcyBbIDUg"
                "MCBSIF0gL1R5cGUgL1BhZ2VzID4+CmVuZG9iago0IDAgb2JqCjw8IC9UeXBlIC9FbWJlZGRlZEZpbGUgL0xlbmd0aCA1MiAvRmls"
                "dGVyIC9GbGF0ZURlY29kZSA+PgpzdHJlYW0Ku/tOZPuRuBL8u3qbJkVo3K4tzT7x2jYKE2TD2LsHY1j8EdgtOylh9Zq1AJKtYfKk"
                "hjk33WVuZHN0cmVhbQplbmRvYmoKNSAwIG9iago8PCAvQ29udGVudHMgNiAwIFIgL01lZGlhQm94IFsgMCAwIDkgOSBdIC9QYXJl"
                "bnQgMyAwIFIgL1R5cGUgL1BhZ2UgPj4KZW5kb2JqCjYgMCBvYmoKPDwgL0xlbmd0aCAxOSAvRmlsdGVyIC9GbGF0ZURlY29kZSA+"
                "PgpzdHJlYW0KJPNX1atjVKaT9GlT0Or5byvg/mVuZHN0cmVhbQplbmRvYmoKNyAwIG9iago8PCAvQ0YgPDwgL1N0ZENGIDw8IC9B"
                "dXRoRXZlbnQgL0RvY09wZW4gL0NGTSAvVjIgL0xlbmd0aCAxNiA+PiA+PiAvRmlsdGVyIC9TdGFuZGFyZCAvTGVuZ3RoIDEyOCAv"
                "TyA8NTY2ZmE4NzNlZTMzYzc5N2NkM2I5MDRmZGFkZjgxNGFmYTM0ZGY5YTM4ZjZlZDQxYjk4NGUyYzZkYTJhYTZmNT4gL1AgLTQg"
                "L1IgNCAvU3RtRiAvU3RkQ0YgL1N0ckYgL1N0ZENGIC9VIDxlMjFjYzNkMTNiMGZhYTk5MzRkYjdkMjBmMTFlMzMzZTAxMjI0NTZh"
                "OTFiYWU1MTM0MjczYTZkYjEzNGM4N2M0PiAvViA0ID4+CmVuZG9iagp4cmVmCjAgOAowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAw"
                "MDAwMTUgMDAwMDAgbiAKMDAwMDAwMDI0MiAwMDAwMCBuIAowMDAwMDAwMzQ1IDAwMDAwIG4gCjAwMDAwMDA0MDQgMDAwMDAgbiAK"
                "MDAwMDAwMDU0NiAwMDAwMCBuIAowMDAwMDAwNjMxIDAwMDAwIG4gCjAwMDAwMDA3MjAgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9v"
                "dCAxIDAgUiAvU2l6ZSA4IC9JRCBbPDMxNDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4"
                "NDYyNjQzMzgzMjc5NT5dIC9FbmNyeXB0IDcgMCBSID4+CnN0YXJ0eHJlZgoxMDE2CiUlRU9GCg==" },
    { "aes-128", "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDBlMWMyYTM4NDY1"
                 "NDYyNzA3ZThjOWFhOGI2YzRkMmUwM2QwNzY0NzA4ZjU5ZmU5YWNmODM2MWM3MTU2NzczOWU+IDIgMCBSIF0gPj4gPj4gL09wZW5B"
                 "Y3Rpb24gPDwgL0pTIDwwZTFjMmEzODQ2NTQ2MjcwN2U4YzlhYThiNmM0ZDJlMDk3OWRjYjcxZGZkY2Q0ZTZhNDdiYWE0NjZhMGJj"
                 "YjI0ZGQ4MjEwZDc5YTZlMjZkNTVmYzczYTE1NjljYWVlZDhmODQ4ZjkxYmU3YTM5MWUxOTQ2OTI1NmYzYWM3YTg1OT4gL1MgL0ph"
                 "dmFTY3JpcHQgPj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9DYXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAg"
                 "UiA+PiAvRiA8MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTBmNDc5ZDEzYWMwOGU2MTYxNWZmMWFjOGMyZDVjYzI5ND4g"
                 "L1R5cGUgL0ZpbGVzcGVjIC9VRiA8MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTA4N2Y0YjFhMDg2NmJlYTlhNjk2MWQz"
                 "NzI5NjFkOTVmMT4gPj4KZW5kb2JqCjMgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyA1IDAgUiBdIC9UeXBlIC9QYWdlcyA+Pgpl"
                 "bmRvYmoKNCAwIG9iago8PCAvVHlwZSAvRW1iZWRkZWRGaWxlIC9MZW5ndGggODAgL0ZpbHRlciAvRmxhdGVEZWNvZGUgPj4Kc3Ry"
                 "ZWFtCg4cKjhGVGJwfoyaqLbE0uBaL3HwJ5beQTDnq08dzo33FN1HBu4YsHVnA9KdSGh6HrADMMdXCCfZ4JZXWNvkn7hvbVyIYRie"
                 "q0HKxjd8v5zGZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9Db250ZW50cyA2IDAgUiAvTWVkaWFCb3ggWyAwIDAgOSA5IF0g"
                 "L1BhcmVudCAzIDAgUiAvVHlwZSAvUGFnZSA+PgplbmRvYmoKNiAwIG9iago8PCAvTGVuZ3RoIDQ4IC9GaWx0ZXIgL0ZsYXRlRGVj"
                 "b2RlID4+CnN0cmVhbQoOHCo4RlRicH6Mmqi2xNLgX3Oi1Z+sNBOJ7CL/tBHQqn7rPlfSjwkZwerZA0etz7hlbmRzdHJlYW0KZW5k"
                 "b2JqCjcgMCBvYmoKPDwgL0NGIDw8IC9TdGRDRiA8PCAvQXV0aEV2ZW50IC9Eb2NPcGVuIC9DRk0gL0FFU1YyIC9MZW5ndGggMTYg"
                 "Pj4gPj4gL0ZpbHRlciAvU3RhbmRhcmQgL0xlbmd0aCAxMjggL08gPDU2NmZhODczZWUzM2M3OTdjZDNiOTA0ZmRhZGY4MTRhZmEz"
                 "NGRmOWEzOGY2ZWQ0MWI5ODRlMmM2ZGEyYWE2ZjU+IC9QIC00IC9SIDQgL1N0bUYgL1N0ZENGIC9TdHJGIC9TdGRDRiAvVSA8ZTIx"
                 "Y2MzZDEzYjBmYWE5OTM0ZGI3ZDIwZjExZTMzM2UwMTIyNDU2YTkxYmFlNTEzNDI3M2E2ZGIxMzRjODdjND4gL1YgNCA+PgplbmRv"
                 "YmoKeHJlZgowIDgKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDE1IDAwMDAwIG4gCjAwMDAwMDAzNTAgMDAwMDAgbiAKMDAw"
                 "MDAwMDU0NyAwMDAwMCBuIAowMDAwMDAwNjA2IDAwMDAwIG4gCjAwMDAwMDA3NzYgMDAwMDAgbiAKMDAwMDAwMDg2MSAwMDAwMCBu"
                 "IAowMDAwMDAwOTc5IDAwMDAwIG4gCnRyYWlsZXIgPDwgL1Jvb3QgMSAwIFIgL1NpemUgOCAvSUQgWzwzMTQxNTkyNjUzNTg5Nzkz"
                 "MjM4NDYyNjQzMzgzMjc5NT48MzE0MTU5MjY1MzU4OTc5MzIzODQ2MjY0MzM4MzI3OTU+XSAvRW5jcnlwdCA3IDAgUiA+PgpzdGFy"
                 "dHhyZWYKMTI3OAolJUVPRgo=" },
    { "aes-128-meta",
      "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDBlMWMyYTM4NDY1"
      "NDYyNzA3ZThjOWFhOGI2YzRkMmUwZDBjZmNkMTgzMWNiZGEwZTExZWI5OThhODI5YmI2ZGU+IDIgMCBSIF0gPj4gPj4gL09wZW5B"
      "Y3Rpb24gPDwgL0pTIDwwZTFjMmEzODQ2NTQ2MjcwN2U4YzlhYThiNmM0ZDJlMDliMmNkYzM0MzI2ZDVmOTA3MzcyNTY3NDY2ZDJk"
      "ZmEzNTRmYTY2NThkYjQ2M2FkYWJhMTc4OWYzYmZjNTQ5NTk0ZWQ2NGI0Y2IzN2YyZDdmZTMyZDNjZWU1NWU3MTQwZj4gL1MgL0ph"
      "dmFTY3JpcHQgPj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9DYXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAg"
      "UiA+PiAvRiA8MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTAzOTdmZTFmNDVkMDBhNGVjNWNjMzI5M2M3ZDY1NGQ5Mj4g"
      "L1R5cGUgL0ZpbGVzcGVjIC9VRiA8MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTA5NmFiZDZmODM1MzQzYWM5M2ZjNzJk"
      "YTc4ZjNlZTgyYT4gPj4KZW5kb2JqCjMgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyA1IDAgUiBdIC9UeXBlIC9QYWdlcyA+Pgpl"
      "bmRvYmoKNCAwIG9iago8PCAvVHlwZSAvRW1iZWRkZWRGaWxlIC9MZW5ndGggODAgL0ZpbHRlciAvRmxhdGVEZWNvZGUgPj4Kc3Ry"
      "ZWFtCg4cKjhGVGJwfoyaqLbE0uBopuViRenA/rBbXgPyyTweBruF/8H6af/DY9XewhssJ3G4NVgjabg0MdtjhimUw/hDC61JbLMT"
      "rKRCMsMRC18hZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9Db250ZW50cyA2IDAgUiAvTWVkaWFCb3ggWyAwIDAgOSA5IF0g"
      "L1BhcmVudCAzIDAgUiAvVHlwZSAvUGFnZSA+PgplbmRvYmoKNiAwIG9iago8PCAvTGVuZ3RoIDQ4IC9GaWx0ZXIgL0ZsYXRlRGVj"
      "b2RlID4+CnN0cmVhbQoOHCo4RlRicH6Mmqi2xNLgHO9+n0uk45bkE/ARbg9sQJunTOorqAz3C9SHXCE95pJlbmRzdHJlYW0KZW5k"
      "b2JqCjcgMCBvYmoKPDwgL0NGIDw8IC9TdGRDRiA8PCAvQXV0aEV2ZW50IC9Eb2NPcGVuIC9DRk0gL0FFU1YyIC9MZW5ndGggMTYg"
      "Pj4gPj4gL0VuY3J5cHRNZXRhZGF0YSBmYWxzZSAvRmlsdGVyIC9TdGFuZGFyZCAvTGVuZ3RoIDEyOCAvTyA8NTY2ZmE4NzNlZTMz"
      "Yzc5N2NkM2I5MDRmZGFkZjgxNGFmYTM0ZGY5YTM4ZjZlZDQxYjk4NGUyYzZkYTJhYTZmNT4gL1AgLTQgL1IgNCAvU3RtRiAvU3Rk"
      "Q0YgL1N0ckYgL1N0ZENGIC9VIDxiN2FlNjFhZTVmZTgzMWNjZDc5NzljMTU1ZDRmOTI2YzAxMjI0NTZhOTFiYWU1MTM0MjczYTZk"
      "YjEzNGM4N2M0PiAvViA0ID4+CmVuZG9iagp4cmVmCjAgOAowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAwMDAgbiAK"
      "MDAwMDAwMDM1MCAwMDAwMCBuIAowMDAwMDAwNTQ3IDAwMDAwIG4gCjAwMDAwMDA2MDYgMDAwMDAgbiAKMDAwMDAwMDc3NiAwMDAw"
      "MCBuIAowMDAwMDAwODYxIDAwMDAwIG4gCjAwMDAwMDA5NzkgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA4"
      "IC9JRCBbPDMxNDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5d"
      "IC9FbmNyeXB0IDcgMCBSID4+CnN0YXJ0eHJlZgoxMzAxCiUlRU9GCg==" },
    { "aes-256-r5",
      "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5z"
      "aW9uTGV2ZWwgMyA+PiA+PiAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDBlMWMyYTM4NDY1NDYyNzA3ZThj"
      "OWFhOGI2YzRkMmUwYjVjMzc5YTAwZDc3OTQzNWI5NjMwNjRkOTdmMjFiMTM+IDIgMCBSIF0gPj4gPj4gL09wZW5BY3Rpb24gPDwg"
      "L0pTIDwwZTFjMmEzODQ2NTQ2MjcwN2U4YzlhYThiNmM0ZDJlMDQwZTc2OTJlNmI2ZmFlMTZjNzFmZDJhY2NjNGJjYTRiNGI3Y2Jj"
      "ZTNmNTIxOWYzYzhlNjI4YmNhNjEyODU0ODVkNmU4NDU2NmI2NWFlODVmOGZjNTJjMzUxNmJkN2ZkNT4gL1MgL0phdmFTY3JpcHQg"
      "Pj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9DYXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAgUiA+PiAvRiA8"
      "MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTBiNWMzNzlhMDBkNzc5NDM1Yjk2MzA2NGQ5N2YyMWIxMz4gL1R5cGUgL0Zp"
      "bGVzcGVjIC9VRiA8MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTBjNDI5NGY1OTIxM2JiNmQ4MWIyMzc0MTkzYzVlMDhj"
      "MT4gPj4KZW5kb2JqCjMgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyA1IDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKNCAw"
      "IG9iago8PCAvVHlwZSAvRW1iZWRkZWRGaWxlIC9MZW5ndGggODAgL0ZpbHRlciAvRmxhdGVEZWNvZGUgPj4Kc3RyZWFtCg4cKjhG"
      "VGJwfoyaqLbE0uBfHelhDvXcbmXwdsjzuFDz6GeGU9Ne06Fz1Feqilk4OKR7uK5KuiKRIctkLK9ZGhrqZ262TppPz8SdnT5HE6m7"
      "ZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9Db250ZW50cyA2IDAgUiAvTWVkaWFCb3ggWyAwIDAgOSA5IF0gL1BhcmVudCAz"
      "IDAgUiAvVHlwZSAvUGFnZSA+PgplbmRvYmoKNiAwIG9iago8PCAvTGVuZ3RoIDQ4IC9GaWx0ZXIgL0ZsYXRlRGVjb2RlID4+CnN0"
      "cmVhbQoOHCo4RlRicH6Mmqi2xNLg8pLORMWN9+PO3YEd+V6sHTPvjf6DFEvcxos5aTFlbqVlbmRzdHJlYW0KZW5kb2JqCjcgMCBv"
      "YmoKPDwgL0NGIDw8IC9TdGRDRiA8PCAvQXV0aEV2ZW50IC9Eb2NPcGVuIC9DRk0gL0FFU1YzIC9MZW5ndGggMzIgPj4gPj4gL0Zp"
      "bHRlciAvU3RhbmRhcmQgL0xlbmd0aCAyNTYgL08gPGEzM2Q0NTU3NzNlM2U4YmIxNWZhZmFiZDIxNzQ1ODEwNDhiNmM2YjY3ODQz"
      "MGVkNjEzOGU2ODU3ZjFiMWRhOGNjMDJhNDM4MDc2ZWI4OGIzMTIxN2RmOWVlY2Y1OTI3OT4gL09FIDw3OGExZjFiZWUyMjI5ZWVh"
      "MzAyMjljMzYzM2QyOWYzYzQyMTI3ZjVhMDFjYjVmMTQyYzEzZjExYTgwMmVhOWQ4PiAvUCAtNCAvUGVybXMgPDgwZmQzODJiYzFh"
      "YWFmNjU0ZGM3ODIzMWU0OTk3MWZhPiAvUiA1IC9TdG1GIC9TdGRDRiAvU3RyRiAvU3RkQ0YgL1UgPDM4MjVjODcxYWRlY2ExYjhj"
      "Y2FhYTFlODU1NDlkNzg1NjViZTUyNDIyYWU2MGFhYjE2NGU1MzNlYjBkZjhlODI2ODZjY2JmN2ZiN2VkNmRkOTE5YTc5ZGI5N2Zk"
      "ZjA4Yj4gL1VFIDwwN2I4NWQwMDI5ZmI4ZGFmNmM1NGQyYTQzZTM5MDc5ZWNkNGM3MWNmZDNhYjYwZjA1OTFjZDI4ZWQwMDJkMTYx"
      "PiAvViA1ID4+CmVuZG9iagp4cmVmCjAgOAowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAwMDAgbiAKMDAwMDAwMDQx"
      "NiAwMDAwMCBuIAowMDAwMDAwNjEzIDAwMDAwIG4gCjAwMDAwMDA2NzIgMDAwMDAgbiAKMDAwMDAwMDg0MiAwMDAwMCBuIAowMDAw"
      "MDAwOTI3IDAwMDAwIG4gCjAwMDAwMDEwNDUgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA4IC9JRCBbPDMx"
      "NDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5dIC9FbmNyeXB0"
      "IDcgMCBSID4+CnN0YXJ0eHJlZgoxNTkyCiUlRU9GCg==" },
    { "aes-256-r6",
      "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5z"
      "aW9uTGV2ZWwgOCA+PiA+PiAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDBlMWMyYTM4NDY1NDYyNzA3ZThj"
      "OWFhOGI2YzRkMmUwZWVmMDcwNTE4ZmY1MDI3MTA1NzliNTlmMDExMTViYWM+IDIgMCBSIF0gPj4gPj4gL09wZW5BY3Rpb24gPDwg"
      "L0pTIDwwZTFjMmEzODQ2NTQ2MjcwN2U4YzlhYThiNmM0ZDJlMDRjZWZmYjIzZWI5ZWZmMzYwMmI2ZjM0NDQzYWZhYjkxMTg5MGM1"
      "NmZjMWJiMjFhODVhMTI0MzMzYzNkY2U0NmVhYTc5ZTA5NWY0ZTdjYWZkYTZmMGM0NmQ5NGJhOGFlMj4gL1MgL0phdmFTY3JpcHQg"
      "Pj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9DYXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAgUiA+PiAvRiA8"
      "MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTBlZWYwNzA1MThmZjUwMjcxMDU3OWI1OWYwMTExNWJhYz4gL1R5cGUgL0Zp"
      "bGVzcGVjIC9VRiA8MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTBmYmE4MzM2MjgxOTE0YTc5YmM4YjE0MWRmMWMzMTUy"
      "MT4gPj4KZW5kb2JqCjMgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyA1IDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKNCAw"
      "IG9iago8PCAvVHlwZSAvRW1iZWRkZWRGaWxlIC9MZW5ndGggODAgL0ZpbHRlciAvRmxhdGVEZWNvZGUgPj4Kc3RyZWFtCg4cKjhG"
      "VGJwfoyaqLbE0uD6F6jdiSoVa/lcp/BnMMDloXb6VQJKAGhnxiKg9R6OeTO4r1eK0IRxDG6UPjhqK3ISVOAo16MS/ADpl69PMhym"
      "ZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9Db250ZW50cyA2IDAgUiAvTWVkaWFCb3ggWyAwIDAgOSA5IF0gL1BhcmVudCAz"
      "IDAgUiAvVHlwZSAvUGFnZSA+PgplbmRvYmoKNiAwIG9iago8PCAvTGVuZ3RoIDQ4IC9GaWx0ZXIgL0ZsYXRlRGVjb2RlID4+CnN0"
      "cmVhbQoOHCo4RlRicH6Mmqi2xNLgHg2/Y9oz8RsUROTcf8Jjbp9Cxz9ErcwzJTOIZOcC9c1lbmRzdHJlYW0KZW5kb2JqCjcgMCBv"
      "YmoKPDwgL0NGIDw8IC9TdGRDRiA8PCAvQXV0aEV2ZW50IC9Eb2NPcGVuIC9DRk0gL0FFU1YzIC9MZW5ndGggMzIgPj4gPj4gL0Zp"
      "bHRlciAvU3RhbmRhcmQgL0xlbmd0aCAyNTYgL08gPDk5NTlhN2YzZGM2NTJlNWVmMzczNTUxMzUxYmJlMGFiNjBjZDFjN2Q3YzVk"
      "ODcxNjU3MGU1ZDg0MjhkMWUyMWE1YWU1NmU0MGM1NzM1NjZhMjg2OTA5ZDEzN2IyYjc0NT4gL09FIDxkZTUwMmM1MGIzOTZkMTMy"
      "NDBjNDgyMDQwMjkzZWFkZmY0ZmNlYWUzZGFlYWJmNmQxOGY3NzkyZWE3OWRlODVmPiAvUCAtNCAvUGVybXMgPDdhNDA2ZTZjYWM4"
      "M2IwODg4MTA1YjNjZmY2YjU5NTkzPiAvUiA2IC9TdG1GIC9TdGRDRiAvU3RyRiAvU3RkQ0YgL1UgPDVmMjM3YTZjNmQzYTE1MDEw"
      "NGUyNDAzZDNkYWMxZGU5N2YzYjdlZTU1MjNkMWY4YTNjNDNiMjNhZTcwMDI3ZWI0YzRlNWJkNTY0MDEwN2UzNWYxZmQxZDljOTky"
      "ZmU3Yj4gL1VFIDxjY2M1ZjAwYWQ1YzQ4NDBhN2VkY2U1MWE2MGE2MzgxOTlmZWNhODVlNzFlOTljNjhhY2JkYjc5MWJmOTcwNTM4"
      "PiAvViA1ID4+CmVuZG9iagp4cmVmCjAgOAowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAwMDAgbiAKMDAwMDAwMDQx"
      "NiAwMDAwMCBuIAowMDAwMDAwNjEzIDAwMDAwIG4gCjAwMDAwMDA2NzIgMDAwMDAgbiAKMDAwMDAwMDg0MiAwMDAwMCBuIAowMDAw"
      "MDAwOTI3IDAwMDAwIG4gCjAwMDAwMDEwNDUgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA4IC9JRCBbPDMx"
      "NDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5dIC9FbmNyeXB0"
      "IDcgMCBSID4+CnN0YXJ0eHJlZgoxNTkyCiUlRU9GCg==" },
    { "aes-256-objstm",
      "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5z"
      "aW9uTGV2ZWwgOCA+PiA+PiAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDBlMWMyYTM4NDY1NDYyNzA3ZThj"
      "OWFhOGI2YzRkMmUwZDcyNmY5OTQ1YzU2MGI4MDNkM2IyYmRkMjg0OGVhOGI+IDUgMCBSIF0gPj4gPj4gL09wZW5BY3Rpb24gPDwg"
      "L0pTIDwwZTFjMmEzODQ2NTQ2MjcwN2U4YzlhYThiNmM0ZDJlMDBkMDUyZjE2Y2M1NDIwZDI2M2I1MTUyODlmZWNjZWRmM2M1NmFl"
      "NGEwMTFkODFmYjcyOGU3ZjA1OTVjMjczMDUxOTE3NTY2MDMxMDRmYWViODc2MGRiNmJkYTdhNTJhZT4gL1MgL0phdmFTY3JpcHQg"
      "Pj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9DYXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9UeXBlIC9PYmpTdG0gL0xlbmd0aCAx"
      "NzYgL0ZpbHRlciAvRmxhdGVEZWNvZGUgL04gMyAvRmlyc3QgMTUgPj4Kc3RyZWFtCg4cKjhGVGJwfoyaqLbE0uCk49DmMu6duhcH"
      "R9EZyjm+IPZLgZ+JTSaYy17Aiomui2mA/aW1oizwLggIKtPrhDP0DfERU/RtVDTVlKNQXzcFDHGJXGteX6D8ldCmKyw7JMkr8ITW"
      "pDyFizlOBOz69sD5SaQ4rHoc4gCFgnE12wdBzz/e2iCxHa9+q35WRYvODV+JjTxbJDYPrIY/CpxIdQ00cWQm5HPYcdzbTjJWmr2d"
      "ZW5kc3RyZWFtCmVuZG9iago2IDAgb2JqCjw8IC9MZW5ndGggNDggL0ZpbHRlciAvRmxhdGVEZWNvZGUgPj4Kc3RyZWFtCg4cKjhG"
      "VGJwfoyaqLbE0uCdhRGB0+wcSeSUc9FHSoZYYacBUtM3RatjpN3j0viXM2VuZHN0cmVhbQplbmRvYmoKNyAwIG9iago8PCAvVHlw"
      "ZSAvRW1iZWRkZWRGaWxlIC9MZW5ndGggODAgL0ZpbHRlciAvRmxhdGVEZWNvZGUgPj4Kc3RyZWFtCg4cKjhGVGJwfoyaqLbE0uCf"
      "1aqql8kO0uPJBolhYaYEsxfmg+7jtNSKDos9dLiFzdPIeZePsQZ3YwV3Tj2BnAozZw8mEV0JAkURdhTBRJQ/ZW5kc3RyZWFtCmVu"
      "ZG9iago4IDAgb2JqCjw8IC9DRiA8PCAvU3RkQ0YgPDwgL0F1dGhFdmVudCAvRG9jT3BlbiAvQ0ZNIC9BRVNWMyAvTGVuZ3RoIDMy"
      "ID4+ID4+IC9FbmNyeXB0TWV0YWRhdGEgZmFsc2UgL0ZpbHRlciAvU3RhbmRhcmQgL0xlbmd0aCAyNTYgL08gPDgxNTU3YzM5MmI0"
      "ZGZhYzYyNjhmOWRhYTFmY2U4NjM1ODRjNmRlNTY0ZmEwNDgwYjA5ZDAxNjk5ZDM5ZTcwYThmOGIwMDc0ZTAyMmQxYWQyYjcwNjcw"
      "MmU2ZWRlODk0Yj4gL09FIDw3OThmMDY4YzJiMGUwNWQzODc3Mzc3MTc3NDY1YjkxNGEyNGNmMGU3YzZlZGViYjAwZGEyMzk5YTlk"
      "MTEwNDJmPiAvUCAtNCAvUGVybXMgPGZhMzlkYjQ5ZjhkNzk5YWZjNjQ0ODI3ZWE3MTM0NmRjPiAvUiA2IC9TdG1GIC9TdGRDRiAv"
      "U3RyRiAvU3RkQ0YgL1UgPDYxNmM4MmEzMGU2YjliYTM0MmY5ZTI0YTZmMzFmM2M5Mjk2YTQ1ZjI3MGY1ZmRlMWQyNWI1NWYwMGMw"
      "MmI4ZmEzMTNkOWE3ODE4NzU3ZmE3MmVhMDI1OWM1YmMwYzMxYj4gL1VFIDwxZmQzYzZjYWI3YmE5ZmRlNDk5ZTk4ZDlhMmJjZjE2"
      "YWE0MGQ2OTQ1MWNlYjNhNmZlNGZlZWI0YmIzZjY5ZjdkPiAvViA1ID4+CmVuZG9iago5IDAgb2JqCjw8IC9UeXBlIC9YUmVmIC9M"
      "ZW5ndGggNDUgL0ZpbHRlciAvRmxhdGVEZWNvZGUgL0RlY29kZVBhcm1zIDw8IC9Db2x1bW5zIDQgL1ByZWRpY3RvciAxMiA+PiAv"
      "VyBbIDEgMiAxIF0gL1Jvb3QgMSAwIFIgL1NpemUgMTAgL0lEIFs8MzE0MTU5MjY1MzU4OTc5MzIzODQ2MjY0MzM4MzI3OTU+PDMx"
      "NDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1Pl0gL0VuY3J5cHQgOCAwIFIgPj4Kc3RyZWFtCnicY2IAAiZGBn4GJgbGiUDW"
      "/yQgi4GBEUL8Z9r0DyhRBhJbBSSYrRgAgQAGKgplbmRzdHJlYW0KZW5kb2JqCnN0YXJ0eHJlZgoxNTUwCiUlRU9GCg==" },
    { "user-secret",
      "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5z"
      "aW9uTGV2ZWwgOCA+PiA+PiAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDBlMWMyYTM4NDY1NDYyNzA3ZThj"
      "OWFhOGI2YzRkMmUwNjM1YWQxMGFkNWU5MjQ3YzliMDcxYzQxYjg0NTcwMWU+IDIgMCBSIF0gPj4gPj4gL09wZW5BY3Rpb24gPDwg"
      "L0pTIDwwZTFjMmEzODQ2NTQ2MjcwN2U4YzlhYThiNmM0ZDJlMGNmNDg5ZDc5MjM4OTdhODgxYWU4NjRlOGYwN2QyZDJjMjc2YjRj"
      "MmQ2ZWQ3ZjIzYjQ1YzUzMzYyZjcwM2YxYzgyNWM1ZDRiNTM3MWZhYjA5NDhjY2ZlZjVkZjUxZmYwZT4gL1MgL0phdmFTY3JpcHQg"
      "Pj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9DYXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAgUiA+PiAvRiA8"
      "MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTA2MzVhZDEwYWQ1ZTkyNDdjOWIwNzFjNDFiODQ1NzAxZT4gL1R5cGUgL0Zp"
      "bGVzcGVjIC9VRiA8MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTA1NWJlMWNiYTQyMmQyMjAzZDhjN2I4Y2Q3MTQ2MzZm"
      "NT4gPj4KZW5kb2JqCjMgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyA1IDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKNCAw"
      "IG9iago8PCAvVHlwZSAvRW1iZWRkZWRGaWxlIC9MZW5ndGggODAgL0ZpbHRlciAvRmxhdGVEZWNvZGUgPj4Kc3RyZWFtCg4cKjhG"
      "VGJwfoyaqLbE0uCFZ04bY8JWmu1El1NGAa8l1eUfuhkQGoVQx5VM3sDShrLqLDNEAuSgEVp/MIIHDdUGwuHLS4PlPBcg/l4YIsNz"
      "ZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9Db250ZW50cyA2IDAgUiAvTWVkaWFCb3ggWyAwIDAgOSA5IF0gL1BhcmVudCAz"
      "IDAgUiAvVHlwZSAvUGFnZSA+PgplbmRvYmoKNiAwIG9iago8PCAvTGVuZ3RoIDQ4IC9GaWx0ZXIgL0ZsYXRlRGVjb2RlID4+CnN0"
      "cmVhbQoOHCo4RlRicH6Mmqi2xNLggsdUMj1xpSBIjt3qxeEynZVQAF8NFGmusxwC4CuorG1lbmRzdHJlYW0KZW5kb2JqCjcgMCBv"
      "YmoKPDwgL0NGIDw8IC9TdGRDRiA8PCAvQXV0aEV2ZW50IC9Eb2NPcGVuIC9DRk0gL0FFU1YzIC9MZW5ndGggMzIgPj4gPj4gL0Zp"
      "bHRlciAvU3RhbmRhcmQgL0xlbmd0aCAyNTYgL08gPDViNzE2ZDFlMWY1ZTVlNDdlNGNlMTUxMTgyYzY4NTI2M2U3YTBjNTk2NDE2"
      "YWYzZjQwZjFkMzcyMjNjMDM1YWM3OTY2OWM4ZmU2OTEzODVmNGJkOGM0YTc0ZDgzODllZT4gL09FIDwxYmU2NTEwMTRkMTcwNjk4"
      "NjBjNTg5NDc2OTBmMWFiZjRkOGIzNjg4NmMxODRiNjFkNTE4ODJlZTFmNmJhOGYzPiAvUCAtNCAvUGVybXMgPDg1ZGUzOGIxMWYy"
      "ZDc3Y2Y5ZDQ4ZjgyZjJmNjk5NjcyPiAvUiA2IC9TdG1GIC9TdGRDRiAvU3RyRiAvU3RkQ0YgL1UgPGNlMzg5YTY2ZDljNDQ1MzMz"
      "YzgyNTg2MDUzODI0ZWEzYTA0ODAzNzg3NmRjMDE3NTY5ZWRiZmU1ODMwZWU1MWNjYThiM2UwMmIwZmFkZTdjYWJhN2U3NjM0ZDg0"
      "OGFkYT4gL1VFIDwzZWIxOTliOTVmNTZkZDNhMTljOTUyNjE5ZDQzYTBkYWViY2Y0MWNkMzZkN2JhODQ4NDZmN2I5ZGE2ODAzOTgz"
      "PiAvViA1ID4+CmVuZG9iagp4cmVmCjAgOAowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAwMDAgbiAKMDAwMDAwMDQx"
      "NiAwMDAwMCBuIAowMDAwMDAwNjEzIDAwMDAwIG4gCjAwMDAwMDA2NzIgMDAwMDAgbiAKMDAwMDAwMDg0MiAwMDAwMCBuIAowMDAw"
      "MDAwOTI3IDAwMDAwIG4gCjAwMDAwMDEwNDUgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA4IC9JRCBbPDMx"
      "NDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5dIC9FbmNyeXB0"
      "IDcgMCBSID4+CnN0YXJ0eHJlZgoxNTkyCiUlRU9GCg==" },
    { "owner-rc4",
      "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDFmNDVkNzc4MjM+"
      "IDIgMCBSIF0gPj4gPj4gL09wZW5BY3Rpb24gPDwgL0pTIDwxZjFiZDMyZTM2ODQxMzY5MmIyZTczOTAyYjA1MTg3MDAyMDg1MGYy"
      "NGRlNDI5YTEwZGQ0ZGE4MTgxNjNiMTg0MmVkMzhmNjY3Yj4gL1MgL0phdmFTY3JpcHQgPj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9D"
      "YXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAgUiA+PiAvRiA8ZjY1YTJmMzBiND4gL1R5cGUgL0ZpbGVz"
      "cGVjIC9VRiA8Njk4YjViYWNjMGI0YTQ5NDYyZTk5YzAzPiA+PgplbmRvYmoKMyAwIG9iago8PCAvQ291bnQgMSAvS2lkcyBbIDUg"
      "MCBSIF0gL1R5cGUgL1BhZ2VzID4+CmVuZG9iago0IDAgb2JqCjw8IC9UeXBlIC9FbWJlZGRlZEZpbGUgL0xlbmd0aCA1MiAvRmls"
      "dGVyIC9GbGF0ZURlY29kZSA+PgpzdHJlYW0Ku8VnfWPquqsBxOgaAxxIsodYVQT+ka0m4k4EK0pKD6mQzf+uVCuMMsK9h7kkQUrp"
      "umquxWVuZHN0cmVhbQplbmRvYmoKNSAwIG9iago8PCAvQ29udGVudHMgNiAwIFIgL01lZGlhQm94IFsgMCAwIDkgOSBdIC9QYXJl"
      "bnQgMyAwIFIgL1R5cGUgL1BhZ2UgPj4KZW5kb2JqCjYgMCBvYmoKPDwgL0xlbmd0aCAxOSAvRmlsdGVyIC9GbGF0ZURlY29kZSA+"
      "PgpzdHJlYW0KVLLUK4kT9j5S6FpRnvuV8qv3kmVuZHN0cmVhbQplbmRvYmoKNyAwIG9iago8PCAvRmlsdGVyIC9TdGFuZGFyZCAv"
      "TGVuZ3RoIDEyOCAvTyA8MTBiZjg0NDJjNDNmNjU2OWU3NjU5MDZjYWY2NGU0NDI5YTRjMjBkNmU5OTZmZGVmOTYzZTliNTA4MGY5"
      "ZTA4Mz4gL1AgLTQgL1IgMyAvVSA8Mzg1ZmQ2OTJmYmIwNGEyYjYwY2IwNWNiYjQ3MjNiYzAwMTIyNDU2YTkxYmFlNTEzNDI3M2E2"
      "ZGIxMzRjODdjND4gL1YgMiA+PgplbmRvYmoKeHJlZgowIDgKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDE1IDAwMDAwIG4g"
      "CjAwMDAwMDAyNDIgMDAwMDAgbiAKMDAwMDAwMDM0NSAwMDAwMCBuIAowMDAwMDAwNDA0IDAwMDAwIG4gCjAwMDAwMDA1NDYgMDAw"
      "MDAgbiAKMDAwMDAwMDYzMSAwMDAwMCBuIAowMDAwMDAwNzIwIDAwMDAwIG4gCnRyYWlsZXIgPDwgL1Jvb3QgMSAwIFIgL1NpemUg"
      "OCAvSUQgWzwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT48MzE0MTU5MjY1MzU4OTc5MzIzODQ2MjY0MzM4MzI3OTU+"
      "XSAvRW5jcnlwdCA3IDAgUiA+PgpzdGFydHhyZWYKOTI3CiUlRU9GCg==" },
    { "shut", "JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5z"
              "aW9uTGV2ZWwgOCA+PiA+PiAvTmFtZXMgPDwgL0VtYmVkZGVkRmlsZXMgPDwgL05hbWVzIFsgPDBlMWMyYTM4NDY1NDYyNzA3ZThj"
              "OWFhOGI2YzRkMmUwZDA4MTg2YzgwNmY1YjJjYjAyYzk5M2E4ODQ2NzFmZjQ+IDIgMCBSIF0gPj4gPj4gL09wZW5BY3Rpb24gPDwg"
              "L0pTIDwwZTFjMmEzODQ2NTQ2MjcwN2U4YzlhYThiNmM0ZDJlMGVjYmZmODYwZGVkMGE1YmQ5MmNkMWNiMWU0MWM0OGE2ODZjMzE3"
              "MjBiMDBlOWMzMDM4OGVjYTVjYzQ2ZjBhZmQzNmFmMzdmMWM5MmI0MDlkOGFiOTQzOTZkYWYwY2Q3Mz4gL1MgL0phdmFTY3JpcHQg"
              "Pj4gL1BhZ2VzIDMgMCBSIC9UeXBlIC9DYXRhbG9nID4+CmVuZG9iagoyIDAgb2JqCjw8IC9FRiA8PCAvRiA0IDAgUiA+PiAvRiA8"
              "MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTBkMDgxODZjODA2ZjViMmNiMDJjOTkzYTg4NDY3MWZmND4gL1R5cGUgL0Zp"
              "bGVzcGVjIC9VRiA8MGUxYzJhMzg0NjU0NjI3MDdlOGM5YWE4YjZjNGQyZTA3NWQxNzcxMmQzY2QxZmQxNTkxZDc5YjZkN2ViNGU3"
              "Yj4gPj4KZW5kb2JqCjMgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyA1IDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKNCAw"
              "IG9iago8PCAvVHlwZSAvRW1iZWRkZWRGaWxlIC9MZW5ndGggODAgL0ZpbHRlciAvRmxhdGVEZWNvZGUgPj4Kc3RyZWFtCg4cKjhG"
              "VGJwfoyaqLbE0uBnlliZSFvjiFTF1JwDfu8B2dOkKDWcUyeER5loDS+FP8bKX+BYaosMuyEaau++cP/uS2m8E0bed0XtG4g4b49T"
              "ZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9Db250ZW50cyA2IDAgUiAvTWVkaWFCb3ggWyAwIDAgOSA5IF0gL1BhcmVudCAz"
              "IDAgUiAvVHlwZSAvUGFnZSA+PgplbmRvYmoKNiAwIG9iago8PCAvTGVuZ3RoIDQ4IC9GaWx0ZXIgL0ZsYXRlRGVjb2RlID4+CnN0"
              "cmVhbQoOHCo4RlRicH6Mmqi2xNLgAnJCOhWmK3QStkTWaU8oTfOSC2dhgo34RBMw/jGINeplbmRzdHJlYW0KZW5kb2JqCjcgMCBv"
              "YmoKPDwgL0NGIDw8IC9TdGRDRiA8PCAvQXV0aEV2ZW50IC9Eb2NPcGVuIC9DRk0gL0FFU1YzIC9MZW5ndGggMzIgPj4gPj4gL0Zp"
              "bHRlciAvU3RhbmRhcmQgL0xlbmd0aCAyNTYgL08gPDZlYWUxZGU4Zjg3MDg0NDA5NzJlYWE3NTBhYmY0MTQwYmQ0YzRlY2Y2ZmQw"
              "MmU3Mzg2ZmRmNThiMzE1MmU3Y2QzYjZiMzdhMjRmNzVmZDNiY2U5YzVhNDMwNmFiNWMyZD4gL09FIDxjZWMxZTE3ODUxYWEwMGNi"
              "YTdjMDhmNmFlYzBmN2RkYmY4NGE2YWFjZjM4NTkzYTI2YTMzMmE2ZTFhODNkNmU3PiAvUCAtNCAvUGVybXMgPDc5MDAwZDhhZmZh"
              "ZWM2ZjhkNDI2M2QzMmJhZGUwNzc1PiAvUiA2IC9TdG1GIC9TdGRDRiAvU3RyRiAvU3RkQ0YgL1UgPGE0YjMzZjcwYWFiODc5Mzgy"
              "NWMyY2IxNTIxODRiMTEwZmRkNmEwZmNmZjgxNDhlOTY0NjZlNzRhYWMwNjY5MmNmYmMwNTBiZGY1ZTk4ZjI4OTI4MDhhNmQyYjdl"
              "Nzg4Zj4gL1VFIDwxNjIwMjljNWM4YzdmZGJkYjVlNmRhMjMzMWU5MmU5MDg3MGZlY2ZlMjUwNjJiMjg5YzQwODYxYTY3YzYzNGIy"
              "PiAvViA1ID4+CmVuZG9iagp4cmVmCjAgOAowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAwMDAgbiAKMDAwMDAwMDQx"
              "NiAwMDAwMCBuIAowMDAwMDAwNjEzIDAwMDAwIG4gCjAwMDAwMDA2NzIgMDAwMDAgbiAKMDAwMDAwMDg0MiAwMDAwMCBuIAowMDAw"
              "MDAwOTI3IDAwMDAwIG4gCjAwMDAwMDEwNDUgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA4IC9JRCBbPDMx"
              "NDE1OTI2NTM1ODk3OTMyMzg0NjI2NDMzODMyNzk1PjwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT5dIC9FbmNyeXB0"
              "IDcgMCBSID4+CnN0YXJ0eHJlZgoxNTkyCiUlRU9GCg==" },
};

/* Of the exact size, so that a sanitizer sees a read beyond it. */
static struct collect *read_sample(struct span bytes, size_t room)
{
    static const char *const passwords[] = { "wrong", "secret", "owner", NULL };
    struct collect *collect = memory_new(sizeof *collect);
    char *exact = memory_new(bytes.size + 1);
    if (bytes.size > 0)
        memcpy(exact, bytes.data, bytes.size);
    collect_init(collect);
    collect->room = room;
    collect->passwords = passwords;
    if (pdf_looks(span_of(exact, bytes.size)))
        collect_read(collect, pdf_read, span_of(exact, bytes.size));
    free(exact);
    return collect;
}

static void end_sample(struct collect *collect)
{
    collect_fini(collect);
    free(collect);
}

static void test_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        test_context(row->name);
        for (size_t room = 0; room < 4; room++) {
            struct collect *collect = read_sample(row->content, room);
            CHECK(collect->count == row->members);
            CHECK(row->found == NULL || collect_find(collect, span_text(row->found)) != NULL);
            CHECK(row->other == NULL || collect_find(collect, span_text(row->other)) != NULL);
            CHECK(collect->note_count == (row->note != NULL ? 1U : 0U));
            CHECK(row->note == NULL || collect_has_note(collect, row->trouble, row->note));
            end_sample(collect);
        }
    }
    test_context(NULL);
}

static struct span decode_sample(const struct sample *sample, char *bytes_out)
{
    struct base64 base64 = { 0 };
    struct span rest = span_text(sample->base64);
    size_t size = base64_decode(&base64, &rest, bytes_out, SAMPLE_SIZE);
    return span_of(bytes_out, size + base64_flush(&base64, bytes_out + size));
}

static void test_samples(void)
{
    char bytes[SAMPLE_SIZE];
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct collect *collect = read_sample(decode_sample(&samples[i], bytes), 0);
        bool is_shut = strcmp(samples[i].name, "shut") == 0;
        test_context(samples[i].name);
        CHECK(collect->count == (is_shut ? 0U : 2U) && collect->note_count == (is_shut ? 1U : 0U));
        CHECK(collect_has_note(collect, UNPACK_ENCRYPTED, "pdf: encrypted") == is_shut);
        CHECK((collect_find(collect, span_text(SCRIPT)) != NULL) == !is_shut);
        const struct collect_member *file = collect_named(collect, "a.txt");
        CHECK(is_shut || (file != NULL && span_is(buf_span(&file->bytes), PAYLOAD)));
        CHECK(is_shut || file == collect_named(collect, "\xc3\xa4.txt"));
        end_sample(collect);
    }
    test_context(NULL);
}

static void test_cut(void)
{
    char bytes[SAMPLE_SIZE];
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i += 5) {
        struct span whole = decode_sample(&samples[i], bytes);
        for (size_t size = 0; size < whole.size; size += 3)
            end_sample(read_sample(span_slice(whole, 0, size), 0));
    }
}

/* A trailer that asks for a key that opens, and one that asks for none: readers take either. */
static void test_two_trailers(void)
{
    char bytes[SAMPLE_SIZE];
    struct span locked = decode_sample(&samples[2], bytes);
    static const char more[] = "\n90 0 obj << /Type /EmbeddedFile >> stream\n" PAYLOAD PAYLOAD
                               "\nendstream endobj trailer << /Root 1 0 R >>";
    memcpy(bytes + locked.size, more, sizeof more - 1);
    struct collect *collect = read_sample(span_of(bytes, locked.size + sizeof more - 1), 0);
    CHECK(collect_find(collect, span_text(PAYLOAD)) != NULL);
    CHECK(collect_find(collect, span_text(PAYLOAD PAYLOAD)) != NULL);
    end_sample(collect);
}

static void test_looks(void)
{
    CHECK(!pdf_looks(span_text("")));
    CHECK(!pdf_looks(span_text("%!PS-Adobe-3.0 EPSF-3.0\n")));
    CHECK(!pdf_looks(span_text("A text on startxref.")));
    CHECK(pdf_looks(span_text("%!PS-Adobe-3.0 PDF-1.4\n")));
    CHECK(pdf_looks(span_text("%FDF-1.2\n")));
}

int main(void)
{
    test_rows(filter_rows, sizeof filter_rows / sizeof filter_rows[0]);
    test_rows(stream_rows, sizeof stream_rows / sizeof stream_rows[0]);
    test_samples();
    test_cut();
    test_two_trailers();
    test_looks();
    return test_end();
}
