#ifndef LEARNIFY_ARRAYS_H
#define LEARNIFY_ARRAYS_H

/* Returns an array of a type's values, of which nulls tells the missing ones; NULL for none. */
extern Datum array_of(Datum *items, bool *nulls, int count, Oid type);

#endif							/* LEARNIFY_ARRAYS_H */
