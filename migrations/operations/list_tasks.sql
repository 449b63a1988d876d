-- GET /api/{user_id}/tasks: a page of the caller's tasks. Index: users_pkey; tasks_by_state_created, …_revision, …_due,
-- …_priority, …_title or …_position, depending on the sort.

-- The first row describes the list: the owner's epoch and revision, and the total of tasks. The other rows are tasks.
-- `p_epoch` is that of the cursor. If it is not the owner's, the outcome is `other_cursor`: the cursor belongs to
-- another user, or to the same user before an erasure. `p_known` are the states of the list that the client has. If the
-- list is in one of these, the outcome is `known` and no task is read. With `p_is_counted` the tasks are counted if the
-- owner's row cannot give the total.
create function operations.list_tasks(
    p_user text,
    p_timeout integer,
    p_sort text,
    p_is_descending boolean,
    p_epoch uuid,
    p_after_key text,
    p_after_id uuid,
    p_offset bigint,
    p_rows bigint,
    p_states smallint[],
    p_completed boolean,
    p_priorities smallint[],
    p_tags text[],
    p_search text,
    p_due_before timestamptz,
    p_due_after timestamptz,
    p_is_counted boolean,
    p_known text[]
) returns setof operations.page
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
#variable_conflict use_column
declare
    v_query operations.list_query := row(
        p_states, p_completed, p_priorities, p_tags, p_search, p_due_before, p_due_after,
        p_after_key, p_after_id, p_offset, p_rows
    );
    v_list operations.page;
begin
    perform operations.enter(p_user, p_timeout);
    select u.epoch, u.revision,
        (0 = any (p_states))::integer * u.pending_tasks + (1 = any (p_states))::integer * u.completed_tasks
            + (2 = any (p_states))::integer * u.deleted_tasks
    into v_list.epoch, v_list.owner_revision, v_list.total
    from public.users u
    where u.id = p_user;
    if not found then
        v_list.epoch := '00000000-0000-0000-0000-000000000000';
        v_list.owner_revision := 0;
        v_list.total := 0;
    end if;
    v_list.outcome := case
        when p_epoch <> v_list.epoch then 'other_cursor'
        when p_known && array['*', v_list.epoch || '.' || v_list.owner_revision] then 'known'
        else 'found'
    end;
    if num_nonnulls(p_completed, p_priorities, p_tags, p_search, p_due_before, p_due_after) > 0 then
        v_list.total := case when p_is_counted and v_list.outcome = 'found' then operations.count_listed(p_user, v_query) end;
    end if;
    return next v_list;
    if v_list.outcome = 'found' then
        return query execute format(
            'select null::uuid, null::bigint, null::bigint, a.* from operations.%I($1, $2) a',
            'list_by_' || p_sort || case when p_is_descending then '_desc' else '_asc' end
        ) using p_user, v_query;
    end if;
end
$$;
