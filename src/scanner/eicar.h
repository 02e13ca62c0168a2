/* The test string that every scanner must find (eicar.org), put together at run time, so that neither our sources nor
 * our programs are ever taken for an infected file.
 */
#ifndef CORDON_SCANNER_EICAR_H
#define CORDON_SCANNER_EICAR_H

enum { EICAR_SIZE = 68 };

/* 68 characters and a NUL. */
void eicar_make(char text_out[EICAR_SIZE + 1]);

#endif
