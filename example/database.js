// How the back end talks to the database: as itself, or for one learner at a time.
'use strict';
const { Pool, Client } = require('pg');

// PGHOST and the like name the server, and PGUSER a role that grant_backend() was called for.
// It is a member of LEARNER_ROLE, for which grant_learner() was called.
const LEARNER_ROLE = process.env.LEARNER_ROLE || 'example_learner';
const RETRIES = 3;
const pool = new Pool();

// Runs one statement as the back end, which row-level security does not hold.
async function asBackend(statement, ...values) {
  return (await pool.query(statement, values)).rows;
}

async function transaction(learner, work) {
  const client = await pool.connect();
  let failure;
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL ROLE ${LEARNER_ROLE}`);
    await client.query("SELECT set_config('learnify.user_id', $1, true)", [learner]);
    const result = await work(async (statement, ...values) => (await client.query(statement, values)).rows);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    failure = error;
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    // a connection that is broken does not go back to the pool
    client.release(failure && !failure.code ? failure : undefined);
  }
}

// Runs work(query) in a transaction for a learner, who sees and does there what the policies
// allow. 40001 and 40P01 say that the transaction would succeed if it were run again.
async function asLearner(learner, work) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(learner, work);
    } catch (error) {
      if (attempt === RETRIES || (error.code !== '40001' && error.code !== '40P01')) throw error;
    }
  }
}

// Calls heard(payload) for each row that is broadcast, over a connection of its own.
async function listen(heard) {
  const client = new Client();
  await client.connect();
  client.on('notification', (message) => heard(JSON.parse(message.payload)));
  client.on('error', () => setTimeout(() => listen(heard), 1000));
  await client.query('LISTEN learnify_activity');
}

// The HTTP status of an error of the database, by the table "Errors" in doc/reference.md.
const STATUS = {
  '22004': 422, '22023': 422, '22P02': 400, '23502': 422, '23503': 409, '23505': 409, '23514': 422, '40001': 503,
  '40P01': 503, '42501': 403, '42P02': 422, '54000': 413, '55000': 409, '55006': 409, '55L02': 429, '55P03': 503,
  P0002: 404,
};

function statusOf(error) {
  return STATUS[error.code] || 500;
}

module.exports = { asBackend, asLearner, listen, statusOf };
