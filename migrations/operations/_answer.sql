-- What an operation answers: its outcome, and the task as it is stored. This is the list of a task's columns. The
-- operations read and write `public.tasks` through this view, and return its row type. All columns have built-in types,
-- so the driver never has to look up a type.
--
-- The view belongs to task_api, so row-level security applies behind it. It is a simple select, so Postgres allows
-- writes through it (https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS).
create view operations.answer as
select
    -- found, written, repeated (an earlier attempt did it), not_found, precondition_failed, or an outcome of a few
    -- operations. The file that sets it explains it.
    'found'::text as outcome,
    t.id,
    t.owner_user_id,
    t.title,
    t.title_key,
    t.description,
    t.completed,
    t.completed_at,
    t.priority,
    t.due_at,
    t.due_is_day,
    t.tags,
    t.position,
    t.created_at,
    t.updated_at,
    t.deleted_at,
    t.state,
    t.revision
from public.tasks t;

-- A row of an answer with several tasks. The first row describes the owner, in the first three columns. The other rows
-- are tasks.
create view operations.page as
select null::uuid as epoch, null::bigint as owner_revision, null::bigint as total, a.*
from operations.answer a;

-- Finds the task of a request, if the caller allows its revision (null allows any). If the caller does not allow it,
-- the answer shows the task with its revision. A task in the trash is found only with `p_also_in_trash`.
create function operations.find(p_user text, p_id uuid, p_allowed bigint[], p_also_in_trash boolean)
returns operations.answer
language plpgsql stable
as $$
#variable_conflict use_column
declare
    v_answer operations.answer;
begin
    select a.* into v_answer
    from operations.answer a
    where a.owner_user_id = p_user and a.id = p_id and (p_also_in_trash or a.deleted_at is null);
    v_answer.outcome := case
        when v_answer.id is null then 'not_found'
        when v_answer.revision = any (p_allowed) or p_allowed is null then 'found'
        else 'precondition_failed'
    end;
    return v_answer;
end
$$;
