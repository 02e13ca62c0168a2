/* Made by genisoimage 1.1.11, whose padding was left out. */
#include "iso.h"

#include "archive/sample_test.h"

static const char plain[] =
    "eNrt211L21AYAOB0VzIRBnP4sZuDVxu4miirdLsqbax1tZW2gl6W2U1B7LCC82Z/y5+3Na0ynJsOxqa45yEnJznnTUKSAy8JSRQBAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAALlyJY6TXFSvNbZ3wq+VK63m5g39l/t7fqW64bjDKSvRxEQ0PW6afvq9+1k2W4hmxmsz0URWTURf"
    "JuefJG+iR5fbB+5UNW3U2s3aZqmahuFCKBYK8dL6Wjus1eppe7fdSTdDuZWWOs1WeFF+GZJicSWk+d3mdqNaKdXTy8bVV8txXAgb+a201Go3"
    "G0sb+XZ5vVYfjsrqKCbrzmJWs4H4rtYJnbS0+c9PdzleLiTJsBReJ0kxjqNrDfEPrkcYtP87SYd74+tF/gcAAAAertzoHXtuVGZH84qLAgAA"
    "AA/u+T/Kvq/LXSzNRjnP/wAAAPDQ3P6P3a0RuYXRlwOjtwc/j6jko7lxxNz5uD7PIlZGP/xlEVNbpd16s1TJd3Y6bxN3BQD+dv6/JXf/Rv5f"
    "jObHEfNT43rqanafbHbW05bcDgD3xcl+L3zqnh32u3uL4XT/4P1+OBiEbvjQOw2n/eO9QTjsH30M3aO9MOieDcJR/2T/YNjQOxz0Ht/dxm4c"
    "APyBbpZWe8fhpPf5RFYFgP/DN1LzEpU=";

static const char rock_ridge[] =
    "eNrt3NFv00YcwPG7orEKVIQ2JqDwcJp4YNIW7KKFZTwZ+9Ie2D7LdlD7NEVrulaq2olEKrwglZeN/4P/gbf9R9X+hO3OTgSlQMU2wdR+P4pz"
    "F/vufpfE0k+2bAsBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABknARBKEVq8sGqerc4KW32nu2z8a4f"
    "Kt4T1738IubnxaV21aUvX23+yr99LS63ny6LeV/Mi6fnFy+GP4q5WX+FT2pZ56ayJouWtXIV1et2g1sr/Ur1TaqrtarWmYpLHdW2VDfjb1TY"
    "691WurNmB/lyEqV6tvLOd0tB0FX3O4WOysrmt+53qnjFpG6vXG7a+M2+zR2/Iz4wtap1lH30r7sULHXD0C3d78PwhyAQR1YEbzjagp32tCPp"
    "4H/jr2n+BwAAAAAAJ5dszrHLZrnSvCf8KAAAAAAAnLjjf+Gvr5PT2hUhOf4HAAAAAOCk+f3Ye+yq4nP5x5+iLD+T+8XqDXkQ+XbRwZm235k3"
    "R6z7i/LCdJDDRayvy6tto6uz1gfTYuO4ecj/YAJiu7nGQfjzHG+Pkvgoz/PsrBTrr8eaa7vNfUCsZ2KxbbP4si1f+i23v/BVH2uhiNZSGyWd"
    "erW+G07jXpTi1+GT7d3hemfyeOJn8GLfd9h/Mb1FQ75zBm7kppDiVRwAAN5u47iMeDTx/4Nc+HGy+1NxrW1zbaEtFw5n3PO2XtHloXx7QYrd"
    "yeboEdkWAHCq6PJAnqt/c/nXFD+FvV4YuRypShs/UKVJ/GNd8lqX8UqUu3pR2trGNvWVhybRlaoGRWHLWvVtqQpbmdXmyS9q+uiXSmdRXpu4"
    "KlIdVVrFNq+juFaJqWJVDO6lpnIJuelcFTo2fRNHtbG5quygjHVHuRH0aw1dSDdc3/hq7iZhsqhcUw9tOsi0ctOJ3Zfwj5rxA85imdx9ypph"
    "O/zdAAA03MGvmp5x/lbtbW79vKm2xmqoNkZ7am/30fpYbe/u/KKGO+tqPHwyVjvucHnLrRhtj0fnPl1n/jgAAP6F4U5z/ltNRo8nZFUAAE6H"
    "vwEY3p+N";

static const char joliet[] =
    "eNrt3WtL21AYwPEnfVUmwhCRIV6OsoGCq4lu1W6vQhPbuLaRNoJ9NYrtVqFYsQX1zb6WH287SVrES41j80L9/+LpOTl5ktj2wMPpJRUBAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABG3jFNy5CSV9k/UKPlnapfvmf78HjL16p7zqv/wiLptEzHXdPT"
    "V5tn4oPMxWtzkg6rtPyamH1rfZHUcH+FZ1VwK17N98p2wVW6oXLZrLle3KmpHa/k1uq1wC2rfNW1A7+qVvKrysrlNpWbqfv7lYJjl9xh59bH"
    "DdPMqt3MnmtXa35lfTdTyxe9kh6VhSgm3BzGbIUD8ZsXqMC1y09+dzfMjaxl6ZL9bFnbpim3OswbbkcwaF87kg5ejNQg/0tJPKnIvhyIunPJ"
    "iyNV8aU8YvuN/P9h3f3r/P/uavNsfKyFeG1hVP4f8b+wPNVSEFePGk9qemR4emzYUY8a9CjJSVYvpnyXouzoPqVvPT3WXN2u6xLoVjkaXVXd"
    "svW6r1tKVnTPqq4tfYScbOqWKxm9h69HaEWfw9GxpehMycv/CyL/g/yPMfJ7mP8BAAAAAMDYMqL32I2ozEe3Dg8KAAAAAABjN/+X8PP1xqA1"
    "LwbzfwAAAAAAxm/+vzB4FSAli3GryaMCAAAAAMC4zf8lvL6OEc7/tUXdYv4PAAAAAMCYSb7GfmKEsRxdOUDCbw/cHeFkhhcIVpdxfRlGbE6F"
    "zTBics+ul3zbyQQHwVeLZwUAgMfO/wm5+wH5f02W4oilybievJ7dJ/yg6FbJ7QAAvJz8n/QbO4kRxvvomwMSfnrgzoiUNGU74RWAGTmRhlxI"
    "R7q6bkpG+nKuCwAAeIz8f3/ufkj+/5Qw/5/SOb0vbWnJKXkdAIAXoN9uqZPGRafbaK6ps/bRYVsd9VRD/WidqbPuabOnOt3jn6px3FS9xkVP"
    "HXf77SPd0er0Wm+eb2eeOAAA/kEjTKutU9VvnffJqgAAvA5/AFmUrvE=";

static const char joliet_only[] =
    "eNrt3W9r20YcwPGfXLaFlpaxhTJCml6zDlroHCvZ3Hl7pMnn+FpbMpJckkfFzM4cCHFJDEmeFPJo2/voe+izvaOwl7CdJJs2f71uXdq5348i"
    "3+l0upPtgx/n2JIIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABw/Gqp5DrSMEF7TZ3Pr0Zh84L94/a+"
    "PJZc0K/9S1eZmZHZvGh29tXum+nDosznW/MykyYz8vza3Kfu91IYH6/wTq3qwMShaXqrWtmMqpTLpaV6LVY109DxepzopvIj7SVhpO7595Vb"
    "qawoXVwP28Fq1WvoceHDr5dLpbJ6VGxpL4rDYOlRMfbrpmFH5WpWJ92d1nmYDsTHJlGJ9pqX/nSXS8tl17Vr+VvXrZRKcqqgdMLpGgzaDx1B"
    "B++Nwij+S0OMBNKWNVFnLr5UJZJQmufsPxH/v1rSbxz/v3i1ey6P/wv51sJ58f+cc2G5rGVVtB01RmI7MowdG15WokYlSipStktJnkpdarZM"
    "2Udjx5q2+XW7JjbXzEZXZHOe3Q5tTsk9W3Lfpq5toSIrNqelaI8I7QgNbB9VW7eR9TR5eXuViP8g/mOK/DmO/wAAAAAAYGo52f/YnWy9lT1W"
    "eVEAAAAAAJi6+b+k3693Rrlb4jD/BwAAAABg+ub/C6NPAQpyO891eVUAAAAAAJi2+b+k19dx0vm/ddvmmP8DAAAAADBlfp14jf249Ynz+x8S"
    "RR85h621u86Rl9bzjq7kx1052WJSm3NujBo5nvh63lF5JTWufTRKNiadh/MWTkC2smscSPo7h7N7qaa9/BY0P3ak+3pfhfywwhv0BQDA+2tj"
    "UkQ8Hfj/QSy8nOj+XBbzOovX8/R6umfl8zSb9nItTOo6KiZryQ/uKM7fcGQw7Pd2isP9Ydr7i8O08uGL0QWRnXN7t60eTwAA+B+ZfI+diTWc"
    "u9kvByT99sCZNQrSle/kTl7nzss8fXk8Nt+UZ9KRAztDH9i0K0UZyr5dAQDAfxH/L47dfyf+fzNh3v2ZjelD6UtPdojrAAC8B3R05FxNfnGi"
    "yLSeupWK6yV1raLQf6wiU01v6x4kOvLrXmDzrShMQj9spJknpqpjFbdbrTBKVC2MVCuMzVp253c1uvV7rJtekBg/bjW0F2vlh0Hi+YmqmthX"
    "rfaPDRPXdZQdHLe0b2rG9xITBioO25Gvi8q2oF+raLu0zdVMmg3sSZimF62rJ2Gj3dTKno5vn0R6q/m0wXFfJrBbzazZIm83AACZYb+nnnUO"
    "tgad7gO119/8qa82d1VHbfT21N5gp7urtgbbP6vOdlftdg521fZg2N+0Bb2t3d7Vd3cwbxwAAP9CZzv7/psa9vaHRFUAAD4MfwGSyChH";

static const char not_joliet[] =
    "eNrt3W1L21AUwPGTvioTYWwyhvhwlQ0UXE10q3R7FZrYxrWNtBXsq1HWbhXEDltQ3+xr+fG2k6RFfKh1bFOp/19Mc3Jzkmh74XBtmooAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAr79m2Y0kpqOztm9HyXjUs37J9eLzlS4tbzqs/0SzptMwkTTMz"
    "F5tfJQeZS9bmJB0t0vJzava581FSw/0NHlTBrwS1MCi7Bd9oYHLZrL1e3K6Z7aDk1xq1ul82+arv1sOqWcmvGieX2zR+phHuVQqeW/KHjVvv"
    "Nmw7a3Yyu75brYWV9Z1MLV8MStorC3FOtDnK2Yo64uegbuq+W773P3fD3sg6js7ZD46Ts2251mBfcT2DTvvUUXTwaKQG9V9KEkhF9mRfzI1T"
    "XjypSijlEduv1P+36/4f1//XF5tnk2MtJGsLo+r/iN+F6b6mgvjaawKpac8ItG+4cYsZtBjJSVYnW75IUba1zehjoH3N17ihc12jcty7qhq5"
    "uh5qZGRFW1Z16egRcrKpkS8Z3SPUHlrRc3iaW4rPNH76d0nUf1D/MUF+Des/AAAAAACYWFb8HrsVz/Pxo8eTAgAAAADAxI3/Jbq+3hpE82Ix"
    "/gcAAAAAYPLG/wuD/wKkZDGJWjwrAAAAAABM2vhfovvrWNH4Xy1qxPgfAAAAAIAJM/4e+2MzrOX4zgESfXrg5gwvM7xBsDlPludRxubLKIwy"
    "pnfdRil0vUx9v/7J4VUBAOB/1/8xtfsO9X9NlpKMpelkOX25uk+F9aJfpbYDAPB46v+479gZm2G9iT85INHVAzdmpLikAACAR1b/b6/dd6n/"
    "78eM/19IV/rSkbYcS0ajU50BAMDD6Xfa5kfz7LDbbK2Zk87B14456Jmm+dY+MSfd41bPHHaPvpvmUcv0mmc9c9Ttdw60oX3Yaz97uJ154QAA"
    "+AvNqKy2j02/fdqnqgIA8DT8BiK0p4w=";

static const char raw[] =
    "eNrt3F9LWmEcwPHHXcUiGKzRn9087GqDZsdiRtuV6KlslqEGdSnLrSByZNC62dvq5TWP1kZr/bmqtX0+cDx6zk9JPeCXYxXOfgrhScgFAAAu"
    "00sAAHoJAEAvAQDoJQAAvQQAoJcAAPQSAIBeAgDQSwAA6CUAAL0EAKCXAAD0EgCAXgIA0EsAAP9YL+XKlSQp5EKtur65Fa9XrjTqazfsv3j4"
    "l5dW1+uHWi5bwshIGB9uGn/+a/eL7OJVmBjemggj2WokfB+dflZ43/+5z+8feVDL6Xq1Wa+ulZbT2L8SF4vFZHZlqRmXqrW0ud1spWux3EhL"
    "rXojvi6/iYXFxfmY5rfrm+vLlVItvdi48HYuSYpxNb+RlhrN+vrsar5ZXqnW+kfl8mAm253NLGQH4sdqK7bS0tq9P925ZK5YKPSX4rtCYTFJ"
    "wpUNyW+uTjho/3c+g+CR9tLZeS8BAPDnXvKCAADc3Eu5wXdeucEyObiseI0AAL3k/BIAwJ17aRBME4Nfn86uTYac80sAgF5yfgkA4O69dPvf"
    "7N860X+MyeHE5DUTlXyYGk5MnQ7Xp9nE/OAfCGQTYxul7Vq9VMm3tlofCt4kAODv6qVbWucOvTQTpocT02PD9djlGhqtt1bShhYCAB5nLx3t"
    "duLX9sl+t70zE4939z7txr1ebMfPneN43D3c6cX97sGX2D7Yib32SS8edI929/obOvu9ztOHu7P3EQC4t15qZxnSOYxHnW9HKgQAIIQffJEf"
    "5w==";

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
