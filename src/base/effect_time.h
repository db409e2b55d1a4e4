#ifndef LEARNIFY_EFFECT_TIME_H
#define LEARNIFY_EFFECT_TIME_H

#include "access/xact.h"
#include "utils/timestamp.h"

/*
 * Returns the time of the effects of an event: that of the event, which may be in
 * the past, but not in the future. The SQL function effect_time() does the same.
 */
static inline TimestampTz
effect_time(TimestampTz happened_at)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	return TIMESTAMP_NOT_FINITE(happened_at) ? now : Min(happened_at, now);
}

#endif							/* LEARNIFY_EFFECT_TIME_H */
