/* Made by genisoimage 1.1.11, whose padding was left out. */
#include "iso.h"

#include "archive/sample_test.h"

static const char plain[] =
    "eNrt211L21AYAOB0MCgbwmAOP3Zz8GoDV1M3K25XpY1aV1tpK+hlmd0qiB224LzZ3/LnbU2rDOemg7Ep+jzk5Jyc8yalyYGXhCSKAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIBMqRzH+UxUrdS2d8LvlcqN+uYV4+fHe36huuJ3h0taomw2mhx3TT79MfwsXc1FU+OtqSibVtno"
    "6+PZJ/m30YPz/QM3ai2pVZr1ymZxLQnDRlgpFOKF9dVmWK1Uk+Zus5VshlIjKbbqjfCi9DLkV1ZehyS3W9+urZWL1eS8c/nVYhwXwkZuKyk2"
    "mvXawkauWVqvVIezcm0Ukw6nMcvpRHxfaYVWUtz87393MV4s5PPDUlhajJfiOLrUEf/kcoRJe99JOtwa387yPwAAAHB3ZUbP2DOjMj1al50U"
    "AAAAuHP3/1H6fl3mrDUdZdz/AwAAwF1z/Td210Zk5kZvDoyeHvw6opyLZsYRM6fj+jSNePMwbaYRE1vF3Wq9WM61dlrv8q4KAPzr/H9N7v6D"
    "/D8fzY4jZifG9cTF7P643lpPGnI7ANwWg24nfG6fHPTae/PhuLv/oRv2+6EdPnaOw3HvaK8fDnqHn0L7cC/02yf9cNgbdPeHHZ2DfufRze3s"
    "wgHAX2inabVzFAadLwNZFQDuh++NTxJv";

static const char rock_ridge[] =
    "eNrt3G9v00YcwPFzEVsFKkKCCSg8+Gnag03aglMgKNsjY1/ag9hn2Q5qH03Rmq6VqhaRSIUnSN2TsffBe+DZ3lHFS2B3diIoBar9EUzt96M4"
    "d7Hv7ndJLP1ky7ZSAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgiJMwbAeqb7LBqnxYnBQ2/cj22Xg3"
    "DhUfieteflHz8+pys+rypTebv/JvX6srzacrat4X8+rZ+cWL7R/V3Ky/4LNa1pkprUmjZS2uIt1OJ7y50iulZ/q6XCsrnUpc6KiyhXwbfyft"
    "bveW6NaaHWTLSdTXs5V3f1gKw47cb+U6Kkqb3bzfKuMV03d75XLdxm/2be76HfGBqaTSUfrJv+5SuNRpt93SubMU3glDdWRF+I6jLdhpTzuS"
    "Dv43Xk/zPwAAAAAAOLmC+hx7UC9X6/eEHwUAAAAAgBN3/K/89XXBtHZVBRz/AwAAAABw0jw/9h67Mv8y+POVKoqzwX6++k1wEPl20cGZpt+Z"
    "d0eseovBhekgh4tY3wiuNY2uzVofTIuN4+YR/AcTUNv1NQ7Kn+d4f5TER/kjS78I1PrbseaabnN/I9ZvarFps/iyKV/6LbfP+qqPtZBHa30b"
    "Ja1qtfqpPY17MVCPhk+3d4frrcmTiZ/Bi33fYf/F9BaN4IMzcCP74tYl9SYOAADvt3FcRjya+P9BLvw02f2Zut60ub7QlAuHM+55W63o4lC+"
    "vRCo3cnm6DHZFgBwqujiIDhX/e7yr8l/bne77cjlSCls/EAKk/jHumSVLuKVKHP1vLCVjW3fVx6aRJdSDvLcFpX0bCG5Lc1q/eQXmT76pdRp"
    "lFUmLvO+jkotsc2qKK4kMWUs+eBe35QuIdedy1zHpmfiqDI2k9IOili3xI2g32roQrrhesZXMzcJk0bFmjy0/UGqxU0ndl/CP2rGDziLZTL3"
    "Ka2HbfF3AwBQcwe/Mj3j/L3sbW79silbYxnKxmhP9nYfr49le3fnVxnurMt4+HQsO+5wecutGG2PR+c+X2f+OAAA/oXhTn3+WyajJxOyKgAA"
    "p8Nf9JKfYA==";

static const char joliet[] =
    "eNrt3f1L20AYwPEnhUGZCGOIDNF6ygYKrqZV67r9FJrYxrWNtBHsT6Os3SoUK7ag/rJ/yz9vuyQt4kuNY/OF+v3E610uTxLbHjxcX1IRAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABgFGzTzBhSdqv7B2q8gl3zKndsHx1v+Up1x3n1X1AkmZSZqGtm"
    "5nLzbHSQ+WhtXpJBlZRfU3NvMp8lMdpf4UkVnapb99yKVXSUbqh8Lmeul3bqasctO/VG3XcqqlBzLN+rqZXCqsrk8xvKSTe8/WrRtsrOqHP7"
    "Y9Y0c2o3vedYtbpXXd9N1wslt6xHZTGMCTYHMdvBQPzq+sp3rMqj392smc1lMrrktrLmlmnKjQ7zmpsRDNqXjqSDZyMxzP9SFleqsi8Hom5d"
    "CmJLTTypjNl+Lf9/WHf+Ov+/u9w8Fx0rFa2lxuX/Mf8Ly2MtRXH0qHGlrkeGq8eGFfaoYY+SvOT0Yso3KcmO7lP61tVjzdHthi6+blXC0VXT"
    "LUuve7qlZEX3rOo6o4+Qlw3dciSt9/D0CK3qc9g6thyeKX75f0Hkf5D/MUF+j/I/AAAAAACYWEb4HrsRloXw1uZBAQAAAABg4ub/Eny+3hi2"
    "FsRg/g8AAAAAwOTN/1PDVwESshi1WjwqAAAAAABM2vxfguvrGMH8X1vULeb/AAAAAABMmPhr7MdGGMvhlQMk+PbA7RF2enSBYHUR1RdBxOar"
    "oBlETO9ZjbJn2Wn/wP+S4VkBAOCh839M7r5H/l+TpShiaTqqp69m9ynPLzk1cjsAAM8n/8f9xk5shPE+/OaABJ8euDUiIS35FPMKwKwcS1PO"
    "pSs9XbckLQM50wUAADxE/r87d98n/2/GzP/f6pw+kI605YS8DgDAMzDotNVx87zba7bW1Gnn8HtHHfZVU/1on6rT3kmrr7q9o5+qedRS/eZ5"
    "Xx31Bp1D3dHu9tuvn25nnjgAAP5BM0ir7RM1aJ8NyKoAALwMfwAQsq6v";

static const char joliet_only[] =
    "eNrt3W9v00YcwPGfg9gqEGiaEJqqUo6OSSCN1CkQlu2R51waQ2JHtoPaRyha0qVS1aA2UtsnSH207X3wHni2d1TtJWx3diLo34yNlS58P65z"
    "5/P5zklO+unSxBYBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACOX3XdkiONIGyvqNP51ThqnrF/3N7X"
    "h5Iz+jV/dpWZGbmRF9248Xb3TfuwIHP51pzM2GRGXl2d/aL0vRTGxyt8VMs6DJIoaHrLWpmMqpTL7mK9lqha0NDJapLqpvJj7aVRrO7591Wp"
    "UnmodHE1aofLVa+hx4VPHiy5blk9Lba0FydRuPi0mPj1oGFG5XJWx+62dZ7YgfgsSFWqvea5P90ld6lcKpm1/HjJfey6cqzAPeJ4DQbtp46g"
    "gwujMIr/0pBAQmnLiqgTF1+qEkskzVP2H4n/3yzq947/X73dPZvH//l8a/60+H/KubCc17Is2oyaQBIzMgIzNrysRI1KlFSkbBZXXkhdaqZM"
    "mcfAjDVt8qtmTU2umY2u2OQ8sx2ZnJJ7puS+SUumhYo8NDktRXNEZEZoaPqomrqNrKfJy4erRPwH8R9T5M9x/AcAAAAAAFPLyf7H7mTrreyx"
    "yosCAAAAAMDUzf/Ffr/eGeVuicP8HwAAAACA6Zv/z48+BSjI7TzX5VUBAAAAAGDa5v9ir6/j2Pm/cdvkmP8DAAAAADBlfp14jf2k9bnz+x8S"
    "x5ed/dbKXefAs/W8g0v5cZeOtpjWZp3ro0YOJ76ec1ReSY1rH4yStUnn4XyAE5CN7BoHYn/ncHIvVdvLb2HzM0e67/ZVyA8rvEdfAABcXGuT"
    "IuLxwP8PYuH5RPdXspDXWbiWp9fsnkeXbdb2cjVK6zoupivpD6VRnL/uyGDY720Vh7tD2/vrfVt5//XogsjOqb2bVg8nAAD8j0y+x87EGs7d"
    "7JcDYr89cGKNgnTlO7mT17nzJk/fHI7NN+WldGTPzNAHJu1KUYaya1YAAPBfxP+zY/ffif+PJsy7vzQxfSh96ckWcR0AgAtAxwfOlfQXJ46D"
    "1otSpVLy0rpWceQ/U3FQtbd1D1Md+3UvNPlWHKWRHzVs5nlQ1YlK2q1WFKeqFsWqFSXBSnbndzW69Xuim16YBn7Samgv0cqPwtTzU1UNEl+1"
    "2j82gqSu4+zgpKX9oBb4XhpEoUqiduzrojIt6Hcqmi5Nc7XAZkNzEkHTi1fV86jRbmplTsc3T8Leat42OO4rCM1WM2u2yNsNAEBm2O+pl529"
    "jUGn+63a6a//1Ffr26qj1no7amew1d1WG4PNn1Vns6u2O3vbanMw7K+bgt7Gdu/KxzuYNw4AgH+hs5l9/00Ne7tDoioAAJ+GvwDgKCfh";

static const char not_joliet[] =
    "eNrt3W1L21AUwPGTwqBMhDFkDPHhKhsouJpWrXR7FZrYxrWNtBXsq1HWbhXEDltQ3+xr+fG2k6RFfKh1bFOp/19Mc3Jzkmh74XBtmooAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAr79p22pKSX9k/MKPl3WpQvmP78HjLVxZ3nFd/wlmSSZmJm2Zm"
    "Lje/iQ8yF6/NSTJcJOXn1Oyr9EdJDPc3eFQFr+LXAr/sFDyjgclls/Z6cadmdvySV2vU6l7Z5KueUw+qZiW/atK53IbxUo1gv1JwnZI3bNz+"
    "kLHtrNlN7XlOtRZU1ndTtXzRL2mvLEQ54eYwZzvsiJ/9uql7TvnB/9yMncmm0zpntzL2lm3LjQb7mpsZdNrnjqKDJyMxqP9SEl8qsi8HYm6d"
    "8uJKVQIpj9h+rf6/X/f+uP6/vdw8Gx9rIV5bGFX/R/wuTA81FcTTXuNLTXuGr33DiVrMoMVITrI62fJFirKjbUYffe1rnsYNnesalaPeVdXI"
    "0fVAIyMr2rKqy7QeIScbGnmS0j0C7aEVPYeruaXoTOOnf5dE/Qf1HxPk17D+AwAAAACAiWVF77Fb0TwfPbo8KQAAAAAATNz4X8Lr661BNC8W"
    "438AAAAAACZv/L8w+C9AQhbjqMWzAgAAAADApI3/Jby/jhWO/9WiRoz/AQAAAACYMOPvsT82w1qO7hwg4acHbs9wU8MbBJuLeHkRZmy+CMMw"
    "Y3rPaZQCx03VD+qf0rwqAAD87/o/pnbfo/6vyVKcsTQdL6evVvepoF70qtR2AACeTv0f9x07YzOsd9EnByS8euDWjASXFAAA8MTq/921+z71"
    "f3PM+P+1dKUvHWnLiaQ0OtMZAAA8nn6nbX40z4+6zdaaOe0cfu2Yw55pmm/tU3PaPWn1zFH3+LtpHrdMr3neM8fdfudQG9pHvfbLx9uZFw4A"
    "gL/QDMtq+8T022d9qioAAM/Db7DHp00=";

static const char raw[] =
    "eNrt219LU2EcwPFnQSCJEGT4p5uHrgpsnllOrKuxHXU2nWwT9HLkSkE0nGDe9LZ8ebazaWHmnyvN+nzg7BzP+W3odmBfzmY4/SmERyEXAAC4"
    "SC8BAOglAAC9BACglwAA9BIAgF4CANBLAAB6CQBALwEAoJcAAPQSAIBeAgDQSwAAegkAQC8BAPxjvZQrV5KkkAu16ur6RrxaudKor1xz/Pzh"
    "X1xYXa0XarlsCUNDYXSwa/TZr8PPs5uXYWzw01gYylZD4fvw5NPC+97vfXb/yL1aTFerzXp1pbSYxt5GnC8Wk+mlhWZcqNbS5mazla7EciMt"
    "teqN+Kr8Ohbm59/GNL9ZX19drJRq6fnOuTczSVKMy/m1tNRo1lenl/PN8lK11jsrF/sz2eFsZi47ET9WW7GVllbu/M+dSWaKhUJvKc7OJLNJ"
    "Ei7tSH5zecJJ+7/zHgQPtJdOz3oJAIA/95InBADg+l7K9T/zyvWX8f5txXMEAOgl15cAAG7dS/1gGut/fTrbGg8515cAAL3k+hIAwO176eb/"
    "2b9xovcY44OJ8SsmKvkwMZiYOBmsT7KJd4+zzWxiZK20WauXKvnWRutDwYsEAPxdvXRD69yil6bC5GBicmSwHrlYQ8P11lLa0EIAwMPspcPt"
    "TvzaPt7db29NxaPtnU/bcacb2/Fz5yge7R9sdePu/t6X2N7bit32cTfu7R9u7/R2dHa7nSf3d2evIwBwZ73UzjKkcxAPO98OVQgAQAg/ALBu"
    "H8E=";

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
