// The story, over HTTP and GraphQL by PostGraphile with its defaults. test/long/clients.pl says what
// all clients print.
'use strict';
const http = require('http');
const { Client, Pool } = require('pg');

// [setup]
// A pooler in transaction mode knows no prepared statements of a session.
process.env.POSTGRAPHILE_PREPARED_STATEMENT_CACHE_SIZE = '0';
const { postgraphile } = require('postgraphile');

// The learner of a request goes with its transaction. Here a header names the learner; take a session or
// a token that has been verified.
const options = {
  pgSettings: async (request) => ({ 'learnify.user_id': request.headers['x-learner'] ?? '' }),
  // Tables and functions of extensions are left out otherwise.
  graphileBuildOptions: { pgIncludeExtensionResources: true },
  dynamicJson: true,
  extendedErrors: ['errcode', 'column'],
  disableQueryLog: true,
};
const accounts = serve(new Pool({ user: process.env.ACCOUNTS_USER }));
const learners = serve(new Pool());

function serve(pool) {
  const handler = postgraphile(pool, 'public', options);
  const server = http.createServer(handler);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ server, pool, handler })));
}
// [/setup]

async function ask(service, learner, document, variables = {}) {
  const { server } = await service;
  const response = await fetch(`http://127.0.0.1:${server.address().port}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(learner && { 'x-learner': learner }) },
    body: JSON.stringify({ query: document, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw errors[0];
  return data;
}

// [submit]
// A function that writes is a mutation, and one that reads a query. JSON is passed as it is.
async function submit(learner, exercise, code, language, results) {
  const { submitExercise } = await ask(learners, learner, `
    mutation ($user: UUID!, $exercise: UUID!, $code: String!, $language: String!, $results: JSON!) {
      submitExercise(input: {userId: $user, exerciseId: $exercise, code: $code, language: $language, testResults: $results}) { uuid }
    }`, { user: learner, exercise, code, language, results });
  return submitExercise.uuid;
}
// [/submit]

// [pages]
// A Datetime is text, with microseconds. PostGraphile's own cursors would count rows: take the function's.
async function* ticker(learner, size) {
  let last = { id: null, createdAt: null };
  do {
    const { activityTicker } = await ask(learners, learner, `
      query ($user: UUID!, $size: Int!, $at: Datetime, $id: UUID) {
        activityTicker(userId: $user, pageSize: $size, beforeAt: $at, beforeId: $id) {
          nodes { id createdAt activityType metadata }
        }
      }`, { user: learner, size, at: last.createdAt, id: last.id });
    yield activityTicker.nodes;
    last = activityTicker.nodes.at(-1);
  } while (last);
}
// [/pages]

// [numbers]
// A bigint is a BigInt of GraphQL, which is text in JSON.
async function followingCount(learner) {
  const { followingCount: people } = await ask(learners, learner, 'query ($user: UUID!) { followingCount(userId: $user) }', { user: learner });
  return BigInt(people);
}
// [/numbers]

// [listen]
// Live queries and subscriptions take a server and a plugin of their own: listen with pg, not through a pooler.
async function listen(heard) {
  const client = new Client({ port: process.env.DIRECT_PORT });
  await client.connect();
  client.on('notification', (message) => heard(JSON.parse(message.payload)));
  await client.query('LISTEN learnify_activity');
  return client;
}
// [/listen]

// [errors]
// Only what extendedErrors names goes out.
function errorOf(error) {
  return `${error.errcode} ${error.column ?? ''}`.trim();
}
// [/errors]

const refused = (promise) => promise.then(() => 'allowed', errorOf);
const isNow = (text) => Math.abs(Date.now() - new Date(text)) < 3600000;
const instant = (text) => (isNow(text) ? 'now' : new Date(text).toISOString());
const passing = (exercise) => Array(exercise.testCases.length).fill(true);

async function learn(zoe) {
  const variables = {
    ENTITY: 'starter', STATE: 'activity level', LOGIC: 'readiness test', FLOW: 'bulk fermentation', CONTAINER: 'bakery schedule',
    EDGE_CASE: 'overproofed dough', INTERFACE: 'oven', VARIANT: 'Dutch oven', EVENT: 'fold timer', CAPSTONE_GOAL: 'a bake planner',
  };
  const missing = async () => (await ask(learners, zoe, 'query ($user: UUID!) { missingVariables(userId: $user) { nodes { missing } } }', { user: zoe })).missingVariables.nodes;
  const set = (values) => ask(learners, zoe, 'mutation ($user: UUID!, $values: JSON) { setVariables(input: {userId: $user, variables: $values}) { json } }', { user: zoe, values });
  await ask(learners, zoe, `mutation ($user: UUID!) {
    chooseArchetype(input: {userId: $user, metaCategory: "Biological", domain: "sourdough", skillLevel: "novice"}) { uuid } }`, { user: zoe });
  console.log('no variables:', await refused(set(null)));
  console.log('modules without variables:', (await missing()).map((row) => row.missing.length).join(' '));
  await set(variables);
  console.log('modules without variables:', (await missing()).length);
  const { generateCourse } = await ask(learners, zoe, 'mutation ($user: UUID!) { generateCourse(input: {userId: $user}) { uuid } }', { user: zoe });
  const course = generateCourse.uuid;
  await ask(learners, zoe, 'mutation ($user: UUID!, $course: UUID!) { startCourse(input: {userId: $user, courseId: $course}) { uuid } }', { user: zoe, course });
  return course;
}

async function work(zoe, course) {
  const { generatedCourseById } = await ask(accounts, null, `query ($course: UUID!) { generatedCourseById(id: $course) {
    generatedModulesByCourseId(orderBy: MODULE_NUMBER_ASC) { nodes { id
      exercisesByModuleId(orderBy: EXERCISE_NUMBER_ASC) { nodes { id moduleId language testCases } } } } } }`, { course });
  const exercises = generatedCourseById.generatedModulesByCourseId.nodes.flatMap((row) => row.exercisesByModuleId.nodes);
  const [first, second, third] = exercises;
  await submit(zoe, first.id, 'ß', first.language, [false, ...passing(first).slice(1)]);
  await submit(zoe, first.id, 'ß', first.language, passing(first));
  await submit(zoe, second.id, 'ß', second.language, passing(second));
  console.log('too few results:', await refused(submit(zoe, first.id, 'ß', first.language, [])));
  await ask(accounts, null, `mutation ($completion: ModuleCompletionInput!) {
    createModuleCompletion(input: {moduleCompletion: $completion}) { moduleCompletion { id } } }`, {
    completion: {
      userId: zoe, moduleId: third.moduleId, exerciseId: third.id, language: third.language, passed: true, score: 90, submittedAt: '2026-02-03T22:45:06.789Z',
    },
  });
  const { allModuleCompletions, courseOutline, allUserProgresses } = await ask(learners, zoe, `query ($user: UUID!, $course: UUID!) {
    allModuleCompletions(condition: {userId: $user}, orderBy: [SCORE_ASC, ATTEMPTS_ASC]) { nodes { score passed attempts testResults submittedAt } }
    courseOutline(userId: $user, courseId: $course, first: 3) { nodes { moduleNumber state solved exercises title } }
    allUserProgresses(condition: {userId: $user}) { nodes { progressPercentage startedAt completedAt retakenAfter } } }`, { user: zoe, course });
  for (const row of allModuleCompletions.nodes) {
    console.log('submission:', row.score, row.passed, row.attempts, row.testResults.filter(Boolean).length, instant(row.submittedAt));
  }
  for (const row of courseOutline.nodes) console.log('module:', row.moduleNumber, row.state, `${row.solved}/${row.exercises}`, row.title);
  const [progress] = allUserProgresses.nodes;
  console.log('progress:', progress.progressPercentage, instant(progress.startedAt), progress.completedAt ?? 'not completed');
  return exercises.slice(3);
}

async function readTicker(zoe) {
  const { allUsers } = await ask(accounts, null, '{ allUsers { nodes { id } } }');
  for (const { id } of allUsers.nodes.filter((row) => row.id !== zoe)) {
    await ask(learners, zoe, 'mutation ($user: UUID!, $person: UUID!) { followUser(input: {follower: $user, followee: $person}) { boolean } }', { user: zoe, person: id });
  }
  console.log('follows:', String(await followingCount(zoe)));
  const seen = new Set();
  let rows = 0;
  for await (const page of ticker(zoe, 10)) {
    for (const row of page) console.log('ticker:', instant(row.createdAt), row.activityType, row.metadata.actor_name);
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
    if (page.length) await ask(accounts, null, 'mutation ($id: UUID!) { deleteActivityFeedById(input: {id: $id}) { clientMutationId } }', { id: page.at(-1).id });
  }
  console.log(`${seen.size} different rows while some are deleted`);
}

async function hear(zoe, exercise) {
  let payload;
  const heard = new Promise((resolve) => { payload = resolve; });
  const listener = await listen((activity) => activity.user_id === zoe && payload(activity));
  await submit(zoe, exercise.id, 'ß', exercise.language, passing(exercise));
  const { id } = await heard;
  const { activityFeedById } = await ask(learners, zoe, 'query ($id: UUID!) { activityFeedById(id: $id) { activityType } }', { id });
  console.log('heard:', activityFeedById.activityType);
  await listener.end();
}

async function story() {
  const register = async (email, name, timeZone) => (await ask(accounts, null, `mutation ($email: String!, $name: String, $timeZone: String!) {
    registerUser(input: {email: $email, password: "correct horse", name: $name, timeZone: $timeZone}) { uuid } }`, { email, name, timeZone })).registerUser.uuid;
  const zoe = await register('Zoe@Example.com', 'Zoë ☕', 'Europe/Lisbon');
  console.log('registered again:', await refused(register('ZOE@example.com', 'Zoë', 'UTC')));
  console.log('without a name:', await refused(register('bob@example.com', null, 'UTC')));
  const { userById } = await ask(learners, zoe, 'query ($user: UUID!) { userById(id: $user) { name timeZone createdAt } }', { user: zoe });
  console.log('profile:', userById.name, userById.timeZone, instant(userById.createdAt));
  const course = await learn(zoe);
  const exercises = await work(zoe, course);
  await readTicker(zoe);
  const { homeRows } = await ask(learners, zoe, 'query ($user: UUID!) { homeRows(userId: $user) { nodes { rowTitle place title matchScore reason } } }', { user: zoe });
  for (const row of homeRows.nodes) console.log('home:', row.rowTitle, row.place, row.title, row.matchScore, row.reason ?? 'no reason');
  await hear(zoe, exercises[0]);
  const { allUsers: { nodes: [noor] } } = await ask(accounts, null, '{ allUsers(condition: {name: "Noor"}) { nodes { id } } }');
  console.log('as another:', await refused(ask(learners, zoe, 'query ($user: UUID!) { activityTicker(userId: $user) { nodes { id } } }', { user: noor.id })));
  const { allUsers } = await ask(learners, null, '{ allUsers { totalCount } }');
  console.log('as nobody:', allUsers.totalCount);
  await readWithDeletions(zoe);
  for (const { server, pool, handler } of await Promise.all([accounts, learners])) {
    server.close();
    server.closeAllConnections();
    await handler.release?.();
    await pool.end();
  }
}

story();
