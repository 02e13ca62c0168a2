#include "cpio.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

int main(void)
{
    static const struct sample rows[] = {
        { .name = "newc",
          .base64 =
              "H4sIAAAAAAACAzMwNzA3MDRAAhaGjiYG2IGhmZOBhZmxmSmUa25AHLCAMfLzUvVKKkoYGBhKMlIVChIrc/ITU3SAjKISBaCctQKD"
              "AbJ7DElzj7Exqe4pKc/H6R6QnIJjXopCbn5RqkJ+mkJmiUJafk5OfnmxQkZqUaoeqlsJAWLVoQMnGCMkyNHTxzVIUVGRgYoAAHMt"
              "gzQAAgAA",
          .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
        { .name = "crc",
          .base64 =
              "H4sIAAAAAAACAzMwNzA3MDJAAhaGjiYG2IGhmZOBhZmxmSmUa25AHLCAkk75eal6JRUlDAwMJRmpCgWJlTn5iSk6QEZRiQJQzlqB"
              "wQDZPYakucfYmBT3GBoZmJWU5+N0D0hOwTEvRSE3vyhVIT9NIbNEIS0/Jye/vFghI7UoVQ/VrYSAoQF5wAnGCAly9PRxDVJUVGSg"
              "IgAAGcfZBAACAAA=",
          .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
        { .name = "odc",
          .base64 =
              "H4sIAAAAAAACAzMwNwBBJGBoYGBmYmKADgyhlKmxgZGBmaGpiSmSKAgYmefnpeqVVJQwlGSkKhQkVubkJ6boABlFJQpAGWsFA3Sr"
              "DMm1ysy4pDwfh1UgGQXHvBSF3PyiVIX8NIXMEoW0/Jyc/PJihYzUolQ9DGfgAobYRY2ROCFBjp4+rkGKiooMQxQAAIn8iEkAAgAA",
          .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
        { .name = "bin",
          .base64 =
              "H4sIAAAAAAACAzteyAAESxpBJCMQc2SnJnMAaXGG/LxUvZKKEoaSjFSFgsTKnPzEFB0go6hEAShjrcBwvBCkA1OnMUNJeT4OnSAZ"
              "Bce8FIXc/KJUhfw0hcwShbT8nJz88mKFjNSiVD2wqTDACKW5wWRIkKOnj2uQoqIiwyigGgAAMQcY0wACAAA=",
          .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
        { .name = "binary, big-endian",
          .base64 =
              "H4sIAAAAAAACAys8zgAEjUtAJAMjA0M2R3IqAweQLZ6fl6pXUlHCUJKRqlCQWJmTn5iiA2QUlSgAZawVGApBOhmx6DQuKc/HoRMk"
              "o+CYl6KQm1+UqpCfppBZopCWn5OTX16skJFalKoHMRUGGKE0N4gICXL09HENUlRUZBgFVAMA/ff6NQACAAA=",
          .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
        { .name = "another archive behind the trailer",
          .base64 =
              "H4sIAAAAAAACAzMwNzA3MDRAAhaGjiYG2IGhmZOBhZmxmSmUa25AHLCAMfLzUvVKKkoYGBhKMlIVChIrc/ITU3SAjKISBaCctQKD"
              "AbJ7DElzj7Exqe4pKc/H6R6QnIJjXopCbn5RqkJ+mkJmiUJafk5OfnmxQkZqUaoeqlsJAWLVoQMnGCMkyNHTxzVIUVGRgYrAgK7x"
              "X5xZMRr/gyr+AQDafiwABAAA",
          .members = { { "one.txt", ONE }, { "two.txt", TWO }, { "six.txt", ONE }, { "two.txt", TWO } } },
        { .name = "kinds mixed",
          .base64 =
              "H4sIAAAAAAACA9WQzQqCQBCA91HGe8is+yd02qBD0El6AcEVA3PCFqy3T0NhQReiW99c5ufwzQwaNMgxIOdW4jZcHzDXQqu5NPgd"
              "+ZJQ51L/9Iwx3zi4l6+Wymo3Jr2HcbYHhuYToRRRy/VG885cCcxQcyVV0J3IzGKLuFYq/qtKCz9QRDVNwHYV3Kh3QDVcPdTUtjQ8"
              "oHG9S9cXx76/3RVBcSns6XwskiRhf8obFVn9V5ACAAA=",
          .members = { { "one.txt", ONE }, { "one.txt", ONE }, { "two.txt", TWO } } },
        { .name = "behind garbage",
          .base64 =
              "H4sIAAAAAAACA62QzQqCUBCF76OM+5C5WCq0UmgRtJJe4IajV1AnrgPW22eUIP2h0Lc6wzmLj8EII9Q4IdbJGj+jwxTjMAg3zzPC"
              "ecRj4JZ8uYhSSizB2VxrNvlqCE5g6LagOm5IbNWWINYIVB2Uxp1MSfAAp756mW8QLPWVnr/63jtI2hwadgRcQCVQcF1z34ElR77C"
              "t9/+YO7ulXQMxyzZH3aZ53nqj9wA4GRGpCACAAA=",
          .members = { { "one.txt", ONE }, { "two.txt", TWO } },
          .count = 3,
          .note = "corrupt header",
          .trouble = UNPACK_DAMAGED },
        { .name = "something behind",
          .base64 =
              "H4sIAAAAAAACA5WOwQqCQBCG91HGe8gslgqdFDoEnaQX2HBdF7adWAest08hwaJIv9M3/HP4MMMMJc7IZbHF78i0xDxN0t3rzHAZ"
              "+STkdcx3FkJwq+GmHo5UvRkkMAzbHgTOe+S6niRZ28M9/ewZNyh8DVcKGqgBy9CQc9R30Oqg4/fWfyz9+6Sc5FwVx9OhiqJIjL1B"
              "WWe9AaPCRRkN3CoG24Ejb56jk43c1QEAAA==",
          .members = { { "one.txt", ONE }, { "two.txt", TWO }, { NULL, "trailing garbage that is long" } } },
        { .name = "something behind the padding",
          .base64 =
              "H4sIAAAAAAACAzMwNzA3MDQwcHQ0MzEE0gYGFoaOJgbYgaGZk4GFmaOjE5RrDqHdXA3wAwsYIz8vVa+kooSBgaEkI1WhILEyJz8xRQfI"
              "KCpRAMpZKzAYQN1DFCBWHTpwgjFCghw9fVyDFBUVGUYoKClKzMzJzEtXSE8sSkpMT1UoyUgsUcgsVsjJz0sHAHu4JF8dAgAA",
          .members = { { "one.txt", ONE }, { NULL, "trailing garbage that is long" } } },
        { .name = "cut short",
          .base64 =
              "H4sIAAAAAAACAzMwNzA3MDRAAhaGjiYG2IGhmZOBhZmxmSmUa25AHLCAMfLzUvVKKkoYGBhKMlIVChIrc/ITU3SAjKISBaCctQKD"
              "AbJ7DElzj7Exqe4pKc/H6Z6ScgCRmmCnHAEAAA==",
          .members = { { "one.txt", ONE }, { "two.txt", NULL } },
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
    };
    static const struct span others[] = { { "070701 is a number, and this is a text that goes on for some while, so "
                                            "that it is longer than any header that there is in cpio",
                                            125 },
                                          { "\xc7\x71 and some more bytes that are no header", 47 } };
    sample_check_packed(rows, sizeof rows / sizeof rows[0], cpio_looks, cpio_read);
    sample_check_others(others, sizeof others / sizeof others[0], cpio_looks);
    return test_end();
}
