#ifndef LEARNIFY_SHARDS_H
#define LEARNIFY_SHARDS_H

#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

/* Installs the hooks, if Citus is loaded. */
extern void shards_init(void);

/*
 * The relation that has the rows of one of the extension's tables here: the
 * table itself in a plain database; a replicated table's copy on this node; and
 * of a table that is distributed by user, the shard of the group of users on
 * whose shards the statement runs. Raises an error if it runs on none.
 */
extern Oid	local_relation(Oid table);

/* The table whose shard this is, or the relation itself. */
extern Oid	table_of_shard(Oid relation);

/* The name of the extension's table: of a shard, that of its table. */
extern const char *own_table_name(Relation relation);

/* Raises an error on the shard of a group to which the user does not belong. */
extern void require_user_here(const pg_uuid_t *user_id);

/* Raises an error in a trigger of a shard that Citus writes without a statement. */
extern void require_known_place(Relation relation);

/*
 * Whether the node that has sent the statement to a shard writes the copies of
 * replicated tables afterwards: settle_module_statuses().
 */
extern bool sender_writes_copies(void);

/*
 * Calls the function once in a plain database. In a trigger of a replicated
 * table, calls it for each group of users whose shards are on this node.
 */
extern void for_each_group(void (*function) (void *argument), void *argument);

/*
 * The same in a trigger of a relation, which may be a shard whose rows go with those
 * of a replicated table: then calls the function for the group of the shard.
 */
extern void for_each_group_of(Relation relation, void (*function) (void *argument),
							  void *argument);

/*
 * Calls the function once in a plain database, else for each group of users whose
 * shards are on this node.
 */
extern void for_each_group_here(void (*function) (void *argument), void *argument);

/*
 * Calls the function while the names of tables whose rows gather_table() has copied
 * stand for these copies, and those of replicated tables for the node's.
 */
extern void call_on_gathered(void (*function) (void *argument), void *argument);

/* Whether the user belongs to the group for which the function is called. */
extern bool is_user_here(const pg_uuid_t *user_id);

/*
 * Whether the tables of a distributed database are named here as a whole, for Citus
 * to ask the nodes.
 */
extern bool coordinates_nodes(void);

/*
 * The time of the transaction, which in a trigger of a replicated table is the same
 * on all nodes.
 */
extern TimestampTz transaction_time_of_nodes(void);

/* The number of the node that has the user's shards. */
extern int	node_of_user(const pg_uuid_t *user_id);

#endif							/* LEARNIFY_SHARDS_H */
