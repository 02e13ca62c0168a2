/* From the samples of the Python module rarfile (ISC), made by RAR 1.5 to 5; those with the payload are made by hand.
 */
#include "rar.h"

#include "archive/sample_test.h"

static const char stored[] =
    "eNoLSixSlGJnOD+hmIGBlwEC8l1LGBq0GbYDmSDMFHEt9CpIXNaAm0EBSBckVubkJ6bolVSUlGSkKkC5OgrlGZnJGQqZxQqJCmmp5Qrl+UUp"
    "xQo5+XnpCol5KQrFiZXFCnn5JRmZQIHUnOJUroHTfMS2msGBnQEALUdQ5A==";

static const char stored_old[] =
    "eNoLSixSlGJnOD+hmIGBlwECplSUMDRoM2wHMkGYKeJa6FWQOL8BN4MCkC5IrMzJT0zRK6koKclIVYBydRTKMzKTMxQyixUSFdJSyxXK84tS"
    "ihVy8vPSFRLzUhSKEyuLFfLySzIygQKpOcWpXAOn+YhtNYMDOwMAcb5RLg==";

static const char self_extractor[] =
    "eNrzjWJgZGJmYWVj5+Dk4ubh5eMXEBQSFhEVE5eQlJKWkZWTV1BUUlZRVVPX0NTS1tHV0zcwNDI2MTUzt7C0sraxtbN3cHRydnF1c/fw9PL2"
    "8fXzDwgMCg4JDQuPiIyKjomNi09ITEpOSU1Lz8jMys7JzcsvKCwqLiktK6+orKquqa2rb2hsam5pbWvv6Ozq7unt658wcdLkKVOnTZ8xc9bs"
    "OXPnzV+wcNHiJUuXLV+xctXqNWvXrd+wcdPmLVu3bd+xc9fuPXv37T9w8NDhI0ePHT9x8tTpM2fPnb9w8dLlK1evXb9x89btO3fv3X/w8NHj"
    "J0+fPX/x8tXrN2/fvf/w8dPnL1+/ff/x89fvP3///R/1/8j2f1BikaIUO8P5CcUMDLwMEJDvWsLQoM2wHcgEYaaIa6FXQeKyBtwMCkC6ILEy"
    "Jz8xRa+koqQkI1UBytVRKM/ITM5QyCxWSFRISy1XKM8vSilWyMnPS1dIzEtRKE6sLFbIyy/JyAQKpOYUp3INnOYjttUMDuwMSalAoRQAbMTS"
    "hA==";

static const char decoy[] =
    "eNoLSixSlGJnUMgsVsjLL1HISC1KDYIInZ9QzMDAywAB+a4lDA3aDNuBTBBmirgWehUkLmvAzaAApAsSK3PyE1P0SipKSjJSFaBcHYXyjMzk"
    "DJDhiQppqeUK5flFKcUKOfl56QqJeSkKxYmVYGszMoECqTnFqVwDp/mIbTWDAzsDAObZVnw=";

static const char cut[] =
    "eNoLSixSlGJnOD+hmIGBlwEC8l1LGBq0GbYDmSDMFHEt9CpIXNaAm0EBSBckVubkJ6bolVSUlGSkKkC5OgrlGZnJGQqZxQqJCmmp5Qrl+UUp"
    "xQo5+XnpCol5KQrFiZXFCnn5JRmZQIHUnOJULryaASy0Lbc=";

static const char encrypted[] =
    "eNoLSixSlGJnOD+hmIGBlwECNrCVsDRoM2wHMkGYKeJa6FWQuKwBN4MCkC5IrMzJT0zRK6koKclIVYBydRTKMzKTMxQyixUSFdJSyxXK84tS"
    "ihVy8vPSFRLzUhSKEyuLFfLySzIygQKpOcWpXAOn+YhtNYMDOwMAMvBQ6g==";

static const char encrypted_headers[] =
    "eNoLSixSlGJnODezuIGBlwECZly12jn7QEvVNcZ9ISoFzFXFipqaDtMXiZsWzTr6wfa4g14i185vhtGtTUve/9lsp/J00oRHjWpXvx1KcXyn"
    "97urud9JT2lVQKxPjEDR098z7ct5o156Wd14zykNM/fB5GUP2CQiG8VV+D0kXNTCzuaemB7585T/1L9vWh0f/G8U5brw8atoR1Yzlwnf/X+F"
    "0ZlsKcU9+198fRSZt0+sd+6u8qDGq6bVjX+NDD6WxM3VWAszt6Rnz5Wrplfsn/iJySbKq13+YnL/XIeZyEWe6J3fQ80eLbkYdXJFhcrl8M23"
    "T10vcUrar2l9b5bIlur9TfwViR8FF+pF9jHzrDrZdOZSpOJFXvXgkzBzFT1Pf1pSf2rhu6goscVzd0buWFEeWN6SNNHRd/JjsbsCR3y+zxTl"
    "MNx3fdbjtYm3FCL9jltqTD5oocL/tOlu4Arbx2dxufef9nO7N1L8l6IUv5o80mU9zHJFLUJCU+SkQe6ZSNsnp9+9lFyotKXYRO5ns5o/72Xf"
    "tPT9bBufHt30pqTWRW/VJ82C9xdkz8ma/xFYuOnJFTe+0zIwc/XmnWtNv/Gl9dndrDsp37bVAACyUu8Z";

static const char part[] =
    "eNoLSixSlGJn+Pi7mJGBlwECFqSXMDVoM2wHMkGYKeJa6FWQuKwBN4MCkC5IrMzJT0zRK6koKclIVYBydRTKMzKTMxQyixUSFdJSyxXK84tS"
    "ihVy8vPSFRLzUhSKEyuLFfLySzIygQKpOcWpXAOn+YhtNYMDOwMAApFRxw==";

static const char ancient[] =
    "eNoLSixSlGJnsFIqZmLQYYCADUmlDAzyDAIM/CafLvBPesq++Ou/Lf1e/LFvRR+aODBMYyvhaPBgYAeqBGGGlez1jwzmJdvyG3MyKAD5bp4+"
    "roZ6IREhW+6AzRFi4DdYvTEtMyfVMDk/Nzc1r0RBFwSEL1d9aOCYI3IfbBwHUCcIM3xnc7YxBhlngDDOCGScugjcuIIpIOOMUIxLSgSCIl4u"
    "AFd2Nmk=";

static const char solid[] =
    "eNoLSixSlGJnsL5QzMHAywAB2iYlDRN0GGJAbA4GBuZFz7Yf3ZB2xk7WmIthSSMDQ3FJanGJoV5JRQnDAUGeM/965m34Z9i4es3G3Q7lK7hS"
    "rnmbNx9k38P4oHXSu9/bZBk4FBg4Ol5W8FziYU+0cqzw3pw3P4jr1il1h13PuVO6kgp/72CYOC9A/0bo/1/HIl6/PnK9oy5kWru875ubYiUT"
    "gO7gw+sOI4g7NiowdLC//sSV+evPlHsXjthWMziwMwAAUFVVxQ==";

static const char unicode[] =
    "eNoLSixSlGJnsL5QzMHAywABMh9LGhrMGASBTCYgZg7+E5jO1PbMTtZUjGFJIwPDxeYLO4Bw34V9F5uA9KYLu/VKKkqWSxjc+H5f+SMDw/6O"
    "9G8r/19h/VYyocEEbCqaMSJgYz7MndAAxI1Q3AQypH1tb3kzzIAjttUMDuwMAI74QXY=";

static const char solid_5[] =
    "eNoLSixSlGJnZOB8fyKfm5GVnYWNkbGhoYHh3teCIhkmpl0MLA0C25qZFj3bfrRBmpGruCS1uMRQr6Si5OAacxcX5V/K36b/TQoO3OczsdGR"
    "qecgc2XMfvfFq3QXmE2+uyCCwYGJ4UoAS9m3I/VGr+YbLT1y5nrzfQaBF7qdQKN7kYw+ADPaCGS0qyhXAiMDB/P97b+//ZEtDwtkZmVhAADK"
    "gkCJ";

static const char links_5[] =
    "eNoLSixSlGJnZPj8sOk1NyMrOwMbI2NDQwNDoszXbQpMTNsZ2BoEtjQzze354rvo2fajDcyMXMUlqcUlhnolFSVHVpm4mKj8Mnrt/uuIb+3e"
    "Z6wNTVw9B5m1pp5Smh0gNfmuwx8GByaGKwksZm9Ff24PadZK8TtbI/9g+03hEgMmZv4GJMMZgKCBAWq4EchwPlYWBiS7Pj4qEcSryRiLJtny"
    "sEBmoBAAs7pOvg==";

static const char folders_5[] =
    "eNoLSixSlGJnZPj8sOk1NyMrOwMbI2NDQwNDtNbHTQZMzNxtDCxtDEuamY4vYTnZwMAoVFyapJ+SWWSkn5aZk2qkV1JRwsUszHFHNL71CZsw"
    "WIxLxaRSwQKotYOBpQOktVZleyFQqxRIa3lmSYZCcUFicqp+Tn5eukJaHtQITaARaftPy0JFufj6bYpBhrQysLSCDDnY+UYfZsjhPSe2Hll5"
    "eNvDHd2HV4AdAjXE5a5o/FyBYg6QENf69YI7kH3A8l3zEZIPDMEaDaE6/94WjZeZqG4CFuO6mvpyngpQKwMrw9tmRgYgAGrkgHkd6uETnL+F"
    "r9UErNRCV8iH6lGo56JvN8lNsXgjp4qunBOkPDW3oKQSqPIp0B3f3j/gOiG9/LwuukpBDM9D/TxTR4uzUdbBE6ebDaFe5F17z2TWgQWC8ugK"
    "mYEKgWqMgIbtsUzmky0PC2RmZWEAAHkMp3A=";

static const char encrypted_5[] =
    "eNoBYwmc9lJhciEaBwEA8+GC6wsBBQcABgEBgICAANZmnm4TAwKfAASfAAAiQ36pgAABA0NNVFJBUjUgYXJjaGl2ZSAtIG5vaGRyLXBhc3N3"
    "b3JkCgCYm9mOWQIDPMAABIAQpIMC6u4ouoADAQpzdGVzdDEudHh0MAEAAw9+mCzdGuIcNsejkdqNCIpooDqtJvSCe4fVTHJc5ztpZ4FRz/Y2"
    "ScFuGGoiDwoDAoDMIJfmKMwBb1zkiruJZFttmvQVFTIPykxIHy5o/H5FG4dfjz7JkSEcD5HAXg5drLIpAKJT7E2hYmVzvyvVQUhUgZsSUjff"
    "dYM6/NBpAgNMgBAEgBCkgwLq7ii6gAABCnN0ZXN0Mi50eHQwAQADD36YLN0a4hw2x6OR2o0Iimjfg/oM2G6IuLb4UUZ9eUnSgVHP9jZJwW4Y"
    "aiIPGgMOgMwgl+YozAGAFuMSCrTRAYBwRRUKtNEBSdEYOHG84mVDV6UlaHaajc3BhdMwKTqIv2eciA7aqWATnM2O+a83WvbQY+TnewkvGJ78"
    "oXJDG48Rm35IQH9RkR0MBdMvYbGRVG0vBB1h/uaOxQsTcAivdq0ynTWbqhqHQt8xLPXtKdsq34DECly8Eu2ZBvmDMW88JX2Der13NWeMhXXM"
    "Qw55nsiBxuyTaMZWsBLYIkHwxYTGwMrMSGss+t1PqXog4WarEoxvA/wkWCLgAsWXTw/f4eLXh3Lwh33cBpvHptnNcPpByAf4sME5W4o2+8js"
    "X/ckQZEKBYeWiLtzQjm8EnEWkzdhrreuvEcggg7X5wYL8XpDFd+3oVWnpJub/x8giMV0tmN70W0g0isYEwNRxWcMTkR/DkiRdMGp5PSEYXHV"
    "6/T5hFJ+5buCyA9a18seRGwWhcke54E/QJIEMe3MLdshSSoMfMtWff971zTSg0JgXWcQ+hviQ/qMnBG4rQBaeq2TMQ+cwMmkEgk5g2DqB+i3"
    "8fleY7MSDTp3TIbyQgXmJiceT5Rl2k4ZIRCGCrld84tqixtY0+XGeyn4wO4j04lqO6PxcdadEJrl0XpSbb2IVF2pyPRfuztzbuO2Uqq2Dakb"
    "jQCAw4iOdJBkeDtnElO3mvz2fKoh0YEed0C94LPo4C+/BC5SU7kEI0T9z+63pGqjcCBNtWGnEO/VfcU57S1KtLPgQJwlVfLehqZoalgqrwHU"
    "m/xXbtKLfKR0GdcJmyuZIce0b2ksqvwreVE7rafkC1XJG39GUNQZtcJqOa2r+9ny9HMqccJkotX6UMIGfe3yrwmeW+7prhOmuwYe4tSgaemz"
    "3cvJ+J1nw6Fj8iZTWzYmiQR61V+mJ4gQ4G91jLMDisS0UQLtcoUWmlpT1lDdRC9zK55mrWPQR7JMw/5T+ujIToGZy2whjin/HtTxqrK2/kGy"
    "RGy6atDJhTwksU/hg5zO1yxJiYLimQX6L13DGLYyT8INEe2KtQgErFX/3N9/X2pe9sfJNgYI8vzOc8IjI6uwsYwxVXj8R0Ie2tqW69S6Xg0U"
    "dY4Qk4syz4Xm41DDpwylK9szgxyzCa1JMQ2t0DdXfVCIAyqDK95FUwfkloA4TlRwDNFjF9V0saIw4CK9r0QK+MHSkme8u1JwhwUkfR0XpH+S"
    "pbIWDJii8K2AgkelCWKXMof4bHpdIw0IHnc1Fj2w3ADwvgQpJ23ezmQ1D/eavS4EISd0CJyTUza76V8mpFoip1/2C1irpMXvszS2mCCUOsQQ"
    "ARSNC6rC2uEuyglgXIE+JoLe6zlBHk75DsZPKBCTfFYgON+pGUdGLEUdwkU3GAh8ZDtp2TTr6J/aP495H9uw8AI1w1kSKxFtt1C+h5N+WdZF"
    "/8z1c8IRBN0Y+MYsa6NsXsSwNoBhqKR9oYDit8jnpl0bHlUaXabnKmpxOqIyozuK804ZJ0IE/b15CMElD9A+OyxvO1EeS5nHhWI4h/9upUAZ"
    "ozpCSCfjaJqaEkNj4EV6ITMKm8GtudsxCCFTMJo/I5HIUfgYvgoI6rAKQF4HmyBstHwDkbvQ3CzVmlRFhRcmJn5mh7fb/OzvEsqaUugSmWbo"
    "WNZyeNTth5x0lRV4POdkp24s+yUMjlpSuJjyvptlI7EgqhIUAhpjE4BjXx8AbqPGuj0x9WNDw4AWvUP/TF73zKyjUY/5onO9f+WjmqmaB8yj"
    "II6R8CU5YjvjJl/yAy0wNgvYsRQYmX5ztDfIsv2MQEjVdVdMJbxwy4IeHXYz9erzYTeHpdVxpCyJHVk4pxNpidbZ/EYNi5Nsinedlj4hc6qn"
    "/UHanqhUqHsx0o4YTQMl2SLLkT8ZhinQchtqhjyMmT9xPiSsINH/p4ufSxkPpE1DZ07xtLgKANeum2EEM0zjOAYn3dAzb2W9QjopRypA+Llw"
    "MtlGw+BZ/iQunL0l2PyHLoZeDGiIDw8xSU7NbVYW0ltwkO1uDVkbM0lup1cF2eQurri24UNbYFfVEx1IdjvI2iEXYfvkgIRYeg9gi4dlpfct"
    "Qm0ooKntXV34N27FXeWt34VWK97M75+b1QwbsyYcX1sypzYNxCPxUrcYOQi0D0Qv32ZRPMn2wcz9i5hg9RFF8m01Fs8xttFo8tO77xc489d6"
    "NG7EtQc3yXtvQn0HjKBdPfe1SaSIa09jMWHljNLQWDwThEd3cJ+LQTuwpMH704CPjrKox05fwOwHO1WprYclXrlcq+/iUpb95vUh419UmkRX"
    "R8bfJNEf6C0A5zuvbOEKLdE6pGjXUGBoX79Oq390Ygglo7+dAReOvnQ8qCVVMtqpWq226v/J4wfPNo1wx4RdNpo+ShzLyHBU5Q0q+OuK97Tp"
    "jxl39PGmcIKoR3/CkFb8y4PgUHq0zjsTygAeqfYZrU7dDTmmCkE0ae5jZMQAmVY9ItOli6zfEU3U/SnYfkqBP+0lYXo14d/l3ubrtfQQxi2q"
    "n3E0WqOjj+RVw2ETh6BkiFkwzqWJ+QMclsRPhSapQ1o75lDbqr4FUr1nF93UXAuB2+Af2hKRIuuQKhbfCGsglQ78bYJnZ1TDTrdJ9zfzx7vn"
    "5Xd7+EJYcFLcB0zJympHL3cE2N83aOOeuAosyJm6U4MEO4RHH8sXu6hxmKfxW4+QuZuQAKn8Pke25rJK2cAb4Icz1WcVjqN9D7vbk/Zd/Yoj"
    "4Yh0MUR+oTUZFkNXZiNWBAeIdWE89t/jGvG3di7GdMcEyxqRtVnXCiQXKwZSYeObyrC/ukIdd1ZRAwUEADTNa2s=";

static const char encrypted_headers_5[] =
    "eNoBHgrh9VJhciEaBwEAr/VpRSEEAAABD6eYy/tchepUCkLU1MKHJ5AdKaSPwh5j6kpfQNNcUtUbTc4nujtj8qq5JvQh1aAvsBREjdYgynuv"
    "dhO6I/7SEwA6egau1gu/ygS0W6sy91igBGP/tJ9VauOamX/yq66uePl1B8vP9N93p0AHrtV7zcnOqhUUIODS+0MGslHS57SDVGi8iuotzKVf"
    "Uf7oCJ3hb0NtmjKaeRafKDD6rzU6RI33pxptyBX4IrVK4IIgRvgMjQ7Bqf/XVansA7JR+WExNO6o1Kf69O9RScnz0CpXIv7O06nTvUbOs3b+"
    "iyS3mEt5jYvs52fnARNOr4HU5X3/ij8g5negyGKNIedfWjEepPe3CoAihP+aKfxtdhgP6u1Ax0BBraDCNAwYKUlblxCEX0EKN3p1VBkM46qP"
    "rlWUHwDpE2Zhctl4gW3Rqrkbwh/49/s/gqufDepcaurSMQHpED9dsYvt0YX31fbhDClscf2GdBM4TD1KvZRmSUMJQuiRF/Wp2gR7OUXKjwL0"
    "g8GfXqgKVZRjixHoPpkV/whBRvm5SgGwpQarpozZ3MeRJ0kLDyFc5VDKZf5OFl5qdtJJKtnqSruoGS2EK7xReW3G0RCINTZtE+3C8q8dID8g"
    "PzWGqFxgc9euAvfCWWhAg57veee1N6ofP78myNZPidhskp48PaCGBq4zPhJ67gcJIIx5iICy5YGB0bCr8cqjRONH06LD53kE6ui06OLydTKh"
    "+pPrXU7KumK1WjAKzf4W8pQFfN9Lq/GRbyIL9GYHkBIJx7Wcajd41Zk/ZHz4n9rDmB0gcEfcHyS1SrkU48QnS9xdNGFw63I314GJgXcN00y8"
    "WgFUCLW82/jISOtdS8UaWyr9n6/DfKHls157RX2EcKajBjcsCDrO4UqCKolNFWF4j1IKw02y8wNKvWdrsu+fTTxgjzMCmBnKcIQBRnrsKJe7"
    "tGEXvk7HljK6S3lNUbzOK0ExI2f0mLNyrqmhZddb0X7M5PI1uiAJEAaL+UQM/KR4E6dolT3NPUYu3pkzyg85rf1DT50E79+bfthNSCKjNOTH"
    "HBU44dlpLdwnEcT9/2BUVA1On+ZuXQwaynAEiMvFjLkqXZffqFCHREh0LScInxwDPdyKGDWHpXEICweXOWSweoBmtxG6+WO/ZJuzphFvujPk"
    "dRypArC0/8PQbepCURsvY+PvYR4fvQNOWI+P1YNmR78y4ry4F4o0/il8fSzhY7+mLnA3FdpQ10Dcb6rGa/MFRMjpxFJ0T342EKJAfX+mCgtj"
    "+mznIHf+TY2NiqbZJLCsqsVbdn+pUNxwwNFwDrB/QzRjgsGUIJlpGFr1iJpRW6E1QPKTRhyPUMx15snxDbx6bLdUIOE1KgA5rXoxU6NU+p/u"
    "vUJ+tvw3EXSZI6+CicbPZ7lwDnQ295+dQT/5+sTorht215EGBlfbWxpSNeuLFxHkhLRBS40+B2jV5Vx8QFJsrJdvR0jq/LFOJezxK8xNVxKo"
    "2ftJdIek5DnmieuxlVzrPIfHP8UrGh4Hs3wTWbvueHboRrNBQ3twoM9vk8bsXJspMcIWvsR50x9RCf36qjyP+NY3B54YemUikBBOSNzNIZ5Z"
    "dg49AuY9ovCbGolK6f5TkQKpMMtZhrhg8ZbwZbXL375ATy300xMzab2WJ85eIO9Bkhr3XivGARwPVlk7dVidLlutc6buzFs0VVwGkkqJ4H8I"
    "7jBcurOhM2w6b+26KiLT1myolD6Cm0INzpK/ieLE1hc6gh+MTeAmLzV+XVmmgP5wJtz0NhaZ8zILpVcVYgn3j6fLOS6JL4Ozt2msjEmSbB3A"
    "bIk7v1f46X16ft5D125itJzFlC67c7AI7rjtOoAERalEB1d5GAZt4BGXAQBuF/oHmeJ2uDrg/OcX9aCmtysULymfqb4/0fSDKF34EQoGdFTN"
    "piYMs/7Hj/2fN9JMTAKqhlnYQKedYIYhoLP1KTKX8lPF/lYKP/sMdUly6waqAW1OhsNHr56V/4q0IMTWqxe9oRs+k5ZS1c1SyWA3LWl/xVb1"
    "f1/fk/utCFmETv9RSamPD7O+fFM8YdEt0iEDOE2wz8+GXOTk/Fj23W7Ry5hzxlzft2eacIRdVf7u17rKIp+HzOImOt9IS35a2KzCvEl4ccsY"
    "YO6u0NF9yC4wVliVlt6xdgb3lcjMD2s3GQbcllD09S1LFwfD+DKh8R5AcoaA9tRMagY2IzBKS64GD/JDP0VylDVIgstagSKc9vlkvrCv4oG+"
    "xN3WA6A/eqBF8l5Dzo/QP1W2gUVOEOiIDXX7TEuNh5gOylSrfduFU1OC1+bGsYiKJZyS0l8MiYTgAogpUPYJXT/rX83KQto+zSHCkMx2tKNO"
    "ZT9dl5ipUtnN+9lye1WkATb1Plz7hWxUMQkt1jfu0ghwmRyGLoHeUBDvI2JJKuF0YxIk7nZ97GNK+Gd5iSdzwc4cEpUYfxNekYnngFM9NLUh"
    "uN1aCFylu5K82bcd7/unGFVk7TU4j2P/BavUWeJ4HPz3h0qEJ5fF89SwzeiQw8Gc0JgpI//Tj9bXVR4+TZT17tj4nbpQPBakIMEMBdr88AgW"
    "EZqmO636lurbKXLovGU4+yv15kwQQgAqYHQY/PLhTmvD1zf+1pDbN6pJKTkKgu7I63GCtsgGM5zfIG2ZDzdAJB5YB9nttDR2MDqi6+FNZVMP"
    "wgsyb8x9/kedduK0KLercNQJY3F2YWMxYr7aJr9SvG19WyvQFJsKFq32M2QCriOpqVjxFD6TP2+ySRq8ZpcCbHZYAe0sEtQA4yoDS/n1tkli"
    "tMCaMpcF3YiHF6ZAdPys97vG0NeTgC68z172SpR6uxEJLZTxcfHyky7tIkGUDZ+O1mpONgIqu7OXu9z4/DFegdAtmJlslGt5AUEXSv5M1fIP"
    "dKy5bQLWE/I116linUgYaCWWSVn1tOZ6IhkIC/iTzSUgNglltCLttI0ScM4rUBNLGsmGdSI591gmO3rIUbesa94/CKLqOR70VfHo+aLYbip4"
    "5ZV3bU5mHTUuCcp3QhXUdv+bpwNudl2rtInUqzmu7jKoNCFYT5pX46LNihVCKhmbYKDIVlzg74UuCxgcF2F2numXn5xDyXPzf5oYcY+wAaEA"
    "4RhFXQzl4cU+nooN3Js+g2AJvFazmwB/GwNTpeADPzXwL6DgmKTqEzt02XItKUbD25jPhSIcTykH/h4LqC+sxAgHPKV9CvnS4XZCmT+Cac9G"
    "yIPUqmKiNfiiomNCAAuRwqvAq5WTxWsutAn23NPgm/qdmHxUvs6fvnTNfvSaeVNwf/bK7AX+WBVbLR6nAU3EAaQ1h9sfA7rtsno5JNxU9Hdu"
    "9dVmchZRZuZzD+e8PIFwFM3oNoKs50MrnIR0cAOmABhPOvtPuwPW2HmJICMGAt5WtlXSfWcgCQBQcoHy3koWWQJpXdnINdwffvHZskSCCPEg"
    "PwbnkyP5L/uS";

static const char part_5[] =
    "eNoLSixSlGJnZNB1X7pRiJGVl5uJh5H51PmGBobJF4CE1crYIxpMXNf3MbCdOMizpZnpr7BLuM/1WQENDIwCZfk5xfpJmelpmTmpeiUVJQrY"
    "gYmFgSmXAhEAqNCMWIXmaAoB498p4g==";

static void test_rar(void)
{
    static const struct sample_row rows[] = {
        { "RAR 4, stored", stored, SIZE_MAX, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "RAR 1.5, stored", stored_old, SIZE_MAX, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "behind a program", self_extractor, SIZE_MAX, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "behind what is none", decoy, SIZE_MAX, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, "rar: " },
        { "cut", cut, SIZE_MAX, "payload.txt", NULL, UNPACK_DAMAGED, "rar: cut" },
        { "RAR 4, encrypted data", encrypted, SIZE_MAX, NULL, SAMPLE_PAYLOAD, UNPACK_ENCRYPTED, "rar: encrypted" },
        { "RAR 4, encrypted headers", encrypted_headers, 0, NULL, NULL, UNPACK_ENCRYPTED, "rar: encrypted" },
        { "RAR 4, a part", part, SIZE_MAX, "payload.txt", SAMPLE_PAYLOAD, UNPACK_UNSUPPORTED, "rar: part" },
        { "RAR 1.5, packed", ancient, SIZE_MAX, "FILE2.TXT", "baaaar\r\n", UNPACK_UNSUPPORTED,
          "rar: packed by RAR 1.5" },
        { "RAR 3, solid", solid, SIZE_MAX, "stest2.txt", NULL, UNPACK_DAMAGED, NULL },
        { "RAR 3, a name that is not ASCII", unicode, SIZE_MAX,
          "\xf0\x9d\x90\x80\xf0\x9d\x90\x81\xf0\x9d\x90\x81\xf0\x9d\x90\x82.txt", NULL, UNPACK_DAMAGED, NULL },
        { "RAR 5, solid", solid_5, SIZE_MAX, "stest2.txt", NULL, UNPACK_DAMAGED, NULL },
        { "RAR 5, hard links", links_5, SIZE_MAX, "stest3.txt", NULL, UNPACK_DAMAGED, NULL },
        { "RAR 5, folders", folders_5, SIZE_MAX, "sub/dir1/file1.txt", NULL, UNPACK_DAMAGED, NULL },
        { "RAR 5, encrypted data", encrypted_5, 0, NULL, NULL, UNPACK_ENCRYPTED, "rar: encrypted" },
        { "RAR 5, encrypted headers", encrypted_headers_5, 0, NULL, NULL, UNPACK_ENCRYPTED, "rar: encrypted" },
        { "RAR 5, a part", part_5, SIZE_MAX, "vols/bigfile.txt", NULL, UNPACK_UNSUPPORTED, "rar: part" },
    };
    sample_check_rows(rows, sizeof rows / sizeof rows[0], rar_looks, rar_read);
}

int main(void)
{
    test_rar();
    return test_end();
}
