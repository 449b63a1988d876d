-- GET /api/{user_id}/tasks in every order, both ways, for one state (?status=) or for both: a page of both merges the
-- beginnings of the two. So one index an order is enough, and a page of pending tasks never reads past years of
-- completed ones. V1 made the one of created_at: tasks_by_completed_created.
create index concurrently if not exists tasks_by_completed_revision on tasks (owner_user_id, completed, revision, id); -- ?sort=updated_at
create index concurrently if not exists tasks_by_completed_due on tasks (owner_user_id, completed, due_at, id);
create index concurrently if not exists tasks_by_completed_priority on tasks (owner_user_id, completed, priority, id);
create index concurrently if not exists tasks_by_completed_title on tasks (owner_user_id, completed, title_key, id);
create index concurrently if not exists tasks_by_completed_position on tasks (owner_user_id, completed, position, id); -- and a task's neighbours
-- No operation of this release reads by it; those of the release before would read by tasks_by_completed_created.
-- safe: nothing has been released yet, so that no older operation misses it
drop index concurrently if exists tasks_by_created;
