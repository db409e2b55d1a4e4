"""The story, by psycopg with its defaults. test/long/clients.pl says what all clients print."""
import json
import os
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb


# [setup]
def connect(**settings):
    # A pooler in transaction mode knows no prepared statements of a session.
    return psycopg.connect(autocommit=True, row_factory=dict_row, prepare_threshold=None, **settings)


accounts = connect(user=os.environ['ACCOUNTS_USER'])
connection = connect()


@contextmanager
def as_learner(learner):
    """A transaction for a learner, whose name goes with the transaction."""
    with connection.transaction():
        connection.execute("SELECT set_config('learnify.user_id', %s, true)", [str(learner)])
        yield connection
# [/setup]


# [submit]
# A list would become an array of PostgreSQL: Jsonb makes it JSON.
def submit(learner, exercise, code, language, results):
    with as_learner(learner) as query:
        return query.execute('SELECT submit_exercise(%s, %s, %s, %s, %s) AS id',
                             [learner, exercise, code, language, Jsonb(results)]).fetchone()['id']
# [/submit]


# [pages]
# A datetime has the microseconds of created_at. The id is what counts.
def ticker(learner, size):
    last = {'id': None, 'created_at': None}
    while last:
        with as_learner(learner) as query:
            rows = query.execute('SELECT * FROM activity_ticker(%s, %s, %s, %s)',
                                 [learner, size, last['created_at'], last['id']]).fetchall()
        yield rows
        last = rows[-1] if rows else None
# [/pages]


# [numbers]
# A bigint is an int, as every integer.
def following_count(learner):
    with as_learner(learner) as query:
        return query.execute('SELECT following_count(%s) AS people', [learner]).fetchone()['people']
# [/numbers]


# [listen]
# Not through a pooler: this connection has to stay the listener's own.
def listen():
    listener = connect(port=os.environ['DIRECT_PORT'])
    listener.execute('LISTEN learnify_activity')
    return (json.loads(notify.payload) for notify in listener.notifies())
# [/listen]


# [errors]
def error_of(error):
    return f"{error.sqlstate} {error.diag.column_name or ''}".strip()
# [/errors]


def refused(work, *arguments):
    try:
        work(*arguments)
        return 'allowed'
    except psycopg.Error as error:
        return error_of(error)


def backend(statement, *values):
    cursor = accounts.execute(statement, values)
    return cursor.fetchall() if cursor.description else None


def learner_query(learner, statement, *values):
    with as_learner(learner) as query:
        return query.execute(statement, values).fetchall()


def is_now(instant):
    return abs(datetime.now(timezone.utc) - instant) < timedelta(hours=1)


def instant(value):
    if is_now(value):
        return 'now'
    return value.astimezone(timezone.utc).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def learn(zoe):
    variables = {
        'ENTITY': 'starter', 'STATE': 'activity level', 'LOGIC': 'readiness test', 'FLOW': 'bulk fermentation',
        'CONTAINER': 'bakery schedule', 'EDGE_CASE': 'overproofed dough', 'INTERFACE': 'oven', 'VARIANT': 'Dutch oven',
        'EVENT': 'fold timer', 'CAPSTONE_GOAL': 'a bake planner'}
    learner_query(zoe, 'SELECT choose_archetype(%s, %s, %s, %s)', zoe, 'Biological', 'sourdough', 'novice')
    print('no variables:', refused(learner_query, zoe, 'SELECT set_variables(%s, %s)', zoe, None))
    missing = learner_query(zoe, 'SELECT * FROM missing_variables(%s)', zoe)
    print('modules without variables:', *[len(row['missing']) for row in missing])
    learner_query(zoe, 'SELECT set_variables(%s, %s)', zoe, Jsonb(variables))
    print('modules without variables:', len(learner_query(zoe, 'SELECT * FROM missing_variables(%s)', zoe)))
    course = learner_query(zoe, 'SELECT generate_course(%s) AS id', zoe)[0]['id']
    learner_query(zoe, 'SELECT start_course(%s, %s)', zoe, course)
    return course


def work(zoe, course):
    exercises = backend(
        '''SELECT e.id, e.module_id, e.language, jsonb_array_length(e.test_cases) AS tests
           FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id
           WHERE m.course_id = %s ORDER BY m.module_number, e.exercise_number''', course)
    first, second, third = exercises[:3]
    submit(zoe, first['id'], 'ß', first['language'], [False] + [True] * (first['tests'] - 1))
    submit(zoe, first['id'], 'ß', first['language'], [True] * first['tests'])
    submit(zoe, second['id'], 'ß', second['language'], [True] * second['tests'])
    print('too few results:', refused(submit, zoe, first['id'], 'ß', first['language'], []))
    backend(
        '''INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at)
           VALUES (%s, %s, %s, %s, true, 90, %s)''', zoe, third['module_id'], third['id'], third['language'],
        datetime(2026, 2, 3, 22, 45, 6, 789000, timezone.utc))
    for row in learner_query(zoe, 'SELECT * FROM module_completions WHERE user_id = %s ORDER BY score, attempts', zoe):
        print('submission:', row['score'], str(row['passed']).lower(), row['attempts'], sum(row['test_results']), instant(row['submitted_at']))
    for row in learner_query(zoe, 'SELECT * FROM course_outline(%s, %s) ORDER BY module_number LIMIT 3', zoe, course):
        print('module:', row['module_number'], row['state'], f"{row['solved']}/{row['exercises']}", row['title'])
    progress, = learner_query(zoe, 'SELECT * FROM user_progress WHERE user_id = %s', zoe)
    print('progress:', progress['progress_percentage'], instant(progress['started_at']), progress['completed_at'] or 'not completed')
    return exercises[3:]


def read_ticker(zoe):
    people = [row['id'] for row in backend('SELECT id FROM users WHERE id <> %s', zoe)]
    learner_query(zoe, 'SELECT follow_user(%s, person) FROM unnest(%s::uuid[]) AS person', zoe, people)
    print('follows:', following_count(zoe))
    rows = [row for page in ticker(zoe, 10) for row in page]
    for row in rows:
        print('ticker:', instant(row['created_at']), row['activity_type'], row['metadata']['actor_name'])
    print(len({row['id'] for row in rows}), 'different rows of', len(rows))


def read_with_deletions(zoe):
    """The last row of each page is deleted before the next one is read: its instant has to do."""
    seen = set()
    for page in ticker(zoe, 10):
        seen |= {row['id'] for row in page}
        if page:
            backend('DELETE FROM activity_feed WHERE id = %s', page[-1]['id'])
    print(len(seen), 'different rows while some are deleted')


def hear(zoe, exercise):
    notifications = listen()
    submit(zoe, exercise['id'], 'ß', exercise['language'], [True] * exercise['tests'])
    heard = next(payload for payload in notifications if payload['user_id'] == str(zoe))
    row, = learner_query(zoe, 'SELECT * FROM activity_feed WHERE id = %s', heard['id'])
    print('heard:', row['activity_type'])


def story():
    register = 'SELECT register_user(%s, %s, %s, %s) AS id'
    zoe = backend(register, 'Zoe@Example.com', 'correct horse', 'Zoë ☕', 'Europe/Lisbon')[0]['id']
    print('registered again:', refused(backend, register, 'ZOE@example.com', 'correct horse', 'Zoë', 'UTC'))
    print('without a name:', refused(backend, register, 'bob@example.com', 'correct horse', None, 'UTC'))
    profile, = learner_query(zoe, 'SELECT name, time_zone, created_at FROM users WHERE id = %s', zoe)
    print('profile:', profile['name'], profile['time_zone'], instant(profile['created_at']))
    course = learn(zoe)
    exercises = work(zoe, course)
    read_ticker(zoe)
    for row in learner_query(zoe, 'SELECT * FROM home_rows(%s)', zoe):
        print('home:', row['row_title'], row['place'], row['title'], row['match_score'], row['reason'] or 'no reason')
    hear(zoe, exercises[0])
    noor, = backend("SELECT id FROM users WHERE name = 'Noor'")
    print('as another:', refused(learner_query, zoe, 'SELECT * FROM activity_ticker(%s)', noor['id']))
    print('as nobody:', connection.execute('SELECT count(*) AS people FROM users').fetchone()['people'])
    read_with_deletions(zoe)


story()
