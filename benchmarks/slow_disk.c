/* A disk whose fsync takes 5 ms more, for a server that LD_PRELOAD puts this before. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int slowly(const char *name, int file)
{
    const struct timespec delay = {0, 5000000};
    nanosleep(&delay, 0);
    return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
