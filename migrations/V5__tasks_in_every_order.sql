-- GET /api/{user_id}/tasks in every order and both directions, for one state (?status=) or for both. A page of both
-- states merges one index scan for each. So one index is enough for each order, and a page of pending tasks never reads
-- through years of completed tasks. V1 made the index for created_at: tasks_by_completed_created.
create index concurrently if not exists tasks_by_completed_revision on tasks (owner_user_id, completed, revision, id); -- ?sort=updated_at
create index concurrently if not exists tasks_by_completed_due on tasks (owner_user_id, completed, due_at, id);
create index concurrently if not exists tasks_by_completed_priority on tasks (owner_user_id, completed, priority, id);
create index concurrently if not exists tasks_by_completed_title on tasks (owner_user_id, completed, title_key, id);
create index concurrently if not exists tasks_by_completed_position on tasks (owner_user_id, completed, position, id); -- and a task's neighbours
-- No operation of this version uses this index.
-- safe: nothing has been released yet, so no older operation needs it
drop index concurrently if exists tasks_by_created;
