#include "escapes.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>
#include <string.h>

static struct collect collect;

struct escapes_case {
    const char *name;
    const char *text;
    const char *payload;
    size_t size;
};

/* clang-format off */
static const struct escapes_case cases[] = {
    { "percent",
      "unescape('%74%68%65%20%70%61%79%6c%6f%61%64%2c%20%61%73%20%61%20%73%63%72%69%70%74%20%77%6f%75%6c%64%20%62%75%69%6c%64%20%69%74')",
      "the payload, as a script would build it", 39 },
    { "percent, mixed with plain letters",
      "x = unescape(\"t%68e%20p%61y%6Co%61d%2C %61s%20a%20s%63r%69p%74 %77o%75l%64 %62u%69l%64 %69t\")",
      "the payload, as a script would build it", 39 },
    { "percent, behind an apostrophe",
      "<p>don't</p><script>x=unescape(\"%74%68%65%20%70%61%79%6C%6F%61%64%2C%20%61%73%20%61%20%73%63%72%69%70%74%20%77%6F%75%6C%64%20%62%75%69%6C%64%20%69%74\")</script>",
      "the payload, as a script would build it", 39 },
    { "percent u",
      "unescape('%u0074%u0068%u0065%u0020%u0070%u0061%u0079%u006c%u006f%u0061%u0064%u002c%u0020%u0061%u0073%u0020%u0061%u0020%u0073%u0063%u0072%u0069%u0070%u0074%u0020%u0077%u006f%u0075%u006c%u0064%u0020%u0062%u0075%u0069%u006c%u0064%u0020%u0069%u0074')",
      "the payload, as a script would build it", 39 },
    { "percent u as 16 bits",
      "unescape('%u6874%u2065%u6170%u6c79%u616f%u2c64%u6120%u2073%u2061%u6373%u6972%u7470%u7720%u756f%u646c%u6220%u6975%u646c%u6920')",
      "the payload, as a script would build i", 38 },
    { "backslash x",
      "var a = '\\x74\\x68\\x65\\x20\\x70\\x61\\x79\\x6c\\x6f\\x61\\x64\\x2c\\x20\\x61\\x73\\x20\\x61\\x20\\x73\\x63\\x72\\x69\\x70\\x74\\x20\\x77\\x6f\\x75\\x6c\\x64\\x20\\x62\\x75\\x69\\x6c\\x64\\x20\\x69\\x74';",
      "the payload, as a script would build it", 39 },
    { "backslash u",
      "{\"a\":\"\\u0074\\u0068\\u0065\\u0020\\u0070\\u0061\\u0079\\u006C\\u006F\\u0061\\u0064\\u002C\\u0020\\u0061\\u0073\\u0020\\u0061\\u0020\\u0073\\u0063\\u0072\\u0069\\u0070\\u0074\\u0020\\u0077\\u006F\\u0075\\u006C\\u0064\\u0020\\u0062\\u0075\\u0069\\u006C\\u0064\\u0020\\u0069\\u0074\"}",
      "the payload, as a script would build it", 39 },
    { "backslash u with braces",
      "a=`\\u{74}\\u{68}\\u{65}\\u{20}\\u{70}\\u{61}\\u{79}\\u{6c}\\u{6f}\\u{61}\\u{64}\\u{2c}\\u{20}\\u{61}\\u{73}\\u{20}\\u{61}\\u{20}\\u{73}\\u{63}\\u{72}\\u{69}\\u{70}\\u{74}\\u{20}\\u{77}\\u{6f}\\u{75}\\u{6c}\\u{64}\\u{20}\\u{62}\\u{75}\\u{69}\\u{6c}\\u{64}\\u{20}\\u{69}\\u{74}`",
      "the payload, as a script would build it", 39 },
    { "octal",
      "a=\"\\164\\150\\145\\040\\160\\141\\171\\154\\157\\141\\144\\054\\040\\141\\163\\040\\141\\040\\163\\143\\162\\151\\160\\164\\040\\167\\157\\165\\154\\144\\040\\142\\165\\151\\154\\144\\040\\151\\164\"",
      "the payload, as a script would build it", 39 },
    { "entities, decimal",
      "<a href=\"&#116;&#104;&#101;&#32;&#112;&#97;&#121;&#108;&#111;&#97;&#100;&#44;&#32;&#97;&#115;&#32;&#97;&#32;&#115;&#99;&#114;&#105;&#112;&#116;&#32;&#119;&#111;&#117;&#108;&#100;&#32;&#98;&#117;&#105;&#108;&#100;&#32;&#105;&#116;\">",
      "the payload, as a script would build it", 39 },
    { "entities, hexadecimal",
      "<div>&#x74;&#x68;&#x65;&#x20;&#x70;&#x61;&#x79;&#x6c;&#x6f;&#x61;&#x64;&#x2c;&#x20;&#x61;&#x73;&#x20;&#x61;&#x20;&#x73;&#x63;&#x72;&#x69;&#x70;&#x74;&#x20;&#x77;&#x6f;&#x75;&#x6c;&#x64;&#x20;&#x62;&#x75;&#x69;&#x6c;&#x64;&#x20;&#x69;&#x74;</div>",
      "the payload, as a script would build it", 39 },
    { "entities with zeros, without semicolons",
      "<a href='&#0000116&#0000104&#0000101&#0000032&#0000112&#0000097&#0000121&#0000108&#0000111&#0000097&#0000100&#0000044&#0000032&#0000097&#0000115&#0000032&#0000097&#0000032&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#0000032&#0000119&#0000111&#0000117&#0000108&#0000100&#0000032&#0000098&#0000117&#0000105&#0000108&#0000100&#0000032&#0000105&#0000116'>",
      "the payload, as a script would build it", 39 },
    { "bytes of backslash x with a magic",
      "a='\\x50\\x4b\\x03\\x04\\xc8\\xc9\\xca\\xcb\\xcc\\xcd\\xce\\xcf\\xd0\\xd1\\xd2\\xd3\\xd4\\xd5\\xd6\\xd7\\xd8\\xd9\\xda\\xdb\\xdc\\xdd\\xde\\xdf\\xe0\\xe1\\xe2\\xe3\\xe4\\xe5\\xe6\\xe7\\xe8\\xe9\\xea\\xeb\\xec\\xed\\xee\\xef'",
      "PK\x03\x04\xc8\xc9\xca\xcb\xcc\xcd\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\xdb\xdc\xdd\xde\xdf\xe0\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed\xee\xef", 44 },
    { "fromCharCode",
      "eval(String.fromCharCode(116,104,101,32,112,97,121,108,111,97,100,44,32,97,115,32,97,32,115,99,114,105,112,116,32,119,111,117,108,100,32,98,117,105,108,100,32,105,116))",
      "the payload, as a script would build it", 39 },
    { "Uint8Array, no text",
      "new Uint8Array([ 0x81, 0x88, 0x8F, 0x96, 0x9D, 0xA4, 0xAB, 0xB2, 0xB9, 0xC0, 0xC7, 0xCE, 0xD5, 0xDC, 0xE3, 0xEA, 0xF1, 0xF8, 0xFF, 0x86, 0x8D, 0x94, 0x9B, 0xA2, 0xA9, 0xB0, 0xB7, 0xBE, 0xC5, 0xCC, 0xD3, 0xDA, 0xE1, 0xE8, 0xEF, 0xF6, 0xFD, 0x84, 0x8B, 0x92, 0x99, 0xA0, 0xA7, 0xAE, 0xB5, 0xBC, 0xC3, 0xCA ])",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "numbers with blanks",
      "a = \"116 104 101 32 112 97 121 108 111 97 100 44 32 97 115 32 97 32 115 99 114 105 112 116 32 119 111 117 108 100 32 98 117 105 108 100 32 105 116\"",
      "the payload, as a script would build it", 39 },
    { "signed bytes",
      "byte[] a = {-127,-120,-113,-106,-99,-92,-85,-78,-71,-64,-57,-50,-43,-36,-29,-22,-15,-8,-1,-122,-115,-108,-101,-94,-87,-80,-73,-66,-59,-52,-45,-38,-31,-24,-17,-10,-3,-124,-117,-110,-103,-96,-89,-82,-75,-68,-61,-54}",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "Chr",
      "x = Chr(116)&Chr(104)&Chr(101)&Chr(32)&Chr(112)&Chr(97)&Chr(121)&Chr(108)&Chr(111)&Chr(97)&Chr(100)&Chr(44)&Chr(32)&Chr(97)&Chr(115)&Chr(32)&Chr(97)&Chr(32)&Chr(115)&Chr(99)&Chr(114)&Chr(105)&Chr(112)&Chr(116)&Chr(32)&Chr(119)&Chr(111)&Chr(117)&Chr(108)&Chr(100)&Chr(32)&Chr(98)&Chr(117)&Chr(105)&Chr(108)&Chr(100)&Chr(32)&Chr(105)&Chr(116)",
      "the payload, as a script would build it", 39 },
    { "Chr with line ends",
      "x = ChrW(&H74) & _\x0d\n  ChrW(&H68) & _\x0d\n  ChrW(&H65) & _\x0d\n  ChrW(&H20) & _\x0d\n  ChrW(&H70) & _\x0d\n  ChrW(&H61) & _\x0d\n  ChrW(&H79) & _\x0d\n  ChrW(&H6c) & _\x0d\n  ChrW(&H6f) & _\x0d\n  ChrW(&H61) & _\x0d\n  ChrW(&H64) & _\x0d\n  ChrW(&H2c) & _\x0d\n  ChrW(&H20) & _\x0d\n  ChrW(&H61) & _\x0d\n  ChrW(&H73) & _\x0d\n  ChrW(&H20) & _\x0d\n  ChrW(&H61) & _\x0d\n  ChrW(&H20) & _\x0d\n  ChrW(&H73) & _\x0d\n  ChrW(&H63) & _\x0d\n  ChrW(&H72) & _\x0d\n  ChrW(&H69) & _\x0d\n  ChrW(&H70) & _\x0d\n  ChrW(&H74) & _\x0d\n  ChrW(&H20) & _\x0d\n  ChrW(&H77) & _\x0d\n  ChrW(&H6f) & _\x0d\n  ChrW(&H75) & _\x0d\n  ChrW(&H6c) & _\x0d\n  ChrW(&H64) & _\x0d\n  ChrW(&H20) & _\x0d\n  ChrW(&H62) & _\x0d\n  ChrW(&H75) & _\x0d\n  ChrW(&H69) & _\x0d\n  ChrW(&H6c) & _\x0d\n  ChrW(&H64) & _\x0d\n  ChrW(&H20) & _\x0d\n  ChrW(&H69) & _\x0d\n  ChrW(&H74)",
      "the payload, as a script would build it", 39 },
    { "fromCharCode, one by one",
      "x=String.fromCharCode(116)+String.fromCharCode(104)+String.fromCharCode(101)+String.fromCharCode(32)+String.fromCharCode(112)+String.fromCharCode(97)+String.fromCharCode(121)+String.fromCharCode(108)+String.fromCharCode(111)+String.fromCharCode(97)+String.fromCharCode(100)+String.fromCharCode(44)+String.fromCharCode(32)+String.fromCharCode(97)+String.fromCharCode(115)+String.fromCharCode(32)+String.fromCharCode(97)+String.fromCharCode(32)+String.fromCharCode(115)+String.fromCharCode(99)+String.fromCharCode(114)+String.fromCharCode(105)+String.fromCharCode(112)+String.fromCharCode(116)+String.fromCharCode(32)+String.fromCharCode(119)+String.fromCharCode(111)+String.fromCharCode(117)+String.fromCharCode(108)+String.fromCharCode(100)+String.fromCharCode(32)+String.fromCharCode(98)+String.fromCharCode(117)+String.fromCharCode(105)+String.fromCharCode(108)+String.fromCharCode(100)+String.fromCharCode(32)+String.fromCharCode(105)+String.fromCharCode(116)",
      "the payload, as a script would build it", 39 },
    { "hexadecimal in quotes",
      "h='746865207061796c6f61642c20617320612073637269707420776f756c64206275696c64206974'",
      "the payload, as a script would build it", 39 },
    { "hexadecimal alone",
      "746865207061796c6f61642c20617320612073637269707420776f756c64206275696c64206974\n",
      "the payload, as a script would build it", 39 },
    { "hexadecimal with 0x",
      "EXEC(0x746865207061796C6F61642C20617320612073637269707420776F756C64206275696C64206974)",
      "the payload, as a script would build it", 39 },
    { "hexadecimal pairs",
      "74 68 65 20 70 61 79 6c 6f 61 64 2c 20 61 73 20 61 20 73 63 72 69 70 74 20 77 6f 75 6c 64 20 62 75 69 6c 64 20 69 74",
      "the payload, as a script would build it", 39 },
    { "hexadecimal in lines",
      "<script>\n746865207061796c6f61642c20617320612073637269707420776f756c64206275696c64\n206974746865207061796c6f61642c20617320612073637269707420776f756c64206275\n696c64206974746865207061796c6f61642c20617320612073637269707420776f756c64\n206275696c64206974746865207061796c6f61642c20617320612073637269707420776f\n756c64206275696c64206974\n</script>",
      "the payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build it", 156 },
    { "joined with plus",
      "a = \"the payl\" +\n   \"oad, as a script \" + 'would build it';",
      "the payload, as a script would build it", 39 },
    { "joined with ampersands",
      "a = \"the payl\" & _\x0d\n   \"oad, as a script \" & \"would build it\"",
      "the payload, as a script would build it", 39 },
    { "joined, growing",
      "s = \"the payl\";\ns += \"oad, as a script \";\ns += \"would build it\";",
      "the payload, as a script would build it", 39 },
    { "joined, growing in Visual Basic",
      "s = \"the payl\"\x0d\ns = s & \"oad, as a script \"\x0d\ns = s & \"would build it\"\x0d\n",
      "the payload, as a script would build it", 39 },
    { "joined with Chr between",
      "a = \"the\" & Chr(32) & \"payload, as a script\" & Chr(32) & chr(&h77) & \"ould build it\"",
      "the payload, as a script would build it", 39 },
    { "joined with comments",
      "a = 'the payl' /* x */ + // y\n 'oad, as a script would build it'",
      "the payload, as a script would build it", 39 },
    { "joined with escapes",
      "a = 'the p\\x61yl' + 'oad, as a script would build it'",
      "the payload, as a script would build it", 39 },
    { "joined list",
      "a = ['the payl', 'oad, as a script ', 'would build it'].join('')",
      "the payload, as a script would build it", 39 },
    { "joined base64",
      "a = \"dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIG\" +\n\"l0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl\" + \"0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0\"",
      "the payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build it", 234 },
    { "joined list of base64",
      "a = [\"dGhlIHBheWxvYWQsIGFz\",\n\"IGEgc2NyaXB0IHdvdWxkI\",\"GJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0\"]; go(a)",
      "the payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build it", 234 },
    { "joined hexadecimal",
      "a = \"746865207061796c6f61642c206173206\" + \"12073637269707420776f756c64206275696c64206974\"",
      "the payload, as a script would build it", 39 },
    { "base64 in quotes",
      "a = 'dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0';",
      "the payload, as a script would build it", 39 },
    { "base64 with a magic",
      "<div hidden>UEsDBMjJysvMzc7P0NHS09TV1tfY2drb3N3e3+Dh4uPk5ebn6Onq6+zt7u8=</div>",
      "PK\x03\x04\xc8\xc9\xca\xcb\xcc\xcd\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\xdb\xdc\xdd\xde\xdf\xe0\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed\xee\xef", 44 },
    { "base64, no text",
      "atob('gYiPlp2kq7K5wMfO1dzj6vH4/4aNlJuiqbC3vsXM09rh6O/2/YSLkpmgp661vMPK')",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "base64 for URLs",
      "b64 = 'gYiPlp2kq7K5wMfO1dzj6vH4_4aNlJuiqbC3vsXM09rh6O_2_YSLkpmgp661vMPK'",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "base64 in lines",
      "<script type=text/plain>\ndGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBh\neWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQs\nIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEg\nc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0\nIHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxk\nIGJ1aWxkIGl0\n</script>",
      "the payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build it", 234 },
    { "pushed base64",
      "a.push('dGhlIHBheWxvYWQsIGFz');\na.push('IGEgc2NyaXB0IHdvdWxkIGJ1aWxk');a.push(\"IGl0\"); go(a.join(''))",
      "the payload, as a script would build it", 39 },
    { "numbers that are cast",
      "byte[] b = { (byte)116, (byte)104, (byte)101, (byte)32, (byte)112, (byte)97, (byte)121, (byte)108, (byte)111, "
      "(byte)97, (byte)100, (byte)44, (byte)32, (byte)-15, (byte)0x20, (byte)46, (byte)46 };",
      "the payload, \xf1 ..", 17 },
    { "base64 in short lines",
      "atob(`\ndGhlIHBheWxvYWQsIGFzIGEg\nc2NyaXB0IHdvdWxkIGJ1aWxk\nIGl0\n`)",
      "the payload, as a script would build it", 39 },
    { "base64 with escaped line ends",
      "a='dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBh\\neWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQs\\nIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEg\\nc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0\\nIHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxk\\nIGJ1aWxkIGl0'",
      "the payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build it", 234 },
    { "base64 with continued lines",
      "a='dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBh\\\neWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQs\\\nIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEg\\\nc2NyaXB0IHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0\\\nIHdvdWxkIGJ1aWxkIGl0dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxk\\\nIGJ1aWxkIGl0'",
      "the payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build itthe payload, as a script would build it", 234 },
    { "base64 with escaped slashes",
      "a='Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/Pz8\\/'",
      "\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f\x3f", 45 },
    { "base64 of UTF-16",
      "powershell -w hidden -enc dABoAGUAIABwAGEAeQBsAG8AYQBkACwAIABhAHMAIABhACAAcwBjAHIAaQBwAHQAIAB3AG8AdQBsAGQAIABiAHUAaQBsAGQAIABpAHQA",
      "t\x00h\x00" "e\x00 \x00p\x00" "a\x00y\x00l\x00o\x00" "a\x00" "d\x00,\x00 \x00" "a\x00s\x00 \x00" "a\x00 \x00s\x00" "c\x00r\x00i\x00p\x00t\x00 \x00w\x00o\x00u\x00l\x00" "d\x00 \x00" "b\x00u\x00i\x00l\x00" "d\x00 \x00i\x00t\x00", 78 },
    { "data",
      "<a href=\"data:application/zip;base64,gYiPlp2kq7K5wMfO1dzj6vH4/4aNlJuiqbC3vsXM09rh6O/2/YSLkpmgp661vMPK\">",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "data, percent",
      "<iframe src='data:text/html,the%20payload%2C%20as%20a%20script%20would%20build%20it'>",
      "the payload, as a script would build it", 39 },
    { "data, unquoted",
      "<a href=data:text/html;base64,gYiPlp2kq7K5wMfO1dzj6vH4/4aNlJuiqbC3vsXM09rh6O/2/YSLkpmgp661vMPK>",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "data, CSS",
      "background: url(data:image/svg+xml;base64,gYiPlp2kq7K5wMfO1dzj6vH4/4aNlJuiqbC3vsXM09rh6O/2/YSLkpmgp661vMPK)",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "data, blanks and line ends",
      "<a href=\"data:text/html;base64,\n gYiPlp2kq7K5wMfO1dzj \x0d\n\x09" "6vH4/4aNlJuiqbC3vsXM09rh6O/2/YSLkpmgp661vMPK\">",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "data, entities",
      "<a href=\"data&colon;text/html&#59;base64&comma;gYiPlp2kq7K5wMfO1dzj6vH4&#x2f;4aNlJuiqbC3vsXM09rh6O&#x2f;2&#x2f;YSLkpmgp661vMPK\">",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "data, scheme in pieces",
      "<a href=\"&#100;a\nta&#0000058;text/html;base64,gYiPlp2kq7K5wMfO1dzj6vH4/4aNlJuiqbC3vsXM09rh6O/2/YSLkpmgp661vMPK\">",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "data, percent in base64",
      "<a href=\"data:;base64,gYiPlp2kq7K5wMfO1dzj6vH4%2F4aNlJuiqbC3vsXM09rh6O%2F2%2FYSLkpmgp661vMPK\">",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
    { "data, capitals",
      "<A HREF=\"DATA:TEXT/HTML;BASE64,gYiPlp2kq7K5wMfO1dzj6vH4/4aNlJuiqbC3vsXM09rh6O/2/YSLkpmgp661vMPK\">",
      "\x81\x88\x8f\x96\x9d\xa4\xab\xb2\xb9\xc0\xc7\xce\xd5\xdc\xe3\xea\xf1\xf8\xff\x86\x8d\x94\x9b\xa2\xa9\xb0\xb7\xbe\xc5\xcc\xd3\xda\xe1\xe8\xef\xf6\xfd\x84\x8b\x92\x99\xa0\xa7\xae\xb5\xbc\xc3\xca", 48 },
};

static const struct escapes_case nothing[] = {
    { "text",
      "It's a long letter, isn't it\x3f \"Yes\", he said, and \"no\". That's 100% true & 50% false. It's a long letter, isn't it\x3f \"Yes\", he said, and \"no\". That's 100% true & 50% false. It's a long letter, isn't it\x3f \"Yes\", he said, and \"no\". That's 100% true & 50% false. It's a long letter, isn't it\x3f \"Yes\", he said, and \"no\". That's 100% true & 50% false. ",
      NULL, 0 },
    { "tracking",
      "<a href=\"https://a.example/c\x3fu=https%3A%2F%2Fb.example%2Fp%3Fa%3D1%26b%3D2%26c%3D3%26d%3D4%26e%3D5%26f%3D6%26g%3D7\">",
      NULL, 0 },
    { "token",
      "<img src=\"https://a.example/o/3fGk29sLLq0aZx81mNbVcXz77YtReWqPoIuJkLhGfDs/pix.gif\x3ft=aGk3Zq19fQ0a-_bC8dEf7gHi6jKl5mNo4pQr3sT\">",
      NULL, 0 },
    { "digest",
      "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 file",
      NULL, 0 },
    { "umlauts",
      "<p>&#1055;&#1088;&#1080;&#1074;&#1077;&#1090;&#44;&#32;&#1101;&#1090;&#1086;&#32;&#1086;&#1073;&#1099;&#1095;&#1085;&#1086;&#1077;&#32;&#1087;&#1080;&#1089;&#1100;&#1084;&#1086;&#32;&#1085;&#1072;&#32;&#1088;&#1091;&#1089;&#1089;&#1082;&#1086;&#1084;&#32;&#1103;&#1079;&#1099;&#1082;&#1077;</p>",
      NULL, 0 },
    { "coordinates",
      "<path d=\"M 1,2 3,4 5,6 7,8 9,10 11,12 13,14 15,16 17,18 19,20 21,22 23,24 25,26 27,28 29,30 31,2 3,4\"/>",
      NULL, 0 },
    { "rulers",
      "--------------------------------------------------------------------------------\n================================================================================\n________________________________________________________________________________\n",
      NULL, 0 },
    { "attributes",
      "<td width=\"10\" height=\"20\" class=\"abc\" style=\"color:#fff;margin:0 0 0 0\"><font face=\"Arial\"><td width=\"10\" height=\"20\" class=\"abc\" style=\"color:#fff;margin:0 0 0 0\"><font face=\"Arial\"><td width=\"10\" height=\"20\" class=\"abc\" style=\"color:#fff;margin:0 0 0 0\"><font face=\"Arial\"><td width=\"10\" height=\"20\" class=\"abc\" style=\"color:#fff;margin:0 0 0 0\"><font face=\"Arial\"><td width=\"10\" height=\"20\" class=\"abc\" style=\"color:#fff;margin:0 0 0 0\"><font face=\"Arial\">",
      NULL, 0 },
    { "fingerprint",
      "SHA1 Fingerprint=DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09",
      NULL, 0 },
    { "list of words",
      "var a = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];",
      NULL, 0 },
    { "call",
      "f('some text here', \"other text there\", 'and a third one');",
      NULL, 0 },
};
/* clang-format on */

static void read_text(struct span text)
{
    collect_fini(&collect);
    collect_init(&collect);
    collect_read(&collect, escapes_read, text);
}

static void test_found(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_context(cases[i].name);
        struct span text = span_text(cases[i].text);
        CHECK(escapes_looks(text));
        read_text(text);
        CHECK(collect_find(&collect, span_of(cases[i].payload, cases[i].size)) != NULL);
        CHECK(collect.note_count == 0);
    }
    test_context(NULL);
}

static void test_nothing(void)
{
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        test_context(nothing[i].name);
        read_text(span_text(nothing[i].text));
        CHECK(collect.count == 0 && collect.note_count == 0);
    }
    test_context(NULL);
}

/* Guesses beyond the bound are dropped, what is marked is noted. */
static void test_bounds(void)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < 1100; i++)
        buf_put_text(&text,
                     "<p>74686520706179 "
                     "'7468652062797465732068657265206172652061207061796c6f61642c206f6e65206f66206d616e79' </p>");
    read_text(buf_span(&text));
    CHECK(collect.count == 256 && collect.note_count == 0);
    buf_clear(&text);
    for (size_t i = 0; i < 1100; i++)
        buf_put_text(&text, "<img src='data:text/plain,the payload, one of many'>");
    read_text(buf_span(&text));
    CHECK(collect.count == 1024 && collect_has_note(&collect, UNPACK_LIMIT, "escapes"));
    buf_fini(&text);
}

static void test_looks(void)
{
    static char binary[1000];
    CHECK(!escapes_looks(span_of(binary, sizeof binary)));
    memcpy(binary + 900, "<ScRiPt>", 8);
    CHECK(escapes_looks(span_of(binary, sizeof binary)));
    CHECK(!escapes_looks(span_text("short")));
}

int main(void)
{
    collect_init(&collect);
    test_found();
    test_nothing();
    test_bounds();
    test_looks();
    collect_fini(&collect);
    return test_end();
}
