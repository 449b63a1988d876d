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

-- The owner, as a write finds them.
create type operations.owner as (
    -- The number of their last write; null where they have never written.
    revision bigint,
    -- Whether this request is among those that their row remembers.
    is_repeated boolean
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
    select u.revision, p_request = any (u.recent_requests) into v_owner
    from public.users u
    where u.id = p_user
    for update;
    return v_owner;
end
$$;

-- Ends a write: moves the owner's clock on to the last revision that was given out, and puts the request first among
-- the 32 that are remembered.
create function operations.remember(p_user text, p_request uuid, p_revision bigint) returns void
language plpgsql volatile
as $$
begin
    update public.users u set
        revision = p_revision,
        recent_requests = (array[p_request] || u.recent_requests)[1:32]
    where u.id = p_user;
end
$$;

-- The answer to a request that an earlier try has done: the task as it is now, without its columns where it is gone.
create function operations.repeated(p_user text, p_id uuid) returns operations.answer
language plpgsql stable
as $$
#variable_conflict use_column
declare
    v_answer operations.answer;
begin
    select a.* into v_answer from operations.answer a where a.owner_user_id = p_user and a.id = p_id;
    v_answer.outcome := 'repeated';
    return v_answer;
end
$$;

-- Why a write has met no task: there is none, or it is not at a revision that the caller allows.
create function operations.missed(p_user text, p_id uuid) returns operations.answer
language plpgsql stable
as $$
#variable_conflict use_column
declare
    v_answer operations.answer;
begin
    v_answer.outcome := 'not_found';
    if exists (select from public.tasks t where t.owner_user_id = p_user and t.id = p_id) then
        v_answer.outcome := 'precondition_failed';
    end if;
    return v_answer;
end
$$;
