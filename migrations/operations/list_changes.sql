-- GET /api/{user_id}/tasks/changes: what has changed since a revision of the owner, in the order of the revisions.
-- Index: users_pkey, tasks_by_state_revision, tombstones_by_revision, tasks_pkey.

-- `p_epoch` and `p_since` come from the client's token. The feed starts from the beginning if the client has no token
-- (null), or got it before the user's first write. The first row is the owner's state, as in list_tasks. Its outcome is `expired` in three
-- cases: the token has another epoch; it is so old that some deletions are no longer known; or its revision is higher
-- than the owner's, because the database was restored to an earlier time. The other rows are tasks. A deleted task
-- (`deleted_at`) has at least its id and its revision.
create function operations.list_changes(
    p_user text,
    p_timeout integer,
    p_epoch uuid,
    p_since bigint,
    p_rows bigint
) returns setof operations.page
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
#variable_conflict use_column
declare
    c_no_epoch constant uuid := uuid '00000000-0000-0000-0000-000000000000';
    v_is_start boolean := coalesce(p_epoch, c_no_epoch) = c_no_epoch;
    v_since bigint := case when v_is_start then 0 else p_since end;
    v_query operations.list_query;
    v_owner operations.page;
begin
    perform operations.enter(p_user, p_timeout);
    select
        u.epoch, u.revision,
        case
            when v_is_start or u.epoch = p_epoch and v_since between u.purge_floor and u.revision then 'found'
            else 'expired'
        end
    into v_owner.epoch, v_owner.owner_revision, v_owner.outcome
    from public.users u
    where u.id = p_user;
    if not found then
        v_owner.epoch := c_no_epoch;
        v_owner.owner_revision := 0;
        v_owner.outcome := case when v_is_start then 'found' else 'expired' end;
    end if;
    return next v_owner;
    if v_owner.outcome = 'found' then
        v_query.states := array[0, 1, 2];
        v_query.after_key := v_since::text;
        v_query.after_id := uuid 'ffffffff-ffff-ffff-ffff-ffffffffffff'; -- after the task of that revision
        v_query.page_offset := 0;
        v_query.page_rows := p_rows;
        return query
            select null::uuid, null::bigint, null::bigint, c.*
            from (
                select a.* from operations.list_by_updated_at_asc(p_user, v_query) a
                union all
                (
                    select a.*
                    from public.tombstones t
                    cross join lateral jsonb_populate_record(null::operations.answer, to_jsonb(t)) a
                    where t.owner_user_id = p_user and t.revision > v_since
                        -- A task that was created again with the same id is no longer deleted.
                        and not exists (select from public.tasks n where n.owner_user_id = p_user and n.id = t.id)
                    order by t.revision
                    limit p_rows
                )
            ) c
            order by c.revision
            limit p_rows;
    end if;
end
$$;
