# The story, by ActiveRecord with its defaults. test/long/clients.pl says what all clients print.
require 'active_record'
require 'json'

# [setup]
SERVER = { adapter: 'postgresql', host: ENV['PGHOST'], port: ENV['PGPORT'], database: ENV['PGDATABASE'],
           # A pooler in transaction mode knows no prepared statements and no advisory locks of a session.
           prepared_statements: false, advisory_locks: false }.freeze

class Account < ActiveRecord::Base
  self.abstract_class = true
  establish_connection SERVER.merge(username: ENV['ACCOUNTS_USER'])
end

class Learning < ActiveRecord::Base
  self.abstract_class = true
  establish_connection SERVER.merge(username: ENV['PGUSER'])

  # A transaction for a learner, whose name goes with the transaction.
  def self.as_learner(learner)
    transaction do
      select("SELECT set_config('learnify.user_id', ?, true)", learner)
      yield
    end
  end

  # The rows of a statement. Through select_all, each value has the type of its column.
  def self.select(*statement)
    result = connection.select_all(sanitize_sql_array(statement))
    result.map { |row| row.to_h { |name, value| [name, result.column_types.fetch(name) { ActiveModel::Type::Value.new }.deserialize(value)] } }
  end
end

class Completion < Learning
  self.table_name = 'module_completions'
end

class Progress < Learning
  self.table_name = 'user_progress'
end
# [/setup]

# [submit]
# An array would become a list of values: jsonb takes to_json of it.
def submit(learner, exercise, code, language, results)
  Learning.as_learner(learner) do
    Learning.select('SELECT submit_exercise(?, ?, ?, ?, ?) AS id', learner, exercise, code, language, results.to_json)[0]['id']
  end
end
# [/submit]

# [pages]
# A Time has the microseconds of created_at. The id is what counts.
def ticker(learner, size)
  last = { 'id' => nil, 'created_at' => nil }
  while last
    rows = Learning.as_learner(learner) do
      Learning.select('SELECT * FROM activity_ticker(?, ?, ?, ?)', learner, size, last['created_at'], last['id'])
    end
    yield rows
    last = rows.last
  end
end
# [/pages]

# [numbers]
# A bigint is an Integer, as every integer.
def following_count(learner)
  Learning.as_learner(learner) { Learning.select('SELECT following_count(?) AS people', learner)[0]['people'] }
end
# [/numbers]

# [listen]
# Not through a pooler: this connection has to stay the listener's own.
def listen
  listener = PG.connect(host: ENV['PGHOST'], port: ENV['DIRECT_PORT'], dbname: ENV['PGDATABASE'], user: ENV['PGUSER'])
  listener.exec('LISTEN learnify_activity')
  listener
end

def next_notification(listener)
  listener.wait_for_notify(10) { |_channel, _pid, payload| return JSON.parse(payload) }
end
# [/listen]

# [errors]
def error_of(error)
  result = error.cause.result
  "#{result.error_field(PG::PG_DIAG_SQLSTATE)} #{result.error_field(PG::PG_DIAG_COLUMN_NAME)}".strip
end
# [/errors]

class Activity < Account
  self.table_name = 'activity_feed'
end

class Person < Account
  self.table_name = 'users'
end

def refused
  yield
  'allowed'
rescue ActiveRecord::StatementInvalid => e
  error_of(e)
end

def backend(*statement)
  result = Account.connection.select_all(Account.sanitize_sql_array(statement))
  result.to_a
end

def learner_query(learner, *statement)
  Learning.as_learner(learner) { Learning.select(*statement) }
end

def instant(time)
  (Time.now - time).abs < 3600 ? 'now' : time.utc.strftime('%Y-%m-%dT%H:%M:%S.%LZ')
end

def learn(zoe)
  variables = {
    ENTITY: 'starter', STATE: 'activity level', LOGIC: 'readiness test', FLOW: 'bulk fermentation', CONTAINER: 'bakery schedule',
    EDGE_CASE: 'overproofed dough', INTERFACE: 'oven', VARIANT: 'Dutch oven', EVENT: 'fold timer', CAPSTONE_GOAL: 'a bake planner'
  }
  learner_query(zoe, 'SELECT choose_archetype(?, ?, ?, ?)', zoe, 'Biological', 'sourdough', 'novice')
  puts "no variables: #{refused { learner_query(zoe, 'SELECT set_variables(?, ?)', zoe, nil) }}"
  missing = learner_query(zoe, 'SELECT * FROM missing_variables(?)', zoe)
  puts "modules without variables: #{missing.map { |row| row['missing'].length }.join(' ')}"
  learner_query(zoe, 'SELECT set_variables(?, ?)', zoe, variables.to_json)
  puts "modules without variables: #{learner_query(zoe, 'SELECT * FROM missing_variables(?)', zoe).length}"
  course = learner_query(zoe, 'SELECT generate_course(?) AS id', zoe)[0]['id']
  learner_query(zoe, 'SELECT start_course(?, ?)', zoe, course)
  course
end

def work(zoe, course)
  exercises = backend(<<~SQL, course)
    SELECT e.id, e.module_id, e.language, jsonb_array_length(e.test_cases) AS tests
    FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id
    WHERE m.course_id = ? ORDER BY m.module_number, e.exercise_number
  SQL
  first, second, third = exercises
  submit(zoe, first['id'], 'ß', first['language'], [false] + [true] * (first['tests'] - 1))
  submit(zoe, first['id'], 'ß', first['language'], [true] * first['tests'])
  submit(zoe, second['id'], 'ß', second['language'], [true] * second['tests'])
  puts "too few results: #{refused { submit(zoe, first['id'], 'ß', first['language'], []) }}"
  Account.connection.execute(Account.sanitize_sql_array([<<~SQL, zoe, third['module_id'], third['id'], third['language'], Time.utc(2026, 2, 3, 22, 45, 6.789r)]))
    INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at) VALUES (?, ?, ?, ?, true, 90, ?)
  SQL
  Learning.as_learner(zoe) do
    Completion.where(user_id: zoe).order(:score, :attempts).each do |row|
      puts "submission: #{row.score} #{row.passed} #{row.attempts} #{row.test_results.count(true)} #{instant(row.submitted_at)}"
    end
    Learning.select('SELECT * FROM course_outline(?, ?) ORDER BY module_number LIMIT 3', zoe, course).each do |row|
      puts "module: #{row['module_number']} #{row['state']} #{row['solved']}/#{row['exercises']} #{row['title']}"
    end
    progress = Progress.find_by(user_id: zoe)
    puts "progress: #{progress.progress_percentage} #{instant(progress.started_at)} #{progress.completed_at || 'not completed'}"
  end
  exercises.drop(3)
end

def read_ticker(zoe)
  people = Person.where.not(id: zoe).pluck(:id)
  learner_query(zoe, 'SELECT follow_user(?, person::uuid) FROM unnest(ARRAY[?]) AS person', zoe, people)
  puts "follows: #{following_count(zoe)}"
  seen = []
  ticker(zoe, 10) do |page|
    page.each { |row| puts "ticker: #{instant(row['created_at'])} #{row['activity_type']} #{row['metadata']['actor_name']}" }
    seen += page.map { |row| row['id'] }
  end
  puts "#{seen.uniq.length} different rows of #{seen.length}"
end

# The last row of each page is deleted before the next one is read: its instant has to do.
def read_with_deletions(zoe)
  seen = []
  ticker(zoe, 10) do |page|
    seen |= page.map { |row| row['id'] }
    Activity.where(id: page.last['id']).delete_all if page.any?
  end
  puts "#{seen.length} different rows while some are deleted"
end

def hear(zoe, exercise)
  listener = listen
  submit(zoe, exercise['id'], 'ß', exercise['language'], [true] * exercise['tests'])
  payload = next_notification(listener)
  payload = next_notification(listener) until payload['user_id'] == zoe
  puts "heard: #{learner_query(zoe, 'SELECT * FROM activity_feed WHERE id = ?', payload['id'])[0]['activity_type']}"
end

register = 'SELECT register_user(?, ?, ?, ?) AS id'
zoe = backend(register, 'Zoe@Example.com', 'correct horse', 'Zoë ☕', 'Europe/Lisbon')[0]['id']
puts "registered again: #{refused { backend(register, 'ZOE@example.com', 'correct horse', 'Zoë', 'UTC') }}"
puts "without a name: #{refused { backend(register, 'bob@example.com', 'correct horse', nil, 'UTC') }}"
profile = learner_query(zoe, 'SELECT name, time_zone, created_at FROM users WHERE id = ?', zoe)[0]
puts "profile: #{profile['name']} #{profile['time_zone']} #{instant(profile['created_at'])}"
exercises = work(zoe, learn(zoe))
read_ticker(zoe)
learner_query(zoe, 'SELECT * FROM home_rows(?)', zoe).each do |row|
  puts "home: #{row['row_title']} #{row['place']} #{row['title']} #{row['match_score']} #{row['reason'] || 'no reason'}"
end
hear(zoe, exercises[0])
noor = Person.find_by(name: 'Noor').id
puts "as another: #{refused { learner_query(zoe, 'SELECT * FROM activity_ticker(?)', noor) }}"
puts "as nobody: #{Learning.select('SELECT count(*) AS people FROM users')[0]['people']}"
read_with_deletions(zoe)
