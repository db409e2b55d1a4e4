#ifndef LEARNIFY_GATHERED_H
#define LEARNIFY_GATHERED_H

/*
 * Calls the function. In a distributed database the names of tables stand meanwhile
 * for copies of what all users take, and whom they follow.
 */
extern void call_on_interests(void (*function) (void *argument), void *argument);

#endif							/* LEARNIFY_GATHERED_H */
