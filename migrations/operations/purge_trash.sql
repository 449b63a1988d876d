-- Weekly: removes tasks that have been in the trash for 30 days, tombstones that are 90 days old, and idempotency keys
-- and records of erasures that are a day old. It runs as task_api_purge, which works on all users and sees nothing
-- else.

-- Purges one owner, at most `p_rows` of the tasks: the next owner after `p_after` who has something to remove. The
-- answer is this owner and the number of tasks removed. If none of the next 10,000 owners has anything to remove, the
-- answer is the last of these and 0. If no owner is left, the answer has no row. So no call takes long, and no owner
-- waits long.
create function operations.purge_trash(p_after text, p_timeout integer, p_rows integer)
returns table (owner_user_id text, purged integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
#variable_conflict use_column
declare
    c_owners constant bigint := 10000::bigint;
    -- An assignment instead of `perform`, as in enter().
    _ text;
    v_now timestamptz := clock_timestamp();
    v_trash_until timestamptz := v_now - interval '30 days';
    -- As long as a token of the change feed is valid.
    v_tombstones_until timestamptz := v_now - interval '90 days';
    v_day_ago timestamptz := v_now - interval '24 hours';
    v_owner text;
    v_floor bigint;
    v_purged integer;
begin
    delete from public.erasures e where e.erased_at <= v_day_ago;
    _ := set_config('lock_timeout', (p_timeout - least(200, p_timeout / 4))::text, true);
    select u.id into v_owner
    from (select n.id, n.deleted_tasks from public.users n where n.id > p_after collate "C" order by n.id limit c_owners) u
    where (
        u.deleted_tasks > 0 and exists (
            select from public.tasks t
            where t.owner_user_id = u.id and t.state = 2 and t.deleted_at <= v_trash_until
        )
        or exists (select from public.tombstones b where b.owner_user_id = u.id and b.deleted_at <= v_tombstones_until)
        or exists (select from public.idempotency_keys k where k.owner_user_id = u.id and k.created_at <= v_day_ago)
    )
    order by u.id
    limit 1;
    if v_owner is null then
        return query
            select max(n.id), 0
            from (select l.id from public.users l where l.id > p_after collate "C" order by l.id limit c_owners) n
            having count(*) > 0;
        return;
    end if;
    -- A statement of its own, as in lock_owner().
    perform from public.users u where u.id = v_owner for update;

    with purged as (
        delete from public.tasks t
        where t.owner_user_id = v_owner and t.id in (
            select d.id from public.tasks d
            where d.owner_user_id = v_owner and d.state = 2 and d.deleted_at <= v_trash_until
            order by d.revision
            limit p_rows
        )
        returning t.id, t.revision, t.deleted_at
    )
    insert into public.tombstones as b (owner_user_id, id, revision, deleted_at)
    select v_owner, p.id, p.revision, p.deleted_at from purged p
    on conflict on constraint tombstones_pkey do update set revision = excluded.revision, deleted_at = excluded.deleted_at;
    get diagnostics v_purged = row_count;

    with removed as (
        delete from public.tombstones b
        where b.owner_user_id = v_owner and b.deleted_at <= v_tombstones_until
        returning b.revision
    )
    select max(r.revision) into v_floor from removed r;

    delete from public.idempotency_keys k where k.owner_user_id = v_owner and k.created_at <= v_day_ago;

    -- The list of the trash has changed, so its entity tag must change.
    update public.users u set
        revision = u.revision + (v_purged > 0)::integer,
        deleted_tasks = u.deleted_tasks - v_purged,
        purge_floor = greatest(u.purge_floor, v_floor)
    where u.id = v_owner;
    return query select v_owner, v_purged;
end
$$;
