#ifndef LEARNIFY_SETTINGS_H
#define LEARNIFY_SETTINGS_H

/*
 * The highest bcrypt cost, of new hashes and of those that are verified. A hash
 * then takes a minute, during which libcrypt cannot be interrupted.
 */
#define MAX_PASSWORD_COST	20

/* Settings, defined in settings.c. */
extern int	learnify_password_cost;
extern bool learnify_automation;
extern bool learnify_notify;
extern int	learnify_recommend_work_mem;

#endif							/* LEARNIFY_SETTINGS_H */
