-- PATCH /api/{user_id}/tasks/{task_id}/complete: toggles the task's completion, or sets it to `p_completed`.
-- `p_allowed` are the revisions that the caller allows, null for any. Index: users_pkey, tasks_pkey.

-- Under the owner's lock: the task gets the revision that it is given.
create function operations.complete_under_lock(
    p_user text,
    p_revision bigint,
    p_id uuid,
    p_allowed bigint[],
    p_completed boolean
) returns operations.answer
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_timestamp();
    v_answer operations.answer;
begin
    update operations.answer a set
        completed = coalesce(p_completed, not a.completed),
        completed_at = case when coalesce(p_completed, not a.completed) then coalesce(a.completed_at, v_now) end,
        updated_at = v_now,
        revision = p_revision
    where a.owner_user_id = p_user and a.id = p_id and (p_allowed is null or a.revision = any (p_allowed))
    returning a.* into v_answer;
    if not found then
        return operations.missed(p_user, p_id);
    end if;
    v_answer.outcome := 'written';
    return v_answer;
end
$$;

create function operations.complete_task(
    p_user text,
    p_timeout integer,
    p_request uuid,
    p_id uuid,
    p_allowed bigint[],
    p_completed boolean
) returns operations.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    v_owner operations.owner;
    v_answer operations.answer;
begin
    perform operations.enter(p_user, p_timeout);
    v_owner := operations.lock_owner(p_user, p_request);
    if v_owner.is_repeated then
        return operations.repeated(p_user, p_id);
    end if;
    v_answer := operations.complete_under_lock(p_user, v_owner.revision + 1, p_id, p_allowed, p_completed);
    if v_answer.outcome = 'written' then
        perform operations.remember(p_user, p_request, v_answer.revision);
    end if;
    return v_answer;
end
$$;
