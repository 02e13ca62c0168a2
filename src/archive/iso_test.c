/* Made by genisoimage 1.1.11, whose padding was left out. */
#include "iso.h"

#include "archive/sample_test.h"

static const char plain[] =
    "eNrt21FL20AcAPBkT2UibMyhcy+HTxu4mjqmuD2VNta62kpbQR/L7KYgdtiC82Vfy4+3Na0ynJsOxqbo70cud7n7J6XJwZ+EJIoAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgLhUTpJCHNWq9a3t8HulcrOxccX4+fGeX6iu+N3hkpUol4umxl1TT34MP81Wc9H0eGs6ymVVLvo6"
    "Mfuo8DZ6cL5/4EZV0nq11ahuFCtpGDbCytJSsrC22gqr1Vra2mm1041QaqbFdqMZXpRehsLKyuuQ5ncaW/VKuVhLzzuXXy0myVJYz2+mxWar"
    "UV9Yz7dKa9XacFZWRjHZcBaznE3E99V2aKfFjf/+dxeTxaVCYViWk8Kb5SSJLnUkP7kcYdLed5IOt8a3s/wPAAAA3F3x6Bl7PCozo3XZSQEA"
    "AIA7d/8fZe/XxWetmSh2/w8AAAB3zfXf2F0bEc+N3hwYPT34dUQ5Hz0bRzw7Hdenw4jH8UrWzCImN4s7tUaxnG9vt98VXBUA+Nf5/5rc/Qf5"
    "fz6aHUfMTo7ryYvZfaLRXkubcjsA3BaDvW743Dk56HV258Px3v6HvbDfD53wsXscjntHu/1w0Dv8FDqHu6HfOemHw95gb3/Y0T3odx/e3M4u"
    "HAD8hU6WVrtHYdD9MpBVAeB++A73XxJ5";

static const char rock_ridge[] =
    "eNrt3G9v00YcwPG7IrYKVMQ0JqDw4DRt0iZtwS5ao2yPPPvSHtg+y3ZQ+whFa0orVe1EIhWeIHVPBu+D98CzvaOKl7Dd2YmgFKj2RzC134/i"
    "3MW+u98lsfSTLdtCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGSdBEEqRmnywpt4tTkqbvWf7bLyb"
    "R4r3xHUvv4j5eXGlXXXl81ebv/BvX4qr7aerYt4X8+LJxcXL4Y9ibtZf4aNa0bmprMmiFa1cRfWWl4Nbq/1K9U2qq/Wq1pmKSx3VtlTfxN+q"
    "sNe7rXRn3Q7ylSRK9Wxl9/ulIFhWdzqFjsrK5rfudKp41aRur1xp2vjNvk3X74h3Ta1qHWUf/OsuBUvLYeiWbhD+0A0CcWxF8IbjLdhpzzqS"
    "Dv43/pzmfwAAAAAAcHrJ5hy7bJZrzXvCjwIAAAAAwKk7/hf++jo5rV0TkuN/AAAAAABOm6cn3mNXFZ/KP16KsjwvD4q1r+Rh5NtFh+fafufe"
    "HLHuL8pL00GOFrG+Ka+3ja7PWh9Oi82T5iH/gwmIneYaB+HPc7w9SuKjPMuzT6TYeD3WXNtt7m/E+k0stm0WX7TlC7flM9nzVR9roYjWUxsl"
    "nXqt/imcxr0sxa/Dxzt7w43O5NHEz+D5ge9w8Hx6i4Z81wz8yD5092vxKg4AAG+3eVJGPJ74/0Eu/DDZ/Ym40ba5sdCWC0cz7kVbr+rySL69"
    "JMXeZGv0kGwLADhTdHkoL9S/u/xrivthrxdGLkeq0sZ3VWkS/1iXvNZlvBrlrl6UtraxTX3lnkl0papBUdiyVn1bqsJWZq158ouaPvql0lmU"
    "1yauilRHlVaxzesorlViqlgVg59TU7mE3HSuCh2bvomj2thcVXZQxrqj3Aj6tYYupBuub3w1d5MwWVSuq3s2HWRauenE7kv4R834AWexTO4+"
    "Zc2wHf5uAAAa7uBXTc84f6f2t7Z/2VLbYzVUm6N9tb/3cGOsdvZ2H6jh7oYaDx+P1a47XN52K0Y749GFj9eZPw4AgH9huNuc/1aT0aMJWRUA"
    "gLPhL6uSn54=";

static const char joliet[] =
    "eNrt3WtP2lAYwPGnvCIzJttizGK8HM2WaOKw1Q3G9qqhFeqAGqiJvFrIYMOEiBES9c2+lh9vO20hxgvWZfMS/P/q4ZyePm0FTvLkcCkiAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADAKDimaRlS9qp7+2q8glPzK7dsHx1v5VJ1y3n1X1gknZaZuGtm"
    "5mLzbHyQ+XhtXtJhlZZfU3Mvrc+SGu2v8KiKbtWr+17FLrpKN1Q+mzU3Stt1te2V3XqjHrgVVai5duDX1GphTVn5/JZyMw1/r1p07LI76sy9"
    "3zTNrNrJ7Lp2re5XN3Yy9ULJK+tRWYxiws1hTC4ciF+9QAWuXXnwu7tpbmYtS5ecaX3MmaZc6zCvuB7BoH3uSDp4MlLD/C9l8aQqe7Iv6sal"
    "II7UxJfKmO1X8v+7Dfev8/+bi81z8bEW47XFcfl/zP/C8lBLUVw9ajyp65Hh6bFhRz1q2KMkL1m9mPJNSrKt+5S+9fRYc3W7oUugW5VodNV0"
    "y9brvm4pWdU9a7q29BHysqVbrmT0Hr4eoVV9DkfHlqMzJS//L4j8D/I/JsjvUf4HAAAAAAATy4jeYzeishDdOjwoAAAAAABM3Pxfws/XG8PW"
    "ghjM/wEAAAAAmLz5/+LwVYCULMWtFo8KAAAAAACTNv+X8Po6Rjj/15Z0i/k/AAAAAAATJvka+4kRxkp05QAJvz1wc4STGV0gWJ3H9bmOeGXk"
    "w2YYMb1rN8q+7WSC/eCLxbMCAMB95/+E3H2H/L8uy3HE8nRcT1/O7lN+UHJr5HYAAJ5O/k/6jZ3ECONt9M0BCT89cGNESlryKeEVgFk5kqac"
    "SVd6um5JRgZyqgsAALiP/H977r5L/v+QMP9/rXP6QDrSlmPyOgAAT8Cg01ZHzbNur9laVyedg+8dddBXTfWjfaJOesetvur2Dn+q5mFL9Ztn"
    "fXXYG3QOdEe722+/eLydeeIAAPgHzTCtto/VoH06IKsCAPA8/AGU+67D";

static const char joliet_only[] =
    "eNrt3W9r20YcwPGfUraFlpZthDJCml6zDlroHDvdknl7pMnn+FpbMpJckkfFzM4cCHFJDEmeFPJo2/voe+izvaOwl7DdSTZt/nrdurRzvx9F"
    "vtPpdCfbBz/OsSURAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADgBZViseRJ3YStNXW+oBJHjQv2j9r7"
    "8lhyQb/2z60yPS0zedHMzKvdN93DgszlW3My7ZJpeX5t9tPS9zI1Ol7hnVrVoUki0/BXtbIZVV5eLi7WqomqmrpO1pNUN1QQaz+NYnUvuK9K"
    "5fJDpQvrUStcrfh1PSpc+XqpWFxWjwpN7cdJFC4+KiRBzdTtqFzN6rjdrs6KG4iPTapS7Tcu/ekuFZeWSyW7rhRL364Ui3KqoHjC6RoM2g8d"
    "QQfvjalh/Je6GAmlJWuizlwCqUgskTTO2X8i/n+1qN84/n/xavdsHv/n86358+L/OefCclnLqmg7aowkdmQYOzb8rEQNS5SUZdkuRXkqNana"
    "MmUfjR1r2ubX7ZraXCMbXbHN+XY7sjkl92zJfZuWbAtleWhzWgr2iMiO0ND2UbF161lP45e3V4n4D+I/Jsifo/gPAAAAAAAmlpf9j93L1lvZ"
    "Y4UXBQAAAACAiZv/i/t+vTfM3RKP+T8AAAAAAJM3/58ffgowJbfzXIdXBQAAAACASZv/i7u+jufm/9Ztm2P+DwAAAADAhPl17DX2k+Yn3u9/"
    "SBx/5B021+56R76r5x9dyY+7crLFtDrr3Rg2cjwJ9Jyn8kpqVPtomGyMOw/vLZyAbGXXOBD3O4eze6m4Xn4LGx970nm9r6n8sKk36AsAgPfX"
    "xriIeDrw/4NYeDnR/bks5HUWrufpdbvnM6/ssq6Xa1Fa03EhXUt/KA3j/A1P+oNed6cw2B+43l8cusqHL4YXRPbO6921ejwBAOB/ZPw9dsbW"
    "8O5mvxwQ9+2BM2tMSUe+kzt5nTsv8/Tl8dh8U55JWw7sDL1v044UZCD7dgUAAP9F/L84dv+d+P/NmHn35zamD6QnXdkhrgMA8B7Q8ZF3Nf3F"
    "i2PTfFoql0t+WtMqjoLHKjYVd1v3MNVxUPNDm2/GURoFUd1lnpiKTlTSajajOFXVKFbNKDFr2Z3f1fDW74lu+GFqgqRZ136iVRCFqR+kqmKS"
    "QDVbP9ZNUtNxdnDS1IGpmsBPTRSqJGrFgS4o24J+raLt0jZXNS4b2pMwDT9eV0+iequhlT2dwD4Jd6t51+CoLxParUbWbIG3GwCAzKDXVc/a"
    "B1v9dueB2utt/tRTm7uqrTa6e2qvv9PZVVv97Z9Ve7ujdtsHu2q7P+ht2oLu1m736rs7mDcOAIB/ob2dff9NDbr7A6IqAAAfhr8ArJcn+Q==";

static const char not_joliet[] =
    "eNrt3W1L21AUwPETX5WJsA0ZQ3y4ygYKria6tXR7FZrYxrWNtBXsq1HWbhXEDltQ3+xr+fG2k6RFfKh1bFOp/19Mc3Jzkmh74XBtmooAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAr79m2Y0kpqOztm9HyXjUs37J9eLyVS4tbzqs/0SyplMwmTbOz"
    "F5tfJQeZT9bmJRUtUvJzeu6581GmhvsbPKiCXwlqYVB2C77RwOQyGXujuF0z20HJrzVqdb9s8lXfrYdVs5pfM04ut2X8dCPcqxQ8t+QPG7Pv"
    "Nm07Y3bSu75brYWVjZ10LV8MStorC3FOtDnKyUYd8XNQN3XfLd/7n7tpb2YcR+es7XzI2rZca7CvuJ5Bp33qKDp4NKYG9V9KEkhF9mRfzI1T"
    "XjypSijlEduv1P+3G/4f1//XF5vnkmMtJmuLo+r/iN+F6b6mgvjaawKpac8ItG+4cYsZtBjJSUYnW75IUba1zehjoH3N17ihc12jcty7qhq5"
    "uh5qZGRVW9Z06egRcrKlkS9p3SPUHlrRc3iaW4rPNH76d0nUf1D/MUF+Des/AAAAAACYWFb8HrsVzwvxo8eTAgAAAADAxI3/Jbq+3hpEC2Ix"
    "/gcAAAAAYPLG/4uD/wJMyVIStXhWAAAAAACYtPG/RPfXsaLxv1rSiPE/AAAAAAATZvw99sdmWCvxnQMk+vTAzRleeniDYHOeLM8144WVi8Io"
    "Y2bXbZRC10vX9+ufHF4VAAD+d/0fU7vvUP/XZTnJWJ5JljOXq/t0WC/6VWo7AACPp/6P+46dsRnWm/iTAxJdPXBjxhSXFAAA8Mjq/+21+y71"
    "//2Y8f9L6UpfOtKWY0lrdKozAAB4OP1O2/xonh12m611c9I5+NoxBz3TNN/aJ+ake9zqmcPu0XfTPGqZXvOsZ466/c6BNrQPe+1nD7czLxwA"
    "AH+hGZXV9rHpt0/7VFUAAJ6G3/Y/p18=";

static const char raw[] =
    "eNrt219LU2EcwPFnXUkiFBn+6eahqwKbZ0bK6mpsR51tTrYJejlypSAaTjBvelu+PNvZtDDzz5VmfT5wdo7n/DZ0O7AvZzOc/hTCo5ALAABc"
    "pJcAAPQSAIBeAgDQSwAAegkAQC8BAOglAAC9BACglwAA0EsAAHoJAEAvAQDoJQAAvQQAoJcAAP6xXsqVK0lSyIVadXV9I16tXGk26tccP3/4"
    "FxdWV+uHWi5bwshIGB/uGn/26/Dz7OZlmBj+NBFGstVI+D46/aTwvv97n90/cq+W0tVqq1Gtl5bS2N+Ixfn5ZHZ5sRUXq7W0tdlqp/VYbqal"
    "dqMZX5Vfx0Kx+Dam+c3G+upSpVRLz3cuvJlLkvm4kl9LS81WY3V2Jd8qL1dr/bNyaTCTHc5mFrIT8WO1HdtpqX7nf+5cMjdfKPSXhaTwbiFJ"
    "wqUdyW8uTzhp/3feg+CB9tLpWS8BAPDnXvKEAABc30u5wWdeucEyObiteI4AAL3k+hIAwK17aRBME4OvT2dbkyHn+hIAoJdcXwIAuH0v3fw/"
    "+zdO9B9jcjgxecVEJR+mhhNTJ8P1SX/iaa6YbWYTY2ulzVqjVMm3N9ofCl4kAODv6qUbWucWvTQTpocT02PD9djFGhpttJfTphYCAB5mLx1u"
    "d+PXzvHufmdrJh5t73zajju92Imfu0fxaP9gqxd39/e+xM7eVux1jntxb/9we6e/o7vb6z6+vzt7HQGAO+ulTpYh3YN42P12qEIAAEL4AXjt"
    "H8s=";

static void test_iso(void)
{
    static const struct sample_row rows[] = {
        { "plain", plain, SIZE_MAX, "PAYLOAD.TXT", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "Rock Ridge", rock_ridge, SIZE_MAX, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "Joliet", joliet, SIZE_MAX, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "in the Joliet tree alone", joliet_only, SIZE_MAX, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "not in the Joliet tree", not_joliet, SIZE_MAX, "PAYLOAD.TXT", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "sectors of 2352 bytes", raw, SIZE_MAX, "PAYLOAD.TXT", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
    };
    sample_check_rows(rows, sizeof rows / sizeof rows[0], iso_looks, iso_read);
}

int main(void)
{
    test_iso();
    return test_end();
}
