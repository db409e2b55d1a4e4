#ifndef LEARNIFY_SETTINGS_H
#define LEARNIFY_SETTINGS_H

/*
 * The highest costs at which passwords are hashed, and at which hashes made
 * elsewhere or earlier are verified.  libcrypt cannot be interrupted, so these
 * bound how long a backend is deaf to a cancel: a few seconds, and minutes.
 */
#define MAX_PASSWORD_COST	15
#define MAX_VERIFIED_COST	20

/* Settings, defined in settings.c. */
extern int	learnify_password_cost;
extern bool learnify_allow_data_loss;
extern bool learnify_automation;
extern bool learnify_enforce_order;
extern bool learnify_notify;
extern int	learnify_recommend_work_mem;
extern int	learnify_streak_grace_days;
extern bool learnify_use_jwt_claims;

/*
 * Returns whether the session restores a dump, or imports: triggers have to
 * leave the rows that it inserts as they are. What pg_dump writes turns
 * row_security off, as does import_legacy(), and hardly anything else does.
 */
extern bool session_restores_rows(void);

#endif							/* LEARNIFY_SETTINGS_H */
