-- The whole task: priority, due date, tags and a place in the manual order; the key that titles are sorted by; and how
-- many tasks an owner has, so that a total costs nothing.

-- safe: it waits for nobody, and an older operation that inserts gets what these defaults say
alter table tasks
    -- none, low, medium or high, as 0 to 3.
    add column priority smallint not null default 0,
    -- When the task is due; infinity where it is not. A day is kept as its last microsecond in UTC, so that days and
    -- moments have one order.
    add column due_at timestamptz not null default 'infinity',
    -- Whether the due date was given as a day, and is answered as one.
    add column due_is_day boolean not null default false,
    add column tags text[] collate "C" not null default '{}',
    -- The title as it is sorted and searched by: in lower case, made by the API. (A collation of ICU would do without a
    -- column, but an index by one depends on the server's version of ICU.)
    add column title_key text collate "C" not null default '',
    -- A key between those of two neighbours: digits from 0 to f, compared as text. operations/_position.sql makes them.
    -- What an older operation inserts stands ahead of all that have never been moved.
    add column position text collate "C" not null default 'e';

-- safe: it waits for nobody; the counts are filled in below, where they are locked against writers
alter table users
    add column pending_tasks bigint not null default 0,
    add column completed_tasks bigint not null default 0;

-- The role that owns the tables is under their policies, too (V1 forces them). It is let out for the length of this
-- file, within this transaction: nobody else sees it.
-- safe: the policies hold for task_api throughout, and for the owner again before this is committed
alter table tasks no force row level security;
-- safe: as with the tasks, it holds again before this is committed
alter table users no force row level security;

-- safe: nothing has been released yet, so there are few rows and no writer beside this
update tasks t set
    title_key = lower(t.title), -- the next write of a task folds what this database does not
    position = 'e' || lpad(to_hex(placed.place), 12, '0')
from (
    select owner_user_id, id, row_number() over (partition by owner_user_id order by created_at, id) as place from tasks
) placed
where placed.owner_user_id = t.owner_user_id and placed.id = t.id;

-- safe: as with the tasks, there are few rows and no writer beside this
update users u set pending_tasks = counted.pending, completed_tasks = counted.completed
from (
    select owner_user_id, count(*) filter (where not completed) as pending, count(*) filter (where completed) as completed
    from tasks group by owner_user_id
) counted
where counted.owner_user_id = u.id;

alter table tasks force row level security;
alter table users force row level security;

alter table tasks
    add constraint tasks_priority_range check (priority between 0 and 3) not valid,
    add constraint tasks_due_at_range check (
        due_at = 'infinity' or due_at >= '1970-01-01T00:00:00Z' and due_at < '10000-01-01T00:00:00Z'
    ) not valid,
    add constraint tasks_due_is_day_iff_day check (
        not due_is_day
        or due_at < 'infinity' and (due_at at time zone 'UTC')::time = '23:59:59.999999'
    ) not valid,
    add constraint tasks_tags_count check (cardinality(tags) <= 20) not valid,
    -- Joined by commas they come apart as they were: none is null or empty, or has a comma.
    add constraint tasks_tags_without_commas check (string_to_array(array_to_string(tags, ','), ',') = tags) not valid,
    add constraint tasks_tags_length check (array_to_string(tags, ',') ~ '^([^,]{1,50}(,[^,]{1,50})*)?$') not valid,
    add constraint tasks_title_key_length check (char_length(title_key) <= 600) not valid,
    add constraint tasks_position_digits check (position ~ '^[0-9a-f]{1,200}$') not valid;

alter table users
    add constraint users_pending_tasks_not_negative check (pending_tasks >= 0) not valid,
    add constraint users_completed_tasks_not_negative check (completed_tasks >= 0) not valid;

grant update (priority, due_at, due_is_day, tags, title_key, position) on tasks to task_api;
grant update (pending_tasks, completed_tasks) on users to task_api;
