#ifndef LEARNIFY_H
#define LEARNIFY_H

/* Settings, defined in learnify.c. */
extern int	learnify_password_cost;

#endif							/* LEARNIFY_H */
