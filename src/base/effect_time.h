#ifndef LEARNIFY_EFFECT_TIME_H
#define LEARNIFY_EFFECT_TIME_H

#include "access/xact.h"
#include "utils/timestamp.h"

/*
 * Returns the time of the effects of an event: that of the event, which may be in
 * the past, or the transaction's if the event is dated in the future or has no
 * finite time. An event after the start of the transaction is not in the future:
 * the transaction may have waited for another one, whose work it now counts. The
 * SQL function effect_time() does the same.
 */
static inline TimestampTz
effect_time(TimestampTz happened_at)
{
	return TIMESTAMP_NOT_FINITE(happened_at) ||
		happened_at > GetCurrentTimestamp() ?
		GetCurrentTransactionStartTimestamp() : happened_at;
}

#endif							/* LEARNIFY_EFFECT_TIME_H */
