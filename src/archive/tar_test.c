#include "tar.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

static const struct sample kind_rows[] = {
    { .name = "v7",
      .base64 = "H4sIAAAAAAACA8vPS9UrqShhoCUwAAIzExMwDQTotIGBkTmCDRY3NwIKKTAMJYDuuSECSjJSFQoSK3PyE1N0gIyiEoX8vFTroRX0"
                "o4CC+C/PH/j8b2aMkf9NR/P/AOV/UIpQcMxLUcjNL0pVyE9TyCxRSMvPyckvL1bISC1K1RvNNKNgFIyCUTAMAAACDvc7AAwAAA==",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "ustar",
      .base64 = "H4sIAAAAAAACA+3TwQrCMAwG4D7K/wAy6tzqwZOPUljGhNpIF5m+vZ0XZbuqQ813ScglBPJzpEIuYt7JZq6q7jWbVmvL7aMf52tb"
                "l87Amg849+JTXv+KI5+P+xLSEU7+Gtg3q9wkAUfawaj/IAMvn3+3meW/1vwvlP/xI7CPDY6cCNziIGg5BB56dJSo0NAopdQPuAH3"
                "GZnEAAwAAA==",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "gnu",
      .base64 = "H4sIAAAAAAACA+3TQQrCMBCF4RzlHUBKiDVduPIogU6pEDOSjlRv39iNoGstmPk2M2SZ5OdEjdzFfJMtfNuus3if1rruta/nnXPe"
                "wJofuE0SMmAqJSPhGh6RQ78rSxZwomO111Hf+8+8ff9+/9H/QfvfqP/nj8Ap9bhwJvCAs2DgGHmeMFKmRqNRSqk/sADfB0uSAAwA"
                "AA==",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "oldgnu",
      .base64 = "H4sIAAAAAAACA+3TQQrCMBCF4RzlHUBKiDVduPIogU6pEDOSjlRv39iNoGstmPk2M2SZ5OdEjdzFfJMtfNuus3if1rruta/nnXPe"
                "wJofuE0SMmAqJSPhGh6RQ78rSxZwomO111Hf+8+8ff9+/9H/QfvfqP/nj8Ap9bhwJvCAs2DgGHmeMFKmRqNRSqk/sADfB0uSAAwA"
                "AA==",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "posix",
      .base64 = "H4sIAAAAAAACA+2VsW7CMBBAPfMV9wGVuYtjX6OKoVvH/oJFjEAKuHKMSP++pktRmJBKS+DeYsseLEv39PT83Q9vwbch9fO4CzoP"
                "Wf0yWHB1/b0Wxisi1z/74zmRdaRgUH/Avs8+lefVY2IQfN5sw4K4sUzksNGMFdcN8fOs3C7PbxFtw+xmSpg8V1L+Mv8rHvmPtnIK"
                "cEr+jz83EfI6wIf/7KJvn8omZSgT8QIixoOgT/ufD/FG+u9I+n/D/SdjDEv/74ArKX+Z/86c9d9K//+p/8eJgNddC9uYAsQVbDKs"
                "YtfFQw/rkIIWaQRBEO6AL8hxBbEAFAAA",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "GNU, long name",
      .base64 = "H4sIAAAAAAACA9PT19N38MnPS/fJzMtmoA0wAAIzExMwDQTotIGhuTmcDRY3BFMKPgx0AKXFJYlFCgoMIxSk6OcAI38gsF5JRQnD"
                "KBgB8U8o/xsYoeV/YyMzMxMGBYPR/E9zUJKRqlCQWJmTn5iiA2QUlSjk56VaK4xmjFEwCkbBKBjmAADJOfRAAAwAAA==",
      .members = { { "d/"
                     "longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglongl"
                     "onglonglonglonglonglonglong.txt",
                     ONE } } },
    { .name = "pax, long name",
      .base64 = "H4sIAAAAAAACA+3TQQqDMBAF0Kw9RQ5QdGJihlDcd9krhCbUgtWiU7C3b4rQhV0IBQXbPBgSMosQJt9lRzscvHW+67O6bc4LFARa"
                "KQaj6QoS3r3xXOZaKMYHtoJ7T7YL17P/JKTmN0tV6Zaa/mylNFAigVu6XH0p0BQohAaTospRGYH46p4+uuGrFAZRJyz62hpjn8s/"
                "5DjJvxI65B+2lP/p4zaCKh/y/6hb63Zh0xFvG7/nMRhRFEU/7gn2K7upAAwAAA==",
      .members = { { "d/"
                     "longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglongl"
                     "onglonglonglonglonglonglong.txt",
                     ONE } } },
    { .name = "bsdtar",
      .base64 = "H4sIAAAAAAACA+3TTQ6CQAyGYY7SAxjS4XfhyqOQMAQTZMwwBr29w1Jd+oMk77Npl23az402DdeQfJOqVkUhS42ea5TVYspcM62M"
                "qY2o0bIwiWjyA5cpND6O8oElH5bbiNBbOTe3wTXtLjY+iBvtfjPj4937z279/Ff5S/5r8r9S/pePkMPYysl5K66TY5DODYObJ+mt"
                "tymhAQAAAAAAAAAAAAAA+CN3m4IyEQAoAAA=",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "links and directories",
      .base64 = "H4sIAAAAAAACA+2XQQqDMBBFc5Q5QNEYTWbRTQ/gJQSllmoiNoV6+6ZuCkpLu0gUMg/CDG4EP2/MGN0k9mGZT7hDFcVcHcvKucB3"
                "Pz9HIRQDzgJwv9lqBGCRYtsGhmrqTFUfXDNaMLo5Rvs5ouM29d7f8ZIaET/7v+oRJTIQJsBwitz/thrrEPl/nf/LPuNcSgYZ5e+d"
                "OmVh/HeB/u6/ynLOQNL/3ztJmqSn0uhzedHXjfzPEFf+uwIl5R/A/86Fv8XxPtmJneT/9/6XC6UK2v9o/yN80/SDnfZ2/+cKJflP"
                "EAThlSdTCOcwABgAAA==",
      .members = { { "one.txt", ONE },
                   { "d/"
                     "longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglongl"
                     "onglonglonglonglonglonglong.txt",
                     ONE },
                   { "empty", "" } } },
    { .name = "sparse, old GNU",
      .base64 = "H4sIAAAAAAACA+3XQQrCMBCF4RxlDiCltbUbV57BEwSaUqE6JYkUb29RQTHoSi3C/23mMRACbzdhsD4481X5pK6qy5w8zeXj7pqL"
                "ulyVRrbmB44hWi9iZpO2UNxzkb/Yp629/+D2IBE7J4M99WqbxRR8FD249Yx1AAAAAACAj0vv/zhqJptDI3v1TrSVXZRW+17HIJ3z"
                "LqM0AAAAAAAAAPgDZ+zK2dUAKAAA",
      .members = { { "sparse", NULL } },
      .count = 2 },
    { .name = "sparse, pax 0.0",
      .base64 = "H4sIAAAAAAACA+3X3UrDMBQH8F73Kc4DSJZkadMgvfBKr8QbHyBuKSu2y2gytvn01k1Qu90MVOj2/90k5HCaL06gbPJktw/Ozl0X"
                "JmFlu+CS38Z7uVL7tjdsuZJf/f24ECqTCW2Tf7AO0Xb99Ml1khndPz6zw82zUL+5UnGT81Tm3wPLdfvS+NlrKKeDiK+q4GJZCCNT"
                "WQxzdtGF/QdTqU9kTaXOi/PTPleYnUzj6ZSTjXXrSqFNpoXIuWG6kFoZofVHdHYU5VwaIaRJr+3+/6jkz6h/+eMtONQ/VyJLiI+p"
                "/oebG4m4cLSyu8bb+U3f6SL5pbulBAAAAAAAAAAux/H/f9x4RnfLObW+c+QrqiNVvmn8JtDCdY7h0AAAAAAAAAAAAABG4B3rWgo4"
                "ACwAAA==",
      .members = { { "sparse", NULL } },
      .count = 2 },
    { .name = "sparse, pax 0.1",
      .base64 = "H4sIAAAAAAACA+3XQUvDMBQH8J77Kd4HKFmSpk2D9OBFPYkgfoC4ZazYLqPp2PTTm7UH5waehjD9/y559JGG9OUFymZPdv/g7ML1"
                "YRY2tg8uuTQelUqNY3Q6cqm/4vG5EKooEtonv2AbBtvH5ZP/SRZ0//jCpsqz0Hy4WnFT8lSWx4n1tntt/fwt1PlpxnaunuJU6eNM"
                "Zzd1JYzMDi/McqnLagrHBTKe5pzs0MTpQptCC1Fyw3QltTJC60N2fpaNh8UIIU2awEWwWazY81iwu6Z1rNCquvQ98HP/y293wdT/"
                "eVHqhPg19f/p5q7EsHK0se+tt4ssBv1Afu1uCI0BAAAAAAAA8Iec//8PO8/odr2gzveO/JKagZa+bf0u0Mr1juGjAQAAAAAAAAAA"
                "AFyBT5viwboALAAA",
      .members = { { "sparse", NULL } },
      .count = 2 },
    { .name = "sparse, pax 1.0",
      .base64 = "H4sIAAAAAAACA+3X0UrDMBQG4F7nKc4DSJqkbbIgu/BGvRJBfIBgM1bpmpFWNn16sxakTPBqCpv/d5PDOYWSnJ5Aef7o9vfe1T72"
                "eb91sffZqYlEl+W4JserUIX5ise8lKUWGe2zP/DWDy6m12f/k1J09/DMp87zjXsNcSnZUbbpUlYwpefZzm38coqZsvNK9K7tmw+/"
                "LIXVghWC3NCkh6WxlZFSC8vNQpnSSmMO1Zdv1fRNWCmVZRn8Lp6nxj2NfbttWs8rU8lT3wM/z7+S87tgmv+i0iojcU7zf7y5M1Gw"
                "hbSKHSaVFcroxRROkyswf5duWHvauvc2uPoqBXGg0PlrwsEAAAAAAAAAXPT//7ALnG66mjYhegoragZahbYNu57WPnqOQwMAAAAA"
                "AAAAADgTn5DyC7sALAAA",
      .members = { { "sparse", NULL } },
      .count = 3 },
    { .name = "behind the end",
      .base64 = "H4sIAAAAAAACA+3VwQrCMAwG4D5KHkBGnVs9ePJRCsuYUBvpItO3t/OibFd1OP7vktBLCKT8ErnQm5pvspmrqmfNptXacv/qx/et"
                "rUtnyJofuPbqUx7/iSXfl/sT2jFd/D2Ibza5SUoS+UAGAADWTQdZPv/dbpb/NfJ/ofwfL4KOsaGzJCZp6aTUSggy9NRx4gKfBgBg"
                "BR4VaZhNABAAAA==",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "without a magic, behind garbage",
      .base64 =
          "H4sIAAAAAAACA0tPHwUjGeTnpeqVVJQw0BIYAIGZiQmYBgJ02sDAyBzBBoubGwGFFBiGEkD33BABJRmpCgWJlTn5iSk6QEZRiQIwRVgP"
          "raAfBRTEf3n+wOd/M2OM/G86mv8HKP+DUoSCY16KQm5+UapCfppCZolCWn5OTn55sUJGalGq3mimGQWjYBSMgmEAAPdFIxsADgAA",
      .members = { { "one.txt", "the payload, part one; " },
                   { "two.txt", "the payload, part two. And more of it follows here." } } },
    { .name = "behind garbage",
      .base64 = "H4sIAAAAAAACA+3TsQ6CQAwG4HuUPoAhFeEcnJx4jksoweSk5qgB397iotFVJUq/pU2Xpkn/qjLGLBV3lMko7pNQ+aK4VfVcEfPt"
                "vZ/mayxz7wDdF5x7CUnXv+PIx+N+hLQEp3CJHOqVNklAP2IHziyDDDx//v3mJf+l5X+m/E8fAfuuhiMnAm7gINBwjDz00FKizEJj"
                "jDF/4Aq1xJvaABAAAA==",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "between garbage",
      .base64 = "H4sIAAAAAAACA+3UwQrCMAwG4D7K/wAy6tzqwZMnn6OwjAm1kS4yfXs7L4pe1aHLd0nIJQTCz5EKOYv5JJu5qrrV7LlaW67v/Thf"
                "2rp0BtZ8wakXn/L6dxz5eNyPkI5w9JfAvlnkJgk40gZGzcNOzZoMPH3+u9VL/tea/xPl//gR2MYGB04EbrEXtBwCDz06SlRoaCql"
                "1B+4AplA2hMADgAA",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } },
      .note = "between members",
      .trouble = UNPACK_DAMAGED },
    { .name = "something behind the end",
      .base64 = "H4sIAAAAAAACA+3UwQ6CMAwG4D1KH8CQiTAPnnyUGUpGMlczasC3t3jR6FUlSr9L212WJftLCQse2XySFa6qblU8V2vL7b2fzte2"
                "Lp0Ba77g3LPPcv07Hvn4uB/BAeHkL5F8s5ImM1DCHRi1DDzQ/Pl3m5f815r/mfI//QjYpwaOlBGohY6hpRhp6CFgxkJDo5RSf+CA"
                "oZNdLzvexwg6LXO6AiXXnKcGDgAA",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } },
      .count = 3 },
    { .name = "a wrong check sum",
      .base64 = "H4sIAAAAAAACA+3TwQrCMAwG4D7K/wAy6tzqwZOPUljGhNpIF5m+vZ0XZbuqQ813ScglBPJzpEIuYt7JZq6q7jWbVmvL7aMf52tb"
                "l87Amg849+JTXv+KI5+P+xLSEU7+Gtg3q9wkAUfawaj/IAMvn3+3meW/1vwvlP/xI7CPDY6cCNziIGg5BB56dJSo0NAopdQPuAH3"
                "GZnEAAwAAA==",
      .flip = 150,
      .members = { { "one.txt", ONE }, { "two.txt", TWO } },
      .note = "check sum",
      .trouble = UNPACK_DAMAGED },
    { .name = "a wrong check sum, v7",
      .base64 = "H4sIAAAAAAACA8vPS9UrqShhoCUwAAIzExMwDQTotIGBkTmCDRY3NAcKKTAMJYDuuSECSjJSFQoSK3PyE1N0gIyiEoX8vFTroRX0"
                "o4CC+C/PH/j8b2aMlv/NjUxH8/8A5X9QilBwzEtRyM0vSlXIT1PILFFIy8/JyS8vVshILUrVG800o2AUjIJRMAwAANL/Xz8ADAAA",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } },
      .note = "check sum",
      .trouble = UNPACK_DAMAGED },
    { .name = "a size in base 256",
      .base64 = "H4sIAAAAAAACA+3TwQrCMAyA4b6F1zyAjKpdd/DkoxSWMaE20kU2bz660cOmd3Wo+S4ptFAK/SlhwQObd7LCO3efYpyX6cjCTmS/"
                "qtbOgDUfcOo4ZLnyFY98fNyX4BbhGM6RQr2URWaghFsw6j9wT7P1PxbvN+ap/5UtS6/9z9P/7UfALtVwoIxADewZGoqR+g5azFho"
                "NEop9QOu6RsrrAAMAAA=",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "a size with blanks before",
      .base64 = "H4sIAAAAAAACA+3TQQrCMBCF4TnKO4CUVNO4cOVRCk2pEDOSjtTe3qhY0LVa1PkWmZCsAvk5+kJOQu9kMmftdWbTJAKwXOeF7me3"
                "+9KU1hEMfcCxlzqRMa945OPjvoJ0Hod6DFw3i7xJAo5+A1L/QQaerf+peLd67r+qtP+Z+r/8CGxjgz0nD26xE7QcAg89Op98odEo"
                "pdQPOAM1YLDkAAwAAA==",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "a size that is none",
      .base64 = "H4sIAAAAAAACA+3TQQrCMBBA0RxlDiAlxSYgrjxKSqZUSDOSTqm9valiEddqUedtJiSLEMiniAWfWb2TzmxVXWe2zF3tPMShqzHd"
                "927nZWm0VaDVBww9u/n6Vzzy8XFfgluEk5sCOb/Ji8RAEfegxH/gkVbrfynebp/618ZI/yv1P/8IOEQPHSUEauDI0FAINPbQYsJC"
                "ohFCiB9wATBRliEADAAA",
      .members = { { "one.txt", "" }, { "two.txt", TWO } },
      .note = "between",
      .trouble = UNPACK_DAMAGED },
    { .name = "a size that some read as zero",
      .base64 = "H4sIAAAAAAACA+3SSwqDQAwG4BwlBxCJ1sfaowwYsTA1ZUzR3r5pNy2uW4uQD4YEZpPwRybOdVX4JTJNVb2q2dbS3kpvQAW11AIS"
                "7OA2a0g2yjeW/FzuIHSRf+dvnyfY5F/Xjee/S/4j4zXco4Q+syYpPi8Cu6nHiyRGGfCsOEiMssw4cuIcnHPOHd8DCQNcFwAKAAA=",
      .members = { { "one.txt", NULL }, { "two.txt", TWO } } },
    { .name = "an unknown kind",
      .base64 = "H4sIAAAAAAACA+3TQQrCMBAF0BzlH0BK1DYuXHkNd4FOqRAzko5Ub2/aTaVrtajzNn+YTRjI50iF3MS8k81cWY6ZzdPazW6ah/3a"
                "uhw4mg+4duJTfv4VRz4f9yWkJVz8PbCvV3lIAo60h1H/QXpevv9uO+9/VTkDq/1foP/Dj8Ah1jhzInCDk6DhELjv0FKiQkujlFI/"
                "4AHqv7VDAAwAAA==",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "a hard link with data",
      .base64 = "H4sIAAAAAAACA+3TwQrCMAwG4D7K/wAyOt3qwZOPUljGhNpIF5m+vZ0XZbuqQ813ScglBPJzpEIuYt7JZq6q7jWbVmvX20c/zktb"
                "5xFK8wHnXnzK619x5PNxX0I6wslfA/tmlZsk4Eg7GPUfZODl8+82s/zXzsBq/hfI//gR2McGR04EbnEQtBwCDz06SlRoaJRS6gfc"
                "ANjTYwAADAAA",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "a directory with data",
      .base64 = "H4sIAAAAAAACA+3TwQrCMAwG4D7K/wAyql3rwZOPMljGhNpIF5m+vZ0XRa/qUPNdEnIJgfycqJKTmHeyRajray0eq7Wr9a2f5kvr"
                "nTPw5gOOgzS5rH/FkffHfQnpCYfmHLlpF6XJAk60gVH/QUaeP//BPeXfBwOr+Z8h/9NHYJta7DkTuMNO0HGMPA7oKVOloVFKqR9w"
                "AdUq5dwADAAA",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "the size in the pax header alone",
      .base64 = "H4sIAAAAAAACA+2WwQqCQBCGPfsU8wAhu627BOGhRxFcUTAn1gmtp2/sUtg1s2y+y/zMZRn4P1hsfUIDRXOiGJem98lMp1LGPvK4"
                "18rxCoboA5w7ygM//44jn4/7EbSGrr76bGtivYNTTlWGVPkwliKOhLWD3+D/NGtlNfuvxP/ZYdfZ+kuDebHhEAi4EXsQMf4E6nF5"
                "/5158d868X8Z/8dGwKEt4IjBA5ZQE5TYNNh3wB8Dn4g0giAIK+AG/+LTGgAQAAA=",
      .members = { { "other.txt", ONE }, { "two.txt", TWO } } },
    { .name = "the size in the pax header is another",
      .base64 = "H4sIAAAAAAACA+3TQQ6CMBBA0a49xRzAkIK0xhgXHqUJJZBUxrRDQE9vcaPBrYjKvE0n3TRN5mNjE+pJTElGOs/vZzQ+pUzTxzzc"
                "p1JnWwG9+IA2kPHx+Xd88vlzP2IHob7ag1oJtkT4Df3H2Ef9q0wLkNz/5KiycDYXh6ZYx8ETxI3YA4exENTh/P3rzUv/ivufqf9h"
                "I+DYFHBCbwFLqAlKdA67AJX1NuFoGGPsD9wALOx6PgAQAAA=",
      .members = { { "one.txt", "the p" }, { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "a pax size that hides a member",
      .base64 = "H4sIAAAAAAACA+3TsQ6CMBCA4c4+xT2AIaWldTAOPAoJJZAgZ9ozoE9vcdHgKqJy39JLl6bJ/di5hAYSc5KRzbL7GU1PKVPzmMf7"
                "VFqtBQziA86BCh+ff8cnnz/3I1INobm6gzJWbgRbG/yG/tVu2r9RVoDk/mdHtYNTcWmxKLdx8ARxI/bAYawE9bh8/1a/9G+4/4X6"
                "HzcC8q6EI3oHWEFDUGHbYh+gdt4lHA1jjP2BG1p2NB8AEAAA",
      .members = { { "one.txt", ONE }, { "two.txt", TWO }, { "one.txt", NULL } } },
    { .name = "a pax size with a sign",
      .base64 = "H4sIAAAAAAACA+3TvQ6CMBDA8c4+xe0aUumHg3HwUUgogaRyppwBfXqLiwYdRRTvt/TSpWlyf6xdQh2JMcnIan07o+EppU7vc3+/"
                "llYpAZ34gFNDWYjPv+OTj5/7EUpDU13cbilfMwvBZgy/of90M+zfpFaA5P5HR6WDY3b2mOWrOASCuBFb4DD+BLU4ff9WPfVvuP+J"
                "+u83AvZ1DgcMDrCAiqBA77FtoHTBJRwNY4zNwBUk3NhxABAAAA==",
      .members = { { "one.txt", "the p" }, { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "a global pax header",
      .base64 = "H4sIAAAAAAACA+3WzQ6CMAwH8J19ij6AIWN8HYwHH2WRIiaMmlGDvr3DiwavIor9XdrssjTpPxu1GPGF1ZR0kKfpvQbjqnWSPPrh"
                "PNZ5bBQc1AecO7Y+XP+OIZ+H+xGmgD05hy1vnS0RKvJggbHjlRLLR9+Qf1OM85+ZXIGW/E+Oa4STvTZky3VoPEPYiA1IMP4E9zR/"
                "/vOX9z/LJP8z5X/YCNi1JTjyCFTBkcOvoGmo76BGj5GERgghFuAGxvwqRwAQAAA=",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
    { .name = "a long value in a pax header",
      .base64 = "H4sIAAAAAAACA+3VSwrCMBCA4aw9xRxASuwjIuLCowQ7pULTkXSk9fZGBZG61Nqq822SJosQyE+pxog7VkPSgUnT6xj0R71I7nu3"
                "9YU2SaagUx9wbNj6cPw7Lvl4uS+ximFHzmHNG2dzhII8WGBsGF79nikxeTSB/nW87PefxUaBlv4HxyXCwZ4qsvk8TDxDeBFrkDD+"
                "BLc0fv8meeo/k/5H6v/yImBb5+DII1ABew5/9aqitoESPUYSjRBC/IAzFLfOEAAQAAA=",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } },
      .count = 3 },
    { .name = "a corrupt pax header",
      .base64 = "H4sIAAAAAAACA+3WQQ6CMBBA0a49xRzAkFKgmhgXHqUJJZggY8oY8PZO3WhwK6Iyb9OGTdNkPim2PqGB1JQ0s3l+X9l41dqYxz5+"
                "T7XNUgWD+oBLRy7w8e+45PPlfsSwhbOjeo9U+xAnYaXEguBX9L8Z918Yq0BL/5Pj7PkHcG3QlWveBAKeiB1IGAtBPc7fv81e+i+k"
                "/5n6jxMBh7aEEwYPWMGRoMKmwb4DfiP4RKIRQog/cAPA9PxPABAAAA==",
      .members = { { "one.txt", ONE }, { "two.txt", TWO } },
      .count = 3,
      .note = "pax header",
      .trouble = UNPACK_DAMAGED },
    { .name = "cut short",
      .base64 = "H4sIAAAAAAACA8vPS9UrqShhoCUwAAIzExMwDQTotIGBkTmCDRI3NDA1MmNQMGCgAygtLkksAlpPDU8ie26IgJKMVIWCxMqc/MQU"
                "HSCjqEQhPy/VWoFhFIwMUFKeP/D538wYI/+bjub/Acr/JeUA5CxrURQGAAA=",
      .members = { { "one.txt", ONE }, { "two.txt", NULL } },
      .note = "cut short",
      .trouble = UNPACK_DAMAGED },
    { .name = "a size beyond the end",
      .base64 = "H4sIAAAAAAACA+3TQQrCMBCF4RzlHUBKtG1cuPIogU6pEDOSjlRvb1Ss4lot6nybCckiBPJzpEIOYt7JZq6qLjMb5/Lutnc9n1tX"
                "Lgys+YB9Lz7l61/xyMfHfQnpCDt/DOybWV4kAUdawaj/IANP1v9YvCuf+69rp/1P0//5R2AdG2w5EbjFRtByCDz06ChRodEopdQP"
                "OAHcU2CeAAwAAA==",
      .members = { { "one.txt", NULL }, { "two.txt", TWO } },
      .note = "cut short",
      .trouble = UNPACK_DAMAGED },
};

static void test_kinds(void)
{
    sample_check_packed(kind_rows, sizeof kind_rows / sizeof kind_rows[0], tar_looks, tar_read);
}

/* The pieces at their places, and zeros between. */
static void test_sparse(void)
{
    static char bytes[SAMPLE_SIZE];
    static struct collect outer;
    static struct collect collect;
    collect_init(&outer);
    collect_init(&collect);
    const char *base64 =
        "H4sIAAAAAAACA+3X0UrDMBQG4F7nKc4DSJqkbbIgu/BGvRJBfIBgM1bpmpFWNn16sxakTPBqCpv/d5PDOYWSnJ5Aef7o9vfe1T72"
        "eb91sffZqYlEl+W4JserUIX5ise8lKUWGe2zP/DWDy6m12f/k1J09/DMp87zjXsNcSnZUbbpUlYwpefZzm38coqZsvNK9K7tmw+/"
        "LIXVghWC3NCkh6WxlZFSC8vNQpnSSmMO1Zdv1fRNWCmVZRn8Lp6nxj2NfbttWs8rUxWnvgd+nn8l53fBNP9FpcuMxDnN//HmzkTB"
        "FtIqdphUViijF1M4Ta7A/F26Ye1p697b4OqrFMSBQuevCQcDAAAAAAAAcNH//8MucLrpatqE6CmsqBloFdo27Hpa++g5Dg0AAAAA"
        "AAAAAOBMfAL+q1uEACwAAA==";
    collect_read(&outer, sample_inflate, span_of(bytes, sample_decode(base64, bytes)));
    collect_read(&collect, tar_read, buf_span(&outer.members[0].bytes));
    CHECK(collect.count == 3 && collect.note_count == 0);
    struct span file = buf_span(&collect.members[2].bytes);
    CHECK(file.size == 40960 && file.data[0] == '\0' && file.data[40959] == '\0');
    CHECK(span_is(span_slice(file, 8192, sizeof ONE - 1), ONE));
    CHECK(span_is(span_slice(file, 32768, sizeof TWO - 1), TWO));
    collect_fini(&collect);
    collect_fini(&outer);
}

static void test_others(void)
{
    static char text[4096];
    memset(text, 'a', sizeof text);
    CHECK(!tar_looks(span_of(text, sizeof text)));
    memcpy(text + 1024 + 257, "ustar", 5);
    CHECK(!tar_looks(span_of(text, sizeof text)));
    memset(text, 0, sizeof text);
    CHECK(!tar_looks(span_of(text, sizeof text)));
    CHECK(!tar_looks(span_of(text, 100)));
}

int main(void)
{
    test_kinds();
    test_sparse();
    test_others();
    return test_end();
}
