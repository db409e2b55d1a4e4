/*
 * compat.h
 *		What differs between the supported major versions of PostgreSQL.
 */
#ifndef LEARNIFY_COMPAT_H
#define LEARNIFY_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "learnify needs PostgreSQL 15 or later"
#endif

#endif							/* LEARNIFY_COMPAT_H */
