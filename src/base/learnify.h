#ifndef LEARNIFY_H
#define LEARNIFY_H

/* Settings, defined in learnify.c. */
extern int	learnify_password_cost;
extern bool learnify_automation;
extern bool learnify_notify;
extern int	learnify_recommend_work_mem;

#endif							/* LEARNIFY_H */
