-- DELETE /api/{user_id}/tasks/{task_id}: puts a task into the trash. With `p_is_permanent` it removes the task for
-- good, also if it is in the trash already. `p_allowed` are the revisions that the caller allows; null allows any.
-- Index: users_pkey, tasks_pkey, tombstones_pkey.

-- Under the owner's lock. The answer is the task as it was before.
create function operations.delete_under_lock(
    p_owner operations.owner,
    p_id uuid,
    p_allowed bigint[],
    p_is_permanent boolean
) returns operations.step
language plpgsql volatile
as $$
declare
    v_task operations.answer := operations.find(p_owner.id, p_id, p_allowed, p_is_permanent);
    v_deleted operations.answer := v_task;
begin
    if v_task.outcome <> 'found' then
        return row(p_owner, v_task)::operations.step;
    end if;
    v_deleted.deleted_at := clock_timestamp();
    if not p_is_permanent then
        return operations.save(p_owner, v_task, v_deleted);
    end if;

    p_owner.revision := p_owner.revision + 1;
    p_owner.pending_tasks := p_owner.pending_tasks - (v_task.state = 0)::integer;
    p_owner.completed_tasks := p_owner.completed_tasks - (v_task.state = 1)::integer;
    p_owner.deleted_tasks := p_owner.deleted_tasks - (v_task.state = 2)::integer;
    delete from public.tasks t where t.owner_user_id = p_owner.id and t.id = p_id;
    -- The change feed has already reported a task that went into the trash. Its tombstone keeps the revision of then,
    -- so the feed does not report it again.
    insert into public.tombstones as t (owner_user_id, id, revision, deleted_at)
    values (
        p_owner.id, p_id, case when v_task.state = 2 then v_task.revision else p_owner.revision end,
        coalesce(v_task.deleted_at, v_deleted.deleted_at)
    )
    on conflict on constraint tombstones_pkey do update set revision = excluded.revision, deleted_at = excluded.deleted_at;
    v_task.outcome := 'written';
    return row(p_owner, v_task)::operations.step;
end
$$;

create function operations.delete_task(
    p_user text,
    p_timeout integer,
    p_request uuid,
    p_id uuid,
    p_allowed bigint[],
    p_is_permanent boolean
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
    return operations.finish(operations.delete_under_lock(v_owner, p_id, p_allowed, p_is_permanent), p_request);
end
$$;
