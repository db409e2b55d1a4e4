#ifndef LEARNIFY_TIME_ZONES_H
#define LEARNIFY_TIME_ZONES_H

/* Whether this is an IANA time zone name that the server knows. */
extern bool is_known_zone(const char *name);

#endif							/* LEARNIFY_TIME_ZONES_H */
