#ifndef LEARNIFY_SETTINGS_H
#define LEARNIFY_SETTINGS_H

/* Settings, defined in settings.c. */
extern int	learnify_password_cost;
extern bool learnify_automation;
extern bool learnify_notify;
extern int	learnify_recommend_work_mem;

#endif							/* LEARNIFY_SETTINGS_H */
