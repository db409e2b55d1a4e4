#ifndef LEARNIFY_EXTENSION_H
#define LEARNIFY_EXTENSION_H

#include "fmgr.h"

/* The schema of the extension that the called function belongs to. */
extern Oid	extension_schema(FmgrInfo *flinfo);

#endif							/* LEARNIFY_EXTENSION_H */
