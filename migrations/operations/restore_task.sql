-- POST /api/{user_id}/tasks/{task_id}/restore: brings a task back from the trash to its old place in the manual order.
-- `p_allowed` are the revisions that the caller allows; null allows any. Index: users_pkey, tasks_pkey.

-- Under the owner's lock. A task that is not in the trash is not written: its outcome is `found`.
create function operations.restore_under_lock(p_owner operations.owner, p_id uuid, p_allowed bigint[])
returns operations.step
language plpgsql volatile
as $$
declare
    v_task operations.answer := operations.find(p_owner.id, p_id, p_allowed, true);
    v_restored operations.answer := v_task;
begin
    if v_task.outcome <> 'found' or v_task.deleted_at is null then
        return row(p_owner, v_task)::operations.step;
    end if;
    v_restored.deleted_at := null;
    return operations.save(p_owner, v_task, v_restored);
end
$$;

create function operations.restore_task(
    p_user text,
    p_timeout integer,
    p_request uuid,
    p_id uuid,
    p_allowed bigint[]
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
    return operations.finish(operations.restore_under_lock(v_owner, p_id, p_allowed), p_request);
end
$$;
