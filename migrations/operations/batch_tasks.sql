-- POST /api/{user_id}/tasks/batch: does several operations in order, all of them or none, as one request. Each
-- operation is an object with `op`, the fields of that operation, and optionally `if_match`, the revision that the
-- caller allows.
-- Index: those of the operations, and of idempotency keys as for create_task.

-- Does one operation, under the owner's lock.
create function operations.do_under_lock(p_owner operations.owner, p_operation jsonb) returns operations.step
language plpgsql volatile
as $$
declare
    v_id uuid := (p_operation ->> 'id')::uuid;
    v_allowed bigint[] := array_remove(array[(p_operation ->> 'if_match')::bigint], null);
begin
    if v_allowed = '{}' then
        v_allowed := null;
    end if;
    return case p_operation ->> 'op'
        when 'create' then operations.create_under_lock(p_owner, v_id, p_operation -> 'task')
        when 'update' then operations.update_under_lock(p_owner, v_id, v_allowed, p_operation -> 'task')
        when 'complete' then
            operations.complete_under_lock(p_owner, v_id, v_allowed, (p_operation ->> 'completed')::boolean)
        when 'move' then
            operations.move_under_lock(
                p_owner, v_id, v_allowed, (p_operation ->> 'anchor')::uuid, (p_operation ->> 'is_behind')::boolean
            )
        when 'delete' then
            operations.delete_under_lock(p_owner, v_id, v_allowed, (p_operation ->> 'is_permanent')::boolean)
        when 'restore' then operations.restore_under_lock(p_owner, v_id, v_allowed)
    end;
end
$$;

-- The rows are the answers of the operations, in their order. If an operation is refused, its row is the last, and
-- nothing has been written.
create function operations.batch_tasks(
    p_user text,
    p_timeout integer,
    p_request uuid,
    p_key text,
    p_hash bytea,
    p_operations jsonb
) returns setof operations.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    v_owner operations.owner;
    v_operation jsonb;
    v_step operations.step;
    v_answers operations.answer[] := array[]::operations.answer[];
begin
    perform operations.enter(p_user, p_timeout);
    begin
        v_owner := operations.lock_or_make_owner(p_user, p_request);
        if p_key is not null then
            return query select * from operations.kept(v_owner, p_key, p_hash);
            if found then
                return;
            end if;
        end if;
        if v_owner.is_repeated then
            return query
                select r.*
                from jsonb_array_elements(p_operations) with ordinality o (operation, place)
                cross join lateral operations.repeated(p_user, (o.operation ->> 'id')::uuid) r
                order by o.place;
            return;
        end if;
        v_step.owner := v_owner;
        for v_operation in select o.value from jsonb_array_elements(p_operations) o loop
            v_step := operations.do_under_lock(v_step.owner, v_operation);
            v_answers := array_append(v_answers, v_step.answer);
            if (v_step.answer).outcome not in ('found', 'written') then
                raise exception 'an operation is refused' using errcode = 'TA001';
            end if;
        end loop;
        perform operations.keep(p_user, p_key, p_hash, v_answers);
        if (v_step.owner).revision > v_owner.revision then
            perform operations.remember(v_step.owner, p_request);
        end if;
    exception when sqlstate 'TA001' then
        null; -- the writes of this block are rolled back
    end;
    return query select * from unnest(v_answers);
end
$$;
