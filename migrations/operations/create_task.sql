-- POST /api/{user_id}/tasks: makes a task, and with the first one the user.
-- Index: users_pkey; the task goes into tasks_pkey, tasks_by_created and tasks_by_completed_created.

-- Under the owner's lock: the task gets the revision that it is given.
create function operations.create_under_lock(
    p_user text,
    p_revision bigint,
    p_id uuid,
    p_title text,
    p_description text,
    p_completed boolean
) returns operations.answer
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    -- Not now(), which is when the transaction began: before it waited for the lock.
    v_now timestamptz := clock_timestamp();
    v_answer operations.answer;
begin
    insert into operations.answer as a (
        owner_user_id, id, title, description, completed, completed_at, created_at, updated_at, revision
    ) values (
        p_user, p_id, p_title, p_description, p_completed, case when p_completed then v_now end, v_now, v_now, p_revision
    ) returning a.* into v_answer;
    v_answer.outcome := 'written';
    return v_answer;
end
$$;

create function operations.create_task(
    p_user text,
    p_timeout integer,
    p_request uuid,
    p_id uuid,
    p_title text,
    p_description text,
    p_completed boolean
) returns operations.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
#variable_conflict use_column
declare
    v_owner operations.owner;
    v_answer operations.answer;
begin
    perform operations.enter(p_user, p_timeout);
    v_owner := operations.lock_owner(p_user, p_request);
    if v_owner.revision is null then
        insert into public.users (id) values (p_user) on conflict do nothing;
        v_owner := operations.lock_owner(p_user, p_request);
    end if;
    if v_owner.is_repeated then
        return operations.repeated(p_user, p_id);
    end if;
    v_answer := operations.create_under_lock(
        p_user, v_owner.revision + 1, p_id, p_title, p_description, p_completed
    );
    perform operations.remember(p_user, p_request, v_answer.revision);
    return v_answer;
end
$$;
