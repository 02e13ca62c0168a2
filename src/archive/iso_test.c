/* Made by genisoimage 1.1.11, whose padding was left out. */
#include "iso.h"

#include "archive/sample_test.h"

static const char plain[] =
    "eNrt211L21AYAOB0V2UiDObwYzcHYbCBq6myFrer0sZa11ppK+hlmd0UxA4rOG/2t/x5W9Mqw7npYGyKPg85OSfnvElpcuAlIYkiAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACBTrsRxPhPVaxtb2+H3ypVWs3HN+MXxnl+qrvnd4ZKWKJuNpsZdU09/DD9LV/PR9HhrOsqmVTb6"
    "OjH3JP82enSxf+BWVZONWrtZa5SqSRg2wkqhEC+urbbDaq2etHfanaQRyq2k1Gm2wsvyq5BfWVkOSW6nubVRrZTqyUVn8fVSHBfCem4zKbXa"
    "zY3F9Vy7vFarD2dldRSTDqcxxXQivq91QicpNf77312Klwr5/LAU3rxZLsZxdKUj/snVCJP2oZN0uDO+ned/AAAA4P7KjJ6xZ0ZlZrSuOCkA"
    "AABw7+7/o/T9usx5aybKuP8HAACA++bmb+xujMjMj94cGD09+HVEJRfNjiNmz8b1WRpRfJE204jJzdJOvVmq5DrbnXd5VwUA/nX+vyF3/0H+"
    "X4jmxhFzk+N68nJ2n2h21pKW3A4Ad8XxXi987p4e9Lu7C+Fkb//DXtgfhG742DsJJ/2j3UE46B9+Ct3D3TDong7CYf94b3/Y0TsY9B7f3s4u"
    "HAD8hW6aVntH4bj35VhWBYCH4TsJSBLN";

static const char rock_ridge[] =
    "eNrt3G9r20YcwPFTSrfQklJYRtu0D36MDTbYXDmlDt4eqdI5uVbWCUkuyaNhFmcJhGTUhrRPCtmTre+j76HP9o7CXkJ3J9m0adqG/aEdyfeD"
    "5TtLd/c724IfEpKUAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQZyEYTtQqckG6/JucVLY/nu2z8a7"
    "dax4T1z38ouan1eLzarFz15t/ty/faGuNZ+uqXlfzKunl5eutr9Xc7P+go9qVWemtKYfrWpxFel2OuHttV4pPZPqcqOsdF/iQkeVLeTr+Btp"
    "d7t3RLc27CBbTaJUz1aufLcchh2538p1VJQ2u32/VcZrJnV75Wrdxm/2bVb8jvjAVFLpqP/Bv+5yuNxpt93SuXv3zkoYqhMrwjecbMFOe96R"
    "dPC/8XKa/wEAAAAAwNkV1OfYg3q5Xr8n/CgAAAAAAJy543/lr68LprXrKuD4HwAAAACAs+b3U++xK/NPgz/+VEVxMTjM178MjiLfLjq60PS7"
    "8OaIVW8puDId5HgR61vBjabRjVnro2mxddo8gv9gAmq3vsZB+fMcb4+S+CjPsv4ngdp8PdZc023ub8T6VS01bZZeNOULv2XlK1/1sRbyaCO1"
    "UdKq1qsf2tO4VwP1y/DJ7v5wszV5PPEzeH7oOxw+n96iEbxzBm7kulhUr+IAAPB2W6dlxJOJ/x/kwg+T3Z+qm02bmwtNuXA841621ZoujuXb"
    "K4Han2yPHpFtAQDnii6OgkvVby7/mvzHdrfbjlyOlMLGD6QwiX+sS1bpIl6LMlfPC1vZ2Ka+8tAkupRykOe2qKRnC8ltadbrJ7/I9NEvpe5H"
    "WWXiMk91VGqJbVZFcSWJKWPJB/dSU7qEXHcucx2bnomjythMSjsoYt0SN4J+raEL6YbrGV/N3CRMPyo25KFNB30tbjqx+xL+UTN+wFksk7lP"
    "/XrYFn83AAA1d/Ar0zPO38rB9s5P27IzlqFsjQ7kYP/R5lh29/d+luHepoyHT8ay5w6Xd9yK0e54dOnjdeaPAwDgXxju1ee/ZTJ6PCGrAgBw"
    "PvwFX76gVA==";

static const char joliet[] =
    "eNrt3WtL21AYwPEnfVUmwhgiQ7wcZYKCq6nOdt1ehSa2cWkjbQT7apS1W4VixRbUN/tafrztJGkRLzUbmxfq/xdPz8nJk8S2Bx5OL6kIAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAwirZpZg3x3OrBoRqvaNf8yj3bR8dbuVbdc179FxZJp2Um7pqZ"
    "udo8Gx9kPl6bl3RYpeXn1Nzr7CdJjfZXeFIlp+rWfbdilRylG6qQy5mb5d262nU9p96oB05FFWuOFfg1tVZcV9lCYVs5mYZ/UC3ZlueMOvPv"
    "t0wzp/Yy+45Vq/vVzb1MvVh2PT0qS1FMuDmMyYcD8YsbqMCxKo9+d7fMrVw2q0tuZ2c7b5pyq8O84XYEg/alI+ng2UgN87944kpVDuRQ1J1L"
    "UWypiS+VMdtv5P/VTeev8//bq81z8bEW47XFcfl/zP/C8lhLSRw9alyp65Hh6rFhRT1q2KOkIDm9mPJVyrKr+5S+dfVYc3S7oUugW5VodNV0"
    "y9Lrvm4pWdM967rO6iMUZFu3HMnoPXw9Qqv6HLaO9aIzJS//L4j8D/I/JsivUf4HAAAAAAATy4jeYzeishDd2jwoAAAAAABM3Pxfws/XG8PW"
    "ghjM/wEAAAAAmLz5/+LwVYCULMWtFo8KAAAAAACTNv+X8Po6Rjj/15Z0i/k/AAAAAAATJvka+4kRxkp05QAJvz1wd4SdGV0gWF3G9WUYkV8N"
    "m2HE9L7V8HzLzgSHwecszwoAAA+d/xNy9x/k/w1ZjiOWp+N6+np2n/KDslMjtwMA8Hzyf9Jv7CRGGO+ibw5I+OmBOyNS0pKPCa8AzMqJNOVC"
    "utLTdUsyMpBzXQAAwEPk//tz95/k/w8J8/83OqcPpCNtOSWvAwDwDAw6bXXSvOj2mq0NddY5+tZRR33VVN/bZ+qsd9rqq27v+IdqHrdUv3nR"
    "V8e9QedId7S7/farp9uZJw4AgH/QDNNq+1QN2ucDsioAAC/Dbykhr2s=";

static const char joliet_only[] =
    "eNrt3W9v2kYcwPGfqbZFrVpNU1RNUZpes1ZqpY1AspKxPfLMEa4FG9mmIo8qNMiIFIUqQUrypFIebXsffQ99tncU7SVsZxvU5i/r1qUZ/X4c"
    "c+fz+c7AST8dAVsEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA4XqVQKDpSN36rrc7nVcKgccH+cXtf"
    "HUsu6Nf+JavMzMhsVjQ7+2b37eRhUeazrXmZSZIZeXlj7vPi95IbH6/wQa1p30SBabhrWtmMKpdKhaVaNVJVU9fRehTrhvJC7cZBqB56j1Sx"
    "XF5ROr8etPy1ilvX48LVb5YLhZJ6km9qN4wCf+lJPvJqpm5H5VpaJ9md1FlNBuJTE6tYu41Lf7rLheVSsWjX0uPHK6uFgpwqKJxwugaD9mNH"
    "0MGVkRvFf6mLEV9a0hZ15uJJRUIJpHHO/hPx/8GSfuf4/+Wb3XNZ/F/IthbOi//nnAvLZS1rou2oMRLZkWHs2HDTEjUqUVKWkl0K8lxqUrVl"
    "yj4aO9a0za/bNba5Rjq6Qptz7XZgc0oe2pJHNi3aFsqyYnNa8vaIwI5Q3/ZRsXXraU+Tl/dXifgP4j+myJ/j+A8AAAAAAKaWk/6P3UnXO+lj"
    "hRcFAAAAAICpm/9L8v16Z5S7Iw7zfwAAAAAApm/+vzD6FCAnd7Ncl1cFAAAAAIBpm/9Lcn0dJ5n/W3dtjvk/AAAAAABT5teJ19iPmp85v/8h"
    "YfiJc9hs33eO3KSee3QtO+7ayRbj6pxza9TI8cTT847KKqlx7aNRsjHpPJz3cAKylV7jQJLfOZzdSyXp5Te/8akj3bf7ymWH5d6hLwAArq6N"
    "SRHxdOD/B7HwcqL7S1nM6izezNKbyZ7VB0k26eVGENd0mI/b8Q/FUZy/5chg2O/t5If7w6T3V4dJ5cNXowsiO+f2bls9ngAA8D8y+R47E2s4"
    "99NfDkjy7YEza+SkK9/JvazOvddZ+vp4bL4tL6QjB3aGPrBpV/IylH27AgCA/yL+Xxy7/078/3bCvPsLG9OH0pee7BDXAQC4AnR45FyPf3HC"
    "0DSfF8vlohvXtAoD76kKTSW5rbsf69Crub7NN8MgDrygnmSemYqOVNRqNoMwVtUgVM0gMu30zu9qdOv3SDdcPzZe1KxrN9LKC/zY9WJVMZGn"
    "mq0f6yaq6TA9OGpqz1SN58Ym8FUUtEJP55VtQb9V0XZpm6uaJOvbkzANN1xXz4J6q6GVPR3PPonkVvNJg+O+jG+3Gmmzed5uAABSw35Pvegc"
    "bA063a/VXn/zp77a3FUdtdHbU3uDne6u2hps/6w621212znYVduDYX/TFvS2dnvXP9zBvHEAAPwLne30+29q2NsfElUBAPg4/AVc6ijj";

static const char not_joliet[] =
    "eNrt3d9L21AUwPETn8pEGEPGEKdXmaDgaqqzpdtTaGIb1zbSRrBPo6zdKogdtqC+7N/yz9tOkhbxR61jm0r9fmKak5uTRNsLh2vTVAQAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFgF17YzlpT96v6BGa3g1oLKHduHx1u+srjjvPoTzZJKyWzSNDt7"
    "ufl1cpD5ZG1eUtEiJT+n515mPsrUcH+DR1X0qn498CtO0TMamHw2a2+Udupmxy979UY99CqmUPOcMKiZ1cKayeTzW8ZLN4L9atF1yt6wMfd+"
    "07azZje95zm1elDd2E3XCyW/rL2yGOdEm6OcXNQRP/uhCT2n8uB/7qa9mc1kdM5ub2/lbFtuNNjX3Myg0z53FB08GVOD+i9l8aUq+3Ig5tap"
    "IK7UJJDKiO3X6v/KhvfH9f/N5ea55FgLydrCqPo/4ndheqipKJ72Gl/q2jN87RtO3GIGLUbyktXJli9Skh1tM/roa1/zNG7oHGpUiXtXTSNH"
    "1wONjKxqy5ouM3qEvGxp5Ela9wi0h1b1HK7mluMzjZ/+XRL1H9R/TJBfw/oPAAAAAAAmlhW/x27F89v40eVJAQAAAABg4sb/El1fbw2it2Ix"
    "/gcAAAAAYPLG/wuD/wJMyWIStXhWAAAAAACYtPG/RPfXsaLxv1rUiPE/AAAAAAATZvw99sdmWMvxnQMk+vTA7RlueniDYHORLC+ijNxKFEYZ"
    "M3tOoxw4bjo8CD9leFUAAPjf9X9M7b5H/V+XpSRjaSZZzlyt7tNBWPJq1HYAAJ5O/R/3HTtjM6x38ScHJLp64NaMKS4pAADgidX/u2v3fer/"
    "hzHj/1fSlb50pC0nktboTGcAAPB4+p22+dE8P+o2W+vmtHP4tWMOe6ZpvrVPzWn3pNUzR93j76Z53DK95nnPHHf7nUNtaB/12i8eb2deOAAA"
    "/kIzKqvtE9Nvn/WpqgAAPA+/AXpUp+Y=";

static const char raw[] =
    "eNrt219LU2EcwPFnXUkiBBn+6eYhCApsnilOrKuxHXU2nWwT9HLkSkE0nGDe9LZ8ebazaWHmnyvN+nzg7BzP+W3odmBfzmY4+ymEJyEXAAC4"
    "TC8BAOglAAC9BACglwAA9BIAgF4CANBLAAB6CQBALwEAoJcAAPQSAIBeAgDQSwAAegkAQC8BAPxjvZQrV5KkkAu16trGZrxeudKor95w/OLh"
    "X15aXa8XarlsCUNDYXSwa/T5r8MvsptXYWzw01gYylZD4fvw5LPC+97vfX7/yINaSteqzXp1tbSUxt5GXCgWk+nlxWZcrNbS5lazla7GciMt"
    "teqN+Kb8NhYWFmZjmt+qb6wtVUq19GLn/LuZJCnGlfx6Wmo062vTK/lmebla652VS/2Z7HA2M5+diB+rrdhKS6v3/ufOJDPFQqG3FOfmZueT"
    "JFzZkfzm6oST9n/nPQgeaS+dnfcSAAB/7iVPCADAzb2U63/mlesv4/3biucIANBLri8BANy5l/rBNNb/+nS2NR5yri8BAHrJ9SUAgLv30u3/"
    "s3/rRO8xxgcT49dMVPJhYjAxcTpYn2YT86+zzWxiZL20VauXKvnWZutDwYsEAPxdvXRL69yhl6bC5GBicmSwHrlcQ8P11nLa0EIAwOPspaOd"
    "TvzaPtk7aG9PxeOd3U87cbcb2/Fz5zgeHxxud+Pewf6X2N7fjt32STfuHxzt7PZ2dPa6nacPd2evIwBwb73UzjKkcxiPOt+OVAgAQAg/AIMV"
    "IB8=";

static void test_iso(void)
{
    static const struct sample_row rows[] = {
        { "plain", plain, 2, "PAYLOAD.TXT", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "Rock Ridge", rock_ridge, 4, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "Joliet", joliet, 4, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "in the Joliet tree alone", joliet_only, 4, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "not in the Joliet tree", not_joliet, 3, "PAYLOAD.TXT", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "sectors of 2352 bytes", raw, 2, "PAYLOAD.TXT", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
    };
    sample_check_rows(rows, sizeof rows / sizeof rows[0], iso_looks, iso_read);
}

int main(void)
{
    test_iso();
    return test_end();
}
