-- What an operation answers: how it went, and the task as it is kept. This is the one list of a task's columns: the
-- operations read and write `public.tasks` through it, and a row of it is the type of their results. All columns are of
-- built-in types, so that the driver need not ask for any.
--
-- The view belongs to task_api, so row-level security holds behind it. It is a plain selection, so Postgres lets rows be
-- changed through it (https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS).
create view operations.answer as
select
    -- found, written, repeated (done by an earlier try), not_found, precondition_failed, or what else an operation says
    -- of itself.
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

-- A row of several tasks' answer. In the first one the first columns say how the owner stands; the others are tasks.
create view operations.page as
select null::uuid as epoch, null::bigint as owner_revision, null::bigint as total, a.*
from operations.answer a;

-- The task that a request is about, if it is at a revision that the caller allows (null for any). Of one that is at
-- another, the answer says which. One in the trash is found by those only who look there, too.
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
