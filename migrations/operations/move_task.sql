-- POST /api/{user_id}/tasks/{task_id}/move: puts a task directly after (`p_is_behind`) or before another task, the
-- anchor. `p_anchor` may be null: after nothing means the start, before nothing means the end. `p_allowed` are the
-- revisions that the caller allows; null allows any. Index: users_pkey, tasks_pkey, tasks_by_state_position.

-- Under the owner's lock. A task that is there already is not written: the outcome is `found`. The outcome is
-- `no_anchor` if the anchor does not exist, and `no_room` if no position is left there, after thousands of moves to the
-- same place.
create function operations.move_under_lock(
    p_owner operations.owner,
    p_id uuid,
    p_allowed bigint[],
    p_anchor uuid,
    p_is_behind boolean
) returns operations.step
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    -- The longest position, in digits.
    c_longest constant integer := 48;
    -- If a new position would be longer, up to this many neighbours on each side are spread evenly.
    c_neighbours constant integer := 50;
    v_task operations.answer := operations.find(p_owner.id, p_id, p_allowed, false);
    v_moved operations.answer := v_task;
    v_anchor operations.answer;
    v_next operations.answer;
    v_around operations.answer[];
    -- How many of `v_around` come before the task.
    v_place bigint;
    v_positions text[];
    v_step operations.step;
begin
    if v_task.outcome <> 'found' or p_anchor = p_id then
        return row(p_owner, v_task)::operations.step;
    end if;
    v_anchor := operations.find(p_owner.id, p_anchor, null, false);
    if p_anchor is not null and v_anchor.outcome = 'not_found' then
        v_task.outcome := 'no_anchor';
        return row(p_owner, v_task)::operations.step;
    end if;
    -- The new place is between the anchor and the anchor's neighbour. This query finds the neighbour. Without an anchor,
    -- it finds the task before (or after) the one to move. If there is none, that one is at the start (or end) already.
    select b.* into v_next from operations.beside(
        p_owner.id, coalesce(v_anchor.position, v_task.position), coalesce(p_anchor, p_id), p_is_behind = (p_anchor is not null), 1
    ) b;
    if v_next.id = p_id or p_anchor is null and v_next.id is null then
        return row(p_owner, v_task)::operations.step; -- it is there already
    end if;
    if p_anchor is null or v_next.id is null then
        v_moved.position := operations.outermost(p_owner.revision + 1, p_is_behind = (p_anchor is not null));
        return operations.save(p_owner, v_task, v_moved);
    end if;
    v_moved.position := operations.between(
        least(v_anchor.position, v_next.position), greatest(v_anchor.position, v_next.position)
    );
    if length(v_moved.position) <= c_longest then
        return operations.save(p_owner, v_task, v_moved);
    end if;

    -- There is little or no room between the two. So the task is put among the neighbours, and all but the outermost
    -- two get new positions, spread evenly between these two.
    select array_agg(around.task order by (around.task).position, (around.task).id) into v_around
    from (
        select b from operations.beside(p_owner.id, v_anchor.position, v_anchor.id, false, c_neighbours) b
        union all
        select v_anchor
        union all
        select b from operations.beside(p_owner.id, v_anchor.position, v_anchor.id, true, c_neighbours) b
    ) around (task)
    where (around.task).id <> p_id;
    v_place := (select count(*) from unnest(v_around) a where (a.position, a.id) < (v_anchor.position, v_anchor.id));
    v_place := v_place + p_is_behind::integer::bigint;
    v_around := v_around[:v_place] || v_task || v_around[v_place + 1:];
    v_positions := operations.spread(
        v_around[1].position, v_around[cardinality(v_around)].position, cardinality(v_around) - 2
    );
    if array_position(v_positions, null) is not null then
        v_task.outcome := 'no_room';
        return row(p_owner, v_task)::operations.step;
    end if;
    v_step.owner := p_owner;
    for v_at in 2 .. cardinality(v_around) - 1 loop
        v_next := v_around[v_at];
        v_next.position := v_positions[v_at - 1];
        if v_at = v_place + 1 then
            v_moved.position := v_next.position;
        else
            v_step := operations.save(v_step.owner, v_around[v_at], v_next);
        end if;
    end loop;
    return operations.save(v_step.owner, v_task, v_moved);
end
$$;

create function operations.move_task(
    p_user text,
    p_timeout integer,
    p_request uuid,
    p_id uuid,
    p_allowed bigint[],
    p_anchor uuid,
    p_is_behind boolean
) returns operations.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    v_owner operations.owner;
begin
    perform operations.enter(p_user, p_timeout);
    v_owner := operations.lock_owner(p_user, p_request);
    if v_owner.is_repeated then
        return operations.repeated(p_user, p_id);
    end if;
    return operations.finish(operations.move_under_lock(v_owner, p_id, p_allowed, p_anchor, p_is_behind), p_request);
end
$$;
