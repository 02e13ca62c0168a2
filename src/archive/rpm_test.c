#include "rpm.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

int main(void)
{
    static const struct sample rows[] = {
        { .name = "made by rpmbuild",
          .base64 =
              "H4sIAAAAAAACA+2YW2gcVRjHz27SNG0NrqQxiVocsGKi3d05cx+hjTG1JlKbSoykUoWZM+dkx+7urLuTNopCWvOgeCvoQykKtsQH"
              "kXrBCxSF+qAiRcEH33zxoUorveiL+BBdz+78t7E++jz/ZebM7/y/853DzPI9fJfevfxjF5HKNLxKrczzNE/J/1WGrPvv1Cunzmfw"
              "uJ6Q3Mdy3IHnFTnm5KI+OfZczUAyN4BHE+46L8dueZXBF5P1pJas77oCfwn+b/CXpa3YvmkblmnwQHMCz9CFa2qB4Wu6Lhi1fMOi"
              "vqMHNiPMYhY3VdWk3NYEDTgPPGa5VsA827F9hwnHN5lp2tKymGtQ19U8Rqnmqky1DLV9/J6o9OoDnx6iZ7b3l7/bbT3KT8kj5Uiq"
              "VKlSpUqVKlWqVKlSpUqVKhV6Is1m8yhp9zSu6ZuYhGTflOMYafc1si8jJpBXL2I6fZJW3yQLvgDeAP4VvIms9VFaXh/4EvhG8GWS"
              "9FUU8BWs3wr+Hf428B/wVfCfyGeA/4J/D/hv8K6EW6na/CC4m1zT9+luea1WVQ28AVwHb0R8DN6E97MIvg58GtyH+M/B18P/ApwD"
              "fwXejPOdBQ9g/U/gQcSfAw/Bv5iM3cPwV8E3JZyZAY8k+TNPYP0O8JPg+5O4zDPgSfASeAr5lsFz8J8H74P/Eng//KPgx+C/Dn4c"
              "/AbYx3lOggPwO2AOfg8swB+By+BPwDH2/xa8AP4efBD7/5Bw/2vwV8FfJ/my+P/3n0visz3gn5P47CT4AvzdLZ4gSb+TUPnzFMA4"
              "HgrkQC8rYrKlwamZCTJbbdQ4C0XIA1IOqwuLpBp5dVYinJUiRSZh9bAWK5FQ4hJXah474M0ny8ng4RXSzumarkt1nTuB7gjfFbZ8"
              "CjRGuU4D3zFN22OG7Zie6bg+dblj+boVmK5FVZvJKK9TMOpRFCe3tb5toVFnhXqt0vJlLWmunX9d6wVs7FxFP6wWGyUiQ8uhPzIR"
              "VWp13mjwYFdY5nu8Cm+MdrzWzM5wnjfitbm93lPlyGsHNya9g3xvnYtwcZQQvaAWjDwlRsEqqO0xuVOnoJLOplfrFenUt95Oyzmq"
              "8kK8GJNiVIuLJD+tKfl5wmphROafDmvExevOB9wPvWo++QT/0vjMxNSUEvPFeJtyKIxLSjVSZBCXU/VKWPXiqN7o7LkQi7xDLNVX"
              "fd8Wgelbqm2Zph8ILRDMEkx+CI2aum8Jg1uqwwMeOK4wTNPihuGqeiC4IZJctkc9U1cdj+qO6aq2o6vC0y2LaaoELrjrB4EqXE0X"
              "wnVtT3BKNd1WGXOYwQ2bdIp7s7n6Qau43/piUtezXbpqy5+xRNSKd6zkL20ZOn778Nyx4ZvfHj/9S8+Xhx8empgeO/PWzrGx4uz7"
              "KyeXT2y9bfaE8qF2xxi9b/03I3c+RM7O3aUOKZ+9kFMe2XL35BF675Fbtj+7/7nNAwPDsnDU9k3vyckP8Q9VDA88BxgAAA==",
          .members = { { "payload.cpio.gz", NULL } },
          .count = 3 },
        { .name = "plain payload",
          .base64 =
              "H4sIAAAAAAACA3u7+t1tZgbagb61LxihTBAtjC6fqFCcmZ6XWFJalKqQWaKQWZxXgk2fOBZ9yUWZBSUK+WkKJRmpCgWJydmJ6akG"
              "5kBoqJCYl6JQnK+QnwcAzdtbkt8AAAA=",
          .members = { { "payload.cpio", "070701 and so on" },
                       { NULL, "a signature it isnt" },
                       { NULL, "a script of the package" } } },
        { .name = "xz",
          .base64 =
              "H4sIAAAAAAACA3u7+t1tZgbagb61LxihTBAtjC6fqFCcmZ6XWFJalKqQWaKQWZxXgk2fOBZ9yUWZBSUK+WkKJRmpCgWJydmJ6al/"
              "zasiohgAcT4k0dUAAAA=",
          .members = { { "payload.cpio.xz", NULL } },
          .count = 3 },
        { .name = "a corrupt header",
          .base64 = "H4sIAAAAAAACA3u7+t1tZgbagbx8hYzUxJTUIiBVlAoAQYw4B24AAAA=",
          .members = { { "payload", "no header here" } },
          .note = "corrupt",
          .trouble = UNPACK_DAMAGED },
        { .name = "cut short",
          .base64 = "H4sIAAAAAAACA3u7+t1tZgbagb61LxihTBAtjC6fqFCcmZ6XWFJalKqQWaKQWZxXAhQFAO6iS96WAAAA",
          .members = { { "payload", NULL } },
          .count = 2,
          .note = "corrupt",
          .trouble = UNPACK_DAMAGED },
    };
    static const struct span others[] = { { "\xed\xab\xee\xdb", 4 } };
    sample_check_packed(rows, sizeof rows / sizeof rows[0], rpm_looks, rpm_read);
    sample_check_others(others, sizeof others / sizeof others[0], rpm_looks);
    return test_end();
}
