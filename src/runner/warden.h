/* The process between the runner and a program: nobody who stems from the program outlives it.
 *
 * Whoever leaves his parent, his process group and his session becomes a child of the warden (a child subreaper), which
 * kills and reaps them all when the program has ended, when it is told to, and when the runner dies.
 *
 * It runs behind fork in a process that has many threads: so it takes no lock, and says nothing.
 */
#ifndef CORDON_RUNNER_WARDEN_H
#define CORDON_RUNNER_WARDEN_H

/* Never returns. Starts `execute` in a process of its own, which must not return either, watches over it, and ends as
 * that ends: with its exit status, or by the same signal. `told` becomes readable, or is at its end, when all must go;
 * it is the one descriptor that is kept. -1 where it can't begin; errno says why. */
int warden_run(int told, void (*execute)(const void *context), const void *context);

#endif
