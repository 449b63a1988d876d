-- The whole task: priority, due date, tags, a place in the manual order, and the key by which titles are sorted. The
-- owner's row also gets the number of tasks, so that a list's total costs nothing.

-- safe: it is done at once, and a task that an older operation inserts gets these defaults
alter table tasks
    -- none, low, medium or high, as 0 to 3.
    add column priority smallint not null default 0,
    -- When the task is due; infinity if it has no due date. A day is stored as its last microsecond in UTC, so that
    -- days and times sort together.
    add column due_at timestamptz not null default 'infinity',
    -- Whether the client gave the due date as a day. Answers then show it as a day.
    add column due_is_day boolean not null default false,
    add column tags text[] collate "C" not null default '{}',
    -- The title in lower case, for sorting and searching. The API makes it. (An ICU collation would need no column, but
    -- an index with an ICU collation depends on the server's ICU version.)
    add column title_key text collate "C" not null default '',
    -- A key between the keys of the two neighbours: digits from 0 to f, compared as text. operations/_position.sql
    -- makes it. A task that an older operation inserts comes before all tasks that have never been moved.
    add column position text collate "C" not null default 'e';

-- safe: it is done at once; the counts are filled in below, while the lock keeps writers out
alter table users
    add column pending_tasks bigint not null default 0,
    add column completed_tasks bigint not null default 0;

-- The policies also apply to the role that owns the tables (V1 forces them). This file has to see all rows, so it lifts
-- that rule within its own transaction. Nobody else sees the change.
-- safe: the policies apply to task_api all the time, and to the owner again before the commit
alter table tasks no force row level security;
-- safe: as for tasks, the rule is back before the commit
alter table users no force row level security;

-- safe: nothing has been released yet, so there are few rows and no other writer
update tasks t set
    title_key = lower(t.title), -- lower() may miss some letters; the next write of the task corrects that
    position = 'e' || lpad(to_hex(placed.place), 12, '0')
from (
    select owner_user_id, id, row_number() over (partition by owner_user_id order by created_at, id) as place from tasks
) placed
where placed.owner_user_id = t.owner_user_id and placed.id = t.id;

-- safe: as for tasks, there are few rows and no other writer
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
    -- Joined with commas and split again, they are the same. So no tag is null or empty, or contains a comma.
    add constraint tasks_tags_without_commas check (string_to_array(array_to_string(tags, ','), ',') = tags) not valid,
    add constraint tasks_tags_length check (array_to_string(tags, ',') ~ '^([^,]{1,50}(,[^,]{1,50})*)?$') not valid,
    add constraint tasks_title_key_length check (char_length(title_key) <= 600) not valid,
    add constraint tasks_position_digits check (position ~ '^[0-9a-f]{1,200}$') not valid;

alter table users
    add constraint users_pending_tasks_not_negative check (pending_tasks >= 0) not valid,
    add constraint users_completed_tasks_not_negative check (completed_tasks >= 0) not valid;

grant update (priority, due_at, due_is_day, tags, title_key, position) on tasks to task_api;
grant update (pending_tasks, completed_tasks) on users to task_api;
