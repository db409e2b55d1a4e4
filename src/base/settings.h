#ifndef LEARNIFY_SETTINGS_H
#define LEARNIFY_SETTINGS_H

/*
 * The highest cost at which passwords are hashed and verified. At this cost
 * bcrypt takes a minute, during which it cannot be interrupted.
 */
#define MAX_PASSWORD_COST	20

/* Settings, defined in settings.c. */
extern int	learnify_password_cost;
extern bool learnify_automation;
extern bool learnify_notify;
extern int	learnify_recommend_work_mem;

#endif							/* LEARNIFY_SETTINGS_H */
