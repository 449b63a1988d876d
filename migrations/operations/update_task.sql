-- PUT and PATCH /api/{user_id}/tasks/{task_id}: changes the fields that `p_patch` names. `p_allowed` are the revisions
-- that the caller allows; null allows any. Index: users_pkey, tasks_pkey.

-- Under the owner's lock.
create function operations.update_under_lock(
    p_owner operations.owner,
    p_id uuid,
    p_allowed bigint[],
    p_patch jsonb
) returns operations.step
language plpgsql volatile
as $$
declare
    v_task operations.answer := operations.find(p_owner.id, p_id, p_allowed, false);
begin
    if v_task.outcome <> 'found' then
        return row(p_owner, v_task)::operations.step;
    end if;
    return operations.save(p_owner, v_task, jsonb_populate_record(v_task, p_patch));
end
$$;

create function operations.update_task(
    p_user text,
    p_timeout integer,
    p_request uuid,
    p_id uuid,
    p_allowed bigint[],
    p_patch jsonb
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
    return operations.finish(operations.update_under_lock(v_owner, p_id, p_allowed, p_patch), p_request);
end
$$;
