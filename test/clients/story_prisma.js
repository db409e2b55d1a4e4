// The story, by Prisma with its defaults. test/long/clients.pl says what all clients print.
'use strict';
const { PrismaClient } = require('@prisma/client');
const { PrismaPg } = require('@prisma/adapter-pg');
const { Client } = require('pg');

// [setup]
const accounts = new PrismaClient({ adapter: new PrismaPg({ user: process.env.ACCOUNTS_USER }) });
const prisma = new PrismaClient({ adapter: new PrismaPg({}) });

// Runs work(tx) in a transaction for a learner, whose name goes with the transaction.
async function asLearner(learner, work) {
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT set_config('learnify.user_id', ${learner}, true)`;
    return work(tx);
  });
}
// [/setup]

// [submit]
// Values are texts until they are cast. An array would become one of PostgreSQL: jsonb takes JSON.stringify of it.
async function submit(tx, learner, exercise, code, language, results) {
  const [row] = await tx.$queryRaw`
    SELECT submit_exercise(${learner}::uuid, ${exercise}::uuid, ${code}, ${language}, ${JSON.stringify(results)}::jsonb) AS id`;
  return row.id;
}
// [/submit]

// [pages]
// A Date has lost the microseconds of created_at. That does no harm: the id is what counts.
async function* ticker(learner, size) {
  let last = { id: null, created_at: null };
  do {
    const rows = await asLearner(learner, (tx) => tx.$queryRaw`
      SELECT * FROM activity_ticker(${learner}::uuid, ${size}::integer, ${last.created_at}::timestamptz, ${last.id}::uuid)`);
    yield rows;
    last = rows.at(-1);
  } while (last);
}
// [/pages]

// [numbers]
// A bigint comes as a BigInt, which JSON.stringify refuses: make it a string or a number first. A
// function that returns void has to be called by $executeRaw, or its result cast to text.
async function followingCount(tx, learner) {
  const [row] = await tx.$queryRaw`SELECT following_count(${learner}::uuid) AS people`;
  return row.people;
}
// [/numbers]

// [listen]
// Prisma has no LISTEN: take pg, on which its adapter builds. Not through a pooler.
async function listen(heard) {
  const client = new Client({ port: process.env.DIRECT_PORT });
  await client.connect();
  client.on('notification', (message) => heard(JSON.parse(message.payload)));
  await client.query('LISTEN learnify_activity');
  return client;
}
// [/listen]

// [errors]
// The adapter keeps the column of an error, except of 23505, of which it keeps the constraint.
function errorOf(error) {
  const { originalCode, column, constraint } = error.meta.driverAdapterError.cause;
  return `${originalCode} ${column ?? constraint?.index ?? ''}`.trim();
}
// [/errors]

const refused = (promise) => promise.then(() => 'allowed', errorOf);
const isNow = (date) => Math.abs(Date.now() - date) < 3600000;
const instant = (date) => (isNow(date) ? 'now' : date.toISOString());
const passing = (exercise) => Array(exercise.tests).fill(true);

async function learn(zoe) {
  const variables = {
    ENTITY: 'starter', STATE: 'activity level', LOGIC: 'readiness test', FLOW: 'bulk fermentation', CONTAINER: 'bakery schedule',
    EDGE_CASE: 'overproofed dough', INTERFACE: 'oven', VARIANT: 'Dutch oven', EVENT: 'fold timer', CAPSTONE_GOAL: 'a bake planner',
  };
  await asLearner(zoe, (tx) => tx.$queryRaw`SELECT choose_archetype(${zoe}::uuid, 'Biological', 'sourdough', 'novice')`);
  console.log('no variables:', await refused(asLearner(zoe, (tx) => tx.$queryRaw`SELECT set_variables(${zoe}::uuid, ${null}::jsonb)`)));
  return asLearner(zoe, async (tx) => {
    const missing = () => tx.$queryRaw`SELECT * FROM missing_variables(${zoe}::uuid)`;
    console.log('modules without variables:', (await missing()).map((row) => row.missing.length).join(' '));
    await tx.$queryRaw`SELECT set_variables(${zoe}::uuid, ${variables})`;
    console.log('modules without variables:', (await missing()).length);
    const [{ course }] = await tx.$queryRaw`SELECT generate_course(${zoe}::uuid) AS course`;
    await tx.$queryRaw`SELECT start_course(${zoe}::uuid, ${course}::uuid)`;
    return course;
  });
}

async function work(zoe, course) {
  const exercises = await accounts.$queryRaw`
    SELECT e.id, e.module_id, e.language, jsonb_array_length(e.test_cases) AS tests
    FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id
    WHERE m.course_id = ${course}::uuid ORDER BY m.module_number, e.exercise_number`;
  const [first, second, third] = exercises;
  await asLearner(zoe, async (tx) => {
    await submit(tx, zoe, first.id, 'ß', first.language, [false, ...passing(first).slice(1)]);
    await submit(tx, zoe, first.id, 'ß', first.language, passing(first));
    await submit(tx, zoe, second.id, 'ß', second.language, passing(second));
  });
  console.log('too few results:', await refused(asLearner(zoe, (tx) => submit(tx, zoe, first.id, 'ß', first.language, []))));
  await accounts.completion.create({
    data: {
      userId: zoe, moduleId: third.module_id, exerciseId: third.id, language: third.language, passed: true, score: 90,
      submittedAt: new Date('2026-02-03T22:45:06.789Z'),
    },
  });
  await asLearner(zoe, async (tx) => {
    for (const row of await tx.completion.findMany({ where: { userId: zoe }, orderBy: [{ score: 'asc' }, { attempts: 'asc' }] })) {
      console.log('submission:', row.score, row.passed, row.attempts, row.testResults.filter(Boolean).length, instant(row.submittedAt));
    }
    for (const row of await tx.$queryRaw`SELECT * FROM course_outline(${zoe}::uuid, ${course}::uuid) ORDER BY module_number LIMIT 3`) {
      console.log('module:', row.module_number, row.state, `${row.solved}/${row.exercises}`, row.title);
    }
    const progress = await tx.progress.findFirst({ where: { userId: zoe } });
    console.log('progress:', progress.percentage, instant(progress.startedAt), progress.completedAt ?? 'not completed');
  });
  return exercises.slice(3);
}

async function readTicker(zoe) {
  const people = (await accounts.user.findMany({ where: { NOT: { id: zoe } } })).map((row) => row.id);
  await asLearner(zoe, (tx) => tx.$queryRaw`SELECT follow_user(${zoe}::uuid, person) FROM unnest(${people}::uuid[]) AS person`);
  console.log('follows:', String(await asLearner(zoe, (tx) => followingCount(tx, zoe))));
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
    if (page.length) await accounts.$executeRaw`DELETE FROM activity_feed WHERE id = ${page.at(-1).id}::uuid`;
  }
  console.log(`${seen.size} different rows while some are deleted`);
}

async function hear(zoe, exercise) {
  let payload;
  const heard = new Promise((resolve) => { payload = resolve; });
  const listener = await listen((activity) => activity.user_id === zoe && payload(activity));
  await asLearner(zoe, (tx) => submit(tx, zoe, exercise.id, 'ß', exercise.language, passing(exercise)));
  const { id } = await heard;
  const [row] = await asLearner(zoe, (tx) => tx.$queryRaw`SELECT * FROM activity_feed WHERE id = ${id}::uuid`);
  console.log('heard:', row.activity_type);
  await listener.end();
}

async function story() {
  const register = (email, name, zone) => accounts.$queryRaw`SELECT register_user(${email}, 'correct horse', ${name}, ${zone}) AS id`;
  const [{ id: zoe }] = await register('Zoe@Example.com', 'Zoë ☕', 'Europe/Lisbon');
  console.log('registered again:', await refused(register('ZOE@example.com', 'Zoë', 'UTC')));
  console.log('without a name:', await refused(register('bob@example.com', null, 'UTC')));
  const profile = await asLearner(zoe, (tx) => tx.user.findUnique({ where: { id: zoe } }));
  console.log('profile:', profile.name, profile.timeZone, instant(profile.createdAt));
  const course = await learn(zoe);
  const exercises = await work(zoe, course);
  await readTicker(zoe);
  for (const row of await asLearner(zoe, (tx) => tx.$queryRaw`SELECT * FROM home_rows(${zoe}::uuid)`)) {
    console.log('home:', row.row_title, row.place, row.title, row.match_score, row.reason ?? 'no reason');
  }
  await hear(zoe, exercises[0]);
  const noor = await accounts.user.findFirst({ where: { name: 'Noor' } });
  console.log('as another:', await refused(asLearner(zoe, (tx) => tx.$queryRaw`SELECT * FROM activity_ticker(${noor.id}::uuid)`)));
  console.log('as nobody:', await prisma.user.count());
  await readWithDeletions(zoe);
  await Promise.all([accounts.$disconnect(), prisma.$disconnect()]);
}

story();
