-- How every operation begins and how every write ends: the caller, the lock of the owner's row, and the memory of the
-- request.

-- Sets the caller and the time-outs, for this transaction. It does not matter what another client of the pooler left in
-- the session. `p_timeout` is how long the API waits, in milliseconds. The wait for a lock ends a little earlier, so
-- that the API hears the reason. Some settings have no effect on a call that runs already: `migrate --role` sets these
-- for the database role.
create function operations.enter(p_user text, p_timeout integer) returns void
language plpgsql volatile
as $$
declare
    -- An assignment instead of `perform`, because plpgsql evaluates it without starting the executor.
    _ text;
begin
    -- In another isolation level a statement would not see what the previous writer committed. It is too late to change
    -- the level here.
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception 'the session''s transactions are %, not read committed', current_setting('transaction_isolation')
            using errcode = 'active_sql_transaction';
    end if;
    _ := set_config('app.user_id', p_user, true);
    _ := set_config('lock_timeout', (p_timeout - least(200, p_timeout / 4))::text, true);
    -- Postgres 17 and newer have it. It also ends a call whose last message (Sync) never arrives. If a time-out
    -- runs already, a new value does not restart it. So it is set to 0 first.
    if current_setting('transaction_timeout', true) is not null then
        _ := set_config('transaction_timeout', '0', true);
        _ := set_config('transaction_timeout', p_timeout::text, true);
    end if;
    -- pg_dump sets it, and with it the view `answer` cannot be read (since 15.8, 16.4 and 17).
    if current_setting('restrict_nonsystem_relation_kind', true) <> '' then
        _ := set_config('restrict_nonsystem_relation_kind', '', true);
    end if;
    -- A write is acknowledged only when it is on disk, and on every standby that has to confirm it.
    if current_setting('synchronous_commit') in ('off', 'local') then
        _ := set_config('synchronous_commit', 'on', true);
    end if;
end
$$;

-- The owner, before or after a write.
create type operations.owner as (
    id text,
    -- The number of the owner's last write; null if the owner has no row yet.
    revision bigint,
    -- Whether the owner's row remembers this request.
    is_repeated boolean,
    pending_tasks bigint,
    completed_tasks bigint,
    deleted_tasks bigint
);

-- The result of one write. Several writes can follow each other under one lock. Each begins with the owner that the one
-- before returned.
create type operations.step as (
    owner operations.owner,
    answer operations.answer
);

-- Locks the owner's row until the end of the transaction, so that the writes of one user have an order. The lock is a
-- statement of its own, so the statements after it see what the previous writer committed. If one statement locked and
-- wrote, its snapshot would be older than the lock
-- (https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED).
create function operations.lock_owner(p_user text, p_request uuid) returns operations.owner
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_owner operations.owner;
begin
    select p_user, u.revision, p_request = any (u.recent_requests), u.pending_tasks, u.completed_tasks, u.deleted_tasks
    into v_owner
    from public.users u
    where u.id = p_user
    for update;
    -- lock_timeout limits a single wait, and a call that queues behind another waiter waits twice. Two waits can take
    -- longer than the API waits. It has then answered that nothing was written, so nothing may be written.
    if clock_timestamp() - now() > current_setting('lock_timeout')::interval then
        raise exception 'the lock was granted after the time-out' using errcode = 'lock_not_available';
    end if;
    return v_owner;
end
$$;

-- The same for an operation that may be the user's first write: it creates the row if there is none.
create function operations.lock_or_make_owner(p_user text, p_request uuid) returns operations.owner
language plpgsql volatile
as $$
declare
    v_owner operations.owner := operations.lock_owner(p_user, p_request);
begin
    if v_owner.revision is null then
        insert into public.users (id) values (p_user) on conflict do nothing;
        v_owner := operations.lock_owner(p_user, p_request);
    end if;
    return v_owner;
end
$$;

-- Changes a task from `p_before` to `p_after`, with the owner's next revision. No other statement changes a task.
create function operations.save(p_owner operations.owner, p_before operations.answer, p_after operations.answer)
returns operations.step
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    -- Not now(), because that is when the transaction began, before it waited for the lock.
    v_now timestamptz := clock_timestamp();
begin
    p_owner.revision := p_owner.revision + 1;
    if p_after.completed <> p_before.completed then
        p_after.completed_at := case when p_after.completed then v_now end;
    end if;
    if p_before.deleted_at is null and p_after.deleted_at is not null then
        p_after.deleted_at := v_now;
    end if;
    p_after.updated_at := v_now;
    p_after.revision := p_owner.revision;
    p_after.outcome := 'written';
    update operations.answer a set
        title = p_after.title,
        title_key = p_after.title_key,
        description = p_after.description,
        completed = p_after.completed,
        completed_at = p_after.completed_at,
        priority = p_after.priority,
        due_at = p_after.due_at,
        due_is_day = p_after.due_is_day,
        tags = p_after.tags,
        position = p_after.position,
        updated_at = p_after.updated_at,
        deleted_at = p_after.deleted_at,
        revision = p_after.revision
    where a.owner_user_id = p_owner.id and a.id = p_after.id
    returning a.state into p_after.state;
    p_owner.pending_tasks := p_owner.pending_tasks + (p_after.state = 0)::integer - (p_before.state = 0)::integer;
    p_owner.completed_tasks := p_owner.completed_tasks + (p_after.state = 1)::integer - (p_before.state = 1)::integer;
    p_owner.deleted_tasks := p_owner.deleted_tasks + (p_after.state = 2)::integer - (p_before.state = 2)::integer;
    return row(p_owner, p_after)::operations.step;
end
$$;

-- Ends a request that has written: stores the owner's last revision and counters, and puts the request first among the
-- 32 remembered ones.
create function operations.remember(p_owner operations.owner, p_request uuid) returns void
language plpgsql volatile
as $$
begin
    update public.users u set
        revision = p_owner.revision,
        pending_tasks = p_owner.pending_tasks,
        completed_tasks = p_owner.completed_tasks,
        deleted_tasks = p_owner.deleted_tasks,
        recent_requests = (array[p_request] || u.recent_requests)[1:32]
    where u.id = p_owner.id;
end
$$;

-- The same for a request with a single write, if that wrote anything. Returns the request's answer.
create function operations.finish(p_step operations.step, p_request uuid) returns operations.answer
language plpgsql volatile
as $$
begin
    if (p_step.answer).outcome = 'written' then
        perform operations.remember(p_step.owner, p_request);
    end if;
    return p_step.answer;
end
$$;

-- The answer to a request that an earlier attempt has done: the task as it is now. If the task is gone, its columns are
-- null.
create function operations.repeated(p_user text, p_id uuid) returns operations.answer
language plpgsql stable
as $$
declare
    v_answer operations.answer := operations.find(p_user, p_id, null, false);
begin
    v_answer.outcome := 'repeated';
    return v_answer;
end
$$;
