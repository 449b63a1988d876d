-- GET /api/{user_id}/tasks in every order and both directions, for pending tasks, completed tasks, both, or the trash.
-- A page of several states merges one index scan for each. So one index is enough for each order, and a page never
-- reads through tasks of another state.
drop index concurrently if exists tasks_by_state_created;
create index concurrently tasks_by_state_created on tasks (owner_user_id, state, created_at, id);
drop index concurrently if exists tasks_by_state_revision;
create index concurrently tasks_by_state_revision on tasks (owner_user_id, state, revision, id); -- ?sort=updated_at, and …/changes
drop index concurrently if exists tasks_by_state_due;
create index concurrently tasks_by_state_due on tasks (owner_user_id, state, due_at, id);
drop index concurrently if exists tasks_by_state_priority;
create index concurrently tasks_by_state_priority on tasks (owner_user_id, state, priority, id);
drop index concurrently if exists tasks_by_state_title;
create index concurrently tasks_by_state_title on tasks (owner_user_id, state, title_key, id);
drop index concurrently if exists tasks_by_state_position;
create index concurrently tasks_by_state_position on tasks (owner_user_id, state, position, id); -- and a task's neighbours
-- The indexes of V1 and V5 would mix the trash with the completed tasks.
-- safe: nothing has been released yet, so no older operation needs it
drop index concurrently if exists tasks_by_completed_created;
-- safe: no operation of this version uses it, and no older version has been released
drop index concurrently if exists tasks_by_completed_revision;
-- safe: no operation of this version uses it, and no older version has been released
drop index concurrently if exists tasks_by_completed_due;
-- safe: no operation of this version uses it, and no older version has been released
drop index concurrently if exists tasks_by_completed_priority;
-- safe: no operation of this version uses it, and no older version has been released
drop index concurrently if exists tasks_by_completed_title;
-- safe: no operation of this version uses it, and no older version has been released
drop index concurrently if exists tasks_by_completed_position;
