-- POST /api/{user_id}/tasks: creates a task at the end of the manual order. The first task also creates the user's row.
-- Index: users_pkey; the task goes into tasks_pkey and all of tasks_by_state_….
-- `p_key` is an idempotency key, and `p_hash` the hash of the request. With a key, the indexes idempotency_keys_pkey and
-- idempotency_keys_by_age are used, too.

-- Under the owner's lock. `p_task` has every field that a client can write. The outcome is `conflict` if the owner
-- already has a task with this id.
create function operations.create_under_lock(p_owner operations.owner, p_id uuid, p_task jsonb) returns operations.step
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_task operations.answer := jsonb_populate_record(null::operations.answer, p_task);
    -- Not now(), because that is when the transaction began, before it waited for the lock.
    v_now timestamptz := clock_timestamp();
begin
    v_task.outcome := 'written';
    v_task.id := p_id;
    v_task.owner_user_id := p_owner.id;
    v_task.completed_at := case when v_task.completed then v_now end;
    v_task.created_at := v_now;
    v_task.updated_at := v_now;
    v_task.revision := p_owner.revision + 1;
    v_task.position := operations.outermost(v_task.revision, true);
    insert into operations.answer (
        id, owner_user_id, title, title_key, description, completed, completed_at, priority, due_at, due_is_day, tags,
        position, created_at, updated_at, revision
    ) values (
        v_task.id, v_task.owner_user_id, v_task.title, v_task.title_key, v_task.description, v_task.completed,
        v_task.completed_at, v_task.priority, v_task.due_at, v_task.due_is_day, v_task.tags, v_task.position,
        v_task.created_at, v_task.updated_at, v_task.revision
    ) on conflict do nothing
    returning state into v_task.state;
    if not found then
        v_task.outcome := 'conflict';
        return row(p_owner, v_task)::operations.step;
    end if;
    p_owner.revision := v_task.revision;
    p_owner.completed_tasks := p_owner.completed_tasks + v_task.completed::integer;
    p_owner.pending_tasks := p_owner.pending_tasks + (not v_task.completed)::integer;
    return row(p_owner, v_task)::operations.step;
end
$$;

create function operations.create_task(
    p_user text,
    p_timeout integer,
    p_request uuid,
    p_key text,
    p_hash bytea,
    p_id uuid,
    p_task jsonb
) returns setof operations.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    v_owner operations.owner;
    v_step operations.step;
begin
    perform operations.enter(p_user, p_timeout);
    v_owner := operations.lock_or_make_owner(p_user, p_request);
    if p_key is not null then
        return query select * from operations.kept(v_owner, p_key, p_hash);
        if found then
            return;
        end if;
    end if;
    if v_owner.is_repeated then
        return next operations.repeated(p_user, p_id);
        return;
    end if;
    v_step := operations.create_under_lock(v_owner, p_id, p_task);
    if (v_step.answer).outcome = 'written' then
        perform operations.keep(p_user, p_key, p_hash, array[v_step.answer]);
    end if;
    return next operations.finish(v_step, p_request);
end
$$;
