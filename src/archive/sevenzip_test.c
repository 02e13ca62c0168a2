/* Made by 7z 26. */
#include "sevenzip.h"

#include "archive/sample_test.h"

static const char lzma2[] =
    "eNozr9qzXl2GgWXycpaMPQwQoACl+Z4efPCA4TCDZyyDwewup1MmQiYzvk1MML/5stH7uywTox1L/7GUz/yc7mcl7eSPddhuZb2okiR9VsLu"
    "vevf23FPPisvanc4YbTnYZsUt+m5cPtNp+eAjW00Zl/Hf+lcuK3DgQmX/tdm+vZL+c5KW82j9rth2hH2gADWrtgzge/OiFnEu0Us97jdVvMm"
    "iO23pdOJ1Atx+9f8ULt0z9K3MkP48Nr9EwT+MFhYNOt1B69l7p2zJvnPZJb5PO0z7yh9OHFdBWiROFsgI2c2Azs3IwOjMjMjI2ssgwADA08d"
    "F6OKl50RAwMAujpeGg==";

static const char copy[] =
    "eNozr9qzXl2GgYVh/mtJbUYGMFCEUAyrWNcoJubll2SkFimUpFaUcAFZCgWJlTn5iSk6CuUZmckZCpnFCokKaanlCuX5RSnFCjn5eekKiXkp"
    "CsWJlcUKIL2ZQIHUnOLUAdTMwNBozL7OcKZSV1nSJ8VEvlcXnHzOipvt0IhZaDll1YEM++9rXL/s9F53I/d0cXKTnvWGp5Kbkwok351+Pu/X"
    "1ymfqvN9GX/qzE3vfqB9R7TMOn297GXrz7IJXKHvXwhdF4r6YLOkoOk8MLjE2RqOMHKmM7BzMzIwKjMzMrLGMggwMPDUcTGuy7LwZmAAAONJ"
    "gck=";

static const char ppmd[] =
    "eNozr9qzXl2GgSX6CkvqZgYIUITSuj+sQhkS+Y3esrG+/+FkMdfrAxM7I7Oksa2R1vSE2SHrpGTc1730OXfXab3Q+oqke6eMxMLXdfk8c6uv"
    "nHXoQsfJYqgxDI3G7Ov4L/GcqnU4MOGy81EtnbwF86uz3mrNsNihOWfPuSfpfy4eUJR4uKD18+Gd3wWlmdZeSzWep1d2+hrTVruU6RMSNqgv"
    "LgpSz8+P1vWQPanOOjMuZ9/fCu4lp3ldtjAu1bjZc2z6zo7aX2f+XF+3NwFonTibEyNnIQM7NyMDozIzIyNrLIMAAwNPQx8Xo8b93P8MDAAM"
    "tlvF";

static const char bzip2[] =
    "eNoBGwHk/jd6vK8nHAAEPXoeFtsAAAAAAAAAIAAAAAAAAACQ5vSAQlpoOTFBWSZTWTqeIPsAABlRgAAQQAQv5dzgIABqI/VUnqaeTKYekBtS"
    "nqGhphoPyZXhVhSGq6bsqMJaP+Wzpluw+t1hoLuSRA6VRjtHRoYgmWKHHJlHpNJyVVUtmqzz5lWIspDTEPRdyRThQkDqeIPsAACBMweuD9R4"
    "Jy1CFfavK8t29lODnDrA1Vy9tvc6M1gRqKXQZgQ1BKmdIr8Ud1PR1u15Pt/tUZcuBidp/pvdqnI9sMqmH0tUOosyhkSaKXT4GJkSNHAZPeW4"
    "/pE3riByrJfZaVTHQwAAFwZyAQlpAAcLAQABIwMBAQVdABAAAAx+CgF7Zht3AABVem9O";

static const char deflate[] =
    "eNozr9qzXl2GgeXL8gDDDQwQoAClUxZ8v3L09EXOBgMe14v1yyuYd4RsuMjmpOSrUFb9WuRfrJ6M0flzzCf981YXXA5Zvm3xLhlZIYU5MRry"
    "ugvyxE9INaU92LyJLftD/w9WBoZGY/Z1/Jcc0msdDkw49/S00XzJIHbF9RM3vmucHFAmdk50/4+nbPvK1Q5ve3+i8OBzfavVv+bt+Lf3UCC/"
    "zIL4xtD1W9/ndq/yaNIPOuASYSp0k6HrHcN/McuyNobDRXvvaC7Zndd0VUz9BtDN4mxujJxZDOzcjAyMysyMjKyxDAIMDDx1XIwaOxqA8gB6"
    "u11z";

static const char bcj[] =
    "eNozr9qzXl2GgSU3zWKTIwMEFEHpmV2WLAxWUhznyvYV1Wqb8jo0WpRIuITG7lvB3P9uFVNo5cbX7P0iSRvrX0muE6hv5/DOmBy4P0y5VXiP"
    "1Vndd+0FN+bNOMDAyMLGwMjpyMDOzcjApMzMyMgayyDAwMDCzMzIzMjA07C9YTsDBxdjxLXQqwwMrIySPAxIQFCSoYAhkaGSIYchH0inMOgx"
    "lDBUADEDgyQTA4MIFyOD9d4ShyO1dxlF2RgZFBqWNDIwAAAoWjIm";

static const char deflate64[] =
    "eNozr9qzXl2GgcVI4tpaOwYISILSt34lfT96+iDnAQMO1gvVy38wl2iu3Ma1aCmbym3z6Ce/HvCK7jGx7fTfcmvpBqaH09yeH2c9X+FwUGNW"
    "64mF2xz2PLkxvZ6RhY2BkdOOgZ2bkYGRmYWRk6dhOwMHF2PEtdCrDAysjJLcDAggKMlQwJDIUMmQw5APpFMY9BhKGCqAmIFBkomBQYSLkcF6"
    "b4nDkdq7jKJsjAwKDUsaGRgAs7Y2tA==";

static const char unicode[] =
    "eNozr9qzXl2GgYXzep2MBwMEJEHp4zcX9z5g2MbgEMtgJcVxrmxfUa22Ka9Do0WJhEto7L4VzP3vVjGFVm58zd4vkrSx/pXkOoH6dg7vjMmB"
    "+8OUW4X3WJ3VfddecGPejAMMDIwsbAyMnB4M7NyMDIyKiowMPA3bGTi4GCOuhV5lYGBllORmQABBaQZ7FgcWAxZLFkcWBQbTGwx39BhKGCqA"
    "mIFBkkGEi5Hh73HjuKO1dxlF2RgZFBqWNDIwAAD9UjTr";

static const char encrypted[] =
    "eNozr9qzXl2GgWVbcblTAAMEFEHp559Ptf5ZorAp0O3Rv6bddRJldxaJNFT7bGR/MW2CRrt1h9X8/LPHTxspvbu6q7xkD6+QyBN+5vWJTbfO"
    "97h/dYhgW3PjJesvkxnPwg6v+77iRODOmMCQvsWMLGwMjJwBDOzcjAxMKmwf2RmFgvlNRGWeeuuzXw7N33XV/vDRy4qKjAyMDDweDdsZOLgY"
    "I66FXmVgYGWUZBCUZChgSGSoZMhhyAfSKQx6DCUMFUDMwCDJxMAgwsXIYL23xOFI7V1GUTZGBoWGJY0MDAA4zUpi";

static const char encrypted_headers[] =
    "eNoBHwHg/jd6vK8nHAAEhldH99AAAAAAAAAALwAAAAAAAADUyxcQ4YJDP94V7Ju75TE1iLHaHWsTOADI+sxLt4UpKdFHI24RqBz0MJ6uuORv"
    "t/PEoRQgQ3rTRvuew9pqLjbJRBBmccwcUpA3F3EPAoV6y9F14Wxg3AA6dWLaLfazWIWlSlFPLAZXnpJha6jdIw3enGkWJMkyLlDEPW1D+lOv"
    "wTVnGbUD/MyuifpYmZxZJdCEn1+M9lCMBCb6eI2Ap2TKYcJ5vJGG7DAiaNa3rfl+OCofgn5PWjj6dhWCIkHmVAhMNW7sWqdXzaoNGpV1W+aF"
    "0o+MBBcGUAEJgIAABwsBAAEkBvEHARJTD5v6BlD52HqkwhJNtt0iXXEMcgoBfQy+PQAA87R4UA==";

static const char empty[] = "eNozr9qzXl2GgaV39lV+BiwAAHXrBHA=";

static const char self_extractor[] =
    "eNrzjWJgZGJmYWVj5+Dk4ubh5eMXEBQSFhEVE5eQlJKWkZWTV1BUUlZRVVPX0NTS1tHV0zcwNDI2MTUzt7C0sraxtbN3cHRydnF1c/fw9PL2"
    "8fXzDwgMCg4JDQuPiIyKjomNi09ITEpOSU1Lz8jMys7JzcsvKCwqLiktK6+orKquqa2rb2hsam5pbWvv6Ozq7unt658wcdLkKVOnTZ8xc9bs"
    "OXPnzV+wcNHiJUuXLV+xctXqNWvXrd+wcdPmLVu3bd+xc9fuPXv37T9w8NDhI0ePHT9x8tTpM2fPnb9w8dLlK1evXb9x89btO3fv3X/w8NHj"
    "J0+fPX/x8tXrN2/fvf/w8dPnL1+/ff/x89fvP3///R/1/8j2v3nVnvXqMgwsk5ezZOxhgAAFKM339OCDBwyHGTxjGQxmdzmdMhEymfFtYoL5"
    "zZeN3t9lmRjtWPqPpXzm53Q/K2knf6zDdivrRZUk6bMSdu9d/96Oe/JZeVG7wwmjPQ/bpLhNz4Xbbzo9B2xsozH7Ov5L58JtHQ5MuPS/NtO3"
    "X8p3VtpqHrXfDdOOsAcEsHbFngl8d0bMIt4tYrnH7baaN0Fsvy2dTqReiNu/5ofapXuWvpUZwofX7p8g8IfBwqJZrzt4LXPvnDXJfyazzOdp"
    "n3lH6cOJ6ypAi8TZAhk5sxnYuRkZGJWZGRlZYxkEGBh46rgYVbzsjBgYklIzMvNSAMnF37o=";

static const char decoys[] =
    "eNqrMK/as15dhoGFAQcYlR+VH5UflR/u8pOXs2TsgYopQGm+pwcfPGA4zOAZy2Awu8vplImQyYxvExPMb75s9P4uy8Rox9J/LOUzP6f7WUk7"
    "+WMdtltZL6okSZ+VsHvv+vd23JPPyovaHU4Y7XnYJsVtei7cftPpOWBjG43Z1/FfOhdu63BgwqX/tZm+/VK+s9JW86j9bph2hD0ggLUr9kzg"
    "uzNiFvFuEcs9brfVvAli+23pdCL1Qtz+NT/ULt2z9K3MED68dv8EgT8MFhbNet3Ba5l756xJ/jOZZT5P+8w7Sh9OXFcBWiTOFsjImc3Azs3I"
    "wKjMzMjIGssgwMDAU8fFqOJlZ8TAAABs9r4K";

static const char wrong_sum[] =
    "eNozr9qzXl2GgYWRiZllDwMEKEBpvqcHHzxgOMzgGctgMLvL6ZSJkMmMbxMTzG++bPT+LsvEaMfSfyzlMz+n+1lJO/ljHbZbWS+qJEmflbB7"
    "7/r3dtyTz8qL2h1OGO152CbFbXou3H7T6TlgYxuN2dfxXzoXbutwYMKl/7WZvv1SvrPSVvOo/W6YdoQ9IIC1K/ZM4LszYhbxbhHLPW631bwJ"
    "Yvtt6XQi9ULc/jU/1C7ds/StzBA+vHb/BIE/DBYWzXrdwWuZe+esSf4zmWU+T/vMO0ofTlxXAVokzhbIyJnNwM7NyMCozMzIyBrLIMDAwFPH"
    "xajiZWfEwAAAM05cfg==";

static const char unwritten[] =
    "eNozr9qzXl2GgYUBB3jAcJjBM5bBYHaX0ykTIZMZ3yYmmN982ej9XZaJ0Y6l/1jKZ35O97OSdvLHOmy3sl5USZI+K2H33vXv7bgnn5UXtTuc"
    "MNrzsE2K2/RcuP2m03PARjYas6/jv3Qu3NbhwIRL/2szffulfGelreZR+90w7Qh7QABrV+yZwHdnxCzi3SKWe9xuq3kTxPbb0ulE6oW4/Wt+"
    "qF26Z+lbmSF8eO3+CQJ/GCwsmvW6g9cy985Zk/xnMst8nvaZd5Q+nLiuArRInC2QkTObgZ2bkYFRmZmRkTWWQYCBgaeOi1HFy86IgQEAH/RZ"
    "BA==";

static const char volume[] =
    "eNozr9qzXl2GgaVi8eNtWuoMYKAEoRj+7Ldf9YBhG4NDLIOVFMe5sn1FtdqmvA6NFiUSLqGx+1Yw979bxRRaufE1e79I0sb6V5LrBOrbObwz"
    "JgfuD1NuFd5jdVb3XXvBjXkzDjAwPCjVV4uLZbCf6NqSYdu57FbXw2Yjv5sciVEbmD1s5n9qOOXj9qBywlntL5yf78749GZHzaysvYbJlvFT"
    "cncYrjn9/kXSY9vZSxOmKPy5z+zjfuhS5N55N8rPPS548+uCRlZN5qdAAAMeWO4=";

static const char cut[] =
    "eNozr9qzXl2GgWXycpaMPQwQoACl+Z4efPCA4TCDZyyDwewup1MmQiYzvk1MML/5stH7uywTox1L/7GUz/yc7mcl7eSPddhuZb2okiR9VsLu"
    "vevf23FPPisvanc4YbTnYZsUt+m5cPtNp+eAjW00Zl/Hf+lcuK3DgQmX/tdm+vZL+c5KW82j9rth2hH2gADWrtgzge/OiFnEu0Us97jdVvMm"
    "iO23pdOJ1Atx+9f8ULt0z9K3MkP48Nr9EwT+MFhYNOt1B69l7p2zJvnPZJb5PO0z7yh9OHFdBWiROFsgI2c2Azs3IwOjMjMjI2ssgwADAwAS"
    "clyn";

/* What only looks like it. */
static void test_not(void)
{
    CHECK(!sevenzip_looks(span_text("")));
    CHECK(!sevenzip_looks(span_text("7z\xbc\xaf\x27\x1c")));
    CHECK(!sevenzip_looks(
        span_text("a text with 7z\xbc\xaf\x27\x1c in it, which has many bytes after it, but no sum that fits")));
}

static void test_sevenzip(void)
{
    static const struct sample_row rows[] = {
        { "LZMA2", lzma2, 2, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "stored", copy, 2, "other.txt", SAMPLE_OTHER, UNPACK_DAMAGED, NULL },
        { "PPMd", ppmd, 2, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "bzip2", bzip2, 2, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "deflate", deflate, 2, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "BCJ", bcj, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "a method that is not known", deflate64, 1, "payload.txt", NULL, UNPACK_UNSUPPORTED, "7z: a method" },
        { "a name that is not ASCII", unicode, 1, "\xd0\xbf\xd1\x80\xd0\xb0\xd0\xb9\xd1\x81 \xf0\x9d\x90\x80.txt",
          SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "encrypted data", encrypted, 1, "payload.txt", NULL, UNPACK_ENCRYPTED, "7z: encrypted" },
        { "encrypted headers", encrypted_headers, 0, NULL, NULL, UNPACK_ENCRYPTED, "7z: encrypted" },
        { "no files at all", empty, 0, NULL, NULL, UNPACK_DAMAGED, NULL },
        { "behind a program", self_extractor, 2, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "behind what is none", decoys, 2, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "the first sum is wrong", wrong_sum, 2, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, "7z: the first header" },
        { "the first header was never written", unwritten, 2, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED,
          "7z: the first header" },
        { "the first of several", volume, 0, NULL, NULL, UNPACK_DAMAGED, "7z: cut short" },
        { "cut short", cut, 0, NULL, NULL, UNPACK_DAMAGED, "7z: cut short" },
    };
    sample_check_rows(rows, sizeof rows / sizeof rows[0], sevenzip_looks, sevenzip_read);
}

int main(void)
{
    test_sevenzip();
    test_not();
    return test_end();
}
