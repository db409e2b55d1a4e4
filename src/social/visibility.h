#ifndef LEARNIFY_VISIBILITY_H
#define LEARNIFY_VISIBILITY_H

/* Who may see what a learner does; ordered from narrow to wide. */
typedef enum Visibility
{
	VISIBILITY_PRIVATE,			/* only the learner */
	VISIBILITY_FRIENDS,			/* also those who follow the learner */
	VISIBILITY_PUBLIC
} Visibility;

extern const char *visibility_name(Visibility visibility);

/* Returns whether there is a visibility of that name. */
extern bool find_visibility(const text *name, Visibility *visibility);

static inline bool
followers_may_see(Visibility visibility)
{
	return visibility >= VISIBILITY_FRIENDS;
}

#endif							/* LEARNIFY_VISIBILITY_H */
