-- How every operation begins and how every write ends: who asks, the lock of their row, and the memory of the request.

-- Who asks, and for how long: for this transaction, whatever another client of the pooler has left in the session.
-- `p_timeout` is how long the caller waits, in milliseconds. A lock is given up a little earlier, so that they hear why.
-- What cannot be set for a call that runs already stands on the login: `migrate --login` sets it.
create function operations.enter(p_user text, p_timeout integer) returns void
language plpgsql volatile
as $$
declare
    -- Assigned, not performed: plpgsql evaluates an assignment without starting the executor.
    _ text;
begin
    -- In another mode a statement would not see what the writer ahead of it has done. It cannot be changed any more.
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception 'the session''s transactions are %, not read committed', current_setting('transaction_isolation')
            using errcode = 'active_sql_transaction';
    end if;
    _ := set_config('app.user_id', p_user, true);
    _ := set_config('lock_timeout', (p_timeout - least(200, p_timeout / 4))::text, true);
    -- From Postgres 17 on. It also ends a call whose end (Sync) never arrives. A lower one that is active would stay, so
    -- it is switched off first.
    if current_setting('transaction_timeout', true) is not null then
        _ := set_config('transaction_timeout', '0', true);
        _ := set_config('transaction_timeout', p_timeout::text, true);
    end if;
    -- pg_dump sets it, and it keeps the view `answer` from being read (15.8, 16.4 and 17 on).
    if current_setting('restrict_nonsystem_relation_kind', true) <> '' then
        _ := set_config('restrict_nonsystem_relation_kind', '', true);
    end if;
    -- What is acknowledged is on disk, also on a standby that has to confirm it.
    if current_setting('synchronous_commit') in ('off', 'local') then
        _ := set_config('synchronous_commit', 'on', true);
    end if;
end
$$;

-- The owner, as a write finds them, and as it leaves them.
create type operations.owner as (
    id text,
    -- The number of their last write; null where they have never written.
    revision bigint,
    -- Whether this request is among those that their row remembers.
    is_repeated boolean,
    pending_tasks bigint,
    completed_tasks bigint,
    deleted_tasks bigint
);

-- What one write comes to. Several can follow each other under one lock: each begins with the owner that the one before
-- has left.
create type operations.step as (
    owner operations.owner,
    answer operations.answer
);

-- Locks the owner's row until the end of the transaction, so that one user's writes follow each other. This is a
-- statement of its own: those after it see what the writer ahead of us has done. In one with the write, the snapshot
-- would be older than the wait for the lock
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
    return v_owner;
end
$$;

-- The same for what may be a user's first write: their row is made.
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

-- Writes a task as `p_after` has it, in the owner's next revision. `p_before` is how it is. This is the one statement
-- that changes a task.
create function operations.save(p_owner operations.owner, p_before operations.answer, p_after operations.answer)
returns operations.step
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    -- Not now(), which is when the transaction began: before it waited for the lock.
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

-- Ends a request that has written: moves the owner's clock on to the last revision that was given out, and puts the
-- request first among the 32 that are remembered.
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

-- The same for a request that is one write, if it has written. The answer is the request's.
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

-- The answer to a request that an earlier try has done: the task as it is now, without its columns where it is gone.
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
