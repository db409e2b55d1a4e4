// The page. It shows what the back end answers, and knows no rule of its own.

// Two learners can be logged in side by side: each frame has its own token.
const TOKEN = `token ${new URLSearchParams(location.search).get('learner') || ''}`;
const main = document.getElementById('main');
const ticker = document.getElementById('ticker');
let token = sessionStorage.getItem(TOKEN);
let events;

// Returns an element. Children are elements or texts; markup in a text is shown as it is.
function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

async function call(method, address, body) {
  const response = await fetch(`api/${address}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.status === 401 && token) return logOut();
  if (!response.ok) throw Object.assign(new Error(answer.message || 'Something went wrong.'), answer);
  return answer;
}

// Forms: the error stands in the form, and the field that it is about is marked.

function field(label, name, attributes = {}, hint = '') {
  const input = element(attributes.options ? 'select' : attributes.rows ? 'textarea' : 'input', { name, required: true, ...attributes, options: undefined },
    (attributes.options || []).map((option) => element('option', {}, option)));
  return element('label', {}, label, hint && element('span', { class: 'quiet' }, hint), input);
}

function showError(form, error) {
  const message = form.querySelector('.error');
  message.textContent = error ? [error.message, error.hint].filter(Boolean).join(' ') : '';
  for (const input of form.elements) input.removeAttribute('aria-invalid');
  const input = error && error.field && form.elements[error.field];
  if (input) {
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  }
}

function form(title, fields, submit, work) {
  return element('form', {
    async onsubmit(event) {
      event.preventDefault();
      const button = this.querySelector('button.main');
      button.disabled = true;
      showError(this, null);
      try {
        await work(Object.fromEntries(new FormData(this)), this);
      } catch (error) {
        showError(this, error);
      } finally {
        button.disabled = false;
      }
    },
  }, element('h2', {}, title), fields, element('p', { class: 'error', role: 'alert' }), element('div', {}, element('button', { class: 'main' }, submit)));
}

function show(title, ...content) {
  document.title = `${title} · learnify`;
  main.replaceChildren(element('h1', {}, title), ...content.flat(Infinity).filter(Boolean));
  main.focus();
  window.scrollTo(0, 0);
}

// Accounts

function logIn(answer) {
  token = answer.token;
  sessionStorage.setItem(TOKEN, token);
  location.hash = '#/';
  begin();
}

function logOut() {
  token = null;
  sessionStorage.removeItem(TOKEN);
  if (events) events.close();
  begin();
}

function showWelcome() {
  const address = () => field('E-mail address', 'email', { type: 'email', autocomplete: 'username' });
  show('Learn in your own words',
    form('Sign up', [field('Name', 'name', { autocomplete: 'name' }), address(),
      field('Password', 'password', { type: 'password', autocomplete: 'new-password' })], 'Sign up',
    async (values) => logIn(await call('POST', 'register', { ...values, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }))),
    form('Log in', [address(), field('Password', 'password', { type: 'password', autocomplete: 'current-password' })], 'Log in',
      async (values) => logIn(await call('POST', 'login', values))));
}

// Home, and the way to the first course

function fieldForm() {
  return form('Choose a field', [
    field('Category', 'category', { options: ['Biological', 'Digital', 'Economic', 'Aesthetic', 'Cognitive'] }),
    field('What do you know well?', 'domain', { placeholder: 'sourdough baking' }, 'The course is told in its terms.'),
    field('Level', 'level', { options: ['novice', 'analyst', 'quant'] }),
  ], 'Go on', async (values) => {
    await call('PUT', 'field', values);
    await showHome();
  });
}

function wordsForm(missing) {
  const label = (word) => word.charAt(0) + word.slice(1).toLowerCase().replaceAll('_', ' ');
  return form('Your words', missing.map((word) => field(label(word), word)), 'Make my course', async (values) => {
    await call('PUT', 'words', values);
    location.hash = `#/course/${(await call('POST', 'courses')).id}`;
  });
}

function courseCard(row) {
  return element('li', { class: 'card' },
    element('h3', {}, element('a', { href: `#/course/${row.course_id}` }, row.title)),
    element('p', { class: 'quiet' }, row.reason));
}

async function showHome() {
  const me = await call('GET', 'me');
  if (!me) return;
  if (!me.archetype) return show(`Welcome, ${me.name}`, fieldForm());
  const rows = new Map();
  for (const row of await call('GET', 'home')) rows.set(row.row_title, [...(rows.get(row.row_title) || []), row]);
  show(`Welcome, ${me.name}`,
    me.missing.length ? wordsForm(me.missing) : !me.courses.length && form('Your words are complete', [], 'Make my course', async () => {
      location.hash = `#/course/${(await call('POST', 'courses')).id}`;
    }),
    [...rows].map(([title, courses]) => element('section', {}, element('h2', {}, title), element('ul', { class: 'cards' }, courses.map(courseCard)))));
}

// Courses

async function showCourse(id) {
  const course = await call('GET', `courses/${id}`);
  const percent = course.progress ? course.progress.percent : 0;
  show(course.title, element('p', {}, course.description),
    course.progress
      ? [element('progress', { max: 100, value: percent, 'aria-label': 'Progress' }), element('p', { class: 'quiet' }, `${percent} % done, ${course.progress.minutes} minutes`)]
      : form('Take this course', [], 'Enrol', async () => {
        await call('POST', `courses/${id}/start`);
        await showCourse(id);
      }),
    element('ol', { class: 'modules' }, course.modules.map((module) => element('li', {},
      element('a', { href: `#/module/${module.module_id}` }, `${module.module_number}. ${module.title}`),
      element('span', { class: 'quiet' }, `${module.solved} of ${module.exercises} solved · ${module.state}`)))));
}

// Lessons have a title and a body in Markdown, of which paragraphs, lists, code and bold are shown.

function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) =>
    part.startsWith('`') ? element('code', {}, part.slice(1, -1)) : part.startsWith('**') ? element('strong', {}, part.slice(2, -2)) : part);
}

function markdown(body) {
  return body.split(/^```.*\n([\s\S]*?)^```$/m).flatMap((part, number) =>
    number % 2 ? [element('pre', { tabindex: 0 }, part)] : part.split(/\n\n+/).filter((text) => text.trim()).map((text) =>
      element('p', { class: 'lesson' }, inline(text.trim()))));
}

function lessons(content) {
  return ((content && content.lessons) || []).map(({ title, body }) =>
    element('details', {}, element('summary', {}, title), markdown(body)));
}

function exerciseForm(exercise, again) {
  const begun = Date.now();
  const status = exercise.attempts ? ` · best score ${exercise.score}${exercise.passed ? ', solved' : ''}` : '';
  let id = crypto.randomUUID();
  return form(exercise.title, [
    element('p', { class: 'quiet' }, `${exercise.difficulty} · ${exercise.points} points${status}`),
    markdown(exercise.description),
    exercise.tests.length && element('details', {}, element('summary', {}, `${exercise.tests.length} tests to see`), element('pre', {}, JSON.stringify(exercise.tests, null, 2))),
    field(`Your code (${exercise.language})`, 'code', { rows: 12, spellcheck: 'false' }),
    element('label', { class: 'check' }, element('input', { type: 'checkbox', name: 'passes', checked: true }), 'All tests pass (nothing runs the code here)'),
  ], 'Hand in', async ({ code, passes }) => {
    // the same id if it has to be sent again: it counts once
    const minutes = Math.min(1440, Math.ceil((Date.now() - begun) / 60000));
    const result = await call('POST', `exercises/${exercise.id}/submissions`, { id, code, passes: Boolean(passes), minutes });
    id = crypto.randomUUID();
    await again(`${exercise.title}: ${result.score} of 100 in attempt ${result.attempts}${result.passed ? ', solved' : ''}.`);
  });
}

async function showModule(id, message) {
  const module = await call('GET', `modules/${id}`);
  const forms = module.exercises.map((exercise) => {
    const node = exerciseForm(exercise, (result) => showModule(id, result));
    node.elements.code.value = exercise.starter_code;
    return node;
  });
  show(module.title, element('p', { role: 'status' }, message || ''), element('p', {}, module.description),
    element('h2', {}, 'Lessons'), lessons(module.content), element('h2', {}, 'Exercises'), forms);
}

// People

const DONE = {
  exercise_solved: (row) => `solved ${row.metadata.exercise_title}`,
  module_completed: (row) => `completed ${row.metadata.module_title}`,
  course_completed: (row) => `completed the course ${row.metadata.course_title}`,
  achievement_earned: (row) => `earned ${row.metadata.achievement}`,
};

function tickerRow(row) {
  const text = (DONE[row.activity_type] || (() => row.activity_type.replaceAll('_', ' ')))(row);
  return element('li', { 'data-id': row.id, 'data-at': row.created_at },
    element('a', { href: `#/person/${row.user_id}` }, row.metadata.actor_name), ` ${text}`,
    element('p', { class: 'quiet' }, new Date(row.created_at).toLocaleString()));
}

// The id alone says where a page ends: a JavaScript date has no microseconds.
async function showOlder() {
  const last = ticker.lastElementChild;
  const rows = await call('GET', `ticker${last ? `?before_id=${last.dataset.id}` : ''}`);
  ticker.append(...rows.map(tickerRow));
  document.getElementById('older').hidden = rows.length < 20;
}

async function showNewer() {
  const first = ticker.firstElementChild;
  if (!first) return showOlder();
  for (const row of await call('GET', `ticker/newer?after_id=${first.dataset.id}`)) ticker.prepend(tickerRow(row));
}

async function showPeople() {
  const people = await call('GET', 'people');
  document.getElementById('people').replaceChildren(...people.map((person) => element('li', {},
    element('a', { href: `#/person/${person.id}` }, person.name),
    element('button', {
      type: 'button',
      async onclick() {
        await call(person.is_followed ? 'DELETE' : 'PUT', `people/${person.id}/follow`);
        await showPeople();
        ticker.replaceChildren();
        await showOlder();
      },
    }, person.is_followed ? 'Unfollow' : 'Follow', element('span', { class: 'hidden' }, ` ${person.name}`)))));
}

async function showResume(id) {
  const resume = await call('GET', `people/${id}/resume`);
  if (!resume) return show('Résumé', element('p', {}, 'There is nothing to see.'));
  const list = (title, items) => items && items.length
    ? [element('h2', {}, title), element('ul', { class: 'cards' }, items.map((item) => element('li', { class: 'card' }, item)))] : [];
  show(resume.name, element('p', { class: 'quiet' }, resume.title),
    resume.scores && element('p', {}, `${resume.scores.exercises_solved} exercises solved, ${resume.scores.perfect_scores} of them without a mistake`),
    list('Learning', (resume.current_learning || []).map((course) => `${course.title}: ${course.progress_percentage} %`)),
    list('Completed', (resume.completed_courses || []).map((course) => course.title)),
    list('Achievements', (resume.achievements || []).map((achievement) => `${achievement.name} (${achievement.rarity})`)));
}

// Where the address leads

async function go() {
  if (!token) return showWelcome();
  const [, place, id] = location.hash.split('/');
  try {
    if (place === 'course') await showCourse(id);
    else if (place === 'module') await showModule(id);
    else if (place === 'person') await showResume(id);
    else if (place === 'me') await showResume((await call('GET', 'me')).id);
    else await showHome();
  } catch (error) {
    show('That did not work', element('p', { class: 'error', role: 'alert' }, error.message));
  }
}

async function begin() {
  document.querySelector('nav').hidden = !token;
  document.querySelector('aside').hidden = !token;
  document.querySelectorAll('[data-alone]').forEach((node) => { node.hidden = window !== window.top; });
  ticker.replaceChildren();
  await go();
  if (!token) return;
  await Promise.all([showOlder(), showPeople()]);
  events = new EventSource(`api/events?token=${encodeURIComponent(token)}`);
  events.onmessage = () => Promise.all([showNewer(), showPeople()]);
  events.onopen = () => { document.getElementById('live').textContent = 'Live'; };
  events.onerror = () => { document.getElementById('live').textContent = 'Not connected'; };
}

window.addEventListener('hashchange', go);
document.getElementById('logout').addEventListener('click', () => call('POST', 'logout').then(logOut));
document.getElementById('older').addEventListener('click', showOlder);
begin();
