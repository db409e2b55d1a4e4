// The routes. Each calls a function of the extension or reads its tables; what is allowed, what
// is visible and what follows from a submission is decided there.
'use strict';
const { randomBytes } = require('crypto');
const path = require('path');
const express = require('express');
const { asBackend, asLearner, listen, statusOf } = require('./database');

const app = express();
app.use(express.json({ limit: '1mb' }));
app.use(express.static(path.join(__dirname, 'page')));

// Sessions are the application's. These are forgotten when the server is restarted.
const sessions = new Map();

function begin(learner) {
  const token = randomBytes(32).toString('base64url');
  sessions.set(token, learner);
  return { token, id: learner };
}

// EventSource cannot send headers, and so passes the token in its address.
function tokenOf(request) {
  return (request.get('authorization') || '').replace(/^Bearer /, '') || request.query.token;
}

function learnerOf(request) {
  return sessions.get(tokenOf(request));
}

// A route for learners who are logged in: work(query, learner, request) returns the answer.
function route(method, address, work) {
  app[method](address, async (request, response, next) => {
    const learner = learnerOf(request);
    if (!learner) return response.status(401).json({ message: 'Log in first.' });
    try {
      response.json(await asLearner(learner, (query) => work(query, learner, request)));
    } catch (error) {
      next(error);
    }
  });
}

function handled(work) {
  return (request, response, next) => work(request, response).catch(next);
}

// Accounts

app.post('/api/register', handled(async (request, response) => {
  const { email, password, name, timeZone } = request.body;
  const [row] = await asBackend('SELECT register_user($1, $2, $3, $4) AS id', email, password, name, timeZone || 'UTC');
  response.status(201).json(begin(row.id));
}));

app.post('/api/login', handled(async (request, response) => {
  const [row] = await asBackend('SELECT authenticate($1, $2) AS id', request.body.email, request.body.password);
  if (row.id === null) return response.status(401).json({ message: 'The address or the password is wrong.' });
  response.json(begin(row.id));
}));

app.post('/api/logout', (request, response) => {
  sessions.delete(tokenOf(request));
  response.json({});
});

// From a field to a course

route('get', '/api/me', async (query, learner) => {
  const [user] = await query('SELECT id, name, max_visibility FROM users WHERE id = $1', learner);
  const [archetype] = await query('SELECT meta_category, domain, skill_level FROM user_archetypes WHERE user_id = $1', learner);
  const missing = await query(`SELECT DISTINCT word FROM missing_variables($1) AS m, unnest(m.missing) AS word
    WHERE word <> 'DOMAIN' ORDER BY word`, learner);
  const courses = await query(`SELECT c.id, c.title, p.progress_percentage AS percent
    FROM user_progress AS p JOIN generated_courses AS c ON c.id = p.course_id
    WHERE p.user_id = $1 ORDER BY p.last_activity DESC`, learner);
  return { ...user, archetype, missing: missing.map((row) => row.word), courses };
});

route('put', '/api/field', async (query, learner, { body }) => {
  await query('SELECT choose_archetype($1, $2, $3, $4)', learner, body.category, body.domain, body.level);
  return {};
});

route('put', '/api/words', async (query, learner, { body }) => {
  await query('SELECT set_variables($1, $2)', learner, JSON.stringify(body));
  return {};
});

route('post', '/api/courses', async (query, learner) => {
  const [course] = await query('SELECT generate_course($1) AS id', learner);
  await query('SELECT start_course($1, $2)', learner, course.id);
  return course;
});

// Learning

route('post', '/api/courses/:id/start', async (query, learner, { params }) => {
  await query('SELECT start_course($1, $2)', learner, params.id);
  return {};
});

route('get', '/api/courses/:id', async (query, learner, { params }) => {
  const [course] = await query('SELECT id, title, description FROM generated_courses WHERE id = $1', params.id);
  const [progress] = await query(`SELECT progress_percentage AS percent, time_spent_minutes AS minutes, completed_at
    FROM user_progress WHERE user_id = $1 AND course_id = $2`, learner, params.id);
  const modules = await query('SELECT * FROM course_outline($1, $2)', learner, params.id);
  return { ...course, progress, modules };
});

route('get', '/api/modules/:id', async (query, learner, { params }) => {
  const [module] = await query('SELECT id, title, description, content FROM generated_modules WHERE id = $1', params.id);
  const exercises = await query(`SELECT e.id, e.title, e.description, e.language, e.starter_code, e.difficulty, e.points,
      visible_test_cases(e.id) AS tests, best.score, best.passed, best.attempts
    FROM exercises AS e
    LEFT JOIN LATERAL (SELECT max(s.score) AS score, bool_or(s.passed) AS passed, count(*)::integer AS attempts
                       FROM module_completions AS s WHERE s.exercise_id = e.id AND s.user_id = $2) AS best ON true
    WHERE e.module_id = $1 ORDER BY e.exercise_number`, params.id, learner);
  return { ...module, exercises };
});

// A platform runs the code against the test cases. Here the page says how that went: all of them
// pass, or all but the first. The number of test cases, hidden ones included, is not the learner's to know.
route('post', '/api/exercises/:id/submissions', async (query, learner, { params, body }) => {
  const [exercise] = await asBackend('SELECT language, jsonb_array_length(test_cases) AS tests FROM exercises WHERE id = $1', params.id);
  const results = Array.from({ length: exercise ? exercise.tests : 0 }, (_, test) => Boolean(body.passes) || test > 0);
  await query('SELECT submit_exercise($1, $2, $3, $4, $5, 0, $6, $7)', learner, params.id, body.code,
    exercise ? exercise.language : '', JSON.stringify(results), body.minutes || 0, body.id);
  const [submission] = await query('SELECT score, passed, attempts FROM module_completions WHERE id = $1', body.id);
  return submission;
});

// People

route('get', '/api/ticker', (query, learner, { query: page }) =>
  query('SELECT * FROM activity_ticker($1, 20, $2, $3)', learner, page.before_at || null, page.before_id || null));

route('get', '/api/ticker/newer', (query, learner, { query: page }) =>
  query('SELECT * FROM newer_activity($1, 20, $2, $3)', learner, page.after_at || null, page.after_id || null));

route('get', '/api/home', (query, learner) => query('SELECT * FROM home_rows($1, 6)', learner));

route('get', '/api/people', (query, learner) =>
  query(`SELECT DISTINCT f.user_id AS id, f.metadata ->> 'actor_name' AS name,
           EXISTS (SELECT FROM user_relationships AS r WHERE r.follower_id = $1 AND r.following_id = f.user_id) AS is_followed
         FROM activity_feed AS f WHERE f.user_id <> $1 ORDER BY name LIMIT 50`, learner));

route('put', '/api/people/:id/follow', async (query, learner, { params }) => {
  await query('SELECT follow_user($1, $2)', learner, params.id);
  return {};
});

route('delete', '/api/people/:id/follow', async (query, learner, { params }) => {
  await query('SELECT unfollow_user($1, $2)', learner, params.id);
  return {};
});

route('get', '/api/people/:id/resume', async (query, learner, { params }) => {
  const [row] = await query('SELECT living_resume($1, $2) AS resume', params.id, learner);
  return row.resume;
});

// Live: a notification only says that there is something. Each page then asks for what is newer,
// under the rights of its own learner.

const pages = new Set();

app.get('/api/events', (request, response) => {
  if (!learnerOf(request)) return response.status(401).end();
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).flushHeaders();
  pages.add(response);
  request.on('close', () => pages.delete(response));
});

// Errors of the database have a message, a hint, and often the field that they are about.
app.use((error, request, response, next) => {
  const status = error.status || statusOf(error);
  if (status >= 500) console.error(error);
  response.status(status).json({
    message: status >= 500 ? 'Something went wrong. Try it again.' : error.message,
    hint: error.hint,
    field: error.column,
  });
});

listen(() => pages.forEach((page) => page.write('data: {}\n\n'))).then(() => {
  const server = app.listen(Number(process.env.PORT || 8080), process.env.HOST || '127.0.0.1', () => {
    console.log(`Open http://${server.address().address}:${server.address().port}/`);
  });
});
