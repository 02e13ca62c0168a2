#include "zip_crypt.h"

/* The table of CRC-32, for half a byte. */
static const uint32_t zip_crypt_halves[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

static uint32_t zip_crypt_crc(uint32_t crc, unsigned char byte)
{
    crc ^= byte;
    crc = zip_crypt_halves[crc & 15] ^ crc >> 4;
    return zip_crypt_halves[crc & 15] ^ crc >> 4;
}

static void zip_crypt_update(struct zip_crypt *crypt, unsigned char plain)
{
    crypt->keys[0] = zip_crypt_crc(crypt->keys[0], plain);
    crypt->keys[1] = (crypt->keys[1] + (crypt->keys[0] & 0xff)) * UINT32_C(134775813) + 1;
    crypt->keys[2] = zip_crypt_crc(crypt->keys[2], (unsigned char)(crypt->keys[1] >> 24));
}

static unsigned char zip_crypt_byte(struct zip_crypt *crypt, char packed)
{
    uint32_t key = (crypt->keys[2] | 2) & 0xffff;
    unsigned char plain = (unsigned char)((unsigned char)packed ^ (key * (key ^ 1) >> 8 & 0xff));
    zip_crypt_update(crypt, plain);
    return plain;
}

void zip_crypt_init(struct zip_crypt *crypt, const char *password)
{
    *crypt = (struct zip_crypt){ { UINT32_C(0x12345678), UINT32_C(0x23456789), UINT32_C(0x34567890) } };
    for (; *password != '\0'; password++)
        zip_crypt_update(crypt, (unsigned char)*password);
}

bool zip_crypt_check(struct zip_crypt *crypt, struct span header, unsigned char check)
{
    if (header.size < ZIP_CRYPT_HEADER)
        return false;
    unsigned char last = 0;
    for (size_t i = 0; i < ZIP_CRYPT_HEADER; i++)
        last = zip_crypt_byte(crypt, header.data[i]);
    return last == check;
}

void zip_crypt_decrypt(struct zip_crypt *crypt, struct span bytes, char *plain_out)
{
    for (size_t i = 0; i < bytes.size; i++)
        plain_out[i] = (char)zip_crypt_byte(crypt, bytes.data[i]);
}
