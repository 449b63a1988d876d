-- GET /api/{user_id}/tasks: the caller's tasks, newest first: those after the place (`p_created_at`, `p_id`) in that
-- order, `p_rows` of them at most. `p_completed` is null for both states.
--
-- There is a statement for each, since a condition that may be absent (`p_completed is null or …`) would be planned for
-- both cases, and read all rows. Their plans are kept: to plan them anew for each request, as `execute` does and as
-- Postgres would choose to (it expects a tenth of the rows where it does not know the limit), costs it as much as all
-- the rest. Index: tasks_by_created; with `p_completed`, tasks_by_completed_created.
create function operations.list_tasks(
    p_user text,
    p_timeout integer,
    p_completed boolean,
    p_created_at timestamptz,
    p_id uuid,
    p_rows bigint
) returns setof operations.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set row_security = on
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    perform operations.enter(p_user, p_timeout);
    if p_completed is null then
        return query
            select a.* from operations.answer a
            where a.owner_user_id = p_user and (a.created_at, a.id) < (p_created_at, p_id)
            order by a.created_at desc, a.id desc
            limit p_rows;
    else
        return query
            select a.* from operations.answer a
            where a.owner_user_id = p_user and a.completed = p_completed and (a.created_at, a.id) < (p_created_at, p_id)
            order by a.created_at desc, a.id desc
            limit p_rows;
    end if;
end
$$;
