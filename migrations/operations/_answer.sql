-- What an operation answers: how it went, and the task as clients may see it. This is the one list of a task's columns:
-- the operations read and write `public.tasks` through it, and a row of it is the type of their results. All columns are
-- of built-in types, so that the driver need not ask for any.
--
-- The view belongs to task_api, so row-level security holds behind it. It is a plain selection, so Postgres lets rows be
-- changed through it (https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS).
create view operations.answer as
select
    -- found, written, repeated (done by an earlier try), not_found or precondition_failed.
    'found'::text as outcome,
    t.id,
    t.owner_user_id,
    t.title,
    t.description,
    t.completed,
    t.completed_at,
    t.created_at,
    t.updated_at,
    t.revision
from public.tasks t;
