#ifndef LEARNIFY_EFFECT_TIME_H
#define LEARNIFY_EFFECT_TIME_H

#include "access/xact.h"
#include "utils/timestamp.h"

/*
 * When what follows from an event is dated: as the event is, which may be handed in
 * late, but not later than now, whatever a client's clock says. SQL has a function of
 * the same name.
 */
static inline TimestampTz
effect_time(TimestampTz happened_at)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	return TIMESTAMP_NOT_FINITE(happened_at) ? now : Min(happened_at, now);
}

#endif							/* LEARNIFY_EFFECT_TIME_H */
