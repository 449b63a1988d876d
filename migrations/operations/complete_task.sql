-- PATCH /api/{user_id}/tasks/{task_id}/complete: toggles the task's completion, or sets it to `p_completed`.
-- `p_allowed` are the revisions that the caller allows; null allows any. Index: users_pkey, tasks_pkey.

-- Under the owner's lock.
create function operations.complete_under_lock(
    p_owner operations.owner,
    p_id uuid,
    p_allowed bigint[],
    p_completed boolean
) returns operations.step
language plpgsql volatile
as $$
declare
    v_task operations.answer := operations.find(p_owner.id, p_id, p_allowed, false);
    v_after operations.answer := v_task;
begin
    if v_task.outcome <> 'found' then
        return row(p_owner, v_task)::operations.step;
    end if;
    v_after.completed := coalesce(p_completed, not v_task.completed);
    return operations.save(p_owner, v_task, v_after);
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
begin
    perform operations.enter(p_user, p_timeout);
    v_owner := operations.lock_owner(p_user, p_request);
    if v_owner.is_repeated then
        return operations.repeated(p_user, p_id);
    end if;
    return operations.finish(operations.complete_under_lock(v_owner, p_id, p_allowed, p_completed), p_request);
end
$$;
