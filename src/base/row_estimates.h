#ifndef LEARNIFY_ROW_ESTIMATES_H
#define LEARNIFY_ROW_ESTIMATES_H

extern void row_estimates_init(void);

#endif							/* LEARNIFY_ROW_ESTIMATES_H */
