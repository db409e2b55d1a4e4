#ifndef LEARNIFY_VISIBILITY_H
#define LEARNIFY_VISIBILITY_H

/* Who may see what a learner does, from the narrowest circle to the widest. */
typedef enum Visibility
{
	VISIBILITY_PRIVATE,			/* the learner */
	VISIBILITY_FRIENDS,			/* those who follow the learner, too */
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
