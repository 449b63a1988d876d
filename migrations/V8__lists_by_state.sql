-- GET /api/{user_id}/tasks in every order, both ways, for pending or completed tasks or both, or for the trash: a page of
-- both merges the beginnings of the two. So one index an order is enough, and a page never reads past tasks of another
-- state.
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
-- Those of V1 and V5, in which the trash would stand among the completed tasks.
-- safe: nothing has been released yet, so that no older operation misses them
drop index concurrently if exists tasks_by_completed_created;
-- safe: no operation of this release reads by it, and none has been released before
drop index concurrently if exists tasks_by_completed_revision;
-- safe: no operation of this release reads by it, and none has been released before
drop index concurrently if exists tasks_by_completed_due;
-- safe: no operation of this release reads by it, and none has been released before
drop index concurrently if exists tasks_by_completed_priority;
-- safe: no operation of this release reads by it, and none has been released before
drop index concurrently if exists tasks_by_completed_title;
-- safe: no operation of this release reads by it, and none has been released before
drop index concurrently if exists tasks_by_completed_position;
