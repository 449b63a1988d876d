-- DELETE /api/{user_id}/tasks/{task_id}: deletes a task. `p_allowed` are the revisions that the caller allows, null for
-- any. Index: users_pkey, tasks_pkey.

-- Under the owner's lock. The answer is the task as it was.
create function operations.delete_under_lock(p_owner operations.owner, p_id uuid, p_allowed bigint[])
returns operations.step
language plpgsql volatile
as $$
declare
    v_task operations.answer := operations.find(p_owner.id, p_id, p_allowed);
begin
    if v_task.outcome = 'found' then
        delete from public.tasks t where t.owner_user_id = p_owner.id and t.id = p_id;
        p_owner.revision := p_owner.revision + 1;
        p_owner.completed_tasks := p_owner.completed_tasks - v_task.completed::integer;
        p_owner.pending_tasks := p_owner.pending_tasks - (not v_task.completed)::integer;
        v_task.outcome := 'written';
    end if;
    return row(p_owner, v_task)::operations.step;
end
$$;

create function operations.delete_task(
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
    v_step operations.step;
begin
    perform operations.enter(p_user, p_timeout);
    v_owner := operations.lock_owner(p_user, p_request);
    if v_owner.is_repeated then
        return operations.repeated(p_user, p_id);
    end if;
    v_step := operations.delete_under_lock(v_owner, p_id, p_allowed);
    if (v_step.answer).outcome = 'written' then
        perform operations.remember(v_step.owner, p_request);
    end if;
    return v_step.answer;
end
$$;
