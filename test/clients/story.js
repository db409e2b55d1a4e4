// The story, by node-postgres with its defaults. test/long/clients.pl says what all clients print.
'use strict';
const assert = require('assert');
const { Client, Pool } = require('pg');

// [setup]
const accounts = new Pool({ user: process.env.ACCOUNTS_USER });
const pool = new Pool();

// Runs work(query) in a transaction for a learner, whose name goes with the transaction.
async function asLearner(learner, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query("SELECT set_config('learnify.user_id', $1, true)", [learner]);
    const result = await work(async (statement, values) => (await client.query(statement, values)).rows);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
// [/setup]

// [submit]
// An array of JavaScript would become an array of PostgreSQL: jsonb takes JSON.stringify of it.
async function submit(query, learner, exercise, code, language, results) {
  const [row] = await query('SELECT submit_exercise($1, $2, $3, $4, $5) AS id',
    [learner, exercise, code, language, JSON.stringify(results)]);
  return row.id;
}
// [/submit]

// [pages]
// A Date has lost the microseconds of created_at. That does no harm: the id is what counts.
async function* ticker(learner, size) {
  let last = { id: null, created_at: null };
  do {
    const rows = await asLearner(learner, (query) =>
      query('SELECT * FROM activity_ticker($1, $2, $3, $4)', [learner, size, last.created_at, last.id]));
    yield rows;
    last = rows.at(-1);
  } while (last);
}
// [/pages]

// [numbers]
// A bigint comes as a string, since a number of JavaScript is exact only up to 2^53.
async function followingCount(query, learner) {
  const [row] = await query('SELECT following_count($1) AS people', [learner]);
  return BigInt(row.people);
}
// [/numbers]

// [listen]
// Not through a pooler: this connection has to stay the listener's own.
async function listen(heard) {
  const client = new Client({ port: process.env.DIRECT_PORT });
  await client.connect();
  client.on('notification', (message) => heard(JSON.parse(message.payload)));
  await client.query('LISTEN learnify_activity');
  return client;
}
// [/listen]

// [errors]
function errorOf(error) {
  return `${error.code} ${error.column ?? ''}`.trim();
}
// [/errors]

const refused = (promise) => promise.then(() => 'allowed', errorOf);
const asBackend = async (statement, values) => (await accounts.query(statement, values)).rows;
const isNow = (date) => Math.abs(Date.now() - date) < 3600000;

async function learn(zoe) {
  await asLearner(zoe, (query) => query('SELECT choose_archetype($1, $2, $3, $4)', [zoe, 'Biological', 'sourdough', 'novice']));
  console.log('no variables:', await refused(asLearner(zoe, (query) => query('SELECT set_variables($1, $2)', [zoe, null]))));
  const variables = {
    ENTITY: 'starter', STATE: 'activity level', LOGIC: 'readiness test', FLOW: 'bulk fermentation', CONTAINER: 'bakery schedule',
    EDGE_CASE: 'overproofed dough', INTERFACE: 'oven', VARIANT: 'Dutch oven', EVENT: 'fold timer', CAPSTONE_GOAL: 'a bake planner',
  };
  return asLearner(zoe, async (query) => {
    console.log('modules without variables:', (await query('SELECT * FROM missing_variables($1)', [zoe])).map((row) => row.missing.length).join(' '));
    await query('SELECT set_variables($1, $2)', [zoe, variables]);
    console.log('modules without variables:', (await query('SELECT * FROM missing_variables($1)', [zoe])).length);
    const [{ course }] = await query('SELECT generate_course($1) AS course', [zoe]);
    await query('SELECT start_course($1, $2)', [zoe, course]);
    return course;
  });
}

async function work(zoe, course) {
  const exercises = await asBackend(
    `SELECT e.id, e.module_id, e.language, jsonb_array_length(e.test_cases) AS tests
     FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id
     WHERE m.course_id = $1 ORDER BY m.module_number, e.exercise_number`, [course]);
  const [first, second, third] = exercises;
  await asLearner(zoe, async (query) => {
    const results = Array(first.tests).fill(true);
    await submit(query, zoe, first.id, 'ß', first.language, [false, ...results.slice(1)]);
    await submit(query, zoe, first.id, 'ß', first.language, results);
    await submit(query, zoe, second.id, 'ß', second.language, Array(second.tests).fill(true));
  });
  console.log('too few results:', await refused(asLearner(zoe, (query) => submit(query, zoe, first.id, 'ß', first.language, []))));
  await asBackend(
    `INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at)
     VALUES ($1, $2, $3, $4, true, 90, $5)`, [zoe, third.module_id, third.id, third.language, new Date('2026-02-03T22:45:06.789Z')]);
  await asLearner(zoe, async (query) => {
    for (const row of await query('SELECT * FROM module_completions WHERE user_id = $1 ORDER BY score, attempts', [zoe])) {
      const { score, passed, attempts, test_results: results, submitted_at: at } = row;
      console.log('submission:', score, passed, attempts, results.filter(Boolean).length, isNow(at) ? 'now' : at.toISOString());
    }
    for (const row of await query('SELECT * FROM course_outline($1, $2) ORDER BY module_number LIMIT 3', [zoe, course])) {
      console.log('module:', row.module_number, row.state, `${row.solved}/${row.exercises}`, row.title);
    }
    const [progress] = await query('SELECT * FROM user_progress WHERE user_id = $1', [zoe]);
    console.log('progress:', progress.progress_percentage, progress.started_at.toISOString(), progress.completed_at ?? 'not completed');
  });
  return exercises.slice(3);
}

async function readTicker(zoe) {
  const people = await asBackend('SELECT id FROM users WHERE id <> $1', [zoe]);
  await asLearner(zoe, (query) => query('SELECT follow_user($1, person) FROM unnest($2::uuid[]) AS person', [zoe, people.map((row) => row.id)]));
  console.log('follows:', String(await asLearner(zoe, (query) => followingCount(query, zoe))));
  const seen = new Set();
  let rows = 0;
  for await (const page of ticker(zoe, 10)) {
    for (const row of page) console.log('ticker:', row.created_at.toISOString(), row.activity_type, row.metadata.actor_name);
    page.forEach((row) => seen.add(row.id));
    rows += page.length;
  }
  console.log(`${seen.size} different rows of ${rows}`);
}

// The last row of each page is deleted before the next one is read: its instant has to do.
async function readWithDeletions(zoe) {
  const seen = new Set();
  for await (const page of ticker(zoe, 10)) {
    page.forEach((row) => seen.add(row.id));
    if (page.length) await asBackend('DELETE FROM activity_feed WHERE id = $1', [page.at(-1).id]);
  }
  console.log(`${seen.size} different rows while some are deleted`);
}

async function hear(zoe, exercise) {
  let payload;
  const heard = new Promise((resolve) => { payload = resolve; });
  const listener = await listen((activity) => activity.user_id === zoe && payload(activity));
  await asLearner(zoe, (query) => submit(query, zoe, exercise.id, 'ß', exercise.language, Array(exercise.tests).fill(true)));
  const { id } = await heard;
  const [row] = await asLearner(zoe, (query) => query('SELECT * FROM activity_feed WHERE id = $1', [id]));
  console.log('heard:', row.activity_type);
  await listener.end();
}

async function story() {
  const register = 'SELECT register_user($1, $2, $3, $4) AS id';
  const [{ id: zoe }] = await asBackend(register, ['Zoe@Example.com', 'correct horse', 'Zoë ☕', 'Europe/Lisbon']);
  console.log('registered again:', await refused(asBackend(register, ['ZOE@example.com', 'correct horse', 'Zoë', 'UTC'])));
  console.log('without a name:', await refused(asBackend(register, ['bob@example.com', 'correct horse', null, 'UTC'])));
  const [profile] = await asLearner(zoe, (query) => query('SELECT name, time_zone, created_at FROM users WHERE id = $1', [zoe]));
  console.log('profile:', profile.name, profile.time_zone, isNow(profile.created_at) ? 'now' : profile.created_at);
  const course = await learn(zoe);
  const exercises = await work(zoe, course);
  await readTicker(zoe);
  for (const row of await asLearner(zoe, (query) => query('SELECT * FROM home_rows($1)', [zoe]))) {
    console.log('home:', row.row_title, row.place, row.title, row.match_score, row.reason ?? 'no reason');
  }
  await hear(zoe, exercises[0]);
  const [noor] = await asBackend("SELECT id FROM users WHERE name = 'Noor'");
  console.log('as another:', await refused(asLearner(zoe, (query) => query('SELECT * FROM activity_ticker($1)', [noor.id]))));
  const [nobody] = (await pool.query('SELECT count(*) AS people FROM users')).rows;
  assert.strictEqual(typeof nobody.people, 'string');
  console.log('as nobody:', nobody.people);
  await readWithDeletions(zoe);
  await Promise.all([accounts.end(), pool.end()]);
}

story();
