-- DELETE /api/{user_id}/tasks/{task_id}: deletes a task. `p_allowed` are the revisions that the caller allows, null for
-- any. Index: users_pkey, tasks_pkey.

-- Under the owner's lock. The answer is the task as it was.
create function operations.delete_under_lock(p_user text, p_id uuid, p_allowed bigint[]) returns operations.answer
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_answer operations.answer;
begin
    delete from operations.answer a
    where a.owner_user_id = p_user and a.id = p_id and (p_allowed is null or a.revision = any (p_allowed))
    returning a.* into v_answer;
    if not found then
        return operations.missed(p_user, p_id);
    end if;
    v_answer.outcome := 'written';
    return v_answer;
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
    v_answer operations.answer;
begin
    perform operations.enter(p_user, p_timeout);
    v_owner := operations.lock_owner(p_user, p_request);
    if v_owner.is_repeated then
        return operations.repeated(p_user, p_id);
    end if;
    v_answer := operations.delete_under_lock(p_user, p_id, p_allowed);
    if v_answer.outcome = 'written' then
        perform operations.remember(p_user, p_request, v_owner.revision + 1);
    end if;
    return v_answer;
end
$$;
